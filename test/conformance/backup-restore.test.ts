// A backup of one gateway, restored into another one with the same keys. What comes back signs in with its old app
// password and its known device.

import { readFile, stat, writeFile } from "node:fs/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newSealingKey } from "../../cli/sealing-keys.ts";
import { devicesOf, type Events, startWithBackups, stateOf, status } from "./support/backups.ts";
import { phoneTicket } from "./support/devices.ts";
import type { TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";

let run: Awaited<ReturnType<typeof startWithBackups>>;
let first: TestGateway;
beforeAll(async () => {
  run = await startWithBackups();
  ({ first } = run);
});
afterAll(() => run.stop());

describe("S-76: a backup, and what it brings back", () => {
  it("is one file that only its owner reads, encrypted, and says which keys it needs", async () => {
    expect(await status(first, first.alice)).toBe(200);
    await phoneTicket(first, first.alice);
    await operator(first, "admin", "add", "erin@contoso.test", "--name", "Erin Hill", "--role", "helpdesk");
    const made = (await run.backup("one")) as { users: number; keys: string[] };
    expect([made.users, made.keys.length]).toEqual([2, 1]);
    expect((await stat(run.file("one"))).mode & 0o777).toBe(0o600);
    const bytes = await readFile(run.file("one"));
    expect(bytes.toString("latin1")).toMatch(/^age-encryption\.org\/v1/);
    await expect(operator(first, "restore", run.file("one"))).rejects.toThrow(/is encrypted/);
    await expect(run.backup("one")).rejects.toThrow(/exists already/);
    await expect(operator(first, "backup", run.file("open"))).rejects.toThrow(/how to encrypt/);
    await operator(first, "backup", run.file("plain"), "--plain");
    const text = gunzipSync(await readFile(run.file("plain"))).toString();
    expect(text).not.toContain(first.alice.password);
    expect(text).not.toMatch(/relayed_tickets|web_sessions|"ceremonies"/);
  });

  it("a file that was cut or changed is refused, before the gateway is asked for anything", async () => {
    const text = gunzipSync(await readFile(run.file("plain"))).toString();
    const lines = text.split("\n");
    for (const [name, content] of [
      ["no-end", lines.slice(0, -2).join("\n")],
      ["changed", text.replace("alice@contoso.test", "mally@contoso.test")],
      ["left-out", lines.toSpliced(3, 1).join("\n")],
    ] as const) {
      await writeFile(run.file(name), gzipSync(content));
      await expect(operator(first, "restore", run.file(name), "--over")).rejects.toThrow(/not whole/);
    }
    await writeFile(run.file("half"), (await readFile(run.file("one"))).subarray(0, 900));
    await expect(run.restore(first, "half", "--over")).rejects.toThrow(/damaged|does not open/);
  });

  it("into an empty gateway: old app passwords, the known place and the known device are there", async () => {
    const second = await run.emptyGateway();
    try {
      expect(await status(second, first.alice)).not.toBe(200);
      expect(await run.restore(second, "one")).toMatchObject({ applied: false, wasEmpty: true, findings: [] });
      expect(await status(second, first.alice)).not.toBe(200);
      expect(await run.restore(second, "one", "--apply")).toMatchObject({
        applied: true,
        wasEmpty: true,
        findings: [],
      });
      expect(await stateOf(second)).toEqual(await stateOf(first));
      expect(await status(second, first.alice)).toBe(200);
      const [phone] = await devicesOf(first, "alice@contoso.test");
      await phoneTicket(second, first.alice);
      expect((await devicesOf(second, "alice@contoso.test")).map(({ id }) => id)).toEqual([phone?.id]);
      const reasons = ((await operator(second, "audit", "--all")) as Events).map(({ reason }) => reason);
      expect(reasons).toEqual(expect.arrayContaining(["backup-begun", "restore-begun", "restore-finished"]));
      await expect(run.restore(second, "one", "--apply")).rejects.toThrow(/has users or administrators/);
    } finally {
      await second.stop();
    }
  });

  it("broken off anywhere and given again, it ends at the same state", async () => {
    const second = await run.emptyGateway();
    try {
      const lines = gunzipSync(await readFile(run.file("plain")))
        .toString()
        .trim()
        .split("\n");
      const records = lines.slice(1, -1).map((line): unknown => JSON.parse(line));
      const end = JSON.parse(lines.at(-1) ?? "") as { sha256: string; keys: string[] };
      const ask = async (path: string, body: object): Promise<{ run: string }> => {
        const headers = { authorization: `Bearer ${second.adminKey}`, "content-type": "application/json" };
        const text = JSON.stringify(body);
        const request = { method: "POST", host: second.adminHost, path, body: text };
        const answer = await second.send({
          ...request,
          headers: { ...headers, "content-length": `${Buffer.byteLength(text)}` },
        });
        expect([path, answer.status]).toEqual([path, 200]);
        return JSON.parse(answer.text) as { run: string };
      };
      const begin = {
        file: end.sha256,
        keys: end.keys,
        migration: "0000_x.sql",
        at: "2026-11-27T00:00:00Z",
        dry: false,
      };
      for (let sent = 0; sent <= records.length; sent++) {
        const { run } = await ask("/v1/restore", begin);
        await ask("/v1/restore/parts", { run, records: records.slice(0, sent) });
      }
      // The guard has merged a user, and D1 does not have the user yet.
      await second.execute(["DELETE FROM users WHERE account = 'alice'"]);
      const whole = await operator(second, "restore", run.file("plain"), "--apply");
      expect(whole).toMatchObject({ wasEmpty: true, findings: [] });
      expect(await stateOf(second)).toEqual(await stateOf(first));
      expect(await status(second, first.alice)).toBe(200);
    } finally {
      await second.stop();
    }
  });

  it("without its sealing key, and from a newer release: refused with the fix", async () => {
    const other = await run.emptyGateway(newSealingKey());
    try {
      await expect(run.restore(other, "one", "--apply")).rejects.toThrow(/sealed with keys that are not here/);
      expect(await other.execute(["SELECT count(*) AS n FROM users"])).toMatchObject([[{ n: 0 }]]);
    } finally {
      await other.stop();
    }
    const text = gunzipSync(await readFile(run.file("plain"))).toString();
    expect(text).toContain('"migration":"000');
  });
});
