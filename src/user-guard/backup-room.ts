// What a user's guard does for a backup and for a restore, and to agree with D1 again afterwards. Each change is one
// transaction. It ends everything that lives on earlier decisions: tickets, sessions of the portal, invitations.

import { lineOpener } from "../core/text/line-opener.ts";
import type { BackupAnswer, BackupStep, GuardRows } from "../guards/backup-question.ts";
import type { GuardAudit } from "../guards/guard-audit.ts";
import type { Luggage } from "../guards/move.ts";
import type { LazyTables } from "../guards/storage.ts";
import { keysOfOthers } from "../store/backup-read.ts";
import type { Database } from "../store/database.ts";
import { partnershipsOfUser } from "../store/partnerships.ts";
import { compareDevices } from "./compare-devices.ts";
import type { Erasure } from "./erasure.ts";
import { MOVED, pack, packAll, unpack } from "./luggage.ts";
import { mergeRows } from "./merge-rows.ts";
import type { MoveRecord } from "./move-record.ts";
import type { PartnershipTable } from "./partnership-table.ts";
import { PortalPasskeys } from "./portal-passkeys.ts";
import type { PortalRoom } from "./portal-room.ts";
import { SCHEMA_STEPS } from "./schema.ts";
import type { Snapshots } from "./snapshots.ts";
import type { Tenancy } from "./tenancy.ts";
import type { TicketTable } from "./ticket-table.ts";

type Parts = {
  readonly tables: LazyTables;
  readonly devices: PartnershipTable;
  readonly snapshots: Snapshots;
  readonly tickets: TicketTable;
  readonly audit: GuardAudit;
  readonly portal: PortalRoom;
  readonly erasure: Erasure;
  readonly moves: MoveRecord;
  readonly tenancy: Tenancy;
  readonly db: () => Database;
  readonly saveDevices: () => Promise<void>;
  /** Runs synchronous work as one transaction. */
  readonly atOnce: (work: () => void) => void;
  /** Drops what memory has of the tables, because the tables have changed. */
  readonly forgetCopies: () => void;
};

export class BackupRoom {
  readonly #parts: Parts;
  readonly #passkeys: PortalPasskeys;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#passkeys = new PortalPasskeys(parts.tables);
  }

  async take(step: BackupStep): Promise<BackupAnswer> {
    await this.#parts.tenancy.settled();
    switch (step.kind) {
      case "copy":
        return this.#copy(step.userId);
      case "restore":
        return this.#restore(step);
      case "compare":
        return this.#compare(step);
    }
  }

  /** D1 hears everything first, so that its rows, which are read next, are as new. */
  async #copy(userId: string): Promise<BackupAnswer> {
    const { tables, snapshots, audit, db, saveDevices } = this.#parts;
    const schema = SCHEMA_STEPS.length;
    const mine = (): boolean => snapshots.subject()?.userId === userId;
    if (!mine()) return { kind: "copied", copy: { schema, rows: {} } };
    await saveDevices();
    await audit.flushAll(db(), Date.now());
    if (!mine()) return { kind: "copied", copy: { schema, rows: {} } };
    return { kind: "copied", copy: { schema, account: snapshots.account(), rows: rowsIn(tables) } };
  }

  async #restore(step: BackupStep & { kind: "restore" }): Promise<BackupAnswer> {
    const { tables, snapshots, db, erasure, moves } = this.#parts;
    const { subject, copy, wasInD1, dead, open, dry } = step;
    const { userId } = subject;
    if (copy.schema > SCHEMA_STEPS.length || Object.keys(copy.rows).some((table) => !MOVED.includes(table))) {
      return { kind: "newer" };
    }
    const isOthers = (): boolean => ![undefined, userId].includes(snapshots.subject()?.userId);
    if (isOthers()) return { kind: "not-here" };
    const stored = wasInD1 && !snapshots.restored ? await partnershipsOfUser(db(), userId) : [];
    const taken = new Set(await keysOfOthers(db(), userId, deviceKeysIn(copy.rows)));
    if (isOthers()) return { kind: "not-here" };
    const before = snapshots.subject();
    const known = wasInD1 || before !== undefined;
    const here = withDevices(packAll(tables) as GuardRows, snapshots.restored ? [] : stored);
    const closed = new Set([...dead, ...(here.dead_passwords ?? []).map(({ id }) => String(id))]);
    const opens = lineOpener(open);
    const { rows, findings } = mergeRows({ userId, here, backup: copy.rows, known, taken, dead: closed, opens });
    if (!dry) {
      this.#rewrite(() => {
        unpack(tables, this.#fitting(rows));
        if (before === undefined) snapshots.settle(subject, copy.account);
        else snapshots.markRestored();
        if (erasure.covers(userId)) erasure.lift();
        moves.isBack(userId);
      });
      this.#closeAll(closed);
    }
    return {
      ...{ kind: "restored", findings, disabled: before?.disabled ?? false, revision: before?.revision ?? -1 },
      ...{ dead: [...closed], passkeys: passkeysIn(rows) },
    };
  }

  /** A guard that does not know its user yet learns from D1 when it is asked first, so there is nothing to compare. */
  #compare({ subject, d1, older, dry }: BackupStep & { kind: "compare" }): BackupAnswer {
    const { snapshots, devices, tables } = this.#parts;
    const before = snapshots.subject();
    if (before !== undefined && before.userId !== subject.userId) return { kind: "not-here" };
    const policy = snapshots.policy();
    const nothing = { findings: [], disabled: false, revision: -1, dead: [], gone: [], policy } as const;
    if (before === undefined || !snapshots.restored) return { kind: "compared", ...nothing, passkeys: [] };
    const compared = compareDevices(devices.all(), d1.devices, older);
    const findings = [...compared.findings];
    const unknown = older === "d1" ? [] : this.#passkeys.all().filter(({ id }) => !d1.passkeys.includes(id));
    for (const { id } of unknown) {
      findings.push({ did: "closed", line: `factor:${subject.userId}`, what: `passkey ${id} is not in D1` });
    }
    const buried = rowsIn(tables).dead_passwords ?? [];
    const dead = [...new Set([...compared.revoked, ...buried.map(({ id }) => String(id))])];
    const bound = devices.all().flatMap(({ credentialId }) => credentialId ?? []);
    for (const id of bound.filter((each) => d1.revoked.includes(each))) {
      findings.push({
        did: "closed",
        line: `password:${id}`,
        what: "revoked in D1, and the guard had not heard of it",
      });
    }
    if (!dry) {
      this.#parts.atOnce(() => {
        for (const partnership of compared.write) devices.write(partnership);
        for (const id of compared.remove) devices.remove(id);
        for (const id of compared.tell) devices.tellAgain(id);
        for (const { id } of unknown) this.#passkeys.remove(id);
      });
      if (findings.length > 0) this.#closeAll(new Set([...d1.revoked.filter((id) => bound.includes(id)), ...dead]));
    }
    const left = this.#passkeys.all().filter(({ id }) => !unknown.some((each) => each.id === id));
    return {
      ...{ kind: "compared", findings, dead, gone: compared.gone, policy },
      ...{ disabled: before.disabled, revision: before.revision },
      passkeys: left.map(({ id, rpId, createdAt }) => ({ id, rpId, createdAt })),
    };
  }

  /** Ends what lives on earlier decisions. From now on D1 hears of every device again. */
  #closeAll(dead: ReadonlySet<string>): void {
    const { devices, snapshots, tickets, portal } = this.#parts;
    const now = Date.now();
    tickets.forget();
    portal.endAll(now);
    for (const id of dead) {
      snapshots.bury(id, now);
      const bound = devices.ofCredential(id);
      // An expected device that never came is no longer expected.
      if (bound?.state === "pending") devices.remove(bound.id);
      else if (bound !== undefined) devices.write({ ...bound, credentialId: null });
    }
    for (const { id } of devices.all()) devices.tellAgain(id);
  }

  #rewrite(work: () => void): void {
    try {
      this.#parts.atOnce(work);
    } finally {
      this.#parts.forgetCopies();
    }
  }

  /** Only columns that the tables have: the names come from a file, and stand in the statement. */
  #fitting(rows: GuardRows): Luggage {
    const { tables } = this.#parts;
    return Object.fromEntries(
      Object.entries(rows).map(([table, all]) => {
        const columns = tables.exec<{ name: string }>(`PRAGMA table_info(${table})`).toArray();
        const names = new Set(columns.map(({ name }) => name));
        return [table, all.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => names.has(name))))];
      }),
    );
  }
}

/** What moves with a person is what a backup has. No table of it has bytes. */
function rowsIn(tables: LazyTables): GuardRows {
  return pack(tables) as GuardRows;
}

/** The rows with devices that D1 has and this guard has not read yet. */
function withDevices(rows: GuardRows, devices: Awaited<ReturnType<typeof partnershipsOfUser>>): GuardRows {
  if (devices.length === 0) return rows;
  const stored = devices.map((each) => ({ id: each.id, partnership: JSON.stringify(each) }));
  return { ...rows, devices: [...(rows.devices ?? []), ...stored] };
}

function deviceKeysIn(rows: GuardRows): string[] {
  return (rows.devices ?? []).flatMap(({ partnership }) => {
    const read: unknown = JSON.parse(String(partnership));
    return typeof read === "object" && read !== null && "key" in read && typeof read.key === "string" ? [read.key] : [];
  });
}

const passkeysIn = (rows: GuardRows) =>
  (rows.portal_passkeys ?? []).map((row) => ({
    id: String(row.id),
    rpId: String(row.rp_id),
    createdAt: Number(row.created_at),
  }));
