// A request to a row that demands a ticket. It takes seven steps, in this order: present the ticket, read what is needed of
// the body, find the purpose, admit, forward, admit again, release. The Front-End sees the ticket that was judged, in the form
// in which it came, and no other credential. An answer that took longer than a verdict is good for is judged again before it is
// released: a poll that was open when its device was blocked ends here.

import type { Access, PublishRow } from "../core/http/publish.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import type { TicketUse } from "../guards/ticket-question.ts";
import { unavailable } from "../http/answers.ts";
import type { Exchange } from "../http/exchange.ts";
import { askFrontEnd, relay } from "../http/forward.ts";
import { endWith, type Step } from "../http/step.ts";
import { checkTicket, confirmDevice, type Purpose, type TicketFault } from "../ticket/check.ts";
import { type Verdict, Verdicts } from "../ticket/verdicts.ts";
import { certificateIn, certifiedKey, hasCreated } from "./acceptance.ts";
import { judgedBatch } from "./batch.ts";
import { isEventChannel, purposeOf } from "./purpose.ts";
import { releasedWhile } from "./release.ts";
import { wrapTicketCookies } from "./ticket-form.ts";
import { type ReadRequest, readRequest } from "./ticket-read.ts";
import { refusedTicket, unjudged } from "./ticket-refused.ts";

type TicketAccess = Extract<Access, { kind: "ticket" }>;

/** What this isolate has learnt from guards in the last moments. */
const verdicts = new Verdicts();

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
  const forwarded = await forward(request, admitted.value);
  if (!forwarded.ok) return forwarded.response;
  const answer = forwarded.value;
  const again = await admitAgain(request, admitted.value, answer);
  if (!again.ok) {
    await answer.body?.cancel();
    return refusedTicket(exchange, access, again.reason);
  }
  return release(request, answer, again.value);
}

/** Whether the ticket is good for this purpose now. A meeting guest's ticket opens the rows of meetings only. */
async function admit(
  { held, exchange, access }: Ticketed,
  purpose: Purpose,
): Promise<Result<Verdict, TicketFault | "anonymous-ticket">> {
  const checked = await checkTicket(held, purpose, exchange, verdicts);
  return checked.ok && checked.value.live.anonymous && !access.meeting ? refuse("anonymous-ticket") : checked;
}

/** Asks the Front-End. Ends here when a part of a batch is refused, or when no Front-End takes the ticket. */
async function forward(request: Ticketed, { live }: Verdict): Promise<Step<Response>> {
  const { exchange, access, held } = request;
  const body = access.batch ? await judgedBatch(exchange, request.maxBody) : request.body?.bytes;
  if (body instanceof Response) return endWith(body);
  const answer = await askFrontEnd(exchange, {
    ...{ credentials: request.credentials(live), ...(body && { body }) },
    answerIsRead: asksCertificate(request),
  });
  if (answer === undefined) return endWith(unavailable("front-end-unreachable"));
  if (answer.status !== 401) return ok(answer);
  verdicts.forget(held.name);
  await answer.body?.cancel();
  return endWith(await refusedTicket(exchange, access, "front-end-refused"));
}

/** Whether a device asks for a certificate: it names itself in SOAP for nothing else. */
const asksCertificate = ({ purpose, access }: Ticketed): boolean => purpose.kind === "naming" && access.soap;

/**
 * Whether the answer may be released. The guard hears first of a device that the answer accepts for the first time, and of each
 * certificate's key. An old verdict is asked again.
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

/** One call to the guard at most: none for a known device that gets no certificate, or one without a key to remember. */
async function confirm(
  request: Ticketed,
  { provisional = false }: Verdict,
  answer: Response,
): Promise<Result<undefined, TicketFault>> {
  const { exchange, held, body } = request;
  if (!asksCertificate(request)) {
    return provisional && hasCreated(answer) ? confirmDevice(held, exchange, undefined) : ok(undefined);
  }
  const certificate = await certificateIn(answer);
  if (certificate === undefined) return ok(undefined);
  const key = certifiedKey(body?.text ?? "", certificate, exchange.target.host);
  return provisional || key !== undefined ? confirmDevice(held, exchange, key) : ok(undefined);
}

/** Sends the answer on for as long as the ticket is good. */
function release(request: Ticketed, answer: Response, verdict: Verdict): Response {
  const { exchange, held } = request;
  const goodUntil = async (): Promise<number | undefined> => {
    verdicts.doubt(held.name);
    const again = await admit(request, usedFor(request.purpose));
    return again.ok ? again.value.until : undefined;
  };
  const response = relay(
    releasedWhile(answer, verdict.until, isEventChannel(exchange.target.key), goodUntil),
    exchange,
  );
  wrapTicketCookies(response, exchange, verdict.live);
  return response;
}

/** A device that has named itself is known from then on. */
const usedFor = (purpose: Purpose): TicketUse => (purpose.kind === "naming" ? { kind: "discovery" } : purpose);
