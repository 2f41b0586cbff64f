// The move of a user from one SIP address to another, and so from one guard to another
// (docs/design/0016-people-move.md). The guard of the old address carries it out.

import type { AuditedEvent } from "../audit/event.ts";
import type { Subject } from "../core/policy/subject.ts";
import type { Rename } from "../store/rename-user.ts";

/** A move to carry out. The old guard keeps the order until the move is over. */
export type MoveOrder = {
  /** Drawn at random: by it the new guard knows a repetition. */
  readonly id: string;
  /** The user as D1 has it before. */
  readonly subject: Subject;
  readonly rename: Rename;
  /** Written in the transaction that moves the user. */
  readonly event: AuditedEvent;
  /** `whoKey`s that no longer lead to the user: networks have to forget them. */
  readonly released: readonly string[];
};

/** What a guard is asked to do for a move. */
export type MoveStep =
  /** The user's guard: move the user away. The same order may come again. */
  | { readonly kind: "go"; readonly order: MoveOrder }
  /** The user's guard: give up a move that D1 has not carried out. */
  | { readonly kind: "stay" }
  /** The new guard: the user moves in, of whom D1 does not yet say so. The same arrival may come again. */
  | { readonly kind: "arrive"; readonly arrival: Arrival }
  /** The new guard: who moved in with this move goes back. */
  | { readonly kind: "turn-back"; readonly move: string };

/**
 * `arrived`, `settled`: the step is done. `moved`: D1 says the new address, and the old guard has forgotten the user.
 * Otherwise the user is where it was. `move-in-progress`: the user is on the way to another address. `address-taken`,
 * `name-taken`: somebody else has it. `changed-meanwhile`: the user is no longer what the order says.
 */
export type MoveOutcome =
  | "moved"
  | "arrived"
  | "settled"
  | "move-in-progress"
  | "address-taken"
  | "name-taken"
  | "changed-meanwhile";

/** Rows of a guard's tables, by table. */
export type Luggage = Readonly<Record<string, readonly Readonly<Record<string, SqlStorageValue>>[]>>;

/** What the old guard hands over. */
export type Arrival = {
  /** The order's id. */
  readonly move: string;
  /** The user as D1 will say. */
  readonly subject: Subject;
  /** The SID that the user's tickets were for, if any showed one. */
  readonly account?: string;
  readonly luggage: Luggage;
};
