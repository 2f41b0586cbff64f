// Judges signed documents as the JDK does, with secure validation. It prints one line for each file: "valid", or why not.

import java.io.File;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.io.FileInputStream;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Arguments: the certificate, the namespace and name of the signed element, its ID attribute, the files. */
public class SignatureCheck {
  public static void main(String[] arguments) throws Exception {
    X509Certificate certificate = (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new FileInputStream(arguments[0]));
    for (int at = 4; at < arguments.length; at++) {
      String said;
      try {
        said = judge(certificate, arguments[1], arguments[2], arguments[3], new File(arguments[at])) ? "valid" : "invalid";
      } catch (Exception fault) {
        said = "refused " + fault.getClass().getSimpleName();
      }
      System.out.println(said);
    }
  }

  private static boolean judge(X509Certificate certificate, String namespace, String name, String id, File file)
      throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    Document document = factory.newDocumentBuilder().parse(file);
    if (document.getElementsByTagNameNS(namespace, name).getLength() != 1) return false;
    Element signed = (Element) document.getElementsByTagNameNS(namespace, name).item(0);
    signed.setIdAttribute(id, true);
    Element signature = null;
    for (org.w3c.dom.Node child = signed.getFirstChild(); child != null; child = child.getNextSibling()) {
      if (XMLSignature.XMLNS.equals(child.getNamespaceURI()) && "Signature".equals(child.getLocalName())) {
        if (signature != null) return false;
        signature = (Element) child;
      }
    }
    DOMValidateContext context = new DOMValidateContext(certificate.getPublicKey(), signature);
    context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.TRUE);
    XMLSignature read = XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context);
    if (read.getSignedInfo().getReferences().size() != 1) return false;
    return read.validate(context);
  }
}
