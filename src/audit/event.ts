// What the audit knows: one event for each sign-in, each decision about a device and each administrative change, with
// the same fields in D1 and on the console (S-39). The audit never stores an unknown name, because people sometimes
// type their password into the name field (S-16).

import { MAX_USER_AGENT_CHARS, MAX_WORKSTATION_CHARS } from "../core/device/bounds.ts";
import { displayable, printable } from "../core/text/printable.ts";
import type { AuditReason } from "./reasons.ts";
import { MAX_TRACE_CHARS } from "./stages.ts";

/** Over which channel a credential came (S-25), or what else led to a decision. */
export type Channel = SignInChannel | "device" | "ticket" | "command" | "clock";
/** A credential; or, of a `guest`, a conference's key or nothing. */
export type SignInChannel =
  | "ntlm"
  | "negotiate"
  | "password-grant"
  | "username-token"
  | "certificate"
  | "passive"
  | "guest"
  | "admin"
  | "console"
  | "portal";
// `device`: a request in which a device named itself; `ticket`: any other request with a ticket; `command`: an
// administrator's; `clock`: no request, but time has passed.

/**
 * A sign-in is `signed-in` (a ticket was relayed), `refused` (for the given reason), or `failed` (the user was proved,
 * and something behind the gateway failed). A device is `allowed`, `quarantined` or `blocked`, or `refused` when
 * Postern does not keep it. Everything else is `changed`.
 */
export type Outcome = "signed-in" | "refused" | "failed" | "allowed" | "quarantined" | "blocked" | "changed";

/**
 * `present`: the client wrote the hash of a TLS channel into its NTLM response. `absent`: it wrote none, or only zeros,
 * which mean none (MsvAvChannelBindings, MS-NLMP 2.2.2.1). `reason` says whether the hash is right.
 */
export type ChannelBinding = "present" | "absent";

/**
 * What is known of a request, or of a command, before anything is decided. Texts are as the client sent them, bounded.
 */
export type EventContext = {
  /** The id of the request: Cloudflare's ray id, or a random one. */
  readonly requestId: string;
  readonly channel: Channel;
  /** Public host that was asked. */
  readonly host: string;
  /** The client's network: an IPv4 address, an IPv6 /64, or `unknown`. */
  readonly source: string;
  readonly userAgent: string;
  /** NTLM workstation name; empty on other channels. */
  readonly workstation: string;
  /** Only on the channels `ntlm` and `negotiate`. The client claims it; only a right proof confirms it. */
  readonly channelBinding?: ChannelBinding;
  /** Where Cloudflare believes the client to be: ISO 3166-1 alpha-2, upper case. Absent when unknown. */
  readonly country?: string;
  /** The town, as Cloudflare guesses it from the address. Absent when unknown. */
  readonly city?: string;
  /** Of a sign-in: for what its request has waited until now, as JSON (stages.ts). */
  readonly stages?: string;
};

/**
 * The value of `why` for what a person sets up right after an invitation. The mail about the invitation tells of it all.
 */
export const BY_INVITATION = "invitation";

/** One sign-in, device or change, decided. */
export type AuditedEvent = EventContext & {
  /** `e_`, the time in base 36, and 10 random characters: ids sort by time, and an event sent twice is one row. */
  readonly id: string;
  /** ms */
  readonly at: number;
  readonly outcome: Outcome;
  /** A word that never changes, such as `wrong-proof`. For a success, the kind of ticket. */
  readonly reason: AuditReason;
  /** Id of the user; absent when no user has the name. */
  readonly userId?: string;
  /** SIP URI of that user. */
  readonly user?: string;
  /** The id of the app password that was used. */
  readonly credentialId?: string;
  /** Until when this network has to wait because of this attempt, ms. */
  readonly waitUntil?: number;
  /** The reason for which dry-run would have refused it. */
  readonly wouldRefuse?: AuditReason;
  /** How many attempts this event counts that were refused without a look and have no event of their own. */
  readonly repeats?: number;
  /** Id of the partnership. */
  readonly device?: string;
  /** The id by which the device names itself, as its key. For a device without a partnership, it is the only id. */
  readonly deviceKey?: string;
  /** Who made a change: `t_…`, `a_…`, the id of a key of ADMIN_KEYS, or {@link BY_SELF}. */
  readonly by?: string;
  /**
   * For a change: the reason that was given with it. For `no-address-book`: what was missing. For a device whose app
   * password is the device: a note about that. For a key: which key.
   */
  readonly why?: string;
  /** What a change changed, as JSON: the fields `before` and `after`. Never a secret. */
  readonly change?: string;
};

/** The value of `by` for what people do about their own things in the portal. The event's `userId` says who it is. */
export const BY_SELF = "self";

type Decided = Omit<AuditedEvent, keyof EventContext | "id" | "at">;

/** What was decided about a sign-in. What is undefined is absent from the event. */
export type Decision = Pick<Decided, "outcome" | "reason"> & {
  readonly [Field in keyof Decided]: Decided[Field] | undefined;
};

/** For texts that the gateway or Cloudflare makes, which are shorter. */
const MAX_OTHER_CHARS = 255;
/** JSON of what a change changed. Longer ones are shortened where they are made, so that they stay JSON. */
export const MAX_CHANGE_CHARS = 2_048;

/**
 * The event of a sign-in that is decided at `now` (ms). Every text that comes from outside is cut to its bound here and
 * freed of what could end a line, steer a terminal or turn the direction of writing. Field by field, so that nothing
 * else that a caller's object has gets into the audit (S-16).
 */
export function auditEvent(about: EventContext, decision: Decision, now: number): AuditedEvent {
  const { outcome, reason, userId, user, credentialId, waitUntil, wouldRefuse, repeats } = decision;
  const { device, deviceKey, by, why, change } = decision;
  return {
    id: newEventId(now),
    at: now,
    requestId: printable(about.requestId, MAX_OTHER_CHARS),
    channel: about.channel,
    host: printable(about.host, MAX_OTHER_CHARS),
    source: printable(about.source, MAX_OTHER_CHARS),
    userAgent: printable(about.userAgent, MAX_USER_AGENT_CHARS),
    workstation: printable(about.workstation, MAX_WORKSTATION_CHARS),
    ...(about.channelBinding === undefined ? {} : { channelBinding: about.channelBinding }),
    ...(about.country === undefined ? {} : { country: printable(about.country, MAX_OTHER_CHARS) }),
    ...(about.city === undefined ? {} : { city: printable(about.city, MAX_OTHER_CHARS) }),
    ...(about.stages === undefined ? {} : { stages: printable(about.stages, MAX_TRACE_CHARS) }),
    outcome,
    reason,
    ...(userId === undefined ? {} : { userId }),
    ...(user === undefined ? {} : { user }),
    ...(credentialId === undefined ? {} : { credentialId }),
    ...(waitUntil === undefined ? {} : { waitUntil }),
    ...(wouldRefuse === undefined ? {} : { wouldRefuse }),
    ...(repeats === undefined ? {} : { repeats }),
    ...(device === undefined ? {} : { device }),
    ...(deviceKey === undefined ? {} : { deviceKey: printable(deviceKey, MAX_OTHER_CHARS) }),
    ...(by === undefined ? {} : { by }),
    ...(why === undefined ? {} : { why: printable(why, MAX_OTHER_CHARS) }),
    ...(change === undefined ? {} : { change: displayable(change, MAX_CHANGE_CHARS) }),
  };
}

/**
 * A new event id: `e_`, `now` (ms) in base 36, and 50 bits in base 32: random, and within a millisecond of one isolate
 * one more than before, so that events that follow one another sort as they came (as ULIDs do).
 */
export function newEventId(now: number): string {
  if (now !== lastId.at) lastId = { at: now, digits: randomDigits() };
  else increment(lastId.digits);
  return firstEventId(now) + Array.from(lastId.digits, (digit) => digit.toString(32)).join("");
}

let lastId = { at: Number.NaN, digits: new Uint8Array(0) };

/** The first digit is small, which leaves room for counting up. */
function randomDigits(): Uint8Array<ArrayBuffer> {
  const digits = crypto.getRandomValues(new Uint8Array(RANDOM_ID_CHARS)).map((byte) => byte & 31);
  digits[0] = (digits[0] ?? 0) & 15;
  return digits;
}

function increment(digits: Uint8Array): void {
  for (let at = digits.length - 1; at >= 0; at--) {
    const next = ((digits[at] ?? 0) + 1) & 31;
    digits[at] = next;
    if (next !== 0) return;
  }
}

/** The lower bound of the ids of all events at or after `at` (ms). */
export function firstEventId(at: number): string {
  return `e_${Math.max(0, at).toString(36).padStart(TIME_ID_CHARS, "0")}`;
}

const RANDOM_ID_CHARS = 10;
/** Times of one length sort as text: nine digits last until the year 5188. */
const TIME_ID_CHARS = 9;
