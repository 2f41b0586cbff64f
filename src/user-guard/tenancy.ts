// Decides whose this object is. A user's guard is found by SIP address, and an address can go from one user to another:
// one user moves away or is deleted, and another gets the address. Here a user arrives and moves away, and the guard
// tells one user from another. docs/design/0016-people-move.md has the steps of a move, and what a crash leaves at each
// step.

import { logAudited, logEvent } from "../audit/log.ts";
import type { Subject } from "../core/policy/subject.ts";
import type { GuardNamespaces } from "../guards/calls.ts";
import type { GuardAudit } from "../guards/guard-audit.ts";
import type { Arrival, MoveOrder, MoveOutcome, MoveStep } from "../guards/move.ts";
import { guardOf, sourceGuardOf } from "../guards/route.ts";
import type { LazyTables } from "../guards/storage.ts";
import { inTurns } from "../guards/turns.ts";
import type { Database } from "../store/database.ts";
import { subjectOf, userById } from "../store/directory.ts";
import { isSameAccount, renameUser, sameIdentity, userOfAddress } from "../store/rename-user.ts";
import type { Erasure } from "./erasure.ts";
import { clear, pack, unpack } from "./luggage.ts";
import type { MoveRecord } from "./move-record.ts";
import type { Snapshots } from "./snapshots.ts";
import type { TicketTable } from "./ticket-table.ts";

/** How many networks' guards hear of released names. Cloudflare lets one invocation make a thousand calls. */
const MAX_NETWORKS = 500;

type Parts = {
  readonly tables: LazyTables;
  readonly record: MoveRecord;
  readonly erasure: Erasure;
  readonly snapshots: Snapshots;
  readonly tickets: TicketTable;
  readonly audit: GuardAudit;
  readonly guards: Pick<GuardNamespaces, "USER_GUARD" | "SOURCE_GUARD">;
  readonly db: () => Database;
  /** Waits until no decision about a device is under way, and tells D1 of all devices. */
  readonly settleDevices: () => Promise<void>;
  readonly networks: () => string[];
  /** Runs synchronous work as one transaction. */
  readonly atOnce: (work: () => void) => void;
  /** Drops what memory has of the tables, because the tables have changed. */
  readonly forgetCopies: () => void;
  /** Sets the alarm that forgets what has expired. */
  readonly cleanUpLater: () => Promise<void>;
};

export class Tenancy {
  readonly #parts: Parts;
  #moving: Promise<MoveOutcome> | undefined;
  #evicting: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Whether the user is moving away. Until that is over, nobody is let in. */
  get isLeaving(): boolean {
    return this.#parts.record.leaving?.stage === "leaving";
  }

  /** Whether this user has left, or was erased. What was read of the user in D1 before is then out of date. */
  isGone(userId: string): boolean {
    return this.#parts.erasure.covers(userId) || this.#parts.record.leftAt(userId) !== undefined;
  }

  /**
   * Whether this object belongs to the user. Usually the object knows. If it belongs to another user, or the user left
   * lately, it asks D1 who has the address. When D1 names this user, the rows of the other one are removed.
   */
  async admits({ id, sipUri }: { readonly id: string; readonly sipUri: string }): Promise<boolean> {
    const { erasure, record, db } = this.#parts;
    if (erasure.covers(id)) return false;
    const isKnown = (): boolean => [undefined, id].includes(this.#owner()) && record.leftAt(id) === undefined;
    if (isKnown()) return true;
    if ((await userOfAddress(db(), sipUri)) !== id) return false;
    const owner = this.#owner();
    if (owner !== undefined && owner !== id) await this.#evict(owner);
    record.isBack(id);
    return true;
  }

  async step(step: MoveStep): Promise<MoveOutcome> {
    switch (step.kind) {
      case "go":
        return this.#go(step.order);
      case "stay":
        await this.#stay();
        return "settled";
      case "arrive":
        return (await this.#arrive(step.arrival)) ? "arrived" : "address-taken";
      case "turn-back":
        this.#turnBack(step.move);
        return "settled";
    }
  }

  /**
   * Moves the user away. Throws when D1 or the other guard fails. Then the alarm goes on with the move, and calling
   * this again does too.
   */
  async #go(order: MoveOrder): Promise<MoveOutcome> {
    const { record, tickets } = this.#parts;
    const { userId: id, sipUri } = order.subject;
    if (record.leaving?.stage === "staying") await this.settled();
    if (!(await this.admits({ id, sipUri }))) return "changed-meanwhile";
    record.leaving ??= { ...order, stage: "leaving" };
    tickets.forget();
    const isThisOne = sameIdentity(record.leaving.rename.after, order.rename.after);
    return isThisOne ? this.#goOn() : "move-in-progress";
  }

  /** Gives up a move that D1 has not carried out yet. */
  async #stay(): Promise<void> {
    const { leaving } = this.#parts.record;
    if (leaving === undefined) return;
    await this.#moving?.catch(() => undefined);
    if (this.#parts.record.leaving !== undefined) this.#parts.record.leaving = { ...leaving, stage: "staying" };
    await this.settled();
  }

  /** When this returns, no move is under way. Throws when D1 or the other guard fails. */
  async settled(): Promise<void> {
    if (this.#parts.record.leaving !== undefined) await this.#goOn();
  }

  #goOn(): Promise<MoveOutcome> {
    this.#moving ??= this.#run().finally(() => {
      this.#moving = undefined;
    });
    return this.#moving;
  }

  /** Every step may be repeated. What D1 says of the user decides which step is next. */
  async #run(): Promise<MoveOutcome> {
    const { record, db, audit, snapshots, guards, tables } = this.#parts;
    const { leaving } = record;
    if (leaving === undefined) return "moved";
    const { id: move, rename, event } = leaving;
    const row = await userById(db(), rename.userId);
    if (row === undefined) {
      await guardOf(guards, rename.after.sipUri).move({ kind: "turn-back", move });
      await this.#leave(leaving);
      return "changed-meanwhile";
    }
    if (row.sipUri !== rename.before.sipUri) {
      logAudited(event); // D1 has the event, but the console may have it or not
      await this.#leave(leaving);
      return "moved";
    }
    if (leaving.stage === "staying") return this.#remain(leaving, "changed-meanwhile");
    await this.#parts.settleDevices();
    await audit.flushAll(db(), Date.now());
    // With another UPN or account, the tickets may be for another account of the directory.
    const account = isSameAccount(rename) ? snapshots.account() : undefined;
    const arrival: Arrival = {
      move,
      subject: { ...subjectOf(row), sipUri: rename.after.sipUri, revision: row.revision + 1 },
      luggage: pack(tables),
      ...(account !== undefined && { account }),
    };
    const arrived = await guardOf(guards, rename.after.sipUri).move({ kind: "arrive", arrival });
    if (arrived !== "arrived") return this.#remain(leaving, "address-taken");
    const renamed = await renameUser(db(), rename, event);
    if (!renamed.ok) return this.#remain(leaving, renamed.reason);
    logAudited(event);
    await this.#leave(leaving);
    return "moved";
  }

  /** Gives the move up. The user is served here again at once, and the new guard hears of it. */
  async #remain(leaving: NonNullable<MoveRecord["leaving"]>, why: MoveOutcome): Promise<MoveOutcome> {
    const { record, guards } = this.#parts;
    record.leaving = { ...leaving, stage: "staying" };
    await guardOf(guards, leaving.rename.after.sipUri).move({ kind: "turn-back", move: leaving.id });
    record.leaving = undefined;
    return why;
  }

  /** D1 says that the user is at another address, so nothing of the user stays here. */
  async #leave({ released, rename, subject }: MoveOrder): Promise<void> {
    const { guards, networks } = this.#parts;
    await inTurns(released.length === 0 ? [] : networks().slice(0, MAX_NETWORKS), async (network) => {
      try {
        await sourceGuardOf(guards, network).forgetUser(released);
      } catch {
        logEvent({ event: "unavailable", reason: "names-not-forgotten" }); // networks forget names in 30 days
      }
    });
    await this.#empty(rename.userId, subject.revision);
  }

  /** Removes the rows of a user to whom this address no longer belongs. */
  #evict(owner: string): Promise<void> {
    this.#evicting ??= this.#evictNow(owner).finally(() => {
      this.#evicting = undefined;
    });
    return this.#evicting;
  }

  async #evictNow(owner: string): Promise<void> {
    const { record, snapshots } = this.#parts;
    await this.settled();
    if (this.#owner() !== owner) return;
    const { revision = 0 } = snapshots.subject() ?? {};
    // If the user arrived and D1 never confirmed it, the same revision may arrive once more.
    await this.#empty(owner, record.arrived === undefined ? revision : revision - 1);
  }

  async #empty(userId: string, revision: number): Promise<void> {
    const { audit, db, tables, record, erasure, tickets } = this.#parts;
    tickets.forget();
    await audit.flushAll(db(), Date.now());
    const keepLeft = record.keepLeft();
    audit.forget();
    this.#parts.forgetCopies();
    await tables.drop();
    this.#parts.forgetCopies(); // a request may have read something while the tables were dropped
    erasure.keep();
    keepLeft();
    record.hasLeft(userId, revision, Date.now());
    await this.#parts.cleanUpLater();
  }

  /**
   * A user arrives from another address. False: this address belongs to another user. The same arrival may come again.
   */
  async #arrive({ move, subject, luggage, account }: Arrival): Promise<boolean> {
    const { record, db, tables, snapshots } = this.#parts;
    const isLate = (): boolean => (record.leftAt(subject.userId) ?? -1) >= subject.revision;
    const isHere = (): boolean => this.#owner() === subject.userId && record.arrived === undefined;
    if (isLate()) return false;
    const owner = this.#owner();
    if (owner !== undefined && owner !== subject.userId) {
      if ((await userOfAddress(db(), subject.sipUri)) !== undefined) return false;
      await this.#evict(owner);
      if (isLate()) return false;
    }
    if (isHere()) return true; // this is an old copy
    this.#rewrite(() => {
      unpack(tables, luggage);
      record.isBack(subject.userId);
      record.arrived = { move, userId: subject.userId };
      snapshots.settle(subject, account);
    });
    await this.#parts.cleanUpLater();
    return true;
  }

  /** The user who arrived with that move goes back. */
  #turnBack(move: string): void {
    const { record, tables, snapshots } = this.#parts;
    if (record.arrived?.move !== move) return;
    this.#rewrite(() => {
      clear(tables);
      snapshots.unsettle();
      record.arrived = undefined;
    });
  }

  #rewrite(work: () => void): void {
    try {
      this.#parts.atOnce(work);
    } finally {
      this.#parts.forgetCopies();
    }
  }

  /** D1 says that the user is at this address. */
  confirm({ userId }: Subject): void {
    const { record } = this.#parts;
    if (record.arrived?.userId === userId) record.arrived = undefined;
  }

  /** The user of whom this object has rows, if one was ever let in. */
  #owner(): string | undefined {
    return this.#parts.snapshots.subject()?.userId;
  }
}
