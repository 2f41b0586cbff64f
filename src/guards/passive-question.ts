// What a user's guard is asked about a passive sign-in, and what it answers. The page asks before it makes a token. The
// edge asks before it lets a token through to the pool.

import type { AuditedEvent, EventContext } from "../audit/event.ts";
import type { Profile } from "./profile.ts";

/** The page wants to make a token: the guard keeps its id, and will let it through once. */
export type PassiveIssue = {
  readonly kind: "issue";
  /** The assertion's id. */
  readonly id: string;
  /** From when on the token is refused for its age, ms. */
  readonly until: number;
  /** What D1 has of the user, read for this sign-in. */
  readonly profile: Profile;
  /** Written into the audit if the guard agrees. */
  readonly event: AuditedEvent;
};

/** A browser has brought the token to the edge, in the very bytes that Postern made. */
export type PassiveConsume = {
  readonly kind: "consume";
  readonly id: string;
  readonly userId: string;
  /** When the token itself ends, ms: so long the pool's session may bring tickets. Absent: the version before asks. */
  readonly tokenUntil?: number;
  /** For the event of a refusal. */
  readonly about: EventContext;
};

/** The edge has refused something that Postern had sealed for this user. The guard only writes it into the audit. */
export type PassiveRefused = {
  readonly kind: "refuse";
  readonly userId: string;
  readonly about: EventContext;
  readonly reason: PassiveFault;
};

export type PassiveQuestion = PassiveIssue | PassiveConsume | PassiveRefused;

/**
 * Why the guard said no. `user-disabled`: also when the user is gone. `passive-not-allowed`: the policy does not let
 * this user sign in by the page. `passive-too-many`: too many tokens of this user are on their way.
 * `passive-unknown`: the guard has never agreed to the id, or has forgotten it. `passive-repeated`: it was brought
 * before. `passive-altered`: it is not the token that was made. `passive-other-browser`: it came from another browser or
 * at another host than the one where the sign-in began. `passive-other-cookies`: the pool's cookies are not those of the
 * session. `passive-expired`: the browser brought the token too late. `passive-no-account`: the user has no SID for which
 * tokens may be made. `passive-sid-shared`: another user has the same SID.
 */
export type PassiveFault =
  | "passive-expired"
  | "passive-no-account"
  | "passive-sid-shared"
  | "user-disabled"
  | "passive-not-allowed"
  | "passive-too-many"
  | "passive-unknown"
  | "passive-repeated"
  | "passive-altered"
  | "passive-other-browser"
  | "passive-other-cookies";

/**
 * `agreed`: the token may be made, or may go on to the pool. `moved`: D1 says that the user has another guard now. The
 * audit has each refusal by then.
 */
export type PassiveVerdict =
  | { readonly kind: "agreed" }
  | { readonly kind: "refused"; readonly reason: PassiveFault }
  | { readonly kind: "moved" };
