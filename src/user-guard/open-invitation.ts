// The invitation with which this user may come in (S-56): one at most, because a newer one takes the place of the
// older. The guard keeps a keyed hash of its code, and decides alone whether it is still good. Using it removes it, in
// one synchronous step, so of two who use it at one moment one gets it.

import { timingSafeEqual } from "node:crypto";
import type { InvitationAnswer, InvitationMarks, InvitationStep } from "../guards/invitation-question.ts";
import type { LazyTables } from "../guards/storage.ts";
import { type FirstExpiries, noneUntil } from "./first-expiries.ts";

export const INVITATION_SCHEMA = [
  "CREATE TABLE invitations (id TEXT PRIMARY KEY, hash TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID",
];

export class OpenInvitation {
  readonly #tables: LazyTables;

  constructor(tables: LazyTables) {
    this.#tables = tables;
  }

  /** Takes one step. `disabled`: the user may not come in. */
  answer(step: InvitationStep, disabled: boolean, now: number): InvitationAnswer {
    if (step.kind === "end") {
      this.end(step.id);
      return "done";
    }
    if (disabled) return "disabled";
    if (step.kind === "open") {
      this.#open(step.marks, step.expiresAt);
      return "done";
    }
    if (!this.#isOpen(step.marks, now)) return "not-good";
    if (step.kind === "use") this.end(step.marks.id);
    return "good";
  }

  /** Keeps an invitation in place of every earlier one. `expiresAt` in ms. */
  #open({ id, hash }: InvitationMarks, expiresAt: number): void {
    this.end();
    this.#tables.exec("INSERT INTO invitations (id, hash, expires_at) VALUES (?, ?, ?)", id, hash, expiresAt).toArray();
  }

  /** Whether this is the open invitation, at `now` (ms). */
  #isOpen({ id, hash }: InvitationMarks, now: number): boolean {
    const [row] = this.#tables.exist()
      ? this.#tables
          .exec<{ hash: string }>("SELECT hash FROM invitations WHERE id = ? AND expires_at > ?", id, now)
          .toArray()
      : [];
    const [kept, given] = [Buffer.from(row?.hash ?? ""), Buffer.from(hash)];
    return kept.length > 0 && kept.length === given.length && timingSafeEqual(kept, given);
  }

  /** Ends the invitation of that id, or any. */
  end(id?: string): void {
    if (!this.#tables.exist()) return;
    if (id === undefined) this.#tables.exec("DELETE FROM invitations").toArray();
    else this.#tables.exec("DELETE FROM invitations WHERE id = ?", id).toArray();
  }

  /** Forgets it when its time is over. Returns that time, ms. */
  expire(now: number, firsts: FirstExpiries = {}): number | undefined {
    if (noneUntil(firsts, "invitations", now)) return firsts.invitations ?? undefined;
    this.#tables.exec("DELETE FROM invitations WHERE expires_at <= ?", now).toArray();
    const [row] = this.#tables.exec<{ at: number | null }>("SELECT min(expires_at) AS at FROM invitations").toArray();
    return row?.at ?? undefined;
  }
}
