// The answer to a request for a web ticket: a RequestSecurityTokenResponseCollection of WS-Trust 1.3. SIPE reads it as
// text. So it has exactly one Lifetime, one Assertion and one BinarySecret. SIPE copies the inner text of Lifetime into
// a timestamp and digests it without canonicalizing it. So the prefix `wsu` is declared outside that text.

import { createHmac, randomBytes } from "node:crypto";
import type { Answer } from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import { CWT_TOKEN_TYPE, type TicketRequest } from "./request-security-token.ts";
import { instant, SAML_TOKEN_TYPE } from "./saml.ts";
import { soapAnswer, WSSE, WST, WSU } from "./soap.ts";
import type { IssuedTicket, TicketIdentity } from "./ticket-book.ts";
import { escapeXml } from "./xml.ts";

const ISSUE_FINAL = "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RSTRC/IssueFinal";

/** Bytes of each entropy and of the proof key that is made from both. */
const KEY_BYTES = 32;

/** Issues the ticket for which a request asks, and writes the response. */
export function answerTicketRequest(
  frontEnd: FrontEnd,
  request: TicketRequest,
  identity: TicketIdentity,
  lifetimeMs: number,
): { answer: Answer; ticket: IssuedTicket } {
  const serverEntropy = randomBytes(KEY_BYTES);
  const issued = request.tokenType === "saml" ? issueSaml : issueCompact;
  const { ticket, requestedToken } = issued(frontEnd, request, identity, lifetimeMs, serverEntropy);
  // Without entropy from the client, the server's secret is the key (WS-Trust 1.3, 4.4.4).
  const secret = `<wst:BinarySecret>${serverEntropy.toString("base64")}</wst:BinarySecret>`;
  const proof = request.clientEntropy
    ? `<wst:RequestedProofToken><wst:ComputedKey>${WST}/CK/PSHA1</wst:ComputedKey></wst:RequestedProofToken>` +
      `<wst:Entropy>${secret}</wst:Entropy>`
    : `<wst:RequestedProofToken>${secret}</wst:RequestedProofToken>`;
  const context = request.context === undefined ? "" : ` Context="${escapeXml(request.context)}"`;
  const body =
    `<wst:RequestSecurityTokenResponseCollection xmlns:wst="${WST}" xmlns:wsu="${WSU}">` +
    `<wst:RequestSecurityTokenResponse${context}>` +
    `<wst:TokenType>${request.tokenType === "saml" ? SAML_TOKEN_TYPE : CWT_TOKEN_TYPE}</wst:TokenType>` +
    `${requestedToken}${proof}<wst:Lifetime><wsu:Created>${instant(ticket.issuedAt)}</wsu:Created>` +
    `<wsu:Expires>${instant(ticket.expiresAt)}</wsu:Expires></wst:Lifetime>` +
    `</wst:RequestSecurityTokenResponse></wst:RequestSecurityTokenResponseCollection>`;
  return { answer: soapAnswer(body, ISSUE_FINAL), ticket };
}

interface IssuedToken {
  readonly ticket: IssuedTicket;
  readonly requestedToken: string;
}

function issueSaml(
  frontEnd: FrontEnd,
  request: TicketRequest,
  identity: TicketIdentity,
  lifetimeMs: number,
  serverEntropy: Uint8Array,
): IssuedToken {
  const proofKey = request.clientEntropy
    ? pSha1(request.clientEntropy, serverEntropy, KEY_BYTES)
    : Buffer.from(serverEntropy);
  const order = { audience: request.appliesTo, proofKey };
  const { xml, ticket } = frontEnd.tickets.issueAssertion(identity, lifetimeMs, order);
  const reference =
    `<wsse:SecurityTokenReference xmlns:wsse="${WSSE}"><wsse:KeyIdentifier ` +
    `ValueType="http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.0#SAMLAssertionID">${ticket.id}` +
    `</wsse:KeyIdentifier></wsse:SecurityTokenReference>`;
  const requestedToken =
    `<wst:RequestedSecurityToken>${xml}</wst:RequestedSecurityToken>` +
    `<wst:RequestedAttachedReference>${reference}</wst:RequestedAttachedReference>`;
  return { ticket, requestedToken };
}

function issueCompact(
  frontEnd: FrontEnd,
  _request: TicketRequest,
  identity: TicketIdentity,
  lifetimeMs: number,
): IssuedToken {
  const { text, ticket } = frontEnd.tickets.issueCompact(identity, lifetimeMs);
  const requestedToken =
    `<wst:RequestedSecurityToken><UserToken xmlns="urn:component:Microsoft.Rtc.WebAuthentication.2010">${text}` +
    `</UserToken></wst:RequestedSecurityToken>`;
  return { ticket, requestedToken };
}

/** P_SHA-1 of RFC 2246, 5: the computed key of WS-Trust `CK/PSHA1`. */
export function pSha1(secret: Uint8Array, seed: Uint8Array, length: number): Uint8Array {
  const hmac = (...parts: readonly Uint8Array[]): Uint8Array => {
    const mac = createHmac("sha1", secret);
    for (const part of parts) mac.update(part);
    return mac.digest();
  };
  const blocks: Uint8Array[] = [];
  for (let a = hmac(seed), produced = 0; produced < length; a = hmac(a)) {
    const block = hmac(a, seed);
    blocks.push(block);
    produced += block.length;
  }
  return Buffer.concat(blocks).subarray(0, length);
}
