// The operator's tool from command line to exit code, on a database in memory.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ntHashesOf } from "../src/core/credentials/app-password.ts";
import { openHashes } from "../src/core/credentials/sealed-hash.ts";
import { parseKeyring } from "../src/core/crypto/keyring.ts";
import { signingKey } from "../src/core/crypto/signing-keys.ts";
import type { Execute } from "./d1.ts";
import { localSealingKeys, newSealingKey } from "./sealing-keys.ts";
import { type MemoryDatabase, memoryDatabase } from "./test/memory-database.ts";
import { type Run, runIn } from "./test/run.ts";
import type { Target } from "./wrangler.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const PASSWORD = /[a-z2-9]{4}(-[a-z2-9]{4}){5}/;

let database: MemoryDatabase;
let folder: string;
let state: string;
let env: Record<string, string>;
let targets: Target[];

beforeEach(() => {
  database = memoryDatabase();
  folder = mkdtempSync(join(tmpdir(), "postern-cli-"));
  state = join(folder, ".postern");
  env = {};
  targets = [];
});

afterEach(() => rmSync(folder, { recursive: true }));

function run(...argv: string[]): Promise<Run> {
  const executeOn = (target: Target): Execute => {
    targets.push(target);
    return database.execute;
  };
  return runIn({ env, state, now: () => NOW, executeOn }, argv);
}

const addAlice = (): Promise<Run> =>
  run("user", "add", "sip:Alice@contoso.test", "--account", "CONTOSO\\alice", "--upn", "alice@corp.contoso.test");

async function json(...argv: string[]): Promise<Record<string, unknown>> {
  const { out } = await run(...argv, "--json");
  return JSON.parse(out) as Record<string, unknown>;
}

describe("the command line", () => {
  it.each([
    [["--help"], "COMMAND …"],
    [["user", "-h"], "postern -- user COMMAND"],
    [["user", "add", "--help"], "postern -- user add SIP_URI"],
    [["password", "--help"], "postern -- password COMMAND"],
    [["password", "revoke", "--help"], "postern -- password revoke USER ID"],
    [["keys", "new", "--help"], "postern -- keys new"],
  ])("%j shows the help of its level", async (argv, text) => {
    const { code, out } = await run(...argv);
    expect(code).toBe(0);
    expect(out).toContain(text);
    expect(out).toContain("--remote");
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
  });

  it("shows its version", async () => {
    expect(await run("--version")).toEqual({ code: 0, out: "1.2.3\n", err: "" });
  });

  it.each([
    [[], "no command given"],
    [["users"], 'there is no command "users"'],
    [["user"], '"user" needs a command'],
    [["user", "remove"], 'there is no command "user remove"'],
    [["user", "show"], '"user show" needs USER'],
    [["password", "revoke", "alice@contoso.test"], '"password revoke" needs ID'],
    [["user", "show", "alice@contoso.test", "bob"], '"user show" takes no "bob"'],
    [["user", "list", "--label", "x"], '"user list" takes no --label'],
    [["user", "list", "--what"], "Unknown option '--what'"],
    [["user", "list", "--local", "--remote"], "--local and --remote exclude each other"],
    [["user", "list", "--env", "production"], "add --remote"],
    [["user", "add", "sip:alice@contoso.test"], '"user add" needs --account'],
    [["user", "add", "alice", "--account", "CONTOSO/alice"], 'SIP_URI "alice"'],
    [["user", "add", "sip:alice@contoso.test", "--account", "CONTOSOalice"], "a backslash that is not quoted"],
    [["user", "add", "sip:alice@contoso.test", "--account", "A/a", "--upn", "A/a"], '--upn "A/a"'],
    [["user", "add", "sip:alice@contoso.test", "--account", "A/a", "--name", "b"], '--name "b"'],
    [["user", "show", "alice"], 'USER "alice"'],
    [["password", "create", "alice@contoso.test", "--label", "a\nb"], "the label is not usable"],
  ])("%j is a usage error, exit code 2", async (argv, text) => {
    const { code, out, err } = await run(...argv);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(text);
    expect(database.executed).toEqual([]);
  });

  it("works on the local database unless told otherwise", async () => {
    await run("user", "list");
    await run("user", "list", "--local");
    await run("user", "list", "--remote");
    await run("user", "list", "--remote", "--env", "production");
    expect(targets).toEqual([
      { kind: "local" },
      { kind: "local" },
      { kind: "remote", environment: undefined },
      { kind: "remote", environment: "production" },
    ]);
  });

  it("with --json a fault is JSON on standard error", async () => {
    const { code, out, err } = await run("user", "show", "nobody@contoso.test", "--json");
    expect({ code, out }).toEqual({ code: 3, out: "" });
    expect(JSON.parse(err)).toEqual({
      error: {
        kind: "notFound",
        message: 'nobody has the name "nobody@contoso.test"',
        fix: 'See "npm run postern -- user list".',
      },
    });
  });
});

describe("user", () => {
  it("S-10: add, then show by every spelling of every name", async () => {
    expect((await addAlice()).code).toBe(0);
    for (const name of ["sip:alice@contoso.test", "ALICE@CONTOSO.TEST", "contoso/ALICE", "Alice@corp.contoso.test."]) {
      expect(await json("user", "show", name)).toMatchObject({
        sipUri: "sip:alice@contoso.test",
        upn: "alice@corp.contoso.test",
        domain: "CONTOSO",
        account: "alice",
        createdAt: "2026-11-23T12:00:00.000Z",
        disabledAt: null,
        names: [
          { name: "contoso\\alice", kind: "account" },
          { name: "alice@contoso.test", kind: "sip" },
          { name: "alice@corp.contoso.test", kind: "upn" },
        ],
      });
    }
    expect((await run("user", "list")).out).toContain("CONTOSO\\alice");
  });

  it("show and list tell what is set of the user's devices, and what is left to the policy", async () => {
    await addAlice();
    expect((await run("user", "show", "alice@contoso.test")).out).toMatch(/most devices +as the policy says/);
    database.rows(
      `update users set groups = '["staff","site=berlin"]', enrolment = 'window', max_devices = 2, window_until = ${NOW}`,
    );
    expect((await run("user", "list")).out).toMatch(/may sign in +staff site=berlin +window +2\n$/);
    const { out } = await run("user", "show", "alice@contoso.test");
    expect(out).toMatch(/groups +staff, site=berlin\n +enrolment +window\n +most devices +2\n/);
    expect(out).toMatch(/enrolment window +until 2026-11-23T12:00:00\.000Z/);
    const shown = await json("user", "show", "alice@contoso.test");
    expect(shown).toMatchObject({ enrolment: "window", maxDevices: 2, windowUntil: "2026-11-23T12:00:00.000Z" });
    expect(shown).not.toHaveProperty("revision");
  });

  it("S-10: a second user with one of the names is a conflict, exit code 4, and nothing is kept", async () => {
    await addAlice();
    const second = await run("user", "add", "sip:al@contoso.test", "--account", "C/al", "--name", "contoso/ALICE");
    expect(second.code).toBe(4);
    expect(second.err).toContain("contoso\\alice");
    expect((await run("user", "show", "al@contoso.test")).code).toBe(3);
    expect((await addAlice()).code).toBe(4);
    expect(database.rows("select * from users")).toHaveLength(1);
  });

  it("a user without a UPN is added, and it is said what that means and what to type", async () => {
    const without = await run("user", "add", "sip:eve@contoso.test", "--account", "C/eve");
    expect(without.code).toBe(0);
    for (const { out } of [without, await run("user", "show", "eve@contoso.test")]) {
      expect(out).toContain("sip:eve@contoso.test has no UPN, so every sign-in ends in 503 (sign-on-no-upn)");
      expect(out).toContain("npm run postern -- user set sip:eve@contoso.test --upn NAME@DOMAIN");
    }
    expect((await addAlice()).out).not.toContain("no UPN");
    const odd = await run("user", "add", "sip:$(x)@contoso.test", "--account", "C/odd");
    expect(odd.out).toContain("user set SIP_URI --upn");
  });

  it("names with SQL in them are names", async () => {
    const evil = "x'); drop table users; --@contoso.test";
    expect((await run("user", "add", "sip:eve@contoso.test", "--account", "C/eve", "--name", evil)).code).toBe(0);
    expect((await json("user", "show", evil)).sipUri).toBe("sip:eve@contoso.test");
    expect((await run("user", "show", "' or 1=1 --@contoso.test")).code).toBe(3);
  });

  it("an empty list says so", async () => {
    expect((await run("user", "list")).out).toBe("No users yet.\n");
    expect(await json("user", "list")).toEqual([]);
  });
});

describe("password", () => {
  it("S-13, S-14: create prints a password whose hashes are stored sealed for its row", async () => {
    await addAlice();
    const created = await json("password", "create", "alice@contoso.test", "--label", "Alice's phone");
    expect(created.password).toMatch(PASSWORD);
    const [row] = database.rows("select id, user_id, label, nt_hashes from app_passwords");
    expect(row).toMatchObject({ id: created.id, label: "Alice's phone" });
    const { sealingKeys } = JSON.parse(readFileSync(join(state, "local.json"), "utf8")) as { sealingKeys: string };
    const keyring = parseKeyring(sealingKeys);
    if (!keyring.ok) expect.fail(keyring.reason);
    const place = { userId: String(row?.user_id), credentialId: String(row?.id) };
    expect(openHashes(keyring.value, place, String(row?.nt_hashes))).toEqual({
      ok: true,
      value: ntHashesOf(String(created.password)),
    });
  });

  it("S-16: the password is printed once and is in no SQL, no file and no other output", async () => {
    await addAlice();
    const { out, err } = await run("password", "create", "alice@contoso.test");
    const password = PASSWORD.exec(out)?.[0] ?? "";
    expect(password).not.toBe("");
    expect(out.split(password)).toHaveLength(2);
    const after = [
      await run("password", "list", "contoso/alice"),
      await run("user", "show", "contoso/alice", "--json"),
    ];
    const everythingElse = [
      err,
      ...after.flatMap((result) => [result.out, result.err]),
      ...database.executed,
      readFileSync(join(state, "local.json"), "utf8"),
    ].join("\n");
    for (const secret of [password, password.replaceAll("-", "")]) expect(everythingElse).not.toContain(secret);
    for (const hash of ntHashesOf(password)) expect(everythingElse).not.toContain(Buffer.from(hash).toString("hex"));
  });

  it("S-15: --remote without SEALING_KEYS is refused before anything is asked, and names the fix", async () => {
    await addAlice();
    database.executed.length = 0;
    for (const keys of [undefined, " ", "not a key"]) {
      env = keys === undefined ? {} : { SEALING_KEYS: keys };
      const { code, err } = await run("password", "create", "alice@contoso.test", "--remote");
      expect(code).toBe(1);
      expect(err).toContain("SEALING_KEYS");
    }
    expect(database.executed).toEqual([]);
  });

  it("S-15: keys that are not the stored passwords' are refused, and nothing is kept", async () => {
    await addAlice();
    env = { SEALING_KEYS: newSealingKey() };
    expect((await run("password", "create", "alice@contoso.test", "--remote")).code).toBe(0);
    const right = env.SEALING_KEYS;
    env = { SEALING_KEYS: newSealingKey() };
    const wrong = await run("password", "create", "alice@contoso.test", "--remote");
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain("Set SEALING_KEYS to the value of the Worker's secret");
    expect(database.rows("select id from app_passwords")).toHaveLength(1);
    env = { SEALING_KEYS: `${newSealingKey()},${right}` };
    expect((await run("password", "create", "alice@contoso.test", "--remote")).code).toBe(0);
  });

  it("S-15: the local keys are made once, for the owner's eyes, and a damaged file is named", async () => {
    await addAlice();
    await run("password", "create", "alice@contoso.test");
    const file = join(state, "local.json");
    const made = readFileSync(file, "utf8");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await run("password", "create", "alice@contoso.test");
    expect(readFileSync(file, "utf8")).toBe(made);
    writeFileSync(file, "{}");
    const damaged = await run("password", "create", "alice@contoso.test");
    expect(damaged.code).toBe(1);
    expect(damaged.err).toContain("local.json");
  });
});

describe("keys", () => {
  it("S-15: new prints a key that parses, another each time, and asks no database", async () => {
    const { key } = await json("keys", "new");
    expect(parseKeyring(String(key)).ok).toBe(true);
    expect((await json("keys", "new")).key).not.toBe(key);
    expect((await run("keys", "new")).out).toContain("wrangler secret put SEALING_KEYS");
    expect(database.executed).toEqual([]);
  });

  it("a pair for the connectors: a secret that signs, its public half, and the id of both", async () => {
    const pair = await json("keys", "new", "--connector");
    const { secret, id, public: publicJwk } = pair;
    expect(Object.keys(pair)).toEqual(["secret", "public", "id"]);
    expect(publicJwk).toEqual({ kty: "OKP", crv: "Ed25519", x: expect.stringMatching(/^[\w-]{43}$/) });
    expect(await signingKey(Buffer.from(String(secret), "base64"))).toMatchObject({ id, publicJwk });
    expect((await run("keys", "new", "--connector")).out).toContain("wrangler secret put SIGN_ON_KEYS");
    expect((await run("audit", "--connector")).code).toBe(2);
  });
});

describe("keys of the local gateway", () => {
  let state: string;
  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), "postern-keys-"));
  });
  afterEach(() => rmSync(state, { recursive: true, force: true }));

  it("are made once", () => {
    expect(localSealingKeys(state)).toBe(localSealingKeys(state));
  });

  it("are not replaced while there is a database that needs them", () => {
    mkdirSync(join(state, "state", "v3", "d1"), { recursive: true });
    expect(() => localSealingKeys(state)).toThrow("local.json is missing");
  });

  it.each(["", "{", "null", "[]", '{"sealingKeys":""}', '{"sealingKeys":1}'])(
    "are not replaced when their file is damaged: %j",
    (content) => {
      writeFileSync(join(state, "local.json"), content);
      expect(() => localSealingKeys(state)).toThrow("local.json");
      expect(readFileSync(join(state, "local.json"), "utf8")).toBe(content);
    },
  );
});

describe("faults", () => {
  it("an unexpected fault says its cause and not the query with its values", async () => {
    await addAlice();
    database = { ...database, execute: () => Promise.reject(new Error("disk I/O error")) };
    const { code, err } = await run("user", "show", "alice@contoso.test");
    expect(code).toBe(1);
    expect(err).toContain("disk I/O error");
    expect(err).not.toContain("select");
  });
});
