// A request to a row that demands a ticket: one that Postern relayed, whose device may do this, or the answer that a Front-End
// would give. The Front-End sees the ticket that was judged, in the form it came in, and no other credential. What took longer
// than a verdict is good for is judged again before it is released: a poll that was open when its device was blocked ends here.

import { logEvent } from "../audit/log.ts";
import type { TicketUse } from "../guard/user-guard.ts";
import { assertionsIn } from "../lync/assertion.ts";
import { ok, type Result, refuse } from "../result.ts";
import {
  checkTicket,
  type HeldTicket,
  heldTicket,
  type Purpose,
  soapTicket,
  type TicketFault,
} from "../ticket/check.ts";
import { sealTicket } from "../ticket/envelope.ts";
import { type PresentedTicket, presentedTicket } from "../ticket/presented.ts";
import { type LiveTicket, VERDICT_REUSE_MS, Verdicts } from "../ticket/verdicts.ts";
import { badRequest, bodyTooLarge, deviceRefused, ticketChallenge, unavailable } from "./answers.ts";
import { type ReadBody, readText } from "./body.ts";
import type { Exchange } from "./exchange.ts";
import { askFrontEnd, type Passage, relay } from "./forward.ts";
import { TICKET_COOKIE } from "./headers.ts";
import { deviceNamedIn } from "./naming.ts";
import type { Access, PublishRow } from "./publish.ts";
import { releasedWhile } from "./release.ts";

type TicketAccess = Extract<Access, { kind: "ticket" }>;

/** What this isolate has learnt from guards in the last moments. */
const verdicts = new Verdicts();

/** Serves a request to a ticket row. */
export async function ticketed(exchange: Exchange, row: PublishRow, access: TicketAccess): Promise<Response> {
  const soap = access.soap && exchange.request.method === "POST";
  const presented = soap ? undefined : presentedTicket(exchange.request.headers, exchange.target.key);
  if (!soap && presented === undefined) return ticketChallenge(access.dialect, exchange.config);
  // A body is read where the ticket or the device is in it, and sent on byte for byte.
  const reads = soap || access.use === "naming";
  const body = reads ? await readText(exchange.request, row.maxBody) : undefined;
  if (body !== undefined && !body.ok) return body.reason === "too-large" ? bodyTooLarge() : badRequest();
  const held = presented === undefined ? ticketInEnvelope(body?.value) : ticketInHeader(presented, exchange);
  if (!held.ok) return refused(exchange, access, held.reason);
  const purpose = purposeOf(exchange, access, held.value, body?.value);
  if (!purpose.ok) return malformed(exchange, purpose.reason);
  return serve(exchange, access, {
    held: held.value,
    purpose: purpose.value,
    passage: {
      ...(body === undefined ? {} : { body: body.value.bytes }),
      ...(presented === undefined ? {} : { credentials: (live) => unwrapped(live, presented) }),
    },
  });
}

/** A request that is ready to be judged, and what goes on to the Front-End with it. */
type Ready = {
  readonly held: HeldTicket;
  readonly purpose: Purpose;
  readonly passage: Pick<Passage, "body"> & { readonly credentials?: (live: LiveTicket) => Passage["credentials"] };
};

async function serve(exchange: Exchange, access: TicketAccess, { held, purpose, passage }: Ready): Promise<Response> {
  const admit = async (now: Purpose): Promise<Result<LiveTicket, string>> => {
    const checked = await checkTicket(held, now, exchange, verdicts);
    return checked.ok && checked.value.anonymous && !access.meeting ? refuse("anonymous-ticket") : checked;
  };
  const askedAt = Date.now();
  const admitted = await admit(purpose);
  if (!admitted.ok) return refused(exchange, access, admitted.reason);
  const live = admitted.value;
  const { body, credentials = () => undefined } = passage;
  const answer = await askFrontEnd(exchange, { credentials: credentials(live) ?? {}, ...(body && { body }) });
  if (answer === undefined) return unavailable();
  if (answer.status === 401) {
    verdicts.forget(held.name);
    return refused(exchange, access, "front-end-refused");
  }
  // A device that has named itself is known from now on.
  const used: TicketUse = purpose.kind === "naming" ? { kind: "discovery" } : purpose;
  if (Date.now() - askedAt >= VERDICT_REUSE_MS) {
    const again = await admit(used);
    if (!again.ok) {
      await answer.body?.cancel();
      return refused(exchange, access, again.reason);
    }
  }
  const response = relay(
    releasedWhile(answer, VERDICT_REUSE_MS, async () => (await admit(used)).ok),
    exchange,
  );
  if (live.inner !== undefined) wrapTicketCookies(response, exchange, live);
  return response;
}

function ticketInHeader(presented: PresentedTicket, { config }: Exchange): Result<HeldTicket, string> {
  const held = heldTicket(presented, { keyring: config.keyring, verdicts });
  return held === undefined ? refuse("not-a-ticket") : ok(held);
}

/** A SOAP service's ticket is in the envelope's security header. */
function ticketInEnvelope(body: ReadBody | undefined): Result<HeldTicket, string> {
  const assertions = assertionsIn(body?.text ?? "");
  const [assertion, another] = assertions.ok ? assertions.value : [];
  if (assertion === undefined || another !== undefined || assertion.path !== "Envelope/Header/Security/Assertion") {
    return refuse("not-one-ticket");
  }
  return ok(soapTicket(assertion));
}

/** What the ticket is presented for, by its row. */
function purposeOf(
  { request, target }: Exchange,
  access: TicketAccess,
  { ticket }: HeldTicket,
  body?: ReadBody,
): Result<Purpose, string> {
  switch (access.use) {
    case "discovery":
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

/** The ticket as the Front-End issued it, in the header it was presented in. */
function unwrapped(live: LiveTicket, presented: PresentedTicket): Record<string, string> {
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
function wrapTicketCookies(response: Response, exchange: Exchange, live: LiveTicket): void {
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

/** No good ticket: the challenge. A good one whose device may not: what a Front-End says to a user who may not. */
function refused(exchange: Exchange, access: TicketAccess, reason: TicketFault | string): Response {
  logEvent({ event: "ticket-refused", reason, host: exchange.target.host, path: exchange.target.key });
  return reason === "device-refused"
    ? deviceRefused(access, exchange.request.headers)
    : ticketChallenge(access.dialect, exchange.config);
}

function malformed({ target }: Exchange, reason: string): Response {
  logEvent({ event: "request-refused", reason, host: target.host, path: target.key });
  return badRequest();
}
