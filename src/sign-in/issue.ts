// From a proved user to the ticket in the client's hands. Postern signs the user on to the Front-End in one request,
// makes sure that the ticket in the answer is this user's, has the guard remember it, and relays it. A ticket that
// Postern does not understand is not relayed, because nobody could judge it later.

import { logEvent } from "../audit/log.ts";
import type { AuditReason } from "../audit/reasons.ts";
import { sameSipUri } from "../core/credentials/names.ts";
import { MAX_TOKEN_ANSWER_BYTES, readText } from "../core/http/body.ts";
import { requestIdOf } from "../core/http/request-id.ts";
import type { Assertion } from "../core/lync/assertion.ts";
import { sidInCompactTicket } from "../core/lync/compact-ticket.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import { NOT_REMEMBERED } from "../guards/relayed-ticket.ts";
import { guardOf } from "../guards/route.ts";
import { methodNotAllowed, overloaded, unavailable } from "../http/answers.ts";
import type { Exchange } from "../http/exchange.ts";
import { askFrontEnd, relay, relayText } from "../http/forward.ts";
import { meters } from "../metrics/meters.ts";
import type { SignOnFault, SignOnOccasion } from "../origin/sign-on.ts";
import { openDatabase } from "../store/database.ts";
import { isSharedSid } from "../store/shared-sid.ts";
import { ofPool } from "../ticket/check.ts";
import { sealTicket } from "../ticket/envelope.ts";
import { unknownTickets } from "../ticket/unknown-tickets.ts";
import { eventOf, recordEnd } from "./attempt.ts";
import type { SignedIn } from "./handshake.ts";
import { SignOnLine } from "./sign-on-line.ts";
import { SERVICES, type Worded } from "./worded.ts";

/** The ticket found in a token answer, and the answer with another compact ticket in its place. */
export type FoundTicket =
  | { readonly kind: "saml"; readonly assertion: Assertion }
  | {
      readonly kind: "cwt";
      readonly text: string;
      /** ms */
      readonly expiresAt: number;
      readonly withTicket: (replacement: string) => string;
    };

/** Reads a token answer; `now` in ms. */
export type TicketReader = (answer: string, now: number) => FoundTicket | undefined;

/** A GET gets no ticket. A user who was proved by a GET is told so, and the Front-End is not asked (S-45). */
export async function noTicketByGet(exchange: Exchange, by: SignedIn): Promise<Response> {
  await recordEnd(exchange, by, { outcome: "signed-in", reason: "no-ticket" });
  return withFinalChallenge(methodNotAllowed(["POST"]), by);
}

/** One for each pool: a pool that hangs takes no turn of another. */
const lines = new Map<string, SignOnLine>();

function lineOf(pool: string): SignOnLine {
  const line = lines.get(pool) ?? new SignOnLine();
  lines.set(pool, line);
  return line;
}

/** When it is the user's turn, asks the Front-End for a ticket as this user, in Postern's words, and relays it. */
export const issueTicket = (order: Worded, by: SignedIn, reader: TicketReader): Promise<Response> =>
  inTurn(order.exchange, by, () => askForTicket(order, by, reader));

/** The same for a request that the user's device has signed: the Front-End verifies it, and nobody is signed on. */
export const issueSignedTicket = (order: Worded, by: SignedIn, reader: TicketReader): Promise<Response> =>
  inTurn(order.exchange, by, () => askWithSignature(order, by, reader));

/**
 * The same with cookies of the pool, which stand for a user who has signed in by the page. `ended`: the answer when the
 * pool does not know them any more, or when the user's guard does not.
 */
export const issueTicketByCookies = (
  order: Worded,
  by: SignedIn,
  cookie: string,
  reader: TicketReader,
  ended: (by: "pool" | "guard") => Response,
): Promise<Response> =>
  inTurn(order.exchange, by, async () => {
    const { exchange, body } = order;
    const answer = await askFrontEnd(exchange, { credentials: { cookie }, body, answerIsRead: true });
    if (answer === undefined) return failed("front-end-unreachable", exchange, by);
    if (answer.status !== 400) return relayTicket(answer, exchange, by, reader, () => ended("guard"));
    await answer.body?.cancel();
    await recordEnd(exchange, by, { outcome: "failed", reason: "front-end-400" });
    return ended("pool");
  });

async function inTurn(exchange: Exchange, by: SignedIn, ask: () => Promise<Response>): Promise<Response> {
  const turn = () => lineOf(exchange.config.pool).turn(by.user.sipUri);
  const ended = await exchange.stages.timed("sign-on-line", turn, (end) => (end === undefined ? "no-turn" : "turn"));
  if (ended === undefined) {
    await recordEnd(exchange, by, { outcome: "failed", reason: "sign-on-overloaded" });
    return overloaded();
  }
  try {
    return await ask();
  } finally {
    ended();
  }
}

async function askForTicket({ exchange, body }: Worded, by: SignedIn, reader: TicketReader): Promise<Response> {
  const first = await askAsUser(exchange, by, body, { afterRejection: false });
  // Asks once more with another token: the Front-End's key may have changed since the connector last asked for a
  // ticket.
  const asked = isRejection(first) ? await askAgain(exchange, by, body, first) : first;
  if (!asked.ok) return failed(asked.reason, exchange, by);
  const { answer, account } = asked.value;
  if (answer.status === 401) return failed("sign-on-rejected", exchange, by);
  return relayTicket(answer, exchange, account === undefined ? by : { ...by, sid: account }, reader);
}

/** What the Front-End says of the certificate, its client has to hear: it may need a new one. */
async function askWithSignature({ exchange, body }: Worded, by: SignedIn, reader: TicketReader): Promise<Response> {
  const answer = await askFrontEnd(exchange, { body, answerIsRead: true });
  if (answer === undefined) return failed("front-end-unreachable", exchange, by);
  return relayTicket(answer, exchange, by, reader);
}

/** Relays the ticket in the Front-End's answer. If there is none, it relays the answer. */
async function relayTicket(
  answer: Response,
  exchange: Exchange,
  by: SignedIn,
  reader: TicketReader,
  ended: () => Response = unavailable,
): Promise<Response> {
  if (answer.status !== 200) {
    await recordEnd(exchange, by, { outcome: "failed", reason: `front-end-${answer.status}` });
    return withFinalChallenge(relay(answer, exchange), by);
  }

  const text = await readText(answer, MAX_TOKEN_ANSWER_BYTES);
  if (!text.ok) return failed(`answer-${text.reason}`, exchange, by);
  const ticket = reader(text.value.text, exchange.now);
  if (ticket === undefined) return failed("answer-without-ticket", exchange, by);
  const relayed = await remember(exchange, by, ticket);
  if (!relayed.ok) {
    const refused = await failed(relayed.reason, exchange, by);
    return relayed.reason === "ended-meanwhile" ? ended() : refused;
  }
  const answerText = ticket.kind === "saml" ? text.value.text : ticket.withTicket(relayed.value);
  return withFinalChallenge(relayText(answer, answerText, exchange), by);
}

/** The answer to the user's request. `account`: the ticket in it must be for this SID. */
type Asked = Result<
  { readonly answer: Response; readonly account: string | undefined },
  ReturnType<typeof reasonOf> | "sign-on-no-upn" | "front-end-unreachable"
>;

/** A fault of Postern's token service has a name of its own. */
const reasonOf = (fault: SignOnFault) =>
  fault === "unknown-user" || fault === "unreachable" || fault === "not-configured"
    ? (`sign-on-${fault}` as const)
    : fault;

const isRejection = (asked: Asked): boolean =>
  asked.ok ? asked.value.answer.status === 401 : asked.reason === "sts-grant-refused";

/** One token, one request. */
async function askAsUser(
  exchange: Exchange,
  { user, profile }: SignedIn,
  body: Uint8Array,
  occasion: Pick<SignOnOccasion, "afterRejection">,
): Promise<Asked> {
  // The SIP address is often also the UPN. But it may be another user's UPN, so Postern does not guess.
  if (user.upn === null) return refuse("sign-on-no-upn");
  const { upn } = user;
  const { signOn } = exchange.config;
  if (signOn.bySid === true && (await isSharedSid(openDatabase(exchange.env.DB), user.id, profile.subject.sid))) {
    return refuse("sts-sid-shared");
  }
  const asked: string[] = [];
  const service = exchange.target.path === SERVICES.oauthToken ? "oauth" : "soap";
  const told: SignOnOccasion = {
    ...occasion,
    service,
    requestId: requestIdOf(exchange.request),
    heard: (each: string) => asked.push(each),
  };
  const ask = () => signOn.credentialsFor({ upn, sid: profile.subject.sid }, told);
  const credentials = await exchange.stages.timed("connector", ask, (answer) =>
    [...asked, ...(answer.ok ? [] : [answer.reason])].join(", "),
  );
  meters.connector(credentials.ok ? "ok" : credentials.reason, Date.now());
  if (!credentials.ok) return refuse(reasonOf(credentials.reason));
  const { headers, path, body: reworded, account, judge } = credentials.value;
  const answer = await askFrontEnd(path === undefined ? exchange : askedAt(exchange, path), {
    credentials: headers,
    body: reworded?.(body) ?? body,
    answerIsRead: true,
  });
  if (answer === undefined) return refuse("front-end-unreachable");
  const judged = (await judge?.(answer)) ?? ok(answer);
  if (!judged.ok) return refuse(reasonOf(judged.reason));
  return ok({ answer: account === undefined ? judged.value : withoutCookies(judged.value), account });
}

/** The same request at another address of the pool. */
const askedAt = (exchange: Exchange, path: string): Exchange => ({
  ...exchange,
  target: { ...exchange.target, path, key: path.toLowerCase() },
});

/** The pool's cookies are those of Postern's own sign-on. */
function withoutCookies(answer: Response): Response {
  const headers = new Headers(answer.headers);
  headers.delete("set-cookie");
  return new Response(answer.body, { status: answer.status, headers });
}

async function askAgain(exchange: Exchange, by: SignedIn, body: Uint8Array, rejection: Asked) {
  const requestId = requestIdOf(exchange.request);
  logEvent({ event: "unavailable", reason: "sign-on-rejected-once", requestId, user: by.user.sipUri });
  if (rejection.ok) await rejection.value.answer.body?.cancel();
  return askAsUser(exchange, by, body, { afterRejection: true });
}

/** Has the guard remember the ticket. Returns what the client gets for a compact ticket, or why it gets nothing. */
async function remember(exchange: Exchange, by: SignedIn, ticket: FoundTicket): Promise<Result<string, RelayFault>> {
  const { sipUri } = by.user;
  if (ticket.kind === "saml" && !sameSipUri(ticket.assertion.subject, sipUri)) return refuse("ticket-of-another-user");
  const { keyring, pool } = exchange.config;
  const { expiresAt, fingerprint } =
    ticket.kind === "saml" ? ticket.assertion : { ...ticket, fingerprint: crypto.randomUUID() };
  const id = ticket.kind === "saml" ? ofPool(pool, fingerprint) : fingerprint; // an envelope has the pool in it
  const {
    credentialId,
    credentialUntil = Number.POSITIVE_INFINITY,
    place,
    about,
    profile,
    ntlmVersion,
    key,
    page,
  } = by;
  const relayed = {
    kind: "user",
    id,
    credentialId,
    place,
    workstation: about.workstation,
    ntlmVersion,
    ...(page !== undefined && { page }),
    ...(key && { device: key.device, proof: "key" as const, keyHash: key.hash }),
    expiresAt: Math.min(expiresAt, credentialUntil), // an app password that runs out ends its tickets
  } as const;
  const event = eventOf(exchange, by, { outcome: "signed-in", reason: ticket.kind }, relayed.expiresAt);
  const account = ticket.kind === "cwt" ? sidInCompactTicket(ticket.text) : undefined;
  // An assertion names no account, but the address, which was compared above.
  if (ticket.kind === "cwt" && by.sid !== undefined && account !== by.sid) return refuse("ticket-of-another-user");
  const remembered = await exchange.stages.timed("user-guard", () =>
    guardOf(exchange.env, sipUri).rememberTicket(relayed, profile, event, account),
  );
  if (remembered === "another-account") return refuse("ticket-of-another-user");
  if (remembered === "ended") return refuse("ended-meanwhile");
  if (remembered !== "remembered") throw new Error(NOT_REMEMBERED);
  if (ticket.kind === "saml") {
    unknownTickets.relayed(id);
    return ok(id);
  }
  return ok(sealTicket(keyring, { kind: "user", sipUri, id, expiresAt, inner: ticket.text, pool }));
}

/**
 * `ended-meanwhile`: while the Front-End was asked, the app password was revoked, its device blocked or its user
 * disabled. Of a session of the page: its user's sessions were ended since it began.
 */
type RelayFault = "ticket-of-another-user" | "ended-meanwhile";

function withFinalChallenge(response: Response, by: SignedIn): Response {
  if (by.finalChallenge !== undefined) response.headers.set("www-authenticate", by.finalChallenge);
  return response;
}

async function failed(reason: AuditReason, exchange: Exchange, by: SignedIn): Promise<Response> {
  await recordEnd(exchange, by, { outcome: "failed", reason });
  return unavailable();
}
