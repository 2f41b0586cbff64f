// A token request that waits for its signature. Its style is as different from simulator/signing-client.ts as the
// standards allow: every prefix is declared at the top, elements stand on lines with indentation, and quotes are
// single.

/** The parts that a signature can cover. Their ids are the same words. */
export type Part = "timestamp" | "to" | "body";

/**
 * How much the signer writes by itself: all of `Security`, the token and the signature, the signature, or its values.
 */
export type Left = "security" | "token" | "signature" | "values";

const WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss";
const DSIG = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#";
const SIGNATURE_METHODS = {
  sha1: `${DSIG}rsa-sha1`,
  sha256: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
} as const;
const DIGEST_METHODS = { sha1: `${DSIG}sha1`, sha256: "http://www.w3.org/2001/04/xmlenc#sha256" } as const;

/** The message, without what the signer writes. Its timestamp begins now. */
export function unsignedRequest(options: {
  readonly certificate: string;
  readonly left: Left;
  readonly hash: "sha1" | "sha256";
  readonly parts: readonly Part[];
}): string {
  const { left, parts } = options;
  const ids = left === "security" || left === "token" ? {} : IDS;
  const id = (part: keyof typeof IDS): string => (part in ids ? ` wsu:Id='${part}'` : "");
  return `<?xml version='1.0' encoding='utf-8'?>
<soap:Envelope xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/' xmlns:wsa='http://www.w3.org/2005/08/addressing'
    xmlns:wsse='${WSS}-wssecurity-secext-1.0.xsd' xmlns:wsu='${WSS}-wssecurity-utility-1.0.xsd'
    xmlns:unused='urn:unused'>
  <soap:Header>
    ${parts.includes("to") ? `<wsa:To${id("to")}>https://web.contoso.test/WebTicket/WebTicketService.svc/Cert</wsa:To>` : ""}
    ${left === "security" ? "" : security(options, id)}
  </soap:Header>
  <soap:Body${id("body")}>
    <wst:RequestSecurityToken xmlns:wst='http://docs.oasis-open.org/ws-sx/ws-trust/200512' Context='a &quot;context&quot; &lt;1&gt;'>
      <wst:TokenType>urn:component:Microsoft.Rtc.WebAuthentication.2010:user-cwt-1</wst:TokenType>
      <wst:RequestType>http://schemas.xmlsoap.org/ws/2005/02/trust/Issue</wst:RequestType>
      <wsp:AppliesTo xmlns:wsp='http://schemas.xmlsoap.org/ws/2004/09/policy'>
        <wsa:EndpointReference><wsa:Address>https://web.contoso.test/CertProv/CertProvisioningService.svc?a=1&amp;b=2</wsa:Address></wsa:EndpointReference>
      </wsp:AppliesTo>
    </wst:RequestSecurityToken>
  </soap:Body>
</soap:Envelope>`;
}

const IDS = { timestamp: true, token: true, to: true, body: true } as const;

function security(
  { certificate, left, hash, parts }: Parameters<typeof unsignedRequest>[0],
  id: (part: keyof typeof IDS) => string,
): string {
  const [created, expires] = [0, 300_000].map((ms) => new Date(Date.now() + ms).toISOString());
  const token = `<wsse:BinarySecurityToken${id("token")} ValueType='${WSS}-x509-token-profile-1.0#X509v3'>
        ${certificate.replaceAll(/.{64}/g, "$&\n        ")}</wsse:BinarySecurityToken>`;
  return `<wsse:Security soap:mustUnderstand='1'>
      <wsu:Timestamp${id("timestamp")}>
        <wsu:Created>${created}</wsu:Created>
        <wsu:Expires>${expires}</wsu:Expires>
      </wsu:Timestamp>
      ${left === "token" ? "" : token}
      ${left === "values" ? signature(hash, parts) : ""}
    </wsse:Security>`;
}

const signature = (hash: "sha1" | "sha256", parts: readonly Part[]): string => `<ds:Signature xmlns:ds='${DSIG}'>
        <ds:SignedInfo>
          <ds:CanonicalizationMethod Algorithm='${EXCLUSIVE}'>
            <InclusiveNamespaces xmlns='${EXCLUSIVE}' PrefixList='soap unused'/>
          </ds:CanonicalizationMethod>
          <ds:SignatureMethod Algorithm='${SIGNATURE_METHODS[hash]}'/>
          ${parts.map((part) => reference(part, hash)).join("\n          ")}
        </ds:SignedInfo>
        <ds:SignatureValue/>
        <ds:KeyInfo>
          <wsse:SecurityTokenReference><wsse:Reference URI='#token'/></wsse:SecurityTokenReference>
        </ds:KeyInfo>
      </ds:Signature>`;

const reference = (part: Part, hash: "sha1" | "sha256"): string =>
  `<ds:Reference URI='#${part}'><ds:Transforms><ds:Transform Algorithm='${EXCLUSIVE}'/></ds:Transforms>` +
  `<ds:DigestMethod Algorithm='${DIGEST_METHODS[hash]}'/><ds:DigestValue/></ds:Reference>`;
