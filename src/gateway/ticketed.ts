// A request to a row that demands a ticket: one that Postern relayed, whose device may do this, or the answer that a Front-End
// would give. The Front-End sees the ticket that was judged, in the form it came in, and no other credential. What took longer
// than a verdict is good for is judged again before it is released: a poll that was open when its device was blocked ends here.

import { type ReadBody, readText } from "../core/http/body.ts";
import { TICKET_COOKIE } from "../core/http/headers.ts";
import type { Access, PublishRow } from "../core/http/publish.ts";
import { assertionsIn } from "../core/lync/assertion.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import type { TicketUse } from "../guards/ticket-question.ts";
import { badRequest, deviceRefused, ticketChallenge, unavailable, unreadable } from "../http/answers.ts";
import type { Exchange } from "../http/exchange.ts";
import { askFrontEnd, relay } from "../http/forward.ts";
import { heldBack } from "../http/refusal-floor.ts";
import {
  checkTicket,
  confirmDevice,
  type HeldTicket,
  heldTicket,
  type Purpose,
  soapTicket,
  type TicketFault,
} from "../ticket/check.ts";
import { sealTicket } from "../ticket/envelope.ts";
import { type PresentedTicket, presentedTicket, presentsTicket } from "../ticket/presented.ts";
import { type ReadTicket, type Verdict, Verdicts } from "../ticket/verdicts.ts";
import type { OF_TICKETS } from "../trace/reasons-of-credentials.ts";
import { refusal } from "../trace/refusal.ts";
import { hasAccepted } from "./acceptance.ts";
import { judgedBatch } from "./batch.ts";
import { deviceNamedIn, type NamingFault } from "./naming.ts";
import { releasedWhile } from "./release.ts";

type TicketAccess = Extract<Access, { kind: "ticket" }>;

/** Why a ticket opens nothing. */
type TicketReason = keyof typeof OF_TICKETS;

/** What this isolate has learnt from guards in the last moments. */
const verdicts = new Verdicts();

/** Serves a request to a ticket row. */
export async function ticketed(exchange: Exchange, row: PublishRow, access: TicketAccess): Promise<Response> {
  const soap = access.soap && exchange.request.method === "POST";
  return soap ? soapTicketed(exchange, row, access) : headerTicketed(exchange, row, access);
}

/** A ticket in a header. The body is read only where the device names itself in it, and sent on byte for byte. */
async function headerTicketed(exchange: Exchange, row: PublishRow, access: TicketAccess): Promise<Response> {
  const { request, target } = exchange;
  if (!presentsTicket(request.headers, target.key)) return ticketChallenge(access.dialect, exchange.config);
  const names = access.use === "naming" && request.method === "POST";
  const body = names ? await readText(request, row.maxBody) : undefined;
  const presented = presentedTicket(request.headers, target.key);
  if (presented === undefined) return refused(exchange, access, "not-one-ticket");
  const held = heldTicket(presented, { keyring: exchange.config.keyring, verdicts });
  if (held === undefined) return refused(exchange, access, "not-a-ticket");
  if (body !== undefined && !body.ok) return unreadable(body.reason);
  const purpose = purposeOf(exchange, access, held, body?.value);
  if (!purpose.ok) return unjudged(exchange, access, purpose.reason);
  return serve(exchange, access, {
    ...{ held, purpose: purpose.value, maxBody: row.maxBody, body: body?.value.bytes },
    credentials: (live) => unwrapped(live, presented),
  });
}

/** A SOAP service: its ticket is in the envelope's security header, so the body is read, judged, and sent on as it is. */
async function soapTicketed(exchange: Exchange, row: PublishRow, access: TicketAccess): Promise<Response> {
  const body = await readText(exchange.request, row.maxBody);
  if (!body.ok) return unreadable(body.reason);
  const assertions = assertionsIn(body.value.text);
  const none = body.value.text === "" || (assertions.ok && assertions.value.length === 0);
  if (none) return ticketChallenge(access.dialect, exchange.config);
  const [assertion, another] = assertions.ok ? assertions.value : [];
  if (assertion === undefined || another !== undefined || assertion.path !== "Envelope/Header/Security/Assertion") {
    return refused(exchange, access, "not-one-ticket");
  }
  const held = soapTicket(assertion);
  if (held === undefined) return refused(exchange, access, "not-a-ticket");
  const purpose = purposeOf(exchange, access, held, body.value);
  if (!purpose.ok) return unjudged(exchange, access, purpose.reason);
  const { bytes } = body.value;
  return serve(exchange, access, { held, purpose: purpose.value, maxBody: row.maxBody, body: bytes });
}

/** A request that is ready to be judged, and what goes on to the Front-End with it. */
type Ready = {
  readonly held: HeldTicket;
  readonly purpose: Purpose;
  /** The body, where it was read to judge it. */
  readonly body: Uint8Array | undefined;
  readonly maxBody: number;
  readonly credentials?: (live: ReadTicket) => Readonly<Record<string, string>>;
};

async function serve(exchange: Exchange, access: TicketAccess, ready: Ready): Promise<Response> {
  const { held, purpose, maxBody, credentials = () => ({}) } = ready;
  const admit = async (now: Purpose): Promise<Result<Verdict, TicketFault | "anonymous-ticket">> => {
    const checked = await checkTicket(held, now, exchange, verdicts);
    return checked.ok && checked.value.live.anonymous && !access.meeting ? refuse("anonymous-ticket") : checked;
  };
  const admitted = await admit(purpose);
  if (!admitted.ok) return refused(exchange, access, admitted.reason);
  const { live, until, provisional = false } = admitted.value;
  const body = access.batch ? await judgedBatch(exchange, maxBody) : ready.body;
  if (body instanceof Response) return body;
  const answer = await askFrontEnd(exchange, {
    ...{ credentials: credentials(live), ...(body && { body }) },
    answerIsRead: provisional && access.soap, // whether it is a certificate
  });
  if (answer === undefined) return unavailable("front-end-unreachable");
  if (answer.status === 401) {
    verdicts.forget(held.name);
    await answer.body?.cancel();
    return refused(exchange, access, "front-end-refused");
  }
  if (provisional && (await hasAccepted(answer, access.soap))) {
    const confirmed = await confirmDevice(held, exchange);
    if (!confirmed.ok) {
      await answer.body?.cancel();
      return refused(exchange, access, confirmed.reason);
    }
  }
  // A device that has named itself is known from now on.
  const used: TicketUse = purpose.kind === "naming" ? { kind: "discovery" } : purpose;
  let good = until;
  if (Date.now() >= until) {
    const again = await admit(used);
    if (!again.ok) {
      await answer.body?.cancel();
      return refused(exchange, access, again.reason);
    }
    good = again.value.until;
  }
  const goodUntil = async (): Promise<number | undefined> => {
    verdicts.doubt(held.name);
    const again = await admit(used);
    return again.ok ? again.value.until : undefined;
  };
  const response = relay(releasedWhile(answer, good, EVENTS.test(exchange.target.key), goodUntil), exchange);
  wrapTicketCookies(response, exchange, live);
  return response;
}

/** What the ticket is presented for, by its row. */
function purposeOf(
  { request, target }: Exchange,
  access: TicketAccess,
  { ticket }: HeldTicket,
  body?: ReadBody,
): Result<Purpose, NamingFault> {
  switch (access.use) {
    case "discovery":
    case "address-book":
    case "service":
      return ok({ kind: access.use });
    case "application":
      return ok({ kind: "application", application: APPLICATION.exec(target.key)?.[1] });
    case "naming":
      return body === undefined
        ? ok({ kind: "service" })
        : deviceNamedIn(request, access.soap, body.text, ticket.sipUri);
  }
}

const APPLICATION = /^\/ucwa\/(?:oauth\/)?v1\/applications\/([^/]+)(?:\/|$)/;

/** The event channel of an application. */
const EVENTS = /^\/ucwa\/(?:oauth\/)?v1\/applications\/[^/]+\/events(?:\/|$)/;

/** The ticket as the Front-End issued it, in the header it was presented in. */
function unwrapped(live: ReadTicket, presented: PresentedTicket): Record<string, string> {
  if (presented.kind === "opaque") return { "x-ms-webticket": `opaque=${presented.text}` };
  const compact = `cwt=${live.inner ?? ""}`;
  switch (presented.carrier) {
    case "authorization":
      return { authorization: `Bearer ${compact}` };
    case "x-ms-webticket":
      return { "x-ms-webticket": compact };
    case "cookie":
      return { cookie: `${TICKET_COOKIE}=${live.inner ?? ""}` };
  }
}

/** The Front-End's own ticket in a cookie leaves in an envelope too, and is revoked together with its ticket. */
function wrapTicketCookies(response: Response, exchange: Exchange, live: ReadTicket): void {
  const cookies = response.headers.getSetCookie();
  if (!cookies.some((cookie) => cookie.toLowerCase().startsWith(`${TICKET_COOKIE}=`))) return;
  response.headers.delete("set-cookie");
  const { sipUri, id, expiresAt } = live;
  const kind = live.anonymous ? "anonymous" : "user";
  for (const cookie of cookies) {
    const [, prefix = "", inner = "", attributes = ""] = /^(cwt_ucwa="?(?:cwt=)?)([^";]*)(.*)$/is.exec(cookie) ?? [];
    const wrapped = sealTicket(exchange.config.keyring, { kind, sipUri, id, expiresAt, inner });
    response.headers.append("set-cookie", prefix === "" ? cookie : `${prefix}${wrapped}${attributes}`);
  }
}

/** Why a body cannot be judged, or may not go with this ticket. */
function unjudged(exchange: Exchange, access: TicketAccess, reason: NamingFault): Response | Promise<Response> {
  return reason === "entity-of-another-user" ? refused(exchange, access, reason) : badRequest(reason);
}

/**
 * No good ticket: the challenge. A good one whose device may not: what a Front-End says to a user who may not. At the floor,
 * whatever it took to find out: whether there is a guard that remembers tickets tells whether there is a user (S-22).
 */
async function refused(exchange: Exchange, access: TicketAccess, reason: TicketReason): Promise<Response> {
  await heldBack(exchange);
  return reason === "device-refused"
    ? deviceRefused(access, exchange.request.headers)
    : refusal(reason, ticketChallenge(access.dialect, exchange.config));
}
