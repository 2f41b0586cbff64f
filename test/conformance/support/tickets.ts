// Tickets as clients get them: through the gateway by NTLM, or without a name for a meeting. Also as a thief inside
// gets them, from the Front-End itself.

import { randomBytes } from "node:crypto";
import { extractRaw } from "../../../simulator/sipe-client.ts";
import {
  authorizationFor,
  compactTicketFor,
  FORM_HEADERS,
  SOAP_HEADERS,
  send,
  type TestRequest,
  ticketRequest,
} from "../../../simulator/test-client.ts";
import type { Person, TestGateway } from "./gateway.ts";
import { type HowToSignIn, signIn } from "./ntlm.ts";

export const WEB_TICKET_SERVICE = "/WebTicket/WebTicketService.svc";
export const OAUTH_TOKEN = "/WebTicket/oauthtoken";

/** A SAML ticket: the assertion's text, and what its holder signs with. */
export type SamlTicket = { readonly assertion: string; readonly response: string; readonly entropy: Uint8Array };

/** A RequestSecurityToken on the wire. `sipUri`: the address that it claims. `security`: the content of its header. */
export function tokenRequest(
  tokenType: "saml" | "cwt",
  sipUri: string,
  more: { readonly entropy?: Uint8Array; readonly appliesTo?: string; readonly path?: string } = {},
): TestRequest & { readonly body: string } {
  const { appliesTo = "https://web.contoso.test/CertProv/CertProvisioningService.svc", entropy = randomBytes(32) } =
    more;
  const body = ticketRequest({ tokenType, appliesTo, sipUri, entropy: Buffer.from(entropy).toString("base64") });
  return { path: more.path ?? WEB_TICKET_SERVICE, method: "POST", headers: SOAP_HEADERS, body };
}

/** A token request by OAuth, as a form. */
export const grantRequest = (form: string): TestRequest & { readonly body: string } => ({
  path: OAUTH_TOKEN,
  method: "POST",
  headers: FORM_HEADERS,
  body: form,
});

export const WINDOWS_GRANT = grantRequest("grant_type=urn:microsoft.rtc:windows");

const CONFERENCE = "sip:alice@contoso.test;gruu;opaque=app:conf:focus:id:5D3KQ7XT";

/** What a meeting guest sends to ask for a ticket. */
export const ANONYMOUS_GRANT = grantRequest(
  new URLSearchParams({
    grant_type: "urn:microsoft.rtc:anonmeeting",
    password: "5D3KQ7XT",
    ms_rtc_conferenceuri: CONFERENCE,
  }).toString(),
);

/** Signs in and returns the SAML ticket. */
export async function samlTicket(gateway: TestGateway, who: Person, how: HowToSignIn = {}): Promise<SamlTicket> {
  const entropy = randomBytes(32);
  const { status, text } = await signIn(gateway, tokenRequest("saml", who.sipUri, { entropy }), who, how);
  if (status !== 200) throw new Error(`no SAML ticket: ${status}`);
  return { assertion: assertionIn(text), response: text, entropy };
}

/** Signs in by OAuth and returns the compact ticket without `cwt=`. */
export async function compactTicket(
  gateway: Pick<TestGateway, "send">,
  who: Person,
  how: HowToSignIn = {},
): Promise<string> {
  const { status, text } = await signIn(gateway, WINDOWS_GRANT, who, how);
  if (status !== 200) throw new Error(`no compact ticket: ${status} ${text}`);
  return accessTokenIn(text);
}

/** A meeting guest's tickets, through the gateway. */
export async function anonymousTickets(
  gateway: TestGateway,
): Promise<{ readonly cwt: string; readonly saml: SamlTicket }> {
  const granted = await gateway.send(ANONYMOUS_GRANT);
  const entropy = randomBytes(32);
  const request = tokenRequest("saml", "sip:anyone@contoso.test", { entropy, path: `${WEB_TICKET_SERVICE}/Anon` });
  const issued = await gateway.send(request);
  const saml = { assertion: assertionIn(issued.text), response: issued.text, entropy };
  return { cwt: accessTokenIn(granted.text), saml };
}

/** The Front-End's own tickets for a user, which Postern never relayed. */
export async function unrelayedTickets(
  gateway: TestGateway,
  who: Person,
): Promise<{ readonly cwt: string; readonly saml: SamlTicket }> {
  const { simulator } = gateway;
  const entropy = randomBytes(32);
  const request = tokenRequest("saml", who.sipUri, { entropy });
  const authorization = (await authorizationFor(simulator, who.upn)) ?? "";
  const { text } = await send(simulator, { ...request, headers: { ...request.headers, authorization } });
  const cwt = (await compactTicketFor(simulator, who.upn)).replace(/^cwt=/, "");
  return { cwt, saml: { assertion: assertionIn(text), response: text, entropy } };
}

/** The value of `X-MS-WebTicket` for a SAML assertion. */
export const opaque = (assertion: string): string => `opaque=${Buffer.from(assertion).toString("base64")}`;

export function assertionIn(response: string): string {
  const assertion = extractRaw(response, "Assertion", true);
  if (assertion === undefined) throw new Error(`no assertion in ${response.slice(0, 200)}`);
  return assertion;
}

/** The compact ticket of an OAuth answer, without `cwt=`. */
export function accessTokenIn(json: string): string {
  const { access_token: token = "" } = JSON.parse(json) as { access_token?: string };
  if (!token.startsWith("cwt=")) throw new Error(`no ticket in ${json.slice(0, 200)}`);
  return token.slice("cwt=".length);
}
