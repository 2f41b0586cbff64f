// `postern user …` from command line to exit code, with an API of the tests' own.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { no, ok } from "../test/kit/gateway/command.ts";
import { folderPerTest, page, scriptedApi } from "../test/kit/gateway/scripted-api.ts";
import type * as A from "./reach/answers.ts";

const ALICE: A.WholeUserAnswer = {
  ...{
    id: "u_1",
    sipUri: "sip:alice@contoso.test",
    account: "CONTOSO\\alice",
    upn: "alice@contoso.test",
    displayName: null,
  },
  ...{
    mail: null,
    mobile: null,
    sid: null,
    language: null,
    pool: "pool2.contoso.local",
    homePool: "emea",
    directory: null,
  },
  ...{ groups: ["staff", "site=berlin"], enrolment: "window", maxDevices: 2, windowUntil: "2026-11-23T12:00:00.000Z" },
  ...{ createdAt: "2026-11-01T08:00:00.000Z", createdBy: null, disabledAt: null, revision: 3 },
  names: [
    { name: "alice@contoso.test", kind: "sip" },
    { name: "contoso\\alice", kind: "account" },
  ],
};
const PATH = "/v1/users/alice%40contoso.test";

const { asked, run } = scriptedApi();
const folder = folderPerTest();

describe("user", () => {
  it("S-10: show asks by every spelling of every name, and by the id", async () => {
    for (const name of ["Alice@contoso.test", "sip:alice@contoso.test", "CONTOSO\\alice", "contoso/alice", "u_1"]) {
      asked.length = 0;
      expect((await run(ok(ALICE), "user", "show", name)).code).toBe(0);
    }
    asked.length = 0;
    const { out } = await run(ok(ALICE), "user", "show", "CONTOSO/alice");
    expect(asked).toEqual([{ method: "GET", path: "/v1/users/contoso%5Calice" }]);
    expect(out, "S-70").toMatch(/pool +emea \(pool2\.contoso\.local\)\n/);
    expect(out).toMatch(/groups +staff, site=berlin\n +enrolment +window\n +most devices +2\n/);
    expect(out).toMatch(/enrolment window +until 2026-11-23T12:00:00\.000Z/);
    expect(out).toMatch(/signs in as +alice@contoso\.test \(sip\)\n +contoso\\alice \(account\)\n$/);
    asked.length = 0;
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
      page([listedAlice, bob]),
      "user",
      "list",
      "--query",
      "a b",
      "--state",
      "disabled",
      "--group",
      "staff",
      "--origin",
      "manual",
    );
    expect(asked[0]?.path).toBe("/v1/users?q=a+b&state=disabled&group=staff&origin=manual&limit=100");
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
    const odd = await run(ok({ ...ALICE, sipUri: "sip:$(x)@contoso.test", upn: null }), ...argv);
    expect(odd.out).toContain("user set SIP_URI --upn");
    expect((await run(no("name-taken"), ...argv)).code).toBe(4);
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
    asked.length = 0;
    const alias = ok({ user: "sip:alice@contoso.test", alias: "c\\al", changed: true });
    await run(alias, "user", "alias", "add", "alice@contoso.test", "C\\al");
    asked.length = 1;
    await run(alias, "user", "alias", "remove", "alice@contoso.test", "C/al");
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
    asked.length = 0;
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
    const file = join(folder(), "leavers.txt");
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
    asked.length = 0;
    const dry = await run(ok({ rows: [rows[0]] }), "user", "delete", "a@b.test", "--dry-run");
    expect([dry.code, asked[0]?.body]).toEqual([0, { rows: [{ op: "delete", user: "a@b.test" }], dryRun: true }]);
    expect(dry.out).toContain("Nothing was done: this is what would be.");
  });
});
