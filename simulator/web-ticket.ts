// The web ticket service, /WebTicket/WebTicketService.svc and its siblings. Each kind of credential has its own
// address. A request brings one RST and gets one web ticket. Windows credentials come in the HTTP header, all others in
// the message. If the first kind fails, IIS answers. If the second kind fails, there is a SOAP fault (MS-OCAUTHWS
// 3.2.4.1).

import { setTimeout as delay } from "node:timers/promises";
import { certificateSignOn } from "./certificate-sign-on.ts";
import { type Answer, bodyText, type Exchange, html, methodNotAllowed } from "./exchange.ts";
import { ANONYMOUS_TICKET_LIFETIME_MS, type FrontEnd } from "./front-end.ts";
import { diagnostics, iisErrorPage } from "./iis-headers.ts";
import { ledgerDigest } from "./ledger.ts";
import { passivePorts, signOnBearer, signOnPassive } from "./passive-sign-on.ts";
import { readTicketRequest } from "./request-security-token.ts";
import { faultAnswer, MALFORMED, NO_VALID_TOKEN, parseSoap, type SoapMessage } from "./soap.ts";
import { identityName, type TicketIdentity } from "./ticket-book.ts";
import { answerTicketRequest } from "./token-response.ts";
import type { SimulatedUser } from "./users.ts";
import { signOnWindows } from "./windows-auth.ts";
import { descend, textOf } from "./xml.ts";

/** `/WebTicket/WebTicketService.svc` itself, for Windows credentials. After the sign-on, GET shows the service page. */
export async function windowsTicket(frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> {
  const signOn = signOnWindows(frontEnd, exchange);
  if (!signOn.ok) return signOn.answer;
  if (exchange.method !== "GET" && exchange.method !== "POST") return methodNotAllowed("GET, POST");
  const answer = exchange.method === "GET" ? servicePage(frontEnd) : await ticketFor(frontEnd, exchange, signOn.user);
  return { ...answer, headers: [...answer.headers, ...signOn.headers] };
}

async function ticketFor(frontEnd: FrontEnd, exchange: Exchange, user: SimulatedUser): Promise<Answer> {
  if (user.sipEnabled === false) return notSipEnabled();
  const message = parseSoap(await bodyText(exchange));
  return message ? issue(frontEnd, exchange, message, { kind: "user", user }) : faultAnswer(MALFORMED);
}

/** 403 / 28000: the credential is good, but the user has no SIP address. */
export const notSipEnabled = (): Answer =>
  html(403, iisErrorPage("403 - Forbidden: Access is denied."), [
    diagnostics(28000, "User is not SIP enabled.", "wsse:FailedAuthentication"),
  ]);

/** 500 / 28001, which tests ask for by a hook. */
export const internalError = (): Answer =>
  html(500, iisErrorPage("500 - Internal server error."), [diagnostics(28001, "Internal error.")]);

function issue(frontEnd: FrontEnd, exchange: Exchange, message: SoapMessage, identity: TicketIdentity): Answer {
  const request = readTicketRequest(message.body);
  if (!request) return faultAnswer(MALFORMED);
  const claimed = request.claimedSipUri?.toLowerCase();
  if (identity.kind === "user" && claimed !== undefined && claimed !== identity.user.sipUri.toLowerCase()) {
    const reason =
      `SIP URI in claim type requirements (${request.claimedSipUri}) does not match ` +
      "SIP URI associated with presented credentials.";
    return faultAnswer({ id: 28022, reason });
  }
  const lifetime = identity.kind === "user" ? frontEnd.ticketLifetimeMs : ANONYMOUS_TICKET_LIFETIME_MS;
  const { answer, ticket } = answerTicketRequest(frontEnd, request, identity, lifetime);
  exchange.entry.identity = identityName(identity);
  frontEnd.ledger.note("ticketsIssued", exchange.entry, { user: identityName(identity), kind: ticket.form });
  return answer;
}

/**
 * `…/Auth`, for the dial-in and web sign-in pages: a UsernameToken with directory name and password, each in base64.
 */
export async function passwordTicket(frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> {
  const message = await readPost(exchange);
  if (!message) return faultAnswer(MALFORMED);
  const token = message.security && descend(message.security, "UsernameToken");
  const name = fromBase64(textOf(descend(token, "Username")));
  const password = fromBase64(textOf(descend(token, "Password")));
  const user = frontEnd.users.bySpelling(name);
  const accepted = user?.enabled === true && frontEnd.acceptDirectoryPasswords && user.directoryPassword === password;
  frontEnd.ledger.note("directoryPasswordAttempts", exchange.entry, {
    channel: "auth",
    user: name,
    accepted,
    secret: ledgerDigest(password),
  });
  // The known leak of this service: an unknown name takes longer, and a disabled account gets another text.
  if (!user) await delay(frontEnd.unknownUserDelayMs);
  if (user?.enabled === false) return faultAnswer({ id: 28020, reason: "The user account is disabled." });
  return accepted ? issue(frontEnd, exchange, message, { kind: "user", user }) : faultAnswer(NO_VALID_TOKEN);
}

/** `…/Anon`: gives a ticket to every meeting guest who asks. */
export async function anonymousTicket(frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> {
  const message = await readPost(exchange);
  return message ? issue(frontEnd, exchange, message, { kind: "anonymous", conference: "" }) : faultAnswer(MALFORMED);
}

/** `…/Cert`: the message is signed with a certificate that CertProv issued. */
export async function certificateTicket(frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> {
  const message = await readPost(exchange);
  if (!message) return faultAnswer(MALFORMED);
  const user = certificateSignOn(frontEnd, exchange, message);
  if (user?.sipEnabled === false) return notSipEnabled();
  return user ? issue(frontEnd, exchange, message, { kind: "user", user }) : faultAnswer(NO_VALID_TOKEN);
}

/** `…/Pin`: phone number and PIN. The pool has no PINs, so every attempt fails, and is recorded. */
export async function pinTicket(frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> {
  const message = await readPost(exchange);
  if (!message) return faultAnswer(MALFORMED);
  const token = message.security && descend(message.security, "UsernameToken");
  frontEnd.ledger.note("directoryPasswordAttempts", exchange.entry, {
    channel: "pin",
    user: textOf(descend(token, "Username")),
    accepted: false,
    secret: ledgerDigest(textOf(descend(token, "Password"))),
  });
  return faultAnswer(NO_VALID_TOKEN);
}

/**
 * `WebTicketAdvancedService.svc/*`, for WS-Federation: the session of /PassiveAuth in cookies, or the token service's own
 * token in the message. Each is open when the pool is set up for it.
 */
export async function advancedTicket(frontEnd: FrontEnd, exchange: Exchange, path: string): Promise<Answer> {
  const port = passivePorts(frontEnd).find(({ address }) => new URL(address).pathname.toLowerCase() === path);
  if (!port) return faultAnswer({ id: 28029, reason: "Authentication type not allowed." });
  const message = await readPost(exchange);
  if (!message) return faultAnswer(MALFORMED);
  const user =
    port.name === "WsFedBearer" ? await signOnBearer(frontEnd, exchange, message) : signOnPassive(frontEnd, exchange);
  if (user === "no-session") return faultAnswer(NO_VALID_TOKEN);
  return user === "no-user" ? notSipEnabled() : issue(frontEnd, exchange, message, { kind: "user", user });
}

async function readPost(exchange: Exchange): Promise<SoapMessage | undefined> {
  return exchange.method === "POST" ? parseSoap(await bodyText(exchange)) : undefined;
}

const fromBase64 = (text: string): string => Buffer.from(text, "base64").toString("utf8");

/** What WCF shows a browser at a service's address. */
const servicePage = (frontEnd: FrontEnd): Answer =>
  html(
    200,
    `<HTML><HEAD><TITLE>WebTicketService Service</TITLE></HEAD><BODY><DIV id="content"><P class="heading1">` +
      `WebTicketService Service</P><P class="intro">You have created a service.<BR/><BR/>To test this service, you will ` +
      `need to create a client and use it to call the service. You can do this using the svcutil.exe tool from the ` +
      `command line with the following syntax:</P><PRE>svcutil.exe <A HREF="${frontEnd.links.webTicketService}/mex">` +
      `${frontEnd.links.webTicketService}/mex</A></PRE></DIV></BODY></HTML>`,
  );
