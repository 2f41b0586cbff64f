// What the operations of backup and restore refuse, and what the audit has of them.

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiAnswer, apiProblem, tokenOf } from "../../../test/kit/api.ts";
import { owner } from "../../../test/kit/devices.ts";
import { openDatabase } from "../../store/database.ts";
import { userById } from "../../store/directory.ts";
import type { BackupBegunAnswer, BackupPartAnswer, PartRestoredAnswer, RestoreBegunAnswer } from "../schemas/backup.ts";

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});

const post = <T>(path: string, body: object, token?: string): Promise<T> =>
  apiAnswer<T>("POST", path, { body, ...(token === undefined ? {} : { token }) });
const refused = (path: string, body: object, token?: string): Promise<[number, string]> =>
  apiProblem("POST", path, { body, ...(token === undefined ? {} : { token }) });
const reasons = async (): Promise<string[]> => {
  const { results } = await env.DB.prepare("SELECT reason FROM audit_events ORDER BY rowid").all<{ reason: string }>();
  return results.map(({ reason }) => reason);
};
const FILE = { file: "0".repeat(64), migration: "0000_directory.sql", keys: [], at: "2026-11-27T00:00:00.000Z" };

/** All records of a backup. */
async function everything(token?: string): Promise<BackupPartAnswer["records"]> {
  const { run } = await post<BackupBegunAnswer>("/v1/backup", {}, token);
  const records: BackupPartAnswer["records"][number][] = [];
  for (let after: string | null = ""; after !== null; ) {
    const part: BackupPartAnswer = await post("/v1/backup/parts", { run, after }, token);
    records.push(...part.records);
    after = part.next;
  }
  return records;
}

describe("S-76: who may read everything", () => {
  it("a token for backups needs networks, begins a backup with an event, and may do nothing else", async () => {
    const wanted = { name: "backups", scope: "backup" };
    expect(await refused("/v1/tokens", wanted)).toEqual([422, "invalid"]);
    await post("/v1/tokens", { ...wanted, networks: ["203.0.113.20"] });
    const token = await tokenOf("backup");
    await post("/v1/backup", { why: "the nightly one" }, token);
    expect((await reasons()).at(-1)).toBe("backup-begun");
    expect(await refused("/v1/restore", FILE, token)).toEqual([403, "forbidden-scope"]);
  });

  it("no part is read without a beginning of the same caller", async () => {
    const { run } = await post<BackupBegunAnswer>("/v1/backup", {});
    expect(await refused("/v1/backup/parts", { run: "made-up" })).toEqual([409, "no-such-run"]);
    expect(await refused("/v1/backup/parts", { run }, await tokenOf("backup"))).toEqual([409, "no-such-run"]);
    expect(await refused("/v1/restore/parts", { run, records: [] })).toEqual([409, "no-such-run"]);
    vi.useFakeTimers({ now: Date.now() + 13 * 3_600_000, toFake: ["Date"] });
    expect(await refused("/v1/backup/parts", { run })).toEqual([409, "no-such-run"]);
    vi.useRealTimers();
  });

  it("no ticket, no session and no answer of an idempotent request is in it", async () => {
    const alice = await owner();
    await alice.signIn("p_1");
    const text = JSON.stringify(await everything());
    expect(text).toContain(alice.sipUri);
    expect(text).not.toMatch(/relayed_tickets|portal_sessions|invitations":\[\{"id":"i_[^}]*"hash|idempotency/);
  });
});

describe("S-76: what a restore refuses", () => {
  it("a newer schema, a missing key, and data without --over", async () => {
    await owner();
    expect(await refused("/v1/restore", { ...FILE, migration: "9000_future.sql" })).toEqual([409, "backup-newer"]);
    expect(await refused("/v1/restore", { ...FILE, keys: ["deadbeef"] })).toEqual([409, "sealing-key-missing"]);
    expect(await refused("/v1/restore", FILE)).toEqual([409, "gateway-not-empty"]);
  });

  it("a copy of a guard's newer schema; columns and tables that a file made up go nowhere", async () => {
    const alice = await owner();
    const user = (await everything()).find((each) => each.record === "user" && each.id === alice.id);
    if (user?.record !== "user") throw new Error("no such user");
    const { run } = await post<RestoreBegunAnswer>("/v1/restore", { ...FILE, over: true, dry: false });
    const newer = { ...user, guard: { ...user.guard, schema: 1_000 } };
    expect(await refused("/v1/restore/parts", { run, records: [newer] })).toEqual([409, "backup-newer"]);
    const strange = { ...user, guard: { ...user.guard, rows: { sqlite_master: [{ a: 1 }] } } };
    expect(await refused("/v1/restore/parts", { run, records: [strange] })).toEqual([409, "backup-newer"]);
    const row = { id: "c", expires_at: 9e12, "x); DROP TABLE devices; --": 1 };
    const evil = { ...user, guard: { ...user.guard, rows: { used_challenges: [row] } } };
    const { findings } = await post<PartRestoredAnswer>("/v1/restore/parts", {
      run,
      records: [evil, { record: "rows", table: "sqlite_master", rows: [{ a: 1 }] }],
    });
    expect(findings).toEqual([]);
    expect(await alice.signIn("p_1")).toBe("t1");
  });

  it("what somebody else's address is now, whatever is named", async () => {
    const [alice, bob] = [await owner(), await owner()];
    const user = (await everything()).find((each) => each.record === "user" && each.id === alice.id);
    if (user?.record !== "user") throw new Error("no such user");
    const [row] = user.rows.users ?? [];
    const names = [{ name: bob.sipUri.slice(4), kind: "sip", user_id: "u_another" }];
    const other = { ...user, id: "u_another", rows: { users: [{ ...row, id: "u_another" }], names } };
    const { run } = await post<RestoreBegunAnswer>("/v1/restore", { ...FILE, over: true, dry: false });
    const { findings } = await post<PartRestoredAnswer>("/v1/restore/parts", {
      run,
      records: [other],
      open: ["user:*"],
    });
    expect(findings).toMatchObject([{ did: "kept", line: "user:u_another" }]);
    expect(await userById(openDatabase(env.DB), "u_another")).toBeUndefined();
  });

  it("a rehearsal changes nothing", async () => {
    const alice = await owner();
    const records = await everything();
    const cwt = await alice.signIn("p_1");
    const before = (await reasons()).length;
    const { run } = await post<RestoreBegunAnswer>("/v1/restore", { ...FILE, over: true });
    await post("/v1/restore/parts", { run, records: records.filter(({ record }) => record === "user") });
    await post("/v1/restore/end", { run });
    expect((await reasons()).length).toBe(before);
    expect(await alice.guard.living([cwt ?? ""])).toEqual([cwt]);
  });
});

describe("S-76: what comes back into the audit", () => {
  it("is not counted again by the metrics, whether it is there, was purged, or is of a kind that never was", async () => {
    await owner();
    await post("/v1/restore", { ...FILE, over: true, dry: false });
    const events = (await everything()).flatMap((each) =>
      each.record === "rows" && each.table === "audit_events" ? each.rows : [],
    );
    const begun = events.find(({ reason }) => reason === "restore-begun");
    if (begun === undefined) throw new Error("no such event");
    const { run } = await post<RestoreBegunAnswer>("/v1/restore", { ...FILE, over: true, dry: false });
    await env.DB.prepare("DELETE FROM audit_events WHERE id = ?").bind(String(begun.id)).run();
    const counts = async () =>
      (await env.DB.prepare("SELECT * FROM audit_counts WHERE events <> 0 ORDER BY 1, 2, 3").all()).results;
    const before = await counts();
    const never = { ...begun, id: `${String(begun.id)}x`, outcome: "failed", reason: "unavailable", repeats: 7 };
    const records = [{ record: "rows", table: "audit_events", rows: [...events, never] }];
    await post("/v1/restore/parts", { run, records });
    await post("/v1/restore/parts", { run, records });
    expect(await counts()).toEqual(before);
    const { results } = await env.DB.prepare("SELECT id FROM audit_events WHERE id IN (?, ?)")
      .bind(begun.id, never.id)
      .all();
    expect(results).toHaveLength(2);
  });
});
