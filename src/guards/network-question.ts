// What a network's guard is asked about an attempt or a ticket, and what it answers.

import type { AuditReason } from "../audit/reasons.ts";

/** Who is tried: the key of the name as it was typed (`whoKey`), and the client that tries. */
export type NameAndClient = { readonly name: string; readonly client: string };

/**
 * Who is tried, and with what. `proof` is a fingerprint (`proofFingerprint`); it is absent when a repetition cannot be
 * recognised.
 */
export type Who = NameAndClient & { readonly proof?: string };

export type Admission =
  /**
   * `counted`: the attempt counts as a failure until it proves to be a success. The same mistake once more is not
   * counted.
   */
  | { readonly kind: "admitted"; readonly counted: boolean; readonly wouldRefuse?: AuditReason }
  /**
   * Over the budget of this name or network, but the user has signed in from here with this client. Such an attempt is
   * always looked at (S-43), and it is not counted. `owner`: whose name it is, if the guard remembers it.
   */
  | { readonly kind: "familiar"; readonly owner?: Owner }
  /** Refused without a look at the proof; the audit has it. */
  | { readonly kind: "refused" };

/** How an attempt ended, and what that means for the next ones. */
export type Settlement =
  /** A success. `forgiven`: earlier failures that were the user's own. `names`: keys of the user's other names. */
  | { readonly kind: "signed-in"; readonly forgiven: number; readonly names?: readonly string[] }
  /** Something of Postern's own failed: the count is taken back. */
  | { readonly kind: "not-counted" }
  /**
   * An app password that the user had once. The count is taken back, because a stranger would not know one. `lasting`:
   * it will never be right again.
   */
  | { readonly kind: "recognised"; readonly lasting: boolean }
  /**
   * A mistake that was made before, and stays a mistake until the client changes something. The count is the same for
   * any name.
   */
  | { readonly kind: "wrong" }
  /** The user's guard will refuse every stranger from here until then (ms). The count is the same for any name. */
  | { readonly kind: "held"; readonly until: number }
  /** The attempt tells nothing except whose name it is. */
  | { readonly kind: "known" };

/**
 * `counted`: as the admission said. `owner`: whose name it is. The audit needs that, and with it the user's guard is
 * found without D1.
 */
export type Settled = { readonly counted: boolean; readonly owner?: Owner };

/** A user, by id and SIP URI. */
export type Owner = { readonly userId: string; readonly user: string };

/** What is held against a network at this moment. Times in ms. */
export type NetworkLock = {
  readonly source: string;
  readonly level: number;
  readonly capacity: number;
  readonly waitUntil: number | null;
  /** Users that have signed in from here within 30 days: they pass. */
  readonly familiarUsers: number;
};

/** Whether a ticket that an isolate does not know may be taken to its user's guard. */
export type TicketAdmission = {
  /**
   * `alive`: the ticket's user has signed in from here, and the user's guard remembers the ticket. `counted`: it counts
   * as dead until it proves to be alive. `refused`: too many dead tickets came from this network.
   */
  readonly kind: "alive" | "counted" | "refused";
  /** Until then (ms), this guard has to let every unknown ticket from here pass first. */
  readonly crowdedUntil: number | undefined;
};
