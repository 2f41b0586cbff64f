// Gets a certificate from the simulator as a desktop does: signs on, gets a SAML ticket, and asks CertProv.

import { randomBytes } from "node:crypto";
import { type DeviceKey, pkcs10For } from "./signing-client.ts";
import type { Simulator } from "./simulator.ts";
import { extractRaw, sipeCertificateRequest, sipeSecurity } from "./sipe-client.ts";
import { authorizationFor, SOAP_HEADERS, send, ticketRequest } from "./test-client.ts";

const CERT_PROV = "/CertProv/CertProvisioningService.svc";

/** Gets a certificate of the pool for a user's key, as DER in base64. Throws if the Front-End refuses. */
export async function fetchCertificate(simulator: Simulator, upn: string, key: DeviceKey): Promise<string> {
  const entropy = randomBytes(32);
  const ticket = await send(simulator, {
    path: "/WebTicket/WebTicketService.svc",
    method: "POST",
    headers: { ...SOAP_HEADERS, authorization: (await authorizationFor(simulator, upn)) ?? "" },
    body: ticketRequest({
      tokenType: "saml",
      sipUri: `sip:${upn}`,
      appliesTo: `https://web.contoso.test${CERT_PROV}`,
      entropy: entropy.toString("base64"),
    }),
  });
  const issued = await send(simulator, {
    path: `${CERT_PROV}/WebTicket_Proof_SHA1`,
    method: "POST",
    headers: SOAP_HEADERS,
    body: sipeCertificateRequest({
      security: sipeSecurity(ticket.text, entropy),
      entity: upn,
      deviceId: "{7d5c5d6e-0000-4000-8000-5d1c2a3b4c5d}",
      pkcs10: pkcs10For(key),
    }),
  });
  const certificate = extractRaw(issued.text, "BinarySecurityToken", false);
  if (certificate === undefined) throw new Error(`no certificate: ${issued.status}`);
  return certificate;
}
