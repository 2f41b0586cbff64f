// The requests of which faults.test.ts breaks every call: those of the public hosts. Each prepares somebody new, so that
// nothing is remembered from the one before.

import { app } from "../../../src/app.ts";
import type { Env } from "../../../src/config/env.ts";
import { CERT_PROV, soap } from "../../conformance/support/presenting.ts";
import { clientAuthenticate, clientNegotiate, PROFILES } from "../../kit/ntlm-client.ts";
import { portalEnv } from "../../kit/portal-host.ts";
import { message } from "../../kit/proof.ts";
import { someone } from "../../kit/sign-ins.ts";

/** Makes one request with these bindings. */
export type Act = (env: Env) => Promise<Response>;

/** A request of which every call is broken once. */
export type Journey = {
  readonly name: string;
  /** Makes somebody for one try, and returns the request. */
  readonly prepare: () => Promise<Act>;
};

const WEB = "https://web.contoso.test";
const OAUTH = `${WEB}/WebTicket/oauthtoken`;
const SERVICE = `${WEB}/WebTicket/WebTicketService.svc`;
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const SOAP = { "content-type": "text/xml; charset=utf-8" };

/** What no line of the log may have: each journey adds its own. */
export const secrets = new Set<string>();
const secret = (text: string): string => {
  secrets.add(text);
  return text;
};
/** Somebody new, whose password is no word of any log. */
async function person() {
  const who = await someone();
  secret(who.password);
  return who;
}

/** What the Front-End says to who may read it, and inside its tickets. Nobody sees it when something is broken. */
export const SERVED = "WhatTheFrontEndServes";

const assertionFor = (subject: string): string =>
  `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="${SERVED}-${crypto.randomUUID()}">` +
  `<saml:Conditions NotOnOrAfter="${new Date(Date.now() + 3_600_000).toISOString()}"/><saml:AuthenticationStatement>` +
  `<saml:Subject><saml:NameIdentifier>${subject}</saml:NameIdentifier></saml:Subject></saml:AuthenticationStatement>` +
  "</saml:Assertion>";
const rstr = (ticket: string): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><r xmlns="w">` +
  `<RequestedSecurityToken>${ticket}</RequestedSecurityToken><Lifetime>` +
  `<Expires>${new Date(Date.now() + 3_600_000).toISOString()}</Expires></Lifetime></r></s:Body></s:Envelope>`;

/** The Front-End: tickets at the token services, a created application, and something to read everywhere else. */
async function frontEnd(input: RequestInfo, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const path = new URL(request.url).pathname.toLowerCase();
  const body = Buffer.from(await request.arrayBuffer()).toString();
  if (path.endsWith("/oauthtoken")) return Response.json({ access_token: `cwt=${SERVED}`, expires_in: 28_800 });
  if (path.includes("/webticketservice.svc") && request.method === "POST") {
    const [, claimed = "sip:anonymous@anonymous.invalid"] = /Value>(sip:[^<]+)</.exec(body) ?? [];
    const wantsCompact = body.includes("user-cwt-1");
    const ticket = wantsCompact ? `<UserToken>urn:x?cwt=${SERVED}</UserToken>` : assertionFor(claimed);
    return new Response(rstr(ticket), { headers: SOAP });
  }
  if (path.endsWith("/mex"))
    return new Response(`<wsdl:definitions xmlns:wsdl="w"><a>${SERVED}</a></wsdl:definitions>`, { headers: SOAP });
  const status = request.method === "POST" && path.endsWith("/applications") ? 201 : 200;
  return new Response(SERVED, { status, headers: { "content-length": String(SERVED.length) } });
}

const service = (fetch: (input: RequestInfo, init?: RequestInit) => Promise<Response>): Fetcher =>
  ({ fetch }) as unknown as Fetcher;

/** A gateway with everything that it can have. */
export const world: Env = {
  ...portalEnv,
  CONSOLE_HOST: "console.contoso.test",
  CERTIFICATE_TICKETS: "on",
  CONNECTOR: service(async () => Response.json({ authorization: "Negotiate YII=" })),
  ORIGIN: service(frontEnd),
  METRICS: { writeDataPoint: () => undefined },
};

/** One request to the whole Worker. All work that it starts is done when this returns. */
export async function ask(request: Request, env: Env): Promise<Response> {
  return await app.fetch(request, env);
}

let networks = 0;
const address = (): Record<string, string> => {
  networks++;
  return { "cf-connecting-ip": `10.77.${networks >> 8}.${networks & 255}` };
};

const post = (url: string, body: string, headers: Record<string, string>): Request =>
  new Request(url, { method: "POST", body, headers: { ...address(), ...headers } });

/** The last leg of a handshake; the one before needs nothing that could fail. */
async function answered(url: string, body: string, who: { account: string; password: string }, type = FORM) {
  const leg = (message: Uint8Array): Request =>
    post(url, body, { ...type, authorization: `NTLM ${Buffer.from(message).toString("base64")}` });
  const type1 = clientNegotiate(PROFILES.windowsHttp);
  const challenge = (await ask(leg(type1), world)).headers.get("www-authenticate") ?? "";
  const type2 = Buffer.from(challenge.slice("NTLM ".length), "base64");
  const how = { user: who.account, domain: "CONTOSO", workstation: "PC", password: who.password, now: Date.now() };
  return leg(clientAuthenticate(PROFILES.windowsHttp, { type1, type2, ...how }));
}

const COMPACT = "urn:component:Microsoft.Rtc.WebAuthentication.2010:user-cwt-1";
const SAML = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1";
/** A RequestSecurityToken. `sipUri`: the claim. `header`: of the envelope. */
const tokenRequest = (type: string, sipUri = "", header = ""): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">${header}<s:Body>` +
  '<wst:RequestSecurityToken xmlns:wst="http://docs.oasis-open.org/ws-sx/ws-trust/200512" ' +
  'xmlns:auth="http://schemas.xmlsoap.org/ws/2006/12/authorization" xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy" ' +
  'xmlns:wsa="http://www.w3.org/2005/08/addressing">' +
  `<wst:TokenType>${type}</wst:TokenType>` +
  "<wst:RequestType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue</wst:RequestType>" +
  `<wsp:AppliesTo><wsa:EndpointReference><wsa:Address>${WEB}/Autodiscover/AutodiscoverService.svc/root/user</wsa:Address>` +
  `</wsa:EndpointReference></wsp:AppliesTo>${sipUri === "" ? "" : claimOf(sipUri)}` +
  "<wst:KeyType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/SymmetricKey</wst:KeyType>" +
  "</wst:RequestSecurityToken></s:Body></s:Envelope>";

const claimOf = (sipUri: string): string =>
  '<wst:Claims Dialect="urn:component:Microsoft.Rtc.WebAuthentication.2010:authclaims"><auth:ClaimType ' +
  'Uri="http://schemas.xmlsoap.org/ws/2005/05/identity/claims/uri" Optional="false">' +
  `<auth:Value>${sipUri}</auth:Value></auth:ClaimType></wst:Claims>`;

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const usernameToken = (name: string, password: string): string =>
  `<s:Header><Security><UsernameToken><Username>${base64(name)}</Username><Password>${base64(password)}</Password>` +
  "</UsernameToken></Security></s:Header>";

/** A ticket in its envelope, relayed to somebody new. */
async function ticketOf(): Promise<string> {
  const who = await person();
  const answer = await ask(await answered(OAUTH, "grant_type=urn:microsoft.rtc:windows", who), world);
  const { access_token: ticket } = await answer.json<{ access_token: string }>();
  return secret(ticket);
}
const APPLICATIONS = `${WEB}/ucwa/oauth/v1/applications`;
const creation = (ticket: string): Request =>
  post(APPLICATIONS, JSON.stringify({ userAgent: "A test", endpointId: crypto.randomUUID(), culture: "en-US" }), {
    ...{ "content-type": "application/json", authorization: `Bearer ${ticket}` },
  });

const once =
  (request: Request): Act =>
  (env) =>
    ask(request, env);

const grant = (name: string, password: string): Request =>
  post(OAUTH, new URLSearchParams({ grant_type: "password", username: name, password }).toString(), FORM);

/** The journeys of the public hosts. */
export const PUBLIC_JOURNEYS: readonly Journey[] = [
  {
    name: "sign-in by NTLM, OAuth",
    prepare: async () => once(await answered(OAUTH, "grant_type=urn:microsoft.rtc:windows", await person())),
  },
  {
    name: "sign-in by NTLM, web ticket",
    prepare: async () => {
      const who = await person();
      return once(await answered(SERVICE, tokenRequest(SAML, who.sipUri), who, SOAP));
    },
  },
  {
    name: "sign-in by password, OAuth",
    prepare: async () => {
      const { name, password } = await person();
      return once(grant(name, password));
    },
  },
  {
    name: "sign-in by password, UsernameToken",
    prepare: async () => {
      const { name, password } = await person();
      return once(post(`${SERVICE}/Auth`, tokenRequest(COMPACT, "", usernameToken(name, password)), SOAP));
    },
  },
  {
    name: "sign-in by a certificate nobody knows",
    prepare: async () => {
      const { text } = message({ now: Date.now() });
      return once(post(`${SERVICE}/Cert`, text, SOAP));
    },
  },
  {
    name: "sign-in with a wrong password",
    prepare: async () => once(grant((await person()).name, "wrong")),
  },
  { name: "sign-in with an unknown name", prepare: async () => once(grant(`nobody${++networks}@contoso.test`, "x")) },
  {
    name: "anonymous ticket, OAuth",
    prepare: async () => {
      const conference = `sip:a@contoso.test;gruu;opaque=app:conf:focus:id:${crypto.randomUUID()}`;
      const form = { grant_type: "urn:microsoft.rtc:anonmeeting", password: "X", ms_rtc_conferenceuri: conference };
      return once(post(OAUTH, new URLSearchParams(form).toString(), FORM));
    },
  },
  {
    name: "ticketed request",
    prepare: async () => {
      const headers = { ...address(), authorization: `Bearer ${await ticketOf()}` };
      return once(new Request(`${WEB}/Autodiscover/AutodiscoverService.svc/root/oauth/user`, { headers }));
    },
  },
  {
    name: "ticketed request with a dead ticket",
    prepare: async () => {
      const assertion = Buffer.from(assertionFor("sip:nobody@contoso.test")).toString("base64");
      const headers = { ...address(), "x-ms-webticket": `opaque=${assertion}` };
      return once(new Request(`${WEB}/Autodiscover/AutodiscoverService.svc/root/user`, { headers }));
    },
  },
  { name: "naming of a device", prepare: async () => once(creation(await ticketOf())) },
  {
    name: "certificate of a desktop",
    prepare: async () => {
      const who = await person();
      const signedIn = await ask(await answered(SERVICE, tokenRequest(SAML, who.sipUri), who, SOAP), world);
      const assertion = /<saml:Assertion.*Assertion>/.exec(await signedIn.text())?.[0] ?? "";
      const { path, headers, body } = soap(secret(assertion), CERT_PROV, who.name);
      return once(post(`${WEB}${path}`, body, headers));
    },
  },
  {
    name: "discovery",
    prepare: async () => once(new Request("https://lyncdiscover.contoso.test/", { headers: address() })),
  },
  {
    name: "anonymous ticket, SAML",
    prepare: async () => once(post(`${SERVICE}/Anon`, tokenRequest(SAML, "sip:anyone@contoso.test"), SOAP)),
  },
  { name: "metadata", prepare: async () => once(new Request(`${SERVICE}/mex`, { headers: address() })) },
  { name: "meeting page", prepare: async () => once(new Request(`${WEB}/meet/a/b`, { headers: address() })) },
];
