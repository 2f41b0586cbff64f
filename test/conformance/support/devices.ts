// Devices as real ones come. A phone signs in by OAuth, and names itself when it starts its UCWA application. A desktop
// signs in for a SAML ticket, and names itself when it fetches its certificate. Each has an app password of its own.

import type { Person, TestGateway } from "./gateway.ts";
import { asProof, creation } from "./presenting.ts";
import { compactTicket, type SamlTicket, samlTicket } from "./tickets.ts";

/** The `EndpointId` of a person's only phone. */
export const phoneOf = ({ account }: Pick<Person, "account">): string => `phone of ${account}`;

/** Starts a UCWA application. Returns its path. */
export async function startApplication(
  gateway: Pick<TestGateway, "send">,
  cwt: string,
  endpointId: string,
  path?: string,
): Promise<string> {
  const request = creation(endpointId, path);
  const headers = { ...request.headers, "x-ms-webticket": `cwt=${cwt}` };
  const { status, headers: answered } = await gateway.send({ ...request, headers });
  if (status !== 201) throw new Error(`no application: ${status}`);
  return new URL(answered.location ?? "").pathname;
}

/** Signs a person's phone in. Returns the ticket without `cwt=`, which opens everything that a phone may use. */
export async function phoneTicket(gateway: TestGateway, who: Person): Promise<string> {
  const cwt = await compactTicket(gateway, who);
  await startApplication(gateway, cwt, phoneOf(who));
  return cwt;
}

/** Signs a person's desktop in. Returns its ticket, which opens everything that a desktop may use. */
export async function desktopTicket(gateway: TestGateway, who: Person): Promise<SamlTicket> {
  const ticket = await samlTicket(gateway, who);
  const { status } = await gateway.send(asProof(ticket, who.upn));
  if (status !== 200) throw new Error(`no certificate: ${status}`);
  return ticket;
}
