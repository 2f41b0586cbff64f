// What a backup, a restore and a comparison cost in D1 and at guards. docs/costs.md has these counts.

import { env } from "cloudflare:test";
import { beforeEach, expect, it, vi } from "vitest";
import { apiAnswer } from "../../../test/kit/api.ts";
import { owner } from "../../../test/kit/devices.ts";
import { metered } from "../../../test/kit/metered.ts";
import type { BackupBegunAnswer, BackupPartAnswer, ReconciledAnswer, RestoreBegunAnswer } from "../schemas/backup.ts";

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});

const USERS = 40;
const FILE = { file: "1".repeat(64), migration: "0000_directory.sql", keys: [], at: "2026-11-27T00:00:00.000Z" };

it("S-76 S-77: a part of 40 users makes few statements, and one call to each guard", { timeout: 120_000 }, async () => {
  for (let n = 0; n < USERS; n++) {
    const person = await owner();
    await person.names(await person.signIn(`p_${n}`), person.own("phone"));
    await env.DB.prepare(
      "INSERT INTO app_passwords (id, user_id, label, nt_hashes, created_at) VALUES (?, ?, '', '', 0)",
    )
      .bind(`p_${n}`, person.id)
      .run();
  }
  const costs: Record<string, ReturnType<typeof metered>["used"]> = {};
  const counted = async <T>(what: string, path: string, body: object): Promise<T> => {
    const { used, on } = metered();
    const answer = await apiAnswer<T>("POST", path, { body, on });
    costs[what] = used;
    return answer;
  };
  const { run } = await apiAnswer<BackupBegunAnswer>("POST", "/v1/backup", { body: {} });
  let users: BackupPartAnswer | undefined;
  for (let after: string | null = ""; after !== null && users === undefined; ) {
    const part: BackupPartAnswer = await counted("backup", "/v1/backup/parts", { run, after });
    if (part.records.some(({ record }) => record === "user")) users = part;
    after = part.next;
  }
  const records = users?.records.slice(0, 20) ?? [];
  expect([users?.records.length, records.length]).toEqual([USERS, 20]);
  await counted<ReconciledAnswer>("reconcile", "/v1/reconcile", {});
  const over = await apiAnswer<RestoreBegunAnswer>("POST", "/v1/restore", {
    body: { ...FILE, over: true, dry: false },
  });
  await counted("restore over", "/v1/restore/parts", { run: over.run, records });
  await env.DB.batch(["administrators", "users"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
  const empty = await apiAnswer<RestoreBegunAnswer>("POST", "/v1/restore", { body: { ...FILE, dry: false } });
  expect(empty.wasEmpty).toBe(true);
  await counted("restore", "/v1/restore/parts", { run: empty.run, records });
  expect(costs.backup?.statements).toBeLessThanOrEqual(70);
  expect([costs.backup?.guards, costs.reconcile?.guards]).toEqual([USERS, USERS]);
  expect(costs.reconcile?.statements).toBeLessThanOrEqual(10 * USERS);
  // Cloudflare allows a thousand of each in one invocation.
  for (const what of ["restore", "restore over"]) {
    expect(costs[what]?.statements, what).toBeLessThanOrEqual(20 * 20);
    expect(costs[what]?.guards, what).toBeLessThanOrEqual(3 * 20);
  }
});
