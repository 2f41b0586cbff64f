// A backup of one gateway, restored into another one with the same keys, and over the first one. What was closed after
// the backup stays closed. What comes back signs in with its old app password and its known device. Then D1 alone goes
// back in time, and is reconciled with the guards.

import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newSealingKey } from "../../cli/sealing-keys.ts";
import { phoneOf, phoneTicket, startApplication } from "./support/devices.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { asCompact } from "./support/presenting.ts";
import { compactTicket, WINDOWS_GRANT } from "./support/tickets.ts";

type Finding = { readonly did: string; readonly line: string; readonly what: string };
type Restored = { readonly applied: boolean; readonly wasEmpty: boolean; readonly findings: readonly Finding[] };
type Device = { readonly id: string; readonly state: string };
type Events = readonly { readonly reason: string }[];

const HOME = "198.51.100.1";
const sealingKeys = newSealingKey();
let folder = "";
let first: TestGateway;
const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "postern-backup-"));
  first = await startTestGateway({ sealingKeys });
  await writeFile(file("pass"), "correct horse battery staple\n");
});
afterAll(async () => {
  await first.stop();
  await rm(folder, { recursive: true, force: true });
});

const at = (network: string) => ({
  ...WINDOWS_GRANT,
  headers: { ...WINDOWS_GRANT.headers, "cf-connecting-ip": network },
});
const status = async (gateway: TestGateway, person: Person, network = HOME): Promise<number> =>
  (await signIn(gateway, at(network), person)).status;
const idOf = async (gateway: TestGateway, user: string): Promise<string> =>
  ((await operator(gateway, "user", "show", user)) as { id: string }).id;
const devicesOf = async (gateway: TestGateway, user: string): Promise<readonly Device[]> =>
  (await operator(gateway, "device", "list", user)) as Device[];
const restore = async (gateway: TestGateway, name: string, ...more: string[]): Promise<Restored> =>
  (await operator(gateway, "restore", file(name), "--passphrase-file", file("pass"), ...more)) as Restored;
const backup = async (name: string): Promise<unknown> =>
  operator(first, "backup", file(name), "--passphrase-file", file("pass"));
const linesOf = ({ findings }: Restored, did: string): string[] =>
  findings
    .filter((each) => each.did === did)
    .map(({ line }) => line)
    .toSorted();

/** Another gateway with the same keys, in which nobody is. */
async function emptyGateway(keys = sealingKeys): Promise<TestGateway> {
  const gateway = await startTestGateway({ sealingKeys: keys });
  await gateway.execute(["DELETE FROM users", "DELETE FROM audit_events"]);
  return gateway;
}

/** What D1 says of people, without what use changes by itself, and when the guard saw a device first, which D1 does not hear again. */
async function stateOf(gateway: TestGateway): Promise<unknown> {
  const tables = ["users", "names", "app_passwords", "partnerships", "policies", "api_tokens", "administrators"];
  const rows = await gateway.execute(tables.map((table) => `SELECT * FROM ${table} ORDER BY 1`));
  return JSON.parse(JSON.stringify(rows), (name, value: unknown) =>
    ["revision", "last_used_at", "first_seen_at", "last_seen_at"].includes(name) ? undefined : value,
  ) as unknown;
}

describe("S-76: a backup, and what it brings back", () => {
  it("is one file that only its owner reads, encrypted, and says which keys it needs", async () => {
    expect(await status(first, first.alice)).toBe(200);
    await phoneTicket(first, first.alice);
    await operator(first, "admin", "add", "erin@contoso.test", "--name", "Erin Hill", "--role", "helpdesk");
    const made = (await backup("one")) as { users: number; keys: string[] };
    expect([made.users, made.keys.length]).toEqual([2, 1]);
    expect((await stat(file("one"))).mode & 0o777).toBe(0o600);
    const bytes = await readFile(file("one"));
    expect(bytes.toString("latin1")).toMatch(/^age-encryption\.org\/v1/);
    await expect(operator(first, "restore", file("one"))).rejects.toThrow(/is encrypted/);
    await expect(backup("one")).rejects.toThrow(/exists already/);
    await expect(operator(first, "backup", file("open"))).rejects.toThrow(/how to encrypt/);
    await operator(first, "backup", file("plain"), "--plain");
    const text = gunzipSync(await readFile(file("plain"))).toString();
    expect(text).not.toContain(first.alice.password);
    expect(text).not.toMatch(/relayed_tickets|web_sessions|"ceremonies"/);
  });

  it("a file that was cut or changed is refused, before the gateway is asked for anything", async () => {
    const text = gunzipSync(await readFile(file("plain"))).toString();
    const lines = text.split("\n");
    for (const [name, content] of [
      ["no-end", lines.slice(0, -2).join("\n")],
      ["changed", text.replace("alice@contoso.test", "mally@contoso.test")],
      ["left-out", lines.toSpliced(3, 1).join("\n")],
    ] as const) {
      await writeFile(file(name), gzipSync(content));
      await expect(operator(first, "restore", file(name), "--over")).rejects.toThrow(/not whole/);
    }
    await writeFile(file("half"), (await readFile(file("one"))).subarray(0, 900));
    await expect(restore(first, "half", "--over")).rejects.toThrow(/damaged|does not open/);
  });

  it("into an empty gateway: old app passwords, the known place and the known device are there", async () => {
    const second = await emptyGateway();
    try {
      expect(await status(second, first.alice)).not.toBe(200);
      expect(await restore(second, "one")).toMatchObject({ applied: false, wasEmpty: true, findings: [] });
      expect(await status(second, first.alice)).not.toBe(200);
      expect(await restore(second, "one", "--apply")).toMatchObject({ applied: true, wasEmpty: true, findings: [] });
      expect(await stateOf(second)).toEqual(await stateOf(first));
      expect(await status(second, first.alice)).toBe(200);
      const [phone] = await devicesOf(first, "alice@contoso.test");
      await phoneTicket(second, first.alice);
      expect((await devicesOf(second, "alice@contoso.test")).map(({ id }) => id)).toEqual([phone?.id]);
      const reasons = ((await operator(second, "audit", "--all")) as Events).map(({ reason }) => reason);
      expect(reasons).toEqual(expect.arrayContaining(["backup-begun", "restore-begun", "restore-finished"]));
      await expect(restore(second, "one", "--apply")).rejects.toThrow(/has users or administrators/);
    } finally {
      await second.stop();
    }
  });

  it("broken off anywhere and given again, it ends at the same state", async () => {
    const second = await emptyGateway();
    try {
      const lines = gunzipSync(await readFile(file("plain")))
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
      const whole = (await operator(second, "restore", file("plain"), "--apply")) as Restored;
      expect(whole).toMatchObject({ wasEmpty: true, findings: [] });
      expect(await stateOf(second)).toEqual(await stateOf(first));
      expect(await status(second, first.alice)).toBe(200);
    } finally {
      await second.stop();
    }
  });

  it("without its sealing key, and from a newer release: refused with the fix", async () => {
    const other = await emptyGateway(newSealingKey());
    try {
      await expect(restore(other, "one", "--apply")).rejects.toThrow(/sealed with keys that are not here/);
      expect(await other.execute(["SELECT count(*) AS n FROM users"])).toMatchObject([[{ n: 0 }]]);
    } finally {
      await other.stop();
    }
    const text = gunzipSync(await readFile(file("plain"))).toString();
    expect(text).toContain('"migration":"000');
  });
});

describe("S-76: restored over a gateway that has lived on", () => {
  it("a block, a disabled user, a revoked app password and token stay; nothing comes back that was not named", async () => {
    const { alice, bob, atDesk } = first;
    const cwt = await compactTicket(first, alice);
    await startApplication(first, cwt, phoneOf(alice));
    const token = (await operator(first, "token", "create", "old", "--scope", "read")) as { id: string };
    const made = await operator(first, "password", "create", "alice@contoso.test", "--label", "desk");
    const { id: desk } = made as { id: string };
    await backup("two");

    const [phone] = await devicesOf(first, "alice@contoso.test");
    await operator(first, "device", "block", "alice@contoso.test", phone?.id ?? "", "--why", "lost");
    await operator(first, "user", "disable", "bob@contoso.test");
    await operator(first, "password", "revoke", "alice@contoso.test", desk);
    await operator(first, "token", "revoke", token.id);
    await operator(first, "user", "add", "sip:carol@contoso.test", "--account", "CONTOSO\\carol");
    const before = await stateOf(first);

    const rehearsed = await restore(first, "two", "--over", "--keep-lines", file("closed"));
    expect([linesOf(rehearsed, "opened"), linesOf(rehearsed, "closed")]).toEqual([[], []]);
    expect(linesOf(rehearsed, "kept")).toEqual(
      [`device:${phone?.id}`, `user:${await idOf(first, "bob@contoso.test")}`].toSorted(),
    );
    const applied = await restore(first, "two", "--over", "--apply");
    expect(applied.findings).toEqual(rehearsed.findings);
    expect(await stateOf(first)).toEqual(before);
    expect(await status(first, bob)).not.toBe(200);
    expect(await status(first, atDesk.bob)).not.toBe(200);

    // What is named is opened. What was revoked is not, whatever is named.
    await writeFile(file("open"), `${await readFile(file("closed"), "utf8")}\npassword:${desk}\ntoken:${token.id}\n`);
    const opened = await restore(first, "two", "--over", "--apply", "--also-open", file("open"));
    expect(linesOf(opened, "opened")).toEqual(linesOf(rehearsed, "kept"));
    expect(await status(first, bob)).toBe(200);
    expect((await devicesOf(first, "alice@contoso.test"))[0]?.state).toBe("allowed");
    const tokens = (await operator(first, "token", "list")) as { id: string; revokedAt: string | null }[];
    expect(tokens.find(({ id }) => id === token.id)?.revokedAt).not.toBeNull();
    // The ticket from before does not live again.
    expect((await first.send(asCompact(cwt))).status).not.toBe(200);
  });

  it("a user who was deleted comes back when named, with devices and app passwords; an erased one only by name", async () => {
    const { alice, bob } = first;
    await backup("three");
    const bobId = await idOf(first, "bob@contoso.test");
    const aliceId = await idOf(first, "alice@contoso.test");
    await operator(first, "user", "delete", "bob@contoso.test", "--yes");
    await operator(first, "user", "erase", "alice@contoso.test", "--audit", "pseudonymise", "--yes");
    const over = await restore(first, "three", "--over", "--apply");
    expect(linesOf(over, "kept")).toEqual([`user:${aliceId}`, `user:${bobId}`].toSorted());
    expect([await status(first, alice), await status(first, bob)]).not.toContain(200);
    const named = await first.execute(["SELECT count(*) AS n FROM audit_events WHERE user LIKE '%alice%'"]);
    expect(named).toMatchObject([[{ n: 0 }]]);

    await writeFile(file("open"), "user:*   # everybody\n");
    const all = await restore(first, "three", "--over", "--apply", "--also-open", file("open"));
    expect([linesOf(all, "kept"), linesOf(all, "opened")]).toEqual([[`user:${aliceId}`], [`user:${bobId}`]]);
    expect([await status(first, alice), await status(first, bob)]).toEqual([expect.not.stringMatching("200"), 200]);
    await writeFile(file("open"), "user:alice@contoso.test\n");
    await restore(first, "three", "--over", "--apply", "--also-open", file("open"));
    expect(await status(first, alice)).toBe(200);
    expect(await idOf(first, "alice@contoso.test")).toBe(aliceId);
  });

  it("in the middle of an attack: the waits and the counters stay", async () => {
    const { alice } = first;
    await backup("four");
    const attacker = "203.0.113.66";
    for (let i = 0; i < 12; i++) await signIn(first, at(attacker), alice, { password: `Winter${i}!` });
    type Locks = { pairs: { source: string; failures: number; waitUntil: string | null }[] };
    const waits = async () => {
      const { pairs } = (await operator(first, "lock", "show", "alice@contoso.test")) as Locks;
      return pairs.find(({ source }) => source === attacker);
    };
    const before = await waits();
    expect(before?.waitUntil).not.toBeNull();
    await restore(first, "four", "--over", "--apply");
    expect(await waits()).toEqual(before);
    expect(await status(first, alice, attacker)).not.toBe(200);
    expect(await status(first, alice)).toBe(200); // the owner, from a familiar place
  });
});

describe("S-77: D1 went back in time", () => {
  it("what the guards know to be closed is closed again, and what only the audit knows too", async () => {
    const { alice, bob } = first;
    await status(first, bob);
    await phoneTicket(first, alice);
    const token = (await operator(first, "token", "create", "stolen", "--scope", "read")) as { id: string };
    const since = new Date().toISOString();
    const [phone] = await devicesOf(first, "alice@contoso.test");
    await operator(first, "device", "block", "alice@contoso.test", phone?.id ?? "", "--why", "lost");
    await operator(first, "user", "disable", "bob@contoso.test");
    await operator(first, "token", "revoke", token.id);
    await operator(first, "user", "add", "sip:dave@contoso.test", "--account", "CONTOSO\\dave");
    await operator(first, "audit", "export", "--format", "jsonl", "--file", file("audit.jsonl"));

    await first.execute([
      "UPDATE partnerships SET state = 'allowed', decision = NULL",
      "UPDATE users SET disabled_at = NULL, revision = revision - 1 WHERE account = 'bob'",
      "UPDATE api_tokens SET revoked_at = NULL, revoked_by = NULL",
      "DELETE FROM users WHERE account = 'dave'",
    ]);
    const reconcile = async (...more: string[]) =>
      (await operator(
        first,
        "reconcile",
        "--older",
        "d1",
        "--audit",
        file("audit.jsonl"),
        "--since",
        since,
        ...more,
      )) as {
        findings: readonly Finding[];
        audit: { closing: { thing: string; came: string }[]; opening: { thing: string }[] };
      };
    const lines = [`device:${phone?.id}`, `user:${await idOf(first, "bob@contoso.test")}`];
    const found = await reconcile();
    expect(
      found.findings
        .filter(({ did }) => did === "closed")
        .map(({ line }) => line)
        .toSorted(),
    ).toEqual(lines.toSorted());
    expect(found.audit.closing.map(({ thing }) => thing).toSorted()).toEqual(
      [...lines, `token:${token.id}`].toSorted(),
    );
    expect(found.audit.opening).toHaveLength(1);
    expect((await devicesOf(first, "alice@contoso.test"))[0]?.state).toBe("allowed"); // nothing was changed yet

    await reconcile("--apply");
    expect((await devicesOf(first, "alice@contoso.test"))[0]?.state).toBe("blocked");
    expect(await status(first, bob)).not.toBe(200);
    const tokens = (await operator(first, "token", "list")) as { id: string; revokedAt: string | null }[];
    expect(tokens.find(({ id }) => id === token.id)?.revokedAt).not.toBeNull();
    expect((await reconcile()).findings).toEqual([]);
    // The guard believes what D1 says from now on.
    await operator(first, "user", "enable", "bob@contoso.test");
    expect(await status(first, bob)).toBe(200);
    await operator(first, "user", "disable", "bob@contoso.test");
    expect(await status(first, bob)).not.toBe(200);
  });
});
