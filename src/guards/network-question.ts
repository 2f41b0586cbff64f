// What a network's guard is asked about an attempt or a ticket, and what it answers.

import type { AuditReason } from "../audit/reasons.ts";

/** Who is tried: the key of the name as typed (`whoKey`), and the client that tries. */
export type NameAndClient = { readonly name: string; readonly client: string };

/** Who is tried, and with what: `proof` is a fingerprint (`proofFingerprint`), absent where nothing can be recognised again. */
export type Who = NameAndClient & { readonly proof?: string };

export type Admission =
  /** `counted`: as a failure until it proves to be none; the same mistake once more is not. */
  | { readonly kind: "admitted"; readonly counted: boolean; readonly wouldRefuse?: AuditReason }
  /**
   * Over the budget of this name or network, but the user has signed in from here with this client: never refused unseen
   * (S-43). Not counted. `user`: the SIP URI, if the guard remembers it.
   */
  | { readonly kind: "familiar"; readonly user?: string }
  /** Refused unseen, and in the audit. */
  | { readonly kind: "refused" };

/** How an attempt ended, where the next ones are concerned. */
export type Settlement =
  /** `forgiven`: earlier failures that were the user's own. `names`: keys of the user's other names. */
  | { readonly kind: "signed-in"; readonly forgiven: number; readonly names?: readonly string[] }
  /** Something of Postern's own failed: taken back. */
  | { readonly kind: "not-counted" }
  /** An app password that the user had once: taken back, because no stranger knows one. `lasting`: it will never be right. */
  | { readonly kind: "recognised"; readonly lasting: boolean }
  /** A mistake made before, which stays one until the client changes something. The count is what it is for any name. */
  | { readonly kind: "wrong" }
  /** The user's guard will refuse every stranger from here until then (ms). The count is what it is for any name. */
  | { readonly kind: "held"; readonly until: number }
  /** Nothing but whose name it is. */
  | { readonly kind: "known" };

/** `counted`: as the admission said. `owner`: who has the name, for the audit and to find the user's guard without D1. */
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
   * `alive`: its user has signed in from here, and that guard remembers it. `counted`: as a dead one, until it proves to be
   * alive. `refused`: this network is over its handful of dead tickets.
   */
  readonly kind: "alive" | "counted" | "refused";
  /** Until when every unknown ticket from here has to be let pass first, ms. */
  readonly crowdedUntil: number | undefined;
};
