// Signs a SOAP message as Apache's WSS4J does by itself: a timestamp, a binary token and a signature over the named parts.
// java -cp ... Wss4jSigner <key store, PKCS#12> <sha1|sha256> <message> <part,part>; the signed message on standard output.

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.ws.security.WSConstants;
import org.apache.ws.security.WSEncryptionPart;
import org.apache.ws.security.components.crypto.Crypto;
import org.apache.ws.security.components.crypto.CryptoFactory;
import org.apache.ws.security.message.WSSecHeader;
import org.apache.ws.security.message.WSSecSignature;
import org.apache.ws.security.message.WSSecTimestamp;
import org.w3c.dom.Document;

public class Wss4jSigner {
  public static void main(String[] arguments) throws Exception {
    String prefix = "org.apache.ws.security.crypto.";
    Properties settings = new Properties();
    settings.setProperty(prefix + "provider", "org.apache.ws.security.components.crypto.Merlin");
    settings.setProperty(prefix + "merlin.keystore.type", "pkcs12");
    settings.setProperty(prefix + "merlin.keystore.password", "secret");
    settings.setProperty(prefix + "merlin.keystore.file", arguments[0]);
    Crypto crypto = CryptoFactory.getInstance(settings);

    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    Document message = factory.newDocumentBuilder().parse(new File(arguments[2]));
    WSSecHeader security = new WSSecHeader();
    security.insertSecurityHeader(message);
    WSSecTimestamp timestamp = new WSSecTimestamp();
    timestamp.setTimeToLive(300);
    timestamp.build(message, security);

    boolean sha1 = arguments[1].equals("sha1");
    WSSecSignature signature = new WSSecSignature();
    signature.setUserInfo("device", "secret");
    signature.setKeyIdentifierType(WSConstants.BST_DIRECT_REFERENCE);
    signature.setSignatureAlgorithm(sha1 ? WSConstants.RSA_SHA1 : "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256");
    signature.setDigestAlgo(sha1 ? WSConstants.SHA1 : "http://www.w3.org/2001/04/xmlenc#sha256");
    List<WSEncryptionPart> parts = new ArrayList<WSEncryptionPart>();
    for (String part : arguments[3].split(",")) parts.add(partNamed(part));
    signature.setParts(parts);
    signature.build(message, crypto, security);

    Transformer writer = TransformerFactory.newInstance().newTransformer();
    writer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
    writer.transform(new DOMSource(message), new StreamResult(System.out));
  }

  private static WSEncryptionPart partNamed(String part) {
    if (part.equals("timestamp")) return new WSEncryptionPart("Timestamp", WSConstants.WSU_NS, "");
    if (part.equals("to")) return new WSEncryptionPart("To", "http://www.w3.org/2005/08/addressing", "");
    return new WSEncryptionPart("Body", WSConstants.URI_SOAP11_ENV, "");
  }
}
