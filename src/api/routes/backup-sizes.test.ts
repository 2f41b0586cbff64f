// A gateway with much in it: what a backup reads can be restored, and a restore loses nothing that was there.

import { env, runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, it, vi } from "vitest";
import { apiAnswer } from "../../../test/kit/api.ts";
import { owner } from "../../../test/kit/devices.ts";
import { guardOf } from "../../guards/route.ts";
import type { BackupBegunAnswer, BackupPartAnswer, RestoreBegunAnswer } from "../schemas/backup.ts";

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});

const post = <T>(path: string, body: object): Promise<T> => apiAnswer<T>("POST", path, { body });
const OVER = { file: "0".repeat(64), migration: "0000_x.sql", keys: [], at: "2026-11-27T00:00:00.000Z", over: true };
const MEGABYTE = 1_000_000;

/** The parts of a backup. */
async function parts(): Promise<BackupPartAnswer["records"][]> {
  const { run } = await post<BackupBegunAnswer>("/v1/backup", {});
  const found: BackupPartAnswer["records"][] = [];
  for (let after: string | null = ""; after !== null; ) {
    const part: BackupPartAnswer = await post("/v1/backup/parts", { run, after });
    found.push(part.records);
    after = part.next;
  }
  return found;
}

it("S-76: policies of a megabyte each come in parts that can be sent back, and none is left out", async () => {
  const versions = Array.from({ length: 14 }, (_, at) => at + 1);
  for (const version of versions) {
    await env.DB.prepare("INSERT INTO policies (version, at, applied_by, policy, text) VALUES (?, 1, 'k', '{}', ?)")
      .bind(version, "x".repeat(900_000))
      .run();
  }
  const all = await parts();
  const lines = all.flat().map((record) => JSON.stringify(record).length);
  expect(Math.max(...lines)).toBeLessThan(2 * MEGABYTE);
  const records = all.flat().filter((each) => each.record === "rows" && each.table === "policies");
  await env.DB.prepare("DELETE FROM policies").run();
  const { run } = await post<RestoreBegunAnswer>("/v1/restore", { ...OVER, dry: false });
  for (const record of records) await post("/v1/restore/parts", { run, records: [record], open: ["policy"] });
  const { results } = await env.DB.prepare("SELECT version FROM policies ORDER BY 1").all<{ version: number }>();
  expect(results.map(({ version }) => version)).toEqual(versions);
  await env.DB.prepare("DELETE FROM policies").run();
});

it("S-76: an attack from thousands of networks stays counted, however many a backup has", async () => {
  const alice = await owner();
  await alice.signIn("p_1");
  const records = (await parts()).flat().filter((each) => each.record === "user" && each.id === alice.id);
  const guard = guardOf(env, alice.sipUri);
  const networks = (): Promise<unknown> =>
    runInDurableObject(guard, (_, { storage: { sql } }) => [
      sql.exec("SELECT count(*) AS n FROM pairs").one().n,
      sql.exec("SELECT count(*) AS n FROM used_challenges").one().n,
    ]);
  await runInDurableObject(guard, (_, { storage: { sql } }) => {
    const many = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2500)";
    const columns = "source, client, failures, last_failure, last_success, repeats, expires_at";
    sql.exec(`INSERT INTO pairs (${columns}) ${many} SELECT 'n' || n, '', 9, n, NULL, '[]', 9e12 FROM c`);
    sql.exec(`INSERT INTO used_challenges (id, expires_at) ${many} SELECT 'c' || n, 9e12 FROM c`);
  });
  const before = await networks();
  const { run } = await post<RestoreBegunAnswer>("/v1/restore", { ...OVER, dry: false });
  await post("/v1/restore/parts", { run, records });
  expect(await networks()).toEqual(before);
});
