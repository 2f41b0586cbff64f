// Asks the organisation's authority about the user's devices, from the guard's alarm. So no request with a ticket waits
// for an answer, and a question survives a crash. One row for each device says when it is asked about
// (core/authority/schedule.ts). The answer is kept with the device, and the next request is judged by it.

import { changeText } from "../audit/change.ts";
import { auditEvent, type EventContext } from "../audit/event.ts";
import { logEvent } from "../audit/log.ts";
import { type AuthorityAnswer, sameWords } from "../core/authority/says.ts";
import { answered, type Inquiry, isWorthAsking, unanswered, wanted } from "../core/authority/schedule.ts";
import { lives, type Partnership } from "../core/device/partnership.ts";
import type { GuardAudit } from "../guards/guard-audit.ts";
import type { LazyTables } from "../guards/storage.ts";
import type { Authority } from "../origin/authority.ts";
import {
  type AskingContext,
  askingContext,
  BREAKS_AFTER,
  endSilence,
  mayAsk,
  noteSilence,
} from "../store/authority.ts";
import type { Database } from "../store/database.ts";
import type { PartnershipTable } from "./partnership-table.ts";
import type { Snapshots } from "./snapshots.ts";

export const INQUIRY_SCHEMA = [
  "CREATE TABLE inquiries (device TEXT PRIMARY KEY, ask_at INTEGER, wanted_at INTEGER NOT NULL, tried_at INTEGER, failures INTEGER NOT NULL, fault TEXT) WITHOUT ROWID",
];

/** How many devices of one user are asked about at one time. The others are asked about at the next alarm, at once. */
const AT_ONE_TIME = 5;
/** Guards that found the breaker open do not all come back in one moment: they spread over this time, ms. */
const SPREAD_MS = 10_000;

type Parts = {
  readonly tables: LazyTables;
  readonly devices: PartnershipTable;
  readonly snapshots: Snapshots;
  readonly audit: GuardAudit;
  readonly db: () => Database;
  /** Undefined when the organisation has none, or when its configuration has a fault. */
  readonly authority: Authority | undefined;
};

/** Who had the authority asked, for the audit. */
type Asker = { readonly about: EventContext; readonly by: string; readonly why: string };

const CLOCK: Asker = {
  about: { requestId: "", channel: "clock", host: "", source: "", userAgent: "", workstation: "" },
  ...{ by: "", why: "" },
};

export class Inquiries {
  readonly #parts: Parts;
  #rows: Map<string, Inquiry> | undefined;
  /** Whether a row was written since the alarm was set. Most requests with a ticket write none. */
  #changed = false;
  /** Devices about which a question is under way. */
  readonly #asking = new Map<string, Promise<void>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Whether there is anybody to ask. */
  get exist(): boolean {
    return this.#parts.authority !== undefined;
  }

  /** What `dueAt` says, if it may be earlier than before. The caller sets the alarm for it. */
  takeNewDue(): number | undefined {
    const due = this.#changed ? this.dueAt : undefined;
    this.#changed = false;
    return due;
  }

  /** When the guard's alarm has to ring for a question (ms). */
  get dueAt(): number | undefined {
    if (!this.exist) return undefined;
    const times = [...this.#read()].flatMap(([id, { askAt }]) =>
      askAt === null || this.#asking.has(id) ? [] : [askAt],
    );
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /**
   * The device is used at `now` (ms). Schedules a question if its answer is old or missing. `names`: it signs in or
   * names itself.
   */
  want(device: Partnership | undefined, now: number, names: boolean): void {
    if (!this.exist || device === undefined || !lives(device) || device.key === null) return;
    const row = wanted(this.#read().get(device.id), { answer: device.authority }, now, names);
    if (row !== undefined) this.#write(device.id, row);
  }

  /** The row of a device; undefined: nobody ever needed to ask about it. */
  of(device: string): Inquiry | undefined {
    return this.#read().get(device);
  }

  /** Asks what is due at `now` (ms). Returns when every question has its answer, or its time is over. */
  async askDue(now: number): Promise<void> {
    if (!this.exist) return;
    const due: string[] = [];
    for (const [id, row] of this.#read()) {
      if (row.askAt === null || row.askAt > now || this.#asking.has(id)) continue;
      const device = this.#parts.devices.get(id);
      if (device === undefined) this.#remove(id);
      else if (!lives(device) || !isWorthAsking(row, asked(device), now)) this.#write(id, { ...row, askAt: null });
      else due.push(id);
    }
    await Promise.all(due.slice(0, AT_ONE_TIME).map((id) => this.#once(id, CLOCK, false)));
  }

  /**
   * An administrator has the authority asked about a device now, even if it was silent lately. Returns when it has
   * answered, or its time is over.
   */
  async askNow(device: Partnership, asker: Asker): Promise<void> {
    await this.#asking.get(device.id);
    await this.#once(device.id, asker, true);
  }

  /** Forgets the rows of devices that are gone. */
  expire(): undefined {
    for (const id of [...this.#read().keys()]) if (this.#parts.devices.get(id) === undefined) this.#remove(id);
  }

  /** The object has dropped its tables. */
  forget(): void {
    this.#rows = undefined;
  }

  /** Asks about a device, unless a question about it is under way: then it waits for that one. */
  #once(id: string, asker: Asker, force: boolean): Promise<void> {
    const before = this.#asking.get(id);
    if (before !== undefined) return before;
    const asking = this.#ask(id, asker, force).finally(() => this.#asking.delete(id));
    this.#asking.set(id, asking);
    return asking;
  }

  async #ask(id: string, asker: Asker, force: boolean): Promise<void> {
    const { authority, devices, snapshots, db } = this.#parts;
    const userId = snapshots.subject()?.userId;
    const device = devices.get(id);
    if (device === undefined) return this.#remove(id);
    if (authority === undefined || device.key === null || userId === undefined) return this.#rest(id);
    try {
      const context = await askingContext(db(), userId);
      if (context.user === undefined) return this.#rest(id);
      if (!force && !(await mayAsk(db(), context.silence, Date.now()))) return this.#heldOff(id, context);
      const answer = await authority.ask({
        ...{ user: context.user, device: { id, key: device.key, facts: device.facts }, source: device.source },
        ...{ credentialId: device.credentialId, first: device.authority == null },
      });
      if (answer.ok) {
        this.#hears(id, answer.value, asker);
        if (context.silence !== undefined) await endSilence(db());
        return;
      }
      this.#isSilent(id, answer.reason);
      const { failures } = await noteSilence(db(), answer.reason, Date.now());
      if (failures === BREAKS_AFTER) {
        logEvent({
          event: "unavailable",
          reason: "authority",
          detail: `${failures} questions in a row: ${answer.reason}`,
        });
      }
    } catch (fault) {
      this.#isSilent(id, "database"); // without D1 nobody knows whether the authority may be asked
      logEvent({ event: "unavailable", reason: "authority", detail: String(fault) });
    }
  }

  /** The breaker is open. This guard comes back when it may have closed. */
  #heldOff(id: string, { silence }: AskingContext): void {
    const notBefore = (silence?.openUntil ?? 0) + Math.random() * SPREAD_MS;
    this.#keep(id, (row) => unanswered(row, "held-off", Date.now(), Math.round(notBefore)));
  }

  #isSilent(id: string, fault: string): void {
    this.#keep(id, (row) => {
      if (row.failures === 0) logEvent({ event: "unavailable", reason: "authority", detail: `${id}: ${fault}` });
      return unanswered(row, fault, Date.now());
    });
  }

  /** Keeps the answer with the device. If its words are others than before, the audit has an event. */
  #hears(id: string, answer: AuthorityAnswer, { about, by, why }: Asker): void {
    const { devices, snapshots, audit } = this.#parts;
    const now = Date.now();
    this.#keep(id, (row) => answered(row, answer, now));
    const device = devices.get(id);
    if (device === undefined) return; // it was forgotten, or its user was erased, while the authority was asked
    devices.write({ ...device, authority: answer });
    const before = device.authority?.words;
    if (before !== undefined && sameWords(before, answer.words)) return;
    const { userId, sipUri: user } = snapshots.subject() ?? {};
    const change = changeText({ before: { words: before }, after: { words: answer.words } });
    const given = { by: by === "" ? undefined : by, why: why === "" ? undefined : why };
    const of = { device: id, deviceKey: device.key ?? undefined, credentialId: device.credentialId ?? undefined };
    const decision = {
      outcome: "changed",
      reason: "authority-answered",
      userId,
      user,
      change,
      ...given,
      ...of,
    } as const;
    audit.record(auditEvent(about, decision, now));
  }

  /**
   * Nothing can be asked about the device now. It waits until it comes again, so that the alarm does not ring for it.
   */
  #rest(id: string): void {
    this.#keep(id, (row) => ({ ...row, askAt: null }));
  }

  /** Changes the row of a device that is still there. */
  #keep(id: string, change: (row: Inquiry) => Inquiry): void {
    if (this.#parts.devices.get(id) === undefined) return;
    const now = Date.now();
    const row = this.#read().get(id) ?? { askAt: null, wantedAt: now, triedAt: null, failures: 0, fault: null };
    this.#write(id, change(row));
  }

  #write(id: string, row: Inquiry): void {
    this.#read().set(id, row);
    this.#changed = true;
    this.#parts.tables
      .exec(
        "INSERT OR REPLACE INTO inquiries (device, ask_at, wanted_at, tried_at, failures, fault) VALUES (?, ?, ?, ?, ?, ?)",
        ...[id, row.askAt, row.wantedAt, row.triedAt, row.failures, row.fault],
      )
      .toArray();
  }

  #remove(id: string): void {
    this.#read().delete(id);
    this.#parts.tables.exec("DELETE FROM inquiries WHERE device = ?", id).toArray();
  }

  #read(): Map<string, Inquiry> {
    if (this.#rows !== undefined) return this.#rows;
    const { tables } = this.#parts;
    type Row = { device: string } & Inquiry;
    const rows = tables.exist()
      ? tables
          .exec<Row>(
            "SELECT device, ask_at AS askAt, wanted_at AS wantedAt, tried_at AS triedAt, failures, fault FROM inquiries",
          )
          .toArray()
      : [];
    this.#rows = new Map(rows.map(({ device, ...row }) => [device, row]));
    return this.#rows;
  }
}

const asked = ({ authority, lastSeenAt }: Partnership) => ({ answer: authority, lastUsedAt: lastSeenAt });
