// Checks a presented ticket: whether Postern relayed it to this user, whether it still lives, and whether its device
// may use it for this. This takes at most one call to the user's guard, none when this isolate asked the same within
// the last moments, and never a query of D1. When many dead tickets came from a network, that network's guard is asked
// first about a ticket that this isolate does not know.

import type { Config } from "../config/config.ts";
import { sipUriOf } from "../core/credentials/names.ts";
import type { Keyring } from "../core/crypto/keyring.ts";
import type { RequestSource } from "../core/device/types.ts";
import { requestIdOf } from "../core/http/request-id.ts";
import { type Assertion, assertionsIn } from "../core/lync/assertion.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import type { UserGuardCalls } from "../guards/calls.ts";
import type { SightedKey } from "../guards/device-key.ts";
import { ticketGuardOf } from "../guards/route.ts";
import {
  briefly,
  type Naming,
  type TicketQuestion,
  type TicketUse,
  type TicketVerdict,
} from "../guards/ticket-question.ts";
import { aboutRequest, sourceOf, userAgentOf } from "../http/about.ts";
import type { Exchange } from "../http/exchange.ts";
import { openTicket } from "./envelope.ts";
import type { PresentedTicket } from "./presented.ts";
import { unknownTickets } from "./unknown-tickets.ts";
import { type ReadTicket, VERDICT_REUSE_MS, type Verdict, type Verdicts } from "./verdicts.ts";

/**
 * `crowded-network`: nobody was asked, because too many dead tickets came from there. `device-refused`: the ticket is
 * good, but its device may not do this; the audit has the reason.
 */
export type TicketFault = "expired" | "not-relayed" | "crowded-network" | "device-refused";

/** A ticket that was read: what it says of itself, which only its guard can confirm. */
export type HeldTicket = {
  /**
   * The key under which this isolate keeps the verdict on the ticket. The same text in two forms counts as two tickets.
   */
  readonly name: string;
  readonly ticket: ReadTicket;
};

/** What a ticket is presented for: to be used, or to name its device. */
export type Purpose =
  | TicketUse
  | { readonly kind: "naming"; readonly device: Pick<Naming, "device" | "told" | "certificateKey"> };

/** A SAML ticket is XML, which may begin with a byte order mark; the mark is no part of the ticket. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/**
 * Reads a ticket that came in a header; undefined when the value is not a ticket. A compact ticket says in its envelope
 * which pool gave it. A SAML ticket does not; at another pool, its guard does not find it.
 */
export function heldTicket(
  presented: PresentedTicket,
  at: { readonly config: Pick<Config, "keyring" | "pool">; readonly verdicts: Verdicts },
): HeldTicket | "of-another-pool" | undefined {
  const { keyring, pool } = at.config;
  // The pool comes first: the client wrote the text, and could write any mark behind it.
  const name = `${pool}|${presented.kind}=${presented.text}`;
  const ticket = at.verdicts.reading(name) ?? readTicket(presented, keyring, pool);
  return typeof ticket === "object" ? { name, ticket } : ticket;
}

/** The SAML ticket of a SOAP envelope; undefined when it cannot belong to anybody. */
export function soapTicket(assertion: Assertion, pool: string): HeldTicket | undefined {
  const ticket = samlTicket(assertion, pool);
  return ticket && { name: `soap=${ticket.id}`, ticket };
}

/**
 * What this pool's tickets are known by, so that a ticket of one pool is never found by the request to another. The
 * first pool's have no mark. `id` is Postern's own (a fingerprint): in a client's text there could be a mark already.
 */
export const ofPool = (pool: string, id: string): string => (pool === "" ? id : `${id}@${pool}`);

/**
 * Asks whether a ticket is good for that purpose at this moment. Answers at once when no guard has to be asked. Throws
 * when the guard cannot be asked.
 */
export function checkTicket(
  held: HeldTicket,
  purpose: Purpose,
  exchange: Exchange,
  verdicts: Verdicts,
): Result<Verdict, TicketFault> | Promise<Result<Verdict, TicketFault>> {
  const { name, ticket } = held;
  const now = Date.now();
  if (ticket.expiresAt <= now) {
    verdicts.forget(name);
    return refuse("expired");
  }
  // Postern sealed the anonymous envelope. It is short-lived, and nobody can revoke it.
  if (ticket.anonymous && ticket.inner !== undefined) return ok({ live: ticket, until: ticket.expiresAt });
  const source = sourceOf(exchange.request);
  const scope = purpose.kind === "naming" ? undefined : scopeOf(purpose, source);
  const reusable = scope === undefined ? undefined : verdicts.get(name, scope, now);
  if (reusable !== undefined) return ok(reusable);
  if (unknownTickets.isDead(ticket, now)) return refuse("not-relayed");
  return askGuard(held, { purpose, source, scope, now }, exchange, verdicts);
}

/** Asks the ticket's guard. `scope`: what its verdict is good for; undefined where it is not kept. */
async function askGuard(
  { name, ticket }: HeldTicket,
  { purpose, source, scope, now }: { purpose: Purpose; source: RequestSource; scope: string | undefined; now: number },
  { request, target, env, stages }: Exchange,
  verdicts: Verdicts,
): Promise<Result<Verdict, TicketFault>> {
  const passage = await unknownTickets.passage(env, source.network, ticket, stages);
  if (passage === undefined) return refuse("crowded-network");
  // A SAML ticket's subject only says whose guard to ask. The ticket is genuine if that guard remembers it.
  const guard = ticketGuardOf(env, ticket.sipUri, ticket.id);
  const { id } = ticket;
  const verdict = await stages.timed("user-guard", () =>
    purpose.kind === "naming"
      ? guard.nameDevice({ id, source, ...purpose.device, about: aboutRequest(request, target.host, "device") })
      : judged(guard, { id, source, use: purpose }, request, target.host),
  );
  if (verdict.kind === "dead") await unknownTickets.foundDead(env, source.network, ticket, passage, stages);
  else unknownTickets.foundAlive(env, source.network, ticket, passage);
  switch (verdict.kind) {
    case "dead":
      verdicts.forget(name);
      return refuse("not-relayed");
    case "refused":
      verdicts.forget(name);
      return refuse("device-refused");
    case "anonymous":
    case "served": {
      const anonymous = verdict.kind === "anonymous";
      const live = anonymous === ticket.anonymous ? ticket : { ...ticket, anonymous };
      const { provisional = false } = verdict;
      if (scope === undefined) return ok({ live, until: now + VERDICT_REUSE_MS, provisional });
      return ok(verdicts.keep(name, scope, live, now));
    }
  }
}

/**
 * What a verdict is good for: the same use from the same place. No kind and no application has a slash in it, and no
 * network a space.
 */
const scopeOf = (use: TicketUse, { network, country, asn, city = "" }: RequestSource): string =>
  `${use.kind}/${use.kind === "application" ? (use.application ?? "") : ""}/${network} ${country} ${asn} ${city}`;

/** Asks the guard. What only a refusal needs goes along as one text, and the answer is a word. */
async function judged(
  guard: DurableObjectStub<UserGuardCalls>,
  question: Omit<TicketQuestion, "about">,
  request: Request,
  host: string,
): Promise<TicketVerdict> {
  const brief = briefly({ requestId: requestIdOf(request), host, userAgent: userAgentOf(request) });
  try {
    return { kind: await guard.verdictOn({ ...question, brief }) };
  } catch (fault) {
    if (!isUnknownCall(fault)) throw fault;
    return guard.judge({ ...question, about: aboutRequest(request, host, "ticket") });
  }
}

/**
 * Whether a guard of release 0.1.0 was asked, which has no `verdictOn`. It has done nothing then, so asking in the old
 * way is no second attempt.
 */
const isUnknownCall = (fault: unknown): boolean =>
  fault instanceof TypeError && fault.message.includes("does not implement the method");

/**
 * The Front-End has accepted the request in which the ticket's holder named a device. Tells the guard, which from now
 * on keeps the device's id for the user, and the `key` of the certificate that the device got. Both are durable when
 * this returns. Refused when the device is no longer allowed. Throws when the guard fails.
 */
export async function confirmDevice(
  { ticket }: HeldTicket,
  { request, target, env, stages }: Exchange,
  key: SightedKey | undefined,
): Promise<Result<undefined, TicketFault>> {
  const about = aboutRequest(request, target.host, "device");
  const question = { id: ticket.id, source: sourceOf(request), about, ...(key && { key }) };
  const guard = ticketGuardOf(env, ticket.sipUri, ticket.id);
  const { kind } = await stages.timed("user-guard", () => guard.confirmDevice(question));
  if (kind === "served") return ok(undefined);
  return refuse(kind === "refused" ? "device-refused" : "not-relayed");
}

function readTicket(
  presented: PresentedTicket,
  keyring: Keyring,
  pool: string,
): ReadTicket | "of-another-pool" | undefined {
  if (presented.kind === "opaque") {
    const assertion = opaqueAssertion(presented.text);
    return assertion && samlTicket(assertion, pool);
  }
  const ticket = openTicket(keyring, presented.text);
  if (ticket !== undefined && ticket.pool !== pool) return "of-another-pool";
  return ticket && { ...ticket, anonymous: ticket.kind === "anonymous" };
}

/** Only the guard can tell whether it is the ticket of a guest. A subject that is not a SIP URI has no guard. */
function samlTicket({ subject, fingerprint, expiresAt }: Assertion, pool: string): ReadTicket | undefined {
  const sipUri = sipUriOf(subject);
  const id = ofPool(pool, fingerprint);
  return sipUri.ok ? { sipUri: sipUri.value, id, expiresAt, anonymous: false, inner: undefined } : undefined;
}

function opaqueAssertion(text: string): Assertion | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  let xml: string;
  try {
    xml = utf8.decode(Buffer.from(text, "base64"));
  } catch {
    return undefined;
  }
  const assertions = assertionsIn(xml);
  if (!assertions.ok) return undefined;
  const [assertion, more] = assertions.value;
  return more === undefined && assertion?.path === "Assertion" ? assertion : undefined;
}
