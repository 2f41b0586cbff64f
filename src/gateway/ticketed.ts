// Serves a request to a row of the publish table that demands a ticket, in seven steps: find the ticket, read the part
// of the body that is needed, find the purpose, admit, forward, admit again, release. The Front-End gets the ticket
// that was judged, in the form in which the client sent it, and no other credential. A verdict may be too old when the
// answer comes. Then the guard is asked again before the answer is released. So a poll that was open when its device
// was blocked ends here. A poll that is silent is sent again and again within the client's one request (held-poll.ts).

import type { Access, PublishRow } from "../core/http/publish.ts";
import { pollAsked, sameEvents } from "../core/lync/event-channel.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import type { TicketUse } from "../guards/ticket-question.ts";
import { noEvents, pollReplaced, unavailable } from "../http/answers.ts";
import type { Exchange } from "../http/exchange.ts";
import { askFrontEnd, frontEndAnswered, frontEndUnreachable, relay, sendToFrontEnd } from "../http/forward.ts";
import { endWith, type Step } from "../http/step.ts";
import { checkTicket, confirmDevice, type Purpose, type TicketFault } from "../ticket/check.ts";
import { type Verdict, Verdicts } from "../ticket/verdicts.ts";
import { certificateIn, certifiedKey, hasCreated } from "./acceptance.ts";
import { judgedBatch } from "./batch.ts";
import { holdPoll } from "./held-poll.ts";
import { NewestPolls } from "./newest-polls.ts";
import { OpenPoll } from "./open-poll.ts";
import { isEventChannel, purposeOf } from "./purpose.ts";
import { releasedWhile } from "./release.ts";
import { wrapTicketCookies } from "./ticket-form.ts";
import { type ReadRequest, readRequest } from "./ticket-read.ts";
import { refusedTicket, unjudged } from "./ticket-refused.ts";

type TicketAccess = Extract<Access, { kind: "ticket" }>;

/** The verdicts that guards gave to this isolate in the last seconds. */
const verdicts = new Verdicts();

const newestPolls = new NewestPolls();

/** A request whose ticket and purpose are known. */
type Ticketed = ReadRequest & {
  readonly exchange: Exchange;
  readonly access: TicketAccess;
  readonly purpose: Purpose;
  readonly maxBody: number;
};

/** Serves a request to a ticket row. */
export async function ticketed(exchange: Exchange, row: PublishRow, access: TicketAccess): Promise<Response> {
  const read = await readRequest(exchange, row, access, verdicts);
  if (!read.ok) return read.response;
  const purpose = purposeOf(exchange, access, read.value);
  if (!purpose.ok) return unjudged(exchange, access, purpose.reason);
  const request: Ticketed = { ...read.value, exchange, access, purpose: purpose.value, maxBody: row.maxBody };

  const admitted = await admit(request, request.purpose);
  if (!admitted.ok) return refusedTicket(exchange, access, admitted.reason);
  if (!isPoll(exchange)) return served(request, admitted.value);
  const poll = new OpenPoll(exchange.now);
  try {
    return await served(request, admitted.value, poll);
  } finally {
    poll.endUnlessStreaming();
  }
}

const isPoll = ({ request, target }: Exchange): boolean => request.method === "GET" && isEventChannel(target.key);

/** Forwards, admits again and releases. */
async function served(request: Ticketed, admitted: Verdict, poll?: OpenPoll): Promise<Response> {
  const { exchange, access } = request;
  const forwarded = await (poll === undefined ? forward(request, admitted) : forwardPoll(request, admitted, poll));
  if (!forwarded.ok) return forwarded.response;
  const { answer, verdict } = forwarded.value;
  const again = await admitAgain(request, verdict, answer);
  if (!again.ok) {
    await answer.body?.cancel();
    return refusedTicket(exchange, access, again.reason);
  }
  return release(request, answer, again.value, poll);
}

/** Whether the ticket is good for this purpose now. A meeting guest's ticket opens the rows of meetings only. */
async function admit(
  { held, exchange, access }: Ticketed,
  purpose: Purpose,
): Promise<Result<Verdict, TicketFault | "anonymous-ticket">> {
  const checked = await checkTicket(held, purpose, exchange, verdicts);
  return checked.ok && checked.value.live.anonymous && !access.meeting ? refuse("anonymous-ticket") : checked;
}

/** An answer of the Front-End, and the last verdict on the ticket. */
type Forwarded = { readonly answer: Response; readonly verdict: Verdict };

/**
 * Sends the request to the Front-End. Ends the exchange when Postern refuses a part of a batch, when no Front-End
 * answers, or when the Front-End refuses the ticket.
 */
async function forward(request: Ticketed, verdict: Verdict): Promise<Step<Forwarded>> {
  const { exchange, access } = request;
  const body = access.batch ? await judgedBatch(exchange, request.maxBody) : request.body?.bytes;
  if (body instanceof Response) return endWith(body);
  const answer = await askFrontEnd(exchange, {
    ...{ credentials: request.credentials(verdict.live), ...(body && { body }) },
    answerIsRead: asksCertificate(request),
    mayBeHeldOpen: isEventChannel(exchange.target.key),
  });
  if (answer === undefined) return endWith(unavailable("front-end-unreachable"));
  return unlessRefused(request, { answer, verdict });
}

/**
 * The same for a poll, which is sent again for as long as its client waits. Also ends the exchange when the client's
 * time is over, when its device may do this no more, and when the client has sent a newer poll.
 */
async function forwardPoll(request: Ticketed, admitted: Verdict, open: OpenPoll): Promise<Step<Forwarded>> {
  const { exchange, access } = request;
  const { target, config } = exchange;
  const { headers } = exchange.request;
  // With the user's address: anybody with a ticket can ask at a foreign channel, which the Front-End alone refuses.
  const channel = `${config.pool}|${admitted.live.sipUri}|${target.key}`;
  const place = newestPolls.begin(channel, pollAsked(target.query));
  const end = await holdPoll(
    {
      endsAt: exchange.now + place.timeoutMs,
      ask: ({ live }, signal) =>
        sendToFrontEnd(exchange, { credentials: request.credentials(live), mayBeHeldOpen: true }, signal),
      admit: () => admit(request, usedFor(request.purpose)),
      isNewest: place.isNewest,
      alive: () => open.alive(),
    },
    admitted,
  );
  switch (end.kind) {
    case "answered":
      frontEndAnswered(end.answer);
      return unlessRefused(request, end);
    case "silent":
      return endWith(noEvents(headers, sameEvents(target.path, target.query)));
    case "unreachable":
      frontEndUnreachable(exchange, end.fault);
      return endWith(unavailable("front-end-unreachable"));
    case "replaced":
      return endWith(pollReplaced(headers));
    case "refused":
      return endWith(await refusedTicket(exchange, access, end.reason));
  }
}

/** The answer, unless the Front-End refuses the ticket with it. */
function unlessRefused(request: Ticketed, forwarded: Forwarded): Step<Forwarded> | Promise<Step<Forwarded>> {
  return forwarded.answer.status === 401 ? refusedByFrontEnd(request, forwarded.answer) : ok(forwarded);
}

async function refusedByFrontEnd({ exchange, access, held }: Ticketed, { body }: Response): Promise<Step<never>> {
  verdicts.forget(held.name);
  await body?.cancel();
  return endWith(await refusedTicket(exchange, access, "front-end-refused"));
}

/** Whether a device asks for a certificate. Every SOAP request that names a device asks for one. */
const asksCertificate = ({ purpose, access }: Ticketed): boolean => purpose.kind === "naming" && access.soap;

/**
 * Decides whether the answer may be released. Before, it tells the guard if the answer accepts a device for the first
 * time or has a certificate for a key. If the verdict is too old, it asks the guard for a new one.
 */
async function admitAgain(
  request: Ticketed,
  verdict: Verdict,
  answer: Response,
): Promise<Result<Verdict, TicketFault | "anonymous-ticket">> {
  const confirmed = await confirm(request, verdict, answer);
  if (!confirmed.ok) return confirmed;
  return Date.now() < verdict.until ? ok(verdict) : admit(request, usedFor(request.purpose));
}

/**
 * Tells the guard what the answer accepted, with one call at most. It makes no call for a known device that gets no
 * certificate. The guard hears of every certificate, even if Postern cannot tell its key, or if the key is not the one
 * that was judged: the Front-End may have read another key in the request than Postern did.
 */
function confirm(
  request: Ticketed,
  { provisional = false }: Verdict,
  answer: Response,
): Result<undefined, TicketFault> | Promise<Result<undefined, TicketFault>> {
  if (asksCertificate(request)) return confirmCertificate(request, answer);
  if (provisional && hasCreated(answer)) return confirmDevice(request.held, request.exchange, undefined);
  return ok(undefined);
}

async function confirmCertificate(
  { exchange, held, body }: Ticketed,
  answer: Response,
): Promise<Result<undefined, TicketFault>> {
  const certificate = await certificateIn(answer);
  if (certificate === undefined) return ok(undefined);
  return confirmDevice(held, exchange, certifiedKey(body?.text ?? "", certificate, exchange.target.host));
}

/** Passes the answer to the client for as long as the guard's verdict allows it. */
function release(request: Ticketed, answer: Response, verdict: Verdict, poll?: OpenPoll): Response {
  const { exchange, held } = request;
  const goodUntil = async (): Promise<number | undefined> => {
    verdicts.doubt(held.name);
    const again = await admit(request, usedFor(request.purpose));
    return again.ok ? again.value.until : undefined;
  };
  const response = relay(releasedWhile(answer, verdict.until, goodUntil, poll && (() => poll.streams())), exchange);
  wrapTicketCookies(response, exchange, verdict.live);
  return response;
}

/**
 * What to ask about when the verdict is renewed. By then the ticket has its device, so a naming is not judged twice.
 */
const usedFor = (purpose: Purpose): TicketUse => (purpose.kind === "naming" ? { kind: "discovery" } : purpose);
