// What a user's guard does later, in its one alarm: it writes devices and the audit to D1, goes on with a move that has
// broken off, and forgets what has expired.

import { FLUSH_AFTER_MS, FLUSH_AGAIN_MS } from "../audit/cadence.ts";
import { logEvent } from "../audit/log.ts";
import { wakeBy } from "../guards/alarm.ts";
import type { GuardAudit } from "../guards/guard-audit.ts";
import type { LazyTables } from "../guards/storage.ts";
import type { Database } from "../store/database.ts";
import { savePartnerships } from "../store/partnerships.ts";
import { type FirstExpiries, firstExpiries } from "./first-expiries.ts";
import type { Inquiries } from "./inquiries.ts";
import type { PartnershipTable } from "./partnership-table.ts";
import type { Snapshots } from "./snapshots.ts";
import type { Tenancy } from "./tenancy.ts";

/**
 * How long the guard waits after a row has expired before it cleans up, ms. No decision depends on it, because an
 * expired row does not count.
 */
const CLEAN_UP_DELAY_MS = 60_000;
/**
 * The shortest time between two cleanings, ms. Cleaning up reads every row, and under attack rows expire every moment.
 */
const CLEAN_UP_EVERY_MS = 600_000;

/** How long after its beginning a move that has broken off is gone on with, ms. */
const GO_ON_AFTER_MS = 10_000;

type Parts = {
  readonly storage: DurableObjectStorage;
  readonly devices: PartnershipTable;
  readonly snapshots: Snapshots;
  readonly audit: GuardAudit;
  readonly tenancy: Tenancy;
  readonly inquiries: Inquiries;
  readonly tables: LazyTables;
  /** Each forgets what has expired, and returns when the next of its rows will (ms). `firsts`: read in this step. */
  readonly expiring: readonly { expire(now: number, firsts: FirstExpiries): number | undefined }[];
  readonly db: () => Database;
  /** Delivers mail that was just queued. Undefined: an agent does. */
  readonly deliverMail: (() => Promise<void>) | undefined;
};

export class UserAlarm {
  readonly #parts: Parts;
  #cleanedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Sets the alarm for `latest` (ms), or earlier where devices or the audit have to be in D1 earlier. */
  async setBy(latest?: number): Promise<void> {
    const { storage, devices, audit, inquiries } = this.#parts;
    await wakeBy(
      storage,
      latest,
      audit.dueAt,
      inquiries.takeNewDue(),
      devices.hasUnsaved ? Date.now() + FLUSH_AFTER_MS : undefined,
    );
  }

  /** Sets it for when a row that expires at that time (ms) is to be forgotten. */
  setForExpiry(at: number): Promise<void> {
    return this.setBy(at + CLEAN_UP_DELAY_MS);
  }

  /** Sets it for the next cleaning. */
  setForCleaning(): Promise<void> {
    return this.setBy(Date.now() + CLEAN_UP_EVERY_MS);
  }

  /** Sets it for when a move that begins now has to be gone on with. */
  setForMove(): Promise<void> {
    return this.setBy(Date.now() + GO_ON_AFTER_MS);
  }

  /** Does what is due, and sets the alarm for what is not. False: the guard has nothing more to do later. */
  async ring(): Promise<boolean> {
    const { storage, audit, tenancy, inquiries, expiring, tables, db, deliverMail } = this.#parts;
    await inquiries.askDue(Date.now());
    const now = Date.now();
    const due: number[] = [];
    try {
      await this.saveDevices();
    } catch (fault) {
      logEvent({ event: "unavailable", reason: "partnerships", detail: messageOf(fault) });
      due.push(now + FLUSH_AGAIN_MS);
    }
    try {
      await tenancy.settled();
    } catch (fault) {
      logEvent({ event: "unavailable", reason: "move", detail: messageOf(fault) });
      due.push(now + GO_ON_AFTER_MS);
    }
    const auditAt = await audit.deliver(db(), now);
    if (auditAt !== undefined) due.push(auditAt);
    const cleanUp = this.#cleanedAt + CLEAN_UP_EVERY_MS;
    if (now < cleanUp) due.push(cleanUp);
    else {
      const firsts = firstExpiries(tables);
      const next = Math.min(...expiring.map((each) => each.expire(now, firsts) ?? Number.POSITIVE_INFINITY));
      if (next !== Number.POSITIVE_INFINITY) due.push(Math.max(next + CLEAN_UP_DELAY_MS, now + CLEAN_UP_EVERY_MS));
      this.#cleanedAt = now;
    }
    const kept = audit.keptUntil(now);
    if (kept !== undefined) due.push(kept);
    const asks = inquiries.dueAt;
    if (asks !== undefined) due.push(asks);
    // Meanwhile a request may have set the alarm for an earlier time.
    await wakeBy(storage, ...due);
    // Last, because the other side may take its time.
    if (audit.takeMailQueued()) await deliverMail?.();
    return due.length > 0;
  }

  /** Writes to D1 the devices that changed since the last time. Throws when D1 fails. */
  async saveDevices(): Promise<void> {
    const { devices, snapshots, db } = this.#parts;
    const unsaved = devices.unsaved();
    const subject = snapshots.subject();
    if (subject === undefined || unsaved.present.length + unsaved.gone.length === 0) return;
    await savePartnerships(db(), subject.userId, unsaved.present, unsaved.gone);
    devices.markSaved(unsaved);
  }
}

const messageOf = (fault: unknown): string => String(fault instanceof Error ? fault.message : fault);
