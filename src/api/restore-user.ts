// Restores one user of a backup: first the user's guard, then D1. Until D1 has the user, nobody can sign in as that
// user. Every step may be repeated. docs/design/0034-backup.md has the rules.

import { createHash } from "node:crypto";
import type { Subject } from "../core/policy/subject.ts";
import { lineOpener } from "../core/text/line-opener.ts";
import type { BackupAnswer, Finding, GuardCopy } from "../guards/backup-question.ts";
import { guardOf } from "../guards/route.ts";
import { goneUsers, isNameOfOthers, type PlainRow, type UserRows } from "../store/backup-read.ts";
import { agreeOnPasskeys, insertPasswords, insertUser, raiseRevision } from "../store/backup-write.ts";
import { changeUser, type DeviceSettings } from "../store/change-user.ts";
import { type Database, openDatabase } from "../store/database.ts";
import { listAppPasswords, type User, userById } from "../store/directory.ts";
import { logFailure } from "../store/log-failure.ts";
import { endUserInvitations } from "../store/user-invitations.ts";
import type { Run } from "./backup-run.ts";
import { type Commanding, commandGuard, revokePassword, switchUser } from "./devices.ts";
import { recordChange } from "./record.ts";

type UserRecord = { readonly id: string; readonly rows: UserRows; readonly guard: GuardCopy };
type Restored = Extract<BackupAnswer, { readonly kind: "restored" }>;
/** What is done with one user: the file's record, what is named to be opened, and whether anything is changed. */
type Restoring = {
  readonly by: Commanding;
  readonly run: Run;
  readonly record: UserRecord;
  readonly row: PlainRow;
  readonly opens: (line: string) => boolean;
  readonly open: readonly string[];
};

/** What came of one user. `newer`: a later release has made the copy of the guard. */
export async function restoreUser(
  by: Commanding,
  run: Run,
  record: UserRecord,
  open: readonly string[],
): Promise<readonly Finding[] | "newer"> {
  const db = openDatabase(by.call.env.DB);
  const [row] = record.rows.users ?? [];
  if (row === undefined || row.id !== record.id) return [kept(`user:${record.id}`, "the file has no row of the user")];
  const restoring: Restoring = { by, run, record, row, open, opens: lineOpener(open) };
  const user = await userById(db, record.id);
  return user === undefined ? restoreMissing(restoring, db) : restoreInto(restoring, db, user);
}

const kept = (line: string, what: string): Finding => ({ did: "kept", line, what });

/** The digest by which an erased person is recognised. It says nothing about the person. */
export const digestOfUser = (id: string): string => createHash("sha256").update(`erased\0${id}`).digest("hex");

async function restoreMissing(restoring: Restoring, db: Database): Promise<readonly Finding[] | "newer"> {
  const { by, run, record, row, open, opens } = restoring;
  const { id, rows } = record;
  const line = `user:${id}`;
  const gone = (await goneUsers(db, [id], [digestOfUser(id)])).get(id);
  const address = String(row.sip_uri).replace(/^sip:/, "");
  const isNamed = open.includes(line) || open.includes(`user:${address}`);
  const isOpen = isNamed || (gone !== "erased" && opens(line));
  if (!isOpen && (gone !== undefined || !run.wasEmpty)) {
    return [kept(line, `${address}: ${gone === undefined ? "not here" : `${gone} since the backup`}`)];
  }
  const names = (rows.names ?? []).map(({ name }) => String(name));
  if (await isNameOfOthers(db, id, names)) {
    return [kept(line, `${address}: the address or another name belongs to somebody else now`)];
  }
  const dead = revokedIn(rows);
  const answer = await askGuard(restoring, subjectIn(row), false, dead);
  if (typeof answer === "string")
    return answer === "newer" ? answer : [kept(line, `${address}: its guard is another's`)];
  const opened: Finding = { did: "opened", line, what: address };
  const findings = [...(run.wasEmpty ? [] : [opened]), ...answer.findings];
  if (run.dry) return findings;
  if ((await insertUser(db, id, rowsToInsert(restoring, answer))) === "taken") {
    return [kept(line, `${address}: the address or another name belongs to somebody else now`)];
  }
  await commandGuard(by, id, { kind: "read-again" });
  if (!run.wasEmpty) await noteInHistory(restoring, findings);
  return findings;
}

/** The user's rows as they are inserted: what the guard knows to be closed is closed, and nothing is left open. */
function rowsToInsert({ record: { id, rows }, row }: Restoring, answer: Restored): UserRows {
  const now = Date.now();
  const dead = new Set(answer.dead);
  return {
    ...rows,
    users: [
      {
        ...row,
        disabled_at: row.disabled_at ?? (answer.disabled ? now : null),
        window_until: null,
        revision: Math.max(Number(row.revision ?? 0), answer.revision) + 1,
      },
    ],
    app_passwords: (rows.app_passwords ?? []).map((each) =>
      dead.has(String(each.id)) ? { ...each, revoked_at: each.revoked_at ?? now } : each,
    ),
    user_invitations: (rows.user_invitations ?? []).map((each) => ({
      ...each,
      withdrawn_at: each.used_at === null ? (each.withdrawn_at ?? now) : (each.withdrawn_at ?? null),
    })),
    portal_passkeys: answer.passkeys.map((each) => ({
      ...{ id: each.id, user_id: id, rp_id: each.rpId, created_at: each.createdAt },
    })),
  };
}

async function restoreInto(restoring: Restoring, db: Database, user: User): Promise<readonly Finding[] | "newer"> {
  const { by, run, record, row } = restoring;
  const { id, rows } = record;
  const present = await listAppPasswords(db, id);
  const dead = [...revokedIn(rows), ...present.flatMap((each) => (each.revokedAt === null ? [] : each.id))];
  const answer = await askGuard(restoring, { ...subjectIn(row), sipUri: user.sipUri }, true, dead);
  if (typeof answer === "string") return answer === "newer" ? answer : [kept(`user:${id}`, "its guard is another's")];
  const revoked = new Set([...revokedIn(rows), ...answer.dead]);
  const toRevoke = present.filter((each) => each.revokedAt === null && revoked.has(each.id)).map((each) => each.id);
  const missing = (rows.app_passwords ?? []).filter((each) => present.every((other) => other.id !== each.id));
  const back = missing.filter((each) => revoked.has(String(each.id)) || restoring.opens(`password:${each.id}`));
  const findings = [
    ...answer.findings,
    ...toRevoke.map((each): Finding => ({ did: "closed", line: `password:${each}`, what: "revoked in the backup" })),
    ...missing.flatMap((each): Finding[] => {
      if (revoked.has(String(each.id))) return []; // it is only recognised, and opens nothing
      const line = `password:${each.id}`;
      return [{ did: back.includes(each) ? "opened" : "kept", line, what: "in the backup, not here" }];
    }),
    ...switched(restoring, user, answer),
    ...differences(restoring, user),
  ];
  if (run.dry) return findings;
  await raiseRevision(db, id, answer.revision);
  const now = Date.now();
  await insertPasswords(
    db,
    back.map((each) => (revoked.has(String(each.id)) ? { ...each, revoked_at: each.revoked_at ?? now } : each)),
  );
  for (const each of toRevoke) await revokePassword(by, id, each);
  await endUserInvitations(db, id, now);
  if (findings.some(({ line, did }) => did === "opened" && line === `factor:${id}`)) {
    await agreeOnPasskeys(db, id, answer.passkeys);
  }
  const settings = settingsIn(row);
  if (findings.some(({ line, did }) => did === "opened" && line === `settings:${id}`))
    await changeUser(db, id, settings);
  await commandGuard(by, id, { kind: "read-again" });
  const turn = findings.find(({ line, did }) => line === `user:${id}` && did !== "kept");
  if (turn !== undefined) await turned(by, id, turn.did === "closed" ? "disabled" : "enabled");
  await noteInHistory(restoring, findings);
  return findings;
}

/** A directory may refuse to enable somebody. Then the user stays disabled. */
async function turned(by: Commanding, id: string, to: "disabled" | "enabled"): Promise<void> {
  try {
    await switchUser(by, id, to);
  } catch (fault) {
    if (to === "disabled") throw fault;
    logFailure("admin", fault);
  }
}

/** Whether the user may sign in, where the backup, D1 and the guard do not agree. */
function switched({ row, record: { id }, opens }: Restoring, user: User, answer: Restored): Finding[] {
  const line = `user:${id}`;
  const inBackup = row.disabled_at !== null && row.disabled_at !== undefined;
  const inGuard = answer.disabled && answer.revision >= user.revision;
  if (user.disabledAt === null) {
    if (inGuard) return [{ did: "closed", line, what: "disabled, as the guard knows" }];
    return inBackup && !opens(line) ? [{ did: "closed", line, what: "disabled in the backup" }] : [];
  }
  return inBackup ? [] : [{ did: opens(line) ? "opened" : "kept", line, what: "disabled now, not in the backup" }];
}

const text = (value: string | number | null | undefined): string | null => (value == null ? null : String(value));

function settingsIn(row: PlainRow): DeviceSettings {
  return {
    groups: JSON.parse(String(row.groups ?? "[]")) as string[],
    enrolment: text(row.enrolment) as Exclude<DeviceSettings["enrolment"], undefined>,
    maxDevices: row.max_devices == null ? null : Number(row.max_devices),
    ...{ displayName: text(row.display_name), mail: text(row.mail) },
    ...{ mobile: text(row.mobile), language: text(row.language) },
  };
}

/** Settings and names that are not as in the backup. A name is changed by `user rename` only. */
function differences({ row, record: { id }, opens }: Restoring, user: User): Finding[] {
  const other = Object.entries(settingsIn(row)).filter(
    ([name, value]) => JSON.stringify(user[name as keyof User] ?? null) !== JSON.stringify(value ?? null),
  );
  const line = `settings:${id}`;
  const what = `not as in the backup: ${other.map(([name]) => name).join(", ")}`;
  const renamed =
    row.sip_uri === user.sipUri ? [] : [kept(`names:${id}`, `renamed since; ${row.sip_uri} in the backup`)];
  return [...(other.length === 0 ? [] : [{ did: opens(line) ? "opened" : "kept", line, what } as const]), ...renamed];
}

async function askGuard(
  { by, run, record, open }: Restoring,
  subject: Subject,
  wasInD1: boolean,
  dead: readonly string[],
): Promise<Restored | "newer" | "not-here"> {
  const { dry } = run;
  const step = { kind: "restore", subject, copy: record.guard, wasInD1, dead, open, dry } as const;
  const answer = await guardOf(by.call.env, subject.sipUri).backup(step);
  if (answer.kind === "newer" || answer.kind === "not-here") return answer.kind;
  if (answer.kind !== "restored") throw new Error("a guard answered something else");
  return answer;
}

/** What the guard has to know of a user, from the file's row. No window is open. */
function subjectIn(row: PlainRow): Subject {
  const { groups = [], enrolment = null, maxDevices = null } = settingsIn(row);
  return {
    ...{ userId: String(row.id), sipUri: String(row.sip_uri), disabled: row.disabled_at != null },
    ...{ groups, enrolment, maxDevices, windowUntil: null, revision: Number(row.revision ?? 0), sid: text(row.sid) },
  };
}

const revokedIn = (rows: UserRows): string[] =>
  (rows.app_passwords ?? []).flatMap((each) => (each.revoked_at == null ? [] : String(each.id)));

/** What was opened or closed stands in the user's own history. */
async function noteInHistory({ by, record, row }: Restoring, findings: readonly Finding[]): Promise<void> {
  const lines = (did: Finding["did"]) => findings.filter((each) => each.did === did).map(({ line }) => line);
  const [opened, closed] = [lines("opened"), lines("closed")];
  if (opened.length + closed.length === 0) return;
  const user = await userById(openDatabase(by.call.env.DB), record.id);
  if (user === undefined) throw new Error(`the user ${String(row.id)} is gone`);
  await recordChange(by.call, "user-restored", { user, why: by.why, change: { after: { opened, closed } } });
}
