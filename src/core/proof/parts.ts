// Step 2: finds the parts of a signed token request in the tree. Every part has one place, and stands there once. If
// the name of a part stands anywhere else, the message is refused. So nobody can move a signed part aside and put
// another one in its place (signature wrapping). Sources: SOAP 1.1 §4, SOAP 1.2 part 1 §5, WSS 5.

import { ok, type Result, refuse } from "../result.ts";
import { type Element, elementsIn, everyElement, hasText, is } from "./element.ts";
import type { PartsFault } from "./faults.ts";
import { ADDRESSING_NAMESPACES, DSIG_NS, SOAP_NAMESPACES, TRUST_NAMESPACES, WSSE_NS, WSU_NS } from "./names.ts";

/** The parts that Postern uses. It neither reads nor trusts anything else in the header. */
export type Parts = {
  readonly body: Element;
  readonly timestamp: Element;
  readonly token: Element;
  readonly signature: Element;
  /** `wsa:To`. */
  readonly to: Element | undefined;
};

/** Finds each part of a message in its one place. */
export function findParts(envelope: Element): Result<Parts, PartsFault> {
  const soap = envelope.namespace;
  const [header, body, afterBody] = elementsIn(envelope);
  const isSoap = SOAP_NAMESPACES.has(soap) && envelope.local === "Envelope" && afterBody === undefined;
  if (!isSoap || header === undefined || body === undefined) return refuse("not-soap");
  if (!is(header, soap, "Header") || !is(body, soap, "Body")) return refuse("not-soap");

  const [request, ...moreRequests] = elementsIn(body);
  const isRequest = request?.local === "RequestSecurityToken" && TRUST_NAMESPACES.has(request.namespace);
  if (request === undefined || !isRequest || moreRequests.length > 0) return refuse("not-one-request");

  const [security, ...moreSecurity] = elementsIn(header).filter((each) => is(each, WSSE_NS, "Security"));
  if (security === undefined || moreSecurity.length > 0) return refuse("not-one-security");
  const isPlain = ({ namespace, local }: Element["attributes"][number]) =>
    namespace === soap && local === "mustUnderstand";
  if (!security.attributes.every(isPlain)) return refuse("security-addressed");

  const inSecurity = elementsIn(security);
  const timestamps = inSecurity.filter((each) => is(each, WSU_NS, "Timestamp"));
  const tokens = inSecurity.filter((each) => is(each, WSSE_NS, "BinarySecurityToken"));
  const signatures = inSecurity.filter((each) => is(each, DSIG_NS, "Signature"));
  if (timestamps.length + tokens.length + signatures.length < inSecurity.length) return refuse("security-content");
  const [timestamp, token, signature] = [timestamps[0], tokens[0], signatures[0]];
  if (timestamp === undefined || timestamps.length > 1) return refuse("not-one-timestamp");
  if (token === undefined || tokens.length > 1) return refuse("not-one-token");
  if (signature === undefined || signatures.length > 1) return refuse("not-one-signature");

  const addressees = elementsIn(header).filter(
    ({ local, namespace }) => local === "To" && ADDRESSING_NAMESPACES.has(namespace),
  );
  if (addressees.length > 1) return refuse("several-to");
  const [to] = addressees;

  if ([envelope, header, body, security].some(hasText)) return refuse("stray-text");
  // The most important check of this step: every element with one of these names, however deep and in whatever
  // namespace, must be the one that was found above.
  const places = new Set([envelope, header, body, request, security, timestamp, token, signature, to]);
  for (const element of everyElement(envelope)) {
    if (ONE_PLACE.has(element.local.toLowerCase()) && !places.has(element)) return refuse("misplaced");
  }
  const fault = idFault(envelope);
  return fault === undefined ? ok({ body, timestamp, token, signature, to }) : refuse(fault);
}

/** Names that may stand only in their one place. They are in lower case, and their namespace does not matter. */
const ONE_PLACE = new Set([
  ...["envelope", "header", "body", "requestsecuritytoken"],
  ...["security", "timestamp", "binarysecuritytoken", "signature", "to"],
  ...["usernametoken", "assertion", "encryptedkey", "encrypteddata"],
]);

/** A name without a colon (NCName), in ASCII. */
const ID = /^[A-Za-z_][A-Za-z0-9._-]{0,127}$/;

/**
 * Every attribute that some reader could take for an id: `wsu:Id`, `Id`, `ID`, `xml:id`. No two may have the same
 * value.
 */
function idFault(envelope: Element): PartsFault | undefined {
  const seen = new Set<string>();
  for (const element of everyElement(envelope)) {
    const ids = element.attributes.filter(({ local }) => local.toLowerCase() === "id");
    for (const { value } of ids) {
      if (!ID.test(value)) return "bad-id";
      if (seen.has(value)) return "repeated-id";
      seen.add(value);
    }
    if (ids.length > 1) return "bad-id";
  }
  return undefined;
}
