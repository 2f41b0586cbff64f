// The command line as a whole, and the commands of users, app passwords, tokens, administrators, targets and keys, with an API of
// the tests' own.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseKeyring } from "../src/core/crypto/keyring.ts";
import { signingKey } from "../src/core/crypto/signing-keys.ts";
import { type Asked, no, ok, type Reply, type Run, runAgainst, runIn } from "../test/kit/gateway/command.ts";
import { BRIEFS, GROUPS, isCommand, loaded } from "./catalogue.ts";
import type * as A from "./reach/answers.ts";

const ALICE: A.WholeUserAnswer = {
  ...{
    id: "u_1",
    sipUri: "sip:alice@contoso.test",
    account: "CONTOSO\\alice",
    upn: "alice@contoso.test",
    displayName: null,
  },
  ...{ groups: ["staff", "site=berlin"], enrolment: "window", maxDevices: 2, windowUntil: "2026-11-23T12:00:00.000Z" },
  ...{ createdAt: "2026-11-01T08:00:00.000Z", createdBy: null, disabledAt: null, revision: 3 },
  names: [
    { name: "alice@contoso.test", kind: "sip" },
    { name: "contoso\\alice", kind: "account" },
  ],
};
const PATH = "/v1/users/alice%40contoso.test";
const TOKEN = "pt_0123456789abcdef_secret";

let asked: Asked[];
let home: string;
beforeEach(() => {
  asked = [];
  home = mkdtempSync(join(tmpdir(), "postern-command-"));
});
afterEach(() => rmSync(home, { recursive: true }));

/** Runs one command; the API gives these answers in turn. */
const run = (answers: Reply | readonly Reply[], ...argv: string[]): Promise<Run> => {
  const all = [answers].flat();
  return runAgainst(() => all[asked.length - 1], asked, argv);
};
const page = (...items: readonly unknown[]) => ok({ items, next: null });

describe("the command line", () => {
  const levels = ["", ...Object.keys(GROUPS), ...BRIEFS.map(({ name }) => name)].map((name) => [name]);

  it.each(levels)("%j has help that fits a terminal, with examples of what exists", async (name) => {
    const { code, out, err } = await runIn({}, [...name.split(" ").filter((word) => word !== ""), "--help"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("--target <name>");
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
    if (!isCommand(name)) return;
    const { examples, words } = await loaded(name);
    expect(examples.length).toBeGreaterThan(0);
    for (const word of words) expect(out).not.toMatch(new RegExp(`^  ${word.replace(/\W/g, "")}\\s*$`, "m"));
    for (const example of examples) expect(example).toMatch(new RegExp(`(^|npx postern )${name}( |$)`));
  });

  it("shows its version, and help as JSON", async () => {
    expect(await runIn({}, ["--version"])).toEqual({ code: 0, out: "1.2.3\n", err: "" });
    expect(JSON.parse((await runIn({}, ["user", "--help", "--json"])).out)).toEqual({
      text: expect.stringContaining("Usage: postern user"),
    });
  });

  it.each([
    [[], "no command given"],
    [["user"], '"user" needs a command'],
    [["frobnicate"], "unknown command 'frobnicate'"],
    [["usr", "list"], "Did you mean user?"],
    [["user", "lst"], "Did you mean list?"],
    [["user", "list", "--stat", "x"], "Did you mean --state?"],
    [["user", "show"], "missing required argument 'USER'"],
    [["user", "show", "a@b.test", "c"], "too many arguments"],
    [["user", "show", "alice"], "unqualified"],
    [["user", "add", "sip:a@b.test"], "needs --account"],
    [["user", "list", "--state", "gone"], "Allowed choices are enabled, disabled"],
    [["user", "set", "a@b.test"], "there is nothing to change"],
    [["user", "set", "a@b.test", "--group", "a", "--no-groups"], "exclude each other"],
    [["user", "set", "a@b.test", "--max-devices", "-1"], "from 0 to 100"],
    [["user", "set", "a@b.test", "--max-devices", "1.5"], "from 0 to 100"],
    [["user", "rename", "a@b.test"], "there is nothing to change"],
    [["user", "disable"], "needs USER or --file"],
    [["password", "list"], "needs USER or --ends-within"],
    [["password", "create", "a@b.test", "--expires-in", "90m"], "counts whole days"],
    [["password", "create", "a@b.test", "--expires-in", "9d", "--expires", "2027-01-01"], "exclude each other"],
    [["password", "change", "a@b.test", "p_1"], "there is nothing to change"],
    [["token", "create", "x"], "needs --scope"],
    [["admin", "add", "x@b.test"], "needs --role"],
    [["admin", "change", "a_1", "--enable", "--disable"], "exclude each other"],
    [["keys", "new", "--json", "extra"], "too many arguments"],
  ])("%j is a usage error, and nothing is asked", async (argv, text) => {
    const { code, out, err } = await run([], ...argv);
    expect([code, out, asked]).toEqual([2, "", []]);
    expect(err.replaceAll("\\", "")).toContain(text.replaceAll("\\", ""));
  });

  it.each(["--local", "--remote", "--env", "--env=production"])(
    "%s of the old command says what to use instead",
    async (old) => {
      for (const argv of [
        ["user", "list", old],
        ["why", old, "production", "--request", "x"],
        [old, "lock", "list"],
      ]) {
        const { code, err } = await run([], ...argv);
        expect([code, asked]).toEqual([2, []]);
        expect(err).toContain("is gone: every command asks a target");
        expect(err).toContain(old === "--local" ? "--target local" : "npx postern target add production");
      }
    },
  );

  it("with --json a fault is JSON on standard error", async () => {
    const { code, out, err } = await run(no("no-such-user"), "user", "show", "bob@contoso.test", "--json");
    expect([code, out]).toEqual([3, ""]);
    expect(JSON.parse(err)).toEqual({
      error: {
        ...{
          kind: "notFound",
          message: "The gateway says why",
          fix: "See: npx postern user list",
          code: "no-such-user",
        },
        ...{ target: expect.stringMatching(/^127\.0\.0\.1:/), errors: [], requestId: "r-1" },
      },
    });
  });

  it("an unexpected fault says its cause", async () => {
    const now = () => {
      throw new Error("outer", { cause: new Error("the clock stands still") });
    };
    const { code, err } = await runIn({ now }, ["keys", "new"]);
    expect([code, err]).toEqual([1, expect.stringContaining("the clock stands still")]);
  });

  it("a target may be named before or after the command", async () => {
    for (const argv of [
      ["--target", "nowhere", "lock", "list"],
      ["lock", "list", "--target", "nowhere"],
      ["lock", "list", "--target=nowhere"],
    ]) {
      expect((await runIn({}, argv)).err).toContain('there is no target "nowhere"');
    }
  });
});

describe("user", () => {
  it("S-10: show asks by every spelling of every name, and by the id", async () => {
    for (const name of ["Alice@contoso.test", "sip:alice@contoso.test", "CONTOSO\\alice", "contoso/alice", "u_1"]) {
      asked = [];
      expect((await run(ok(ALICE), "user", "show", name)).code).toBe(0);
    }
    asked = [];
    const { out } = await run(ok(ALICE), "user", "show", "CONTOSO/alice");
    expect(asked).toEqual([{ method: "GET", path: "/v1/users/contoso%5Calice" }]);
    expect(out).toMatch(/groups +staff, site=berlin\n +enrolment +window\n +most devices +2\n/);
    expect(out).toMatch(/enrolment window +until 2026-11-23T12:00:00\.000Z/);
    expect(out).toMatch(/signs in as +alice@contoso\.test \(sip\)\n +contoso\\alice \(account\)\n$/);
    asked = [];
    expect(JSON.parse((await run(ok(ALICE), "user", "show", "u_1", "--json")).out)).toEqual(ALICE);
  });

  it("list asks for what the options say", async () => {
    const { names: _, ...listedAlice } = ALICE;
    const bob: A.UserAnswer = {
      ...listedAlice,
      sipUri: "sip:bob@contoso.test",
      groups: [],
      enrolment: null,
      maxDevices: null,
      disabledAt: "2026-11-02T08:00:00.000Z",
    };
    const { out } = await run(
      page(listedAlice, bob),
      "user",
      "list",
      "--query",
      "a b",
      "--state",
      "disabled",
      "--group",
      "staff",
    );
    expect(asked[0]?.path).toBe("/v1/users?q=a+b&state=disabled&group=staff&limit=100");
    expect(
      out
        .split("\n")
        .map((line) => line.split(/ {2,}/))
        .slice(0, 3),
    ).toEqual([
      ["SIP ADDRESS", "ACCOUNT", "UPN", "STATE", "GROUPS", "ENROLMENT", "MOST DEVICES"],
      [
        "sip:alice@contoso.test",
        "CONTOSO\\alice",
        "alice@contoso.test",
        "may sign in",
        "staff site=berlin",
        "window",
        "2",
      ],
      [
        "sip:bob@contoso.test",
        "CONTOSO\\alice",
        "alice@contoso.test",
        "disabled 2026-11-02T08:00:00.000Z",
        "-",
        "-",
        "-",
      ],
    ]);
  });

  it("add sends what is given, names the target, and says what a user without a UPN cannot do", async () => {
    const argv = [
      "user",
      "add",
      "sip:eve@contoso.test",
      "--account",
      "C/eve",
      "--name",
      "a@b.test",
      "--name",
      "c@d.test",
      "--why",
      "new",
    ];
    const { out } = await run(ok({ ...ALICE, sipUri: "sip:eve@contoso.test", upn: null }), ...argv);
    const body = { sipUri: "sip:eve@contoso.test", account: "C/eve", aliases: ["a@b.test", "c@d.test"], why: "new" };
    expect(asked).toEqual([{ method: "POST", path: "/v1/users", body }]);
    expect(out).toContain("has no UPN, so every sign-in ends in 503 (sign-on-no-upn)");
    expect(out).toContain("npx postern user set sip:eve@contoso.test --upn NAME@DOMAIN");
    expect(out).toMatch(/\n\nTarget: 127\.0\.0\.1:\d+\n$/);
    const odd = await run([ok(ALICE), ok({ ...ALICE, sipUri: "sip:$(x)@contoso.test", upn: null })], ...argv);
    expect(odd.out).toContain("user set SIP_URI --upn");
    expect((await run([no("name-taken"), no("name-taken"), no("name-taken")], ...argv)).code).toBe(4);
  });

  it.each([
    [["--group", "staff", "--group", "site=berlin"], { groups: ["staff", "site=berlin"] }],
    [["--no-groups"], { groups: [] }],
    [["--enrolment", "approval"], { enrolment: "approval" }],
    [["--enrolment", "policy"], { enrolment: null }],
    [["--upn", "Alice.L@contoso.test"], { upn: "Alice.L@contoso.test" }],
    [["--max-devices", "0"], { maxDevices: 0 }],
    [["--max-devices", "policy", "--why", "as all"], { maxDevices: null, why: "as all" }],
  ])("set %j asks for %j", async (options, body) => {
    const { code, out } = await run(ok(ALICE), "user", "set", "alice@contoso.test", ...options);
    expect([code, asked]).toEqual([0, [{ method: "PATCH", path: PATH, body }]]);
    expect(out).toContain("In force from now on: sip:alice@contoso.test");
  });

  it("rename and alias say which names are free", async () => {
    const renamed = {
      id: "u_1",
      sipUri: "sip:al@b.test",
      upn: null,
      account: "C\\al",
      changed: true,
      released: ["alice@contoso.test"],
      inPolicy: true,
    };
    const { out } = await run(
      ok(renamed),
      "user",
      "rename",
      "alice@contoso.test",
      "--sip-uri",
      "al@b.test",
      "--keep-old-address",
    );
    expect(asked[0]).toEqual({
      method: "POST",
      path: `${PATH}/rename`,
      body: { sipUri: "al@b.test", keepOldAddress: true },
    });
    expect(out).toMatch(/sip:al@b\.test[\s\S]*free now +alice@contoso\.test[\s\S]*policy names the old address/);
    asked = [];
    const alias = ok({ user: "sip:alice@contoso.test", alias: "c\\al", changed: true });
    await run(alias, "user", "alias", "add", "alice@contoso.test", "C\\al");
    asked = asked.slice(0, 1);
    await run([alias, alias], "user", "alias", "remove", "alice@contoso.test", "C/al");
    expect(asked).toEqual([
      { method: "POST", path: `${PATH}/aliases`, body: { name: "C\\al" } },
      { method: "DELETE", path: `${PATH}/aliases/c%5Cal`, body: {} },
    ]);
  });

  it("disable and enable one, with the hint about certificates", async () => {
    const changed = ok({ user: "sip:alice@contoso.test", changed: true, revokeCertificates: "Revoke-X" });
    const { out } = await run(changed, "user", "disable", "alice@contoso.test", "--why", "left");
    expect(asked).toEqual([{ method: "POST", path: `${PATH}/disable`, body: { why: "left" } }]);
    expect(out).toMatch(/^sip:alice@contoso\.test is disabled\. Nothing more is served to this user\.[\s\S]*Revoke-X/);
    asked = [];
    expect((await run(ok({ user: "sip:alice@contoso.test", changed: false }), "user", "enable", "u_1")).out).toContain(
      "was enabled already",
    );
  });

  it("delete asks first; without a terminal it needs --yes", async () => {
    const deleted = {
      id: "u_1",
      user: "sip:alice@contoso.test",
      policies: [2],
      networksLeft: 0,
      revokeCertificates: "Revoke-X",
    };
    expect((await run(ok(deleted), "user", "delete", "alice@contoso.test")).err).toContain("nothing was done");
    expect(asked).toEqual([]);
    const { out } = await run(ok(deleted), "user", "delete", "alice@contoso.test", "--yes");
    expect(asked).toEqual([{ method: "DELETE", path: PATH, body: {} }]);
    expect(out).toContain("is deleted");
  });

  it("many at once are one request for every 200, and reported row by row", async () => {
    const file = join(home, "leavers.txt");
    writeFileSync(file, Array.from({ length: 250 }, (_, at) => `u${at}@contoso.test`).join("\n"));
    const rows = (count: number) =>
      ok({ rows: Array.from({ length: count }, (_, row) => ({ row, op: "disable", status: "done" })) });
    const { code, out } = await run([rows(200), rows(50)], "user", "disable", "--file", file, "--yes", "--why", "left");
    expect(code).toBe(0);
    expect(asked.map(({ path, body }) => [path, (body as { rows: unknown[] }).rows.length])).toEqual([
      ["/v1/users/batch", 200],
      ["/v1/users/batch", 50],
    ]);
    expect(asked[1]?.body).toMatchObject({
      dryRun: false,
      why: "left",
      rows: expect.arrayContaining([{ op: "disable", user: "u249@contoso.test" }]),
    });
    expect(out).toContain("250 lines: 250 done.");
    expect(out).toMatch(/^250 +u249@contoso\.test +done/m);
  });

  it("two words are many too, and need --yes where nobody can be asked", async () => {
    const refused = await run([], "user", "disable", "a@b.test", "c@d.test");
    expect([refused.code, refused.err]).toEqual([
      2,
      expect.stringContaining("this would disable 2 users at the target 127."),
    ]);
    const rows = [
      { row: 0, op: "disable", status: "done" },
      { row: 1, op: "disable", status: "failed", code: "no-such-user", message: "Nobody has the name." },
    ];
    const { code, out } = await run(ok({ rows }), "user", "disable", "a@b.test", "c@d.test", "--yes");
    expect(code).toBe(1);
    expect(out).toMatch(/c@d\.test +failed +Nobody has the name\.\n\n2 lines: 1 done, 1 failed\./);
    asked = [];
    const dry = await run(ok({ rows: [rows[0]] }), "user", "delete", "a@b.test", "--dry-run");
    expect([dry.code, asked[0]?.body]).toEqual([0, { rows: [{ op: "delete", user: "a@b.test" }], dryRun: true }]);
    expect(dry.out).toContain("Nothing was done: this is what would be.");
  });
});

describe("password", () => {
  const made = {
    ...{
      id: "p_1",
      user: "sip:alice@contoso.test",
      label: "phone",
      password: "aaaa-bbbb",
      expiresAt: "2027-01-01T00:00:00.000Z",
    },
    userDisabled: true,
  };

  it("S-16: create prints what the gateway made, once", async () => {
    const { out, err } = await run(
      ok(made),
      "password",
      "create",
      "alice@contoso.test",
      "--label",
      "phone",
      "--expires-in",
      "90d",
    );
    expect(asked).toEqual([{ method: "POST", path: `${PATH}/passwords`, body: { label: "phone", expiresInDays: 90 } }]);
    expect([out.split("aaaa-bbbb").length, err]).toEqual([2, ""]);
    expect(out).toContain(
      "It ends 2027-01-01T00:00:00.000Z. To revoke it: npx postern password revoke sip:alice@contoso.test p_1",
    );
    expect(out).toContain("is disabled and cannot sign in with it yet");
  });

  it("renew and change send what is given", async () => {
    await run(ok(made), "password", "renew", "alice@contoso.test", "p_1", "--old-for", "2d");
    await run(
      [ok(made), ok(made)],
      "password",
      "change",
      "alice@contoso.test",
      "p_1",
      "--expires",
      "2027-01-31",
      "--label",
      "tablet",
    );
    expect(asked).toEqual([
      { method: "POST", path: `${PATH}/passwords/p_1/renew`, body: { oldForDays: 2 } },
      {
        method: "PATCH",
        path: `${PATH}/passwords/p_1`,
        body: { label: "tablet", expiresAt: "2027-01-31T00:00:00.000Z" },
      },
    ]);
  });

  it("list says how each stands; or which of all end soon", async () => {
    const one = (id: string, state: A.PasswordAnswer["state"]): Partial<A.PasswordAnswer> => ({
      ...{
        id,
        state,
        label: "",
        createdAt: "c",
        expiresAt: null,
        lastUsedAt: null,
        oldUntil: null,
        runsOutSoon: false,
        revokedAt: state === "revoked" ? "r" : null,
      },
    });
    const items = [one("p_1", "live"), one("p_2", "revoked"), one("p_3", "device-blocked"), one("p_4", "expired")];
    const { out } = await run(ok({ user: "u", items }), "password", "list", "alice@contoso.test");
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => line.split(/ {2,}/).at(-1)),
    ).toEqual([...["STATE", "live", "revoked r", "opens nothing: its device is blocked", "expired"]]);
    asked = [];
    await run(page(), "password", "list", "--ends-within", "14d");
    expect(asked[0]?.path).toBe("/v1/passwords?expiresBefore=1970-01-15T00%3A00%3A00.000Z&limit=100");
  });

  it("revoke says what becomes of the device, and that an odd id belongs to nobody", async () => {
    const revoked = {
      user: "sip:alice@contoso.test",
      id: "p_1",
      revokedAt: "2026-11-23T12:00:00.000Z",
      device: null,
      revokeCertificates: null,
    };
    const { out } = await run(ok(revoked), "password", "revoke", "alice@contoso.test", "p_1", "--why", "sold");
    expect(asked).toEqual([{ method: "POST", path: `${PATH}/passwords/p_1/revoke`, body: { why: "sold" } }]);
    expect(out).toContain("p_1 of sip:alice@contoso.test is revoked since 2026-11-23T12:00:00.000Z.");
    asked = [];
    expect([(await run([], "password", "revoke", "alice@contoso.test", "p 1/..")).code, asked]).toEqual([3, []]);
  });
});

describe("token, admin, whoami", () => {
  it("a token is shown once, with what to do with it", async () => {
    const token = {
      id: "t_1",
      name: "monitoring",
      scope: "metrics",
      expiresAt: "2027-02-25T00:00:00.000Z",
      token: "pt_x_y",
    };
    const { out } = await run(ok(token), "token", "create", "monitoring", "--scope", "metrics", "--days", "90");
    expect(asked).toEqual([
      { method: "POST", path: "/v1/tokens", body: { name: "monitoring", scope: "metrics", expiresInDays: 90 } },
    ]);
    expect(out.split("pt_x_y")).toHaveLength(2);
    expect(out).toContain("npx postern token revoke t_1");
    asked = [];
    await run(ok(token), "token", "revoke", "t_1");
    expect(asked).toEqual([{ method: "POST", path: "/v1/tokens/t_1/revoke", body: {} }]);
  });

  it("administrators are added, changed and removed", async () => {
    const carol = {
      id: "a_1",
      name: "Carol",
      email: "carol@b.test",
      role: "helpdesk",
      createdAt: "c",
      disabledAt: null,
    };
    const all = [ok(carol), ok(carol), ok(carol)];
    await run(all, "admin", "add", "carol@b.test", "--name", "Carol", "--role", "helpdesk");
    await run(all, "admin", "change", "a_1", "--disable");
    const { out } = await run(all, "admin", "remove", "a_1", "--why", "left");
    expect(out).toContain("Removed a_1 Carol <carol@b.test>, helpdesk.");
    expect(asked).toEqual([
      { method: "POST", path: "/v1/administrators", body: { email: "carol@b.test", name: "Carol", role: "helpdesk" } },
      { method: "PATCH", path: "/v1/administrators/a_1", body: { disabled: true } },
      { method: "DELETE", path: "/v1/administrators/a_1", body: { why: "left" } },
    ]);
  });
});

describe("target", () => {
  const file = () => join(home, ".config", "postern", "targets.json");
  const act = (argv: readonly string[], input = "", question?: (text: string, secret?: boolean) => Promise<string>) =>
    runAgainst(
      () => ok({ id: "t_1", name: "Desk", kind: "token", scope: "helpdesk", expiresAt: null }),
      asked,
      argv,
      { input: async () => input, ...(question === undefined ? {} : { question }) },
      ({ POSTERN_URL: url = "" }) => {
        address = url;
        return { HOME: home };
      },
    );
  let address = "";

  it("S-16: is added with a token that is no argument, after the gateway has accepted it; the file is the owner's", async () => {
    // The address is known only while the API runs: so the first command finds it out.
    await act(["target", "list"]);
    const { code, out } = await act(["target", "add", "staging", "https://staging.test", "--no-check"], `${TOKEN}\n`);
    expect([code, statSync(file()).mode & 0o777]).toEqual([0, 0o600]);
    expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual({
      targets: { staging: { url: "https://staging.test", token: TOKEN } },
    });
    expect(out).toContain("Added staging, https://staging.test. Name it with --target staging");
    expect(out).not.toContain(TOKEN);
    expect((await act(["target", "list", "--csv"])).out).toContain("staging,https://staging.test,\n");
    expect((await act(["target", "use", "staging"])).code).toBe(0);
    const shown = await act(["target", "show"]);
    expect(shown.out).toMatch(/^staging\n +address +https:\/\/staging\.test\n/);
    expect(shown.out).not.toContain(TOKEN);
    expect((await act(["target", "remove", "staging"])).code).toBe(0);
    expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual({ targets: {} });
    expect(asked).toEqual([]);
  });

  it("asks a person for the token without showing it, and the gateway whether it is right", async () => {
    const questions: [string, boolean | undefined][] = [];
    const question = async (text: string, secret?: boolean) => {
      questions.push([text, secret]);
      return TOKEN;
    };
    const again = { ...{ input: async () => "", question } };
    let url = "";
    const argv = ["target", "add", "desk"];
    const answer = () => ok({ id: "t_1", name: "Desk", kind: "token", scope: "helpdesk", expiresAt: null });
    const { code, out } = await runAgainst(answer, asked, argv, again, (env) => {
      url = env.POSTERN_URL ?? "";
      argv.push(url); // the API has its address by now
      return { HOME: home };
    });
    expect([code, questions]).toEqual([0, [["Token (not shown): ", true]]]);
    expect(asked).toEqual([{ method: "GET", path: "/v1/whoami" }]);
    expect(out).toContain('Its token is "Desk", scope helpdesk.');
  });

  it.each([
    [["target", "add", "local", "https://a.test"], TOKEN, "cannot be the name of a target"],
    [["target", "add", "a b", "https://a.test"], TOKEN, "cannot be the name of a target"],
    [["target", "add", "a", "http://a.test"], TOKEN, "is not the address"],
    [["target", "add", "a", "https://a.test"], "short", "that is not a token"],
    [
      ["target", "add", "a", "https://a.test", "--access-id", "x", "--no-check"],
      TOKEN,
      "the secret of the service token is missing",
    ],
    [["target", "use", "a"], "", 'there is no target "a"'],
    [["target", "remove", "a"], "", 'there is no target "a"'],
  ])("%j is refused, and nothing is kept", async (argv, input, text) => {
    const { code, err } = await act(argv, input);
    expect([code, err]).toEqual([2, expect.stringContaining(text)]);
    expect(() => statSync(file())).toThrow();
    expect(address).not.toBe("");
  });

  it("keeps the service token of Access, its secret on the second line", async () => {
    const argv = ["target", "add", "a", "https://a.test", "--access-id", "id.access", "--no-check"];
    expect((await act(argv, `${TOKEN}\nsecret\n`)).code).toBe(0);
    expect(JSON.parse(readFileSync(file(), "utf8")).targets.a.access).toEqual({ id: "id.access", secret: "secret" });
  });
});

describe("keys new", () => {
  const json = async (...argv: string[]) =>
    JSON.parse((await runIn({}, ["keys", "new", ...argv, "--json"])).out) as Record<string, unknown>;

  it("S-15: prints a key that parses, another each time, and asks nobody", async () => {
    const { key } = await json();
    expect(parseKeyring(String(key)).ok).toBe(true);
    expect((await json()).key).not.toBe(key);
    expect((await runIn({}, ["keys", "new"])).out).toContain("wrangler secret put SEALING_KEYS");
  });

  it("a pair for the connectors: a secret that signs, its public half, and the id of both", async () => {
    const pair = await json("--connector");
    const { secret, public: publicJwk, id } = pair;
    expect(Object.keys(pair)).toEqual(["secret", "public", "id"]);
    expect(publicJwk).toEqual({ kty: "OKP", crv: "Ed25519", x: expect.stringMatching(/^[\w-]{43}$/) });
    expect(await signingKey(Buffer.from(String(secret), "base64"))).toMatchObject({ id, publicJwk });
    expect((await runIn({}, ["keys", "new", "--connector"])).out).toContain("wrangler secret put SIGN_ON_KEYS");
  });
});

describe("the program", () => {
  const launcher = join(import.meta.dirname, "postern.mjs");
  const start = (...argv: string[]): string =>
    execFileSync(process.execPath, [launcher, ...argv], { encoding: "utf8" });

  it("runs from anywhere, and stops quietly when nobody reads", () => {
    expect(execFileSync(process.execPath, [launcher, "--version"], { cwd: tmpdir(), encoding: "utf8" })).toMatch(
      /^\d+\.\d+\.\d+\n$/,
    );
    const command = `"${process.execPath}" "${launcher}" --help | head -1`;
    expect(spawnSync("sh", ["-c", command], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
  });

  it.each(["bash", "zsh", "fish"])("completes in %s", (shell) => {
    expect(start("completion", shell)).toContain("postern");
  });

  it("explains the completion", () => expect(start("completion", "--help")).toContain("Usage: postern completion"));

  it("completes commands, options and their values", () => {
    const completed = (...words: string[]) =>
      start("complete", "--", ...words)
        .split("\n")
        .map((line) => line.split("\t")[0]);
    expect(completed("user", "")).toEqual(expect.arrayContaining(["list", "rename", "alias"]));
    expect(completed("user", "list", "--")).toEqual(expect.arrayContaining(["--state", "--csv"]));
    expect(completed("user", "list", "--state", "")).toEqual(expect.arrayContaining(["enabled", "disabled"]));
  });
});
