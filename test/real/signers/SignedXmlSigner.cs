// Signs a SOAP message with .NET's SignedXml. The message has its timestamp and its token; the signature is added.
// SignedXmlSigner.exe <RSAKeyValue> <message> <id,id>; the signed message on standard output.

using System;
using System.IO;
using System.Security.Cryptography;
using System.Security.Cryptography.Xml;
using System.Xml;

class SignedXmlSigner : SignedXml {
  const string Wsse = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

  SignedXmlSigner(XmlDocument message) : base(message) {}

  // SignedXml looks for `Id` in no namespace only.
  public override XmlElement GetIdElement(XmlDocument message, string id) {
    return (XmlElement)message.SelectSingleNode("//*[@*[local-name()='Id'] = '" + id + "']");
  }

  static void Main(string[] arguments) {
    var rsa = new RSACryptoServiceProvider();
    rsa.FromXmlString(File.ReadAllText(arguments[0]));
    var message = new XmlDocument { PreserveWhitespace = true };
    message.Load(arguments[1]);

    var signed = new SignedXmlSigner(message) { SigningKey = rsa };
    signed.SignedInfo.CanonicalizationMethod = XmlDsigExcC14NTransformUrl;
    signed.SignedInfo.SignatureMethod = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
    foreach (var id in arguments[2].Split(',')) {
      var reference = new Reference("#" + id) { DigestMethod = "http://www.w3.org/2000/09/xmldsig#sha1" };
      reference.AddTransform(new XmlDsigExcC14NTransform());
      signed.AddReference(reference);
    }
    var tokenReference = message.CreateElement("o", "SecurityTokenReference", Wsse);
    var toToken = message.CreateElement("o", "Reference", Wsse);
    toToken.SetAttribute("URI", "#token");
    tokenReference.AppendChild(toToken);
    signed.KeyInfo = new KeyInfo();
    signed.KeyInfo.AddClause(new KeyInfoNode(tokenReference));
    signed.ComputeSignature();

    var security = (XmlElement)message.GetElementsByTagName("Security", Wsse)[0];
    security.AppendChild(message.ImportNode(signed.GetXml(), true));
    Console.OutputEncoding = new System.Text.UTF8Encoding(false);
    Console.Write(message.OuterXml);
  }
}
