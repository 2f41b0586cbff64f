// Merges the rows of a backup into those that a user's guard has. What is here stays. What is only in the backup fills
// gaps, unless it would open something that was closed or removed since: then somebody has to name it. The table of
// docs/design/0034-backup.md has the rules. Pure.

import { isPassiveCredential } from "../core/credentials/passive-credential.ts";
import type { Partnership } from "../core/device/partnership.ts";
import { decisionOf, isStricter, stricterOf } from "../core/device/stricter.ts";
import type { Finding, GuardRows } from "../guards/backup-question.ts";

type Row = GuardRows[string][number];

export type Merging = {
  readonly userId: string;
  /** The rows here and in the backup. */
  readonly here: GuardRows;
  readonly backup: GuardRows;
  /** The guard or D1 had the user before, so what is missing was removed. */
  readonly known: boolean;
  /** Device keys that other users have now. */
  readonly taken: ReadonlySet<string>;
  /** App passwords that are revoked. */
  readonly dead: ReadonlySet<string>;
  /** Whether somebody has named this line to be opened. */
  readonly opens: (line: string) => boolean;
};

type Merged = { readonly rows: GuardRows; readonly findings: readonly Finding[] };

/** All tables after the merge. A merge with what came of it changes nothing. */
export function mergeRows(merging: Merging): Merged {
  const devices = mergeDevices(merging);
  const factors = mergeFactors(merging);
  return {
    rows: { ...sameRules(merging), ...traces(merging, devices.revived), devices: devices.rows, ...factors.rows },
    findings: [...devices.findings, ...factors.findings],
  };
}

const of = (rows: GuardRows, table: string): readonly Row[] => rows[table] ?? [];

/** Rows of both sides by their key. Of a key that both have, `both` makes one row. */
function joined(
  { here, backup }: Pick<Merging, "here" | "backup">,
  table: string,
  key: readonly string[],
  both: (present: Row, other: Row) => Row = (present) => present,
): Row[] {
  const nameOf = (row: Row): string => JSON.stringify(key.map((column) => row[column] ?? null));
  const others = new Map(of(backup, table).map((row) => [nameOf(row), row]));
  const rows = of(here, table).map((row) => {
    const other = others.get(nameOf(row));
    others.delete(nameOf(row));
    return other === undefined ? row : both(row, other);
  });
  return [...rows, ...others.values()];
}

/** Both rows as one, with the greater number of a column. */
const greatest =
  (column: string) =>
  (present: Row, other: Row): Row => ({
    ...present,
    [column]: Math.max(Number(present[column] ?? 0), Number(other[column] ?? 0)),
  });

/** The tables whose rows need no decision: what was used up stays so, and what was counted here stays counted. */
function sameRules(merging: Merging): GuardRows {
  const { here, backup, known } = merging;
  const counted = known ? { ...backup, pairs: of(backup, "pairs").filter(({ client }) => client === "") } : backup;
  const oneRow = (table: string) => ({ [table]: of(here, table).length > 0 ? of(here, table) : of(backup, table) });
  return {
    used_challenges: joined(merging, "used_challenges", ["id"]),
    used_signatures: joined(merging, "used_signatures", ["id"]),
    dead_passwords: joined(merging, "dead_passwords", ["id"], greatest("at")),
    // A familiar place gets past the waits of strangers. One that is not known here any more stays unknown.
    pairs: joined({ here, backup: counted }, "pairs", ["source", "client"]),
    code_holds: joined(merging, "code_holds", ["credential", "source", "client"], greatest("step")),
    code_guesses: joined(merging, "code_guesses", ["source", "client"]),
    ...oneRow("strangers"),
    ...oneRow("portal_locked"),
  };
}

const partnershipOf = (row: Row): Partnership => ({ provisional: false, ...JSON.parse(String(row.partnership)) });
const rowOf = (partnership: Partnership): Row => ({ id: partnership.id, partnership: JSON.stringify(partnership) });

function mergeDevices(merging: Merging) {
  const { here, backup, known, taken, opens } = merging;
  const findings: Finding[] = [];
  const present = new Map(of(here, "devices").map((row) => [String(row.id), partnershipOf(row)]));
  const keys = new Set([...present.values()].map(({ key }) => key));
  const bound = new Set([...present.values()].map(({ credentialId }) => credentialId));
  const revived = new Set<string>();
  const find = (did: Finding["did"], { id }: Partnership, what: string): void => {
    findings.push({ did, line: `device:${id}`, what });
  };
  for (const other of of(backup, "devices").map(partnershipOf)) {
    const { id, key, state } = other;
    const here = present.get(id);
    const named = opens(`device:${id}`);
    if (here !== undefined) {
      if (isStricter(here.state, state)) {
        if (named) present.set(id, { ...here, ...decisionOf(other) });
        find(named ? "opened" : "kept", here, `${here.state} now, ${state} in the backup`);
      } else if (isStricter(state, here.state)) {
        present.set(id, stricterOf(here, other));
        find("closed", here, `${state} in the backup, ${here.state} now`);
      }
      continue;
    }
    const isTaken = key !== null && taken.has(key);
    if (key !== null && keys.has(key)) {
      if (known) find("kept", other, "forgotten since; the device has come again");
      continue;
    }
    if (state !== "blocked" && (isTaken || (known && !named))) {
      find("kept", other, isTaken ? "another user has the device now" : `forgotten since; ${state} in the backup`);
      continue;
    }
    // An app password belongs to one device.
    const { credentialId } = other;
    const isBound = credentialId !== null && bound.has(credentialId) && !isPassiveCredential(credentialId);
    const unbound = credentialId !== null && (merging.dead.has(credentialId) || isBound);
    if (unbound && state === "pending") continue; // nothing can come with that app password any more
    present.set(id, { ...other, ...(isTaken ? { key: null } : {}), ...(unbound ? { credentialId: null } : {}) });
    keys.add(key);
    bound.add(credentialId);
    revived.add(id);
    if (known) find(state === "blocked" ? "closed" : "opened", other, `${state} in the backup, forgotten since`);
  }
  return { rows: [...present.values()].map(rowOf), findings, revived };
}

/** What recognises a device comes back only with the device itself, and not to a blocked one. */
function traces({ here, backup }: Merging, revived: ReadonlySet<string>): GuardRows {
  const known = new Set(of(here, "devices").map(({ id }) => String(id)));
  const blocked = new Set(
    of(backup, "devices")
      .map(partnershipOf)
      .flatMap((each) => (each.state === "blocked" ? each.id : [])),
  );
  const back = (table: string, key: readonly string[], alsoBlocked: boolean): Row[] => {
    const rows = of(backup, table).filter(({ device }) => {
      const id = String(device);
      return revived.has(id) && !known.has(id) && (alsoBlocked || !blocked.has(id));
    });
    return joined({ here, backup: { [table]: rows } }, table, key);
  };
  return {
    device_keys: back("device_keys", ["device", "hash"], true),
    inquiries: back("inquiries", ["device"], true),
    applications: back("applications", ["id"], false),
    named_places: back("named_places", ["device", "place"], false),
  };
}

const FACTORS = ["portal_passkeys", "portal_totp", "portal_passphrase", "portal_recovery_codes"] as const;

/** With what the person signs in to the portal. Codes that either side knows as used stay used. */
function mergeFactors(merging: Merging): Merged {
  const { here, backup, known, userId, opens } = merging;
  const line = `factor:${userId}`;
  const missing = FACTORS.filter((table) =>
    table === "portal_passkeys"
      ? of(backup, table).some(({ id }) => of(here, table).every((row) => row.id !== id))
      : of(backup, table).length > 0 && of(here, table).length === 0,
  );
  const comesBack = !known || opens(line);
  const added = (table: string): readonly Row[] =>
    comesBack && (table === "portal_passkeys" || of(here, table).length === 0)
      ? of(backup, table)
      : of(backup, table).filter((row) => of(here, table).some((each) => sameFactor(each, row)));
  const only = { here, backup: Object.fromEntries(FACTORS.map((table) => [table, added(table)])) };
  const rows = {
    portal_passkeys: joined(only, "portal_passkeys", ["id"], greatest("counter")),
    portal_totp: joined(only, "portal_totp", ["id"], (present, other) =>
      present.sealed === other.sealed ? greatest("last_step")(present, other) : present,
    ),
    portal_passphrase: joined(only, "portal_passphrase", ["id"]),
    portal_recovery_codes: joined(only, "portal_recovery_codes", ["mark"], (present, other) => ({
      ...present,
      used_at: present.used_at ?? other.used_at ?? null,
    })),
  };
  const what = missing.map((table) => FACTOR_WORDS[table]).join(", ");
  const did = comesBack ? "opened" : "kept";
  return {
    rows,
    findings: known && missing.length > 0 ? [{ did, line, what: `${what}: in the backup, not now` }] : [],
  };
}

const FACTOR_WORDS: Readonly<Record<(typeof FACTORS)[number], string>> = {
  portal_passkeys: "passkeys",
  portal_totp: "authenticator app",
  portal_passphrase: "passphrase",
  portal_recovery_codes: "recovery codes",
};

const sameFactor = (a: Row, b: Row): boolean => (a.mark ?? a.id) === (b.mark ?? b.id);
