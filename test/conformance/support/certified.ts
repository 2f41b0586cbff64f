// A desktop with a certificate that it fetched through the gateway, which signs its token requests with the
// certificate's key.

import {
  type DeviceKey,
  makeDeviceKey,
  pkcs10For,
  type SignedRequest,
  signedMessage,
} from "../../../simulator/signing-client.ts";
import { extractRaw } from "../../../simulator/sipe-client.ts";
import type { TestRequest, TestResponse } from "../../../simulator/test-client.ts";
import type { Person, TestGateway } from "./gateway.ts";
import { asOpaque, asProof } from "./presenting.ts";
import { assertionIn, samlTicket, WEB_TICKET_SERVICE } from "./tickets.ts";

export const CERT = `${WEB_TICKET_SERVICE}/Cert`;

export type CertifiedDesktop = {
  readonly who: Person;
  readonly deviceId: string;
  readonly key: DeviceKey;
  /** DER in base64. */
  readonly certificate: string;
};

/** A signed token request on the wire. */
export const signed = (message: string): TestRequest & { readonly body: string } => ({
  path: CERT,
  method: "POST",
  headers: {
    "content-type": "text/xml; charset=utf-8",
    soapaction: '"http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue"',
  },
  body: message,
});

/** A request of that desktop's, signed now. */
export const request = ({ who, key, certificate }: CertifiedDesktop, more: Partial<SignedRequest> = {}) =>
  signed(signedMessage({ key, certificate, now: Date.now(), sipUri: who.sipUri, ...more }).text);

/** Signs in by NTLM from `address`, names the desktop and fetches a certificate for its key. */
export async function certified(
  gateway: TestGateway,
  who: Person,
  deviceId: string,
  { address = "198.51.100.77", key = makeDeviceKey() } = {},
): Promise<CertifiedDesktop> {
  const client = { ...gateway, send: from(gateway, address) };
  const ticket = await samlTicket(client, who);
  const answer = await client.send(asProof(ticket, who.upn, deviceId, pkcs10For(key)));
  const certificate = extractRaw(answer.text, "BinarySecurityToken", false);
  if (certificate === undefined) throw new Error(`no certificate: ${answer.status} ${answer.text}`);
  return { who, deviceId, key, certificate };
}

/** The gateway as a client at that address reaches it. */
export const from =
  (gateway: Pick<TestGateway, "send">, address: string) =>
  (asked: TestRequest): Promise<TestResponse> =>
    gateway.send({ ...asked, headers: { ...asked.headers, "cf-connecting-ip": address } });

/** The address book, with the SAML ticket in that answer. */
export const addressBook = (answer: TestResponse) => asOpaque(assertionIn(answer.text), "/abs/handler");
