// The two documents of WS-Federation metadata: the token service's, which the pool reads to know whom to trust and where
// to send people, and the pool's own, which tells a token service the pool's name and reply address.

import { certificateOf, embeddedCertificate, thumbprintOf } from "./passive-token.ts";
import { attributeOf, descend, elements, escapeXml, parseXml, search, textOf, type XmlElement } from "./xml.ts";
import { verifySignature } from "./xml-signature.ts";

const METADATA = "urn:oasis:names:tc:SAML:2.0:metadata";
const FEDERATION = "http://docs.oasis-open.org/wsfed/federation/200706";
const SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance";

/** What the pool keeps of a token service's metadata. */
export interface TokenService {
  readonly issuer: string;
  /** SHA-1 of every signing certificate, in upper-case hex. */
  readonly thumbprints: ReadonlySet<string>;
  /** Where browsers are sent. */
  readonly passiveUrl: string;
}

/**
 * Reads a token service's metadata. A signature is verified if there is one, by the certificate in it: WIF does not ask
 * whose it is. Undefined for a document that WIF could not use.
 */
export function readTokenService(text: string): TokenService | undefined {
  const entity = parseXml(text.replace(/^\ufeff/, ""));
  if (entity?.uri !== METADATA || entity.local !== "EntityDescriptor" || !isGenuine(entity)) return undefined;
  const role = elements(entity).find(isTokenServiceRole);
  const endpoint = role && descend(role, "PassiveRequestorEndpoint", "EndpointReference", "Address");
  const certificates = (role ? elements(role) : [])
    .filter((child) => child.local === "KeyDescriptor" && (attributeOf(child, "use") ?? "signing") === "signing")
    .map((key) => certificateOf(textOf(search(key, "X509Certificate"))));
  const thumbprints = certificates.flatMap((certificate) => (certificate ? [thumbprintOf(certificate.raw)] : []));
  const passiveUrl = textOf(endpoint);
  if (thumbprints.length === 0 || passiveUrl === "") return undefined;
  return { issuer: attributeOf(entity, "entityID") ?? "", thumbprints: new Set(thumbprints), passiveUrl };
}

function isGenuine(entity: XmlElement): boolean {
  const signature = descend(entity, "Signature");
  if (!signature) return true;
  const certificate = embeddedCertificate(signature);
  const id = attributeOf(entity, "ID");
  return (
    certificate !== undefined &&
    id !== undefined &&
    verifySignature(signature, entity, id, { kind: "rsa", publicKey: certificate.publicKey })
  );
}

/** `xsi:type` is a name with a prefix, and the prefix counts by what it is bound to. */
function isTokenServiceRole(element: XmlElement): boolean {
  const type = element.attributes.find(({ local, uri }) => local === "type" && uri === SCHEMA_INSTANCE)?.value ?? "";
  const [prefix = "", local = ""] = type.includes(":") ? type.split(":") : ["", type];
  return (
    element.local === "RoleDescriptor" &&
    local === "SecurityTokenServiceType" &&
    element.scope.get(prefix) === FEDERATION
  );
}

/** The pool's own metadata. */
export function relyingPartyMetadata(realm: string, reply: string): string {
  const address = (url: string): string =>
    `<EndpointReference xmlns="http://www.w3.org/2005/08/addressing"><Address>${escapeXml(url)}</Address></EndpointReference>`;
  return (
    `<?xml version="1.0" encoding="utf-8"?><EntityDescriptor xmlns="${METADATA}" ID="_relying-party" ` +
    `entityID="${escapeXml(realm)}"><RoleDescriptor xmlns:xsi="${SCHEMA_INSTANCE}" xmlns:fed="${FEDERATION}" ` +
    `xsi:type="fed:ApplicationServiceType" protocolSupportEnumeration="${FEDERATION}">` +
    `<fed:ClaimTypesRequested><auth:ClaimType xmlns:auth="http://docs.oasis-open.org/wsfed/authorization/200706" ` +
    `Uri="http://schemas.microsoft.com/ws/2008/06/identity/claims/primarysid"/></fed:ClaimTypesRequested>` +
    `<fed:TargetScopes>${address(realm)}</fed:TargetScopes>` +
    `<fed:ApplicationServiceEndpoint>${address(reply)}</fed:ApplicationServiceEndpoint>` +
    `<fed:PassiveRequestorEndpoint>${address(reply)}</fed:PassiveRequestorEndpoint>` +
    `</RoleDescriptor></EntityDescriptor>`
  );
}
