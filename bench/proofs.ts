// What sign-ins with the key of a device cost, and refusals of them. Each group has a network of its own.

import { randomBytes } from "node:crypto";
import { makeDeviceKey, pkcs10For, type SignedRequest, signedMessage } from "../simulator/signing-client.ts";
import { extractRaw, sipeCertificateRequest, sipeSecurity } from "../simulator/sipe-client.ts";
import { SOAP_HEADERS, ticketRequest } from "../simulator/test-client.ts";
import { WEB_TICKET_PATH } from "../test/real/token-requests.ts";
import { type Answer, call, signIn, sipUriOf } from "./client.ts";
import { REFUSAL_AUDITED, SIGN_IN_AUDITED } from "./limits.ts";
import type { Path } from "./path.ts";
import type { Stand, StandUser } from "./stand.ts";

const CERT_PROV = "/CertProv/CertProvisioningService.svc";
const DEVICE = "{7d5c5d6e-0000-4000-8000-5d1c2a3b4c5d}";
/** The guard decides and remembers the ticket; the signature, the ticket, the event and an alarm are written. */
const PROVED = { guardRequests: 2, rowsRead: 12, rowsWritten: 5, d1Queries: 1, d1RowsRead: 6 };
/** The network's guard counts it; where its object is new, its tables are made. */
const REFUSED = { guardRequests: 2, rowsRead: 10, rowsWritten: 4, d1Queries: 1, d1RowsRead: 6 };
const NEW_NETWORK = { rowsRead: 25, rowsWritten: 22 };
/** A sign-in by a key has its device in the audit, which is an index more. */
const AUDITED = { ...SIGN_IN_AUDITED, d1RowsWritten: 6 };
/** D1 also hears that the device has proved itself. */
const FIRST_AUDITED = { ...AUDITED, d1Queries: 4, d1RowsRead: 4, d1RowsWritten: 11 };

/** The rows of sign-ins by key. */
export async function proofPaths(stand: Stand, port: number): Promise<Path[]> {
  const ivan = await stand.addUser("ivan");
  const own = await certified(port, ivan);
  const forged = { ...own, key: makeDeviceKey() };
  const other = makeDeviceKey();
  const asks = (address: string, body: string): Promise<Answer> =>
    call({
      port,
      path: `${WEB_TICKET_PATH}/Cert`,
      method: "POST",
      headers: { ...SOAP_HEADERS, "cf-connecting-ip": address },
      body,
    });
  const signed = (more: Partial<SignedRequest> = {}): string =>
    signedMessage({ ...own, sipUri: sipUriOf(ivan.account), now: Date.now(), ...more }).text;
  const used = signed();
  /** A certificate of a thief's own making has the thief's key in it. */
  const strange = (key: typeof other, name = sipUriOf(ivan.account)) =>
    signed({ key, certificate: selfMade(own.certificate, own.key.spki, key.spki), sipUri: name });
  const [home, office, cafe] = ["192.0.2.81", "192.0.2.82", "192.0.2.83"];
  return [
    {
      name: "sign-in by key, a device's first and its network's",
      status: 200,
      limit: { ...PROVED, ...NEW_NETWORK, guardRequests: 3 },
      later: FIRST_AUDITED,
      send: () => asks(home, used),
    },
    { name: "sign-in by key", status: 200, limit: PROVED, later: AUDITED, send: () => asks(home, signed()) },
    {
      name: "sign-in by key, the same signature again",
      status: 500,
      limit: REFUSED,
      later: { ...REFUSAL_AUDITED, d1RowsWritten: 8 },
      send: () => asks(home, used),
    },
    {
      name: "sign-in by key, where one failed lately",
      status: 200,
      limit: { ...PROVED, guardRequests: 4, rowsRead: 15 },
      later: AUDITED,
      send: () => asks(home, signed()),
    },
    {
      name: "sign-in by key, not signed as it must be",
      status: 500,
      limit: { ...NEW_NETWORK, guardRequests: 1 },
      later: REFUSAL_AUDITED,
      send: () => asks(office, signed({ lifetimeMs: -1 })),
    },
    {
      name: "sign-in by key, a wrong clock",
      status: 500,
      limit: { guardRequests: 1, rowsRead: 5, rowsWritten: 3 },
      later: REFUSAL_AUDITED,
      send: () => asks(office, signed({ now: Date.now() - 3_600_000 })),
    },
    {
      name: "the same once more",
      status: 500,
      limit: { guardRequests: 1, rowsRead: 5, rowsWritten: 1 },
      send: () => asks(office, signed({ now: Date.now() - 3_600_000 })),
    },
    {
      name: "sign-in by key, one that the user does not have",
      status: 500,
      limit: { ...REFUSED, ...NEW_NETWORK },
      later: REFUSAL_AUDITED,
      send: () => asks(cafe, strange(forged.key)),
    },
    {
      name: "the same key again",
      status: 500,
      limit: { ...REFUSED, guardRequests: 3 },
      later: REFUSAL_AUDITED,
      send: () => asks(cafe, strange(forged.key)),
    },
    {
      name: "and every other time, for a minute",
      status: 500,
      limit: { guardRequests: 1, rowsRead: 5, rowsWritten: 1 },
      send: async () => {
        await asks(cafe, strange(forged.key));
        await asks(cafe, strange(forged.key));
        await call({ port, path: "/_counts" });
        return asks(cafe, strange(forged.key));
      },
    },
    {
      name: "sign-in by key, a name nobody has",
      status: 500,
      limit: { ...REFUSED, guardRequests: 3 },
      later: { ...REFUSAL_AUDITED, d1RowsWritten: 10 }, // with the repetitions before it, as a number
      send: () => asks(cafe, strange(other, "sip:nobody@contoso.test")),
    },
  ];
}

/** A desktop with a certificate for its key, fetched through the gateway. */
async function certified(port: number, who: StandUser) {
  const key = makeDeviceKey();
  const entropy = randomBytes(32);
  const body = ticketRequest({
    tokenType: "saml",
    sipUri: sipUriOf(who.account),
    appliesTo: `https://web.contoso.test${CERT_PROV}`,
    entropy: entropy.toString("base64"),
  });
  const { answer } = await signIn(port, who, { path: WEB_TICKET_PATH, method: "POST", headers: SOAP_HEADERS, body });
  const issued = await call({
    port,
    path: `${CERT_PROV}/WebTicket_Proof_SHA1`,
    method: "POST",
    headers: {
      "content-type": "text/xml",
      soapaction: '"http://schemas.microsoft.com/OCS/AuthWebServices/GetAndPublishCert"',
    },
    body: sipeCertificateRequest({
      security: sipeSecurity(answer.text, entropy),
      entity: sipUriOf(who.account).slice("sip:".length),
      deviceId: DEVICE,
      pkcs10: pkcs10For(key),
    }),
  });
  const certificate = extractRaw(issued.text, "BinarySecurityToken", false);
  if (certificate === undefined) throw new Error(`no certificate: ${issued.status} ${issued.text}`);
  return { key, certificate };
}

/** The certificate, with its key replaced by another of the same size. Postern reads nothing else of it. */
function selfMade(certificate: string, own: Uint8Array, other: Uint8Array): string {
  const der = Buffer.from(certificate, "base64");
  const at = der.indexOf(own);
  if (at < 0 || own.length !== other.length) throw new Error("the key is not in the certificate");
  Buffer.from(other).copy(der, at);
  return der.toString("base64");
}
