// Adding many users from a file; and options that people write in another way than is meant.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { type Asked, ok, runAgainst } from "../test/kit/gateway/command.ts";

const folder = mkdtempSync(join(tmpdir(), "postern-many-"));
afterAll(() => rmSync(folder, { recursive: true }));
let asked: Asked[];
beforeEach(() => {
  asked = [];
});

const file = (text: string): string => {
  const name = join(folder, "users.csv");
  writeFileSync(name, text);
  return name;
};
const report = (...rows: object[]) => ok({ rows: rows.map((one, row) => ({ row, ...one })) });
const run = (answer: ReturnType<typeof ok>, ...argv: string[]) => runAgainst(() => answer, asked, argv);

describe("user add --file", () => {
  it("adds a user for each line, by the heads of the list, and reports each", async () => {
    const csv = `\ufeffNAME,SIP ADDRESS,ACCOUNT,UPN,STATE,GROUPS
"Jones, Carol",sip:carol@contoso.test,CONTOSO\\carol,carol@contoso.test,may sign in,sales site=berlin
# a remark

,sip:dan@contoso.test,CONTOSO\\dan,,,
`;
    const taken = { status: "failed", code: "name-taken", message: "Taken." };
    const answer = report({ status: "done" }, taken);
    const { code, out } = await run(answer, "user", "add", "--file", file(csv), "--why", "new site", "--yes");
    const carol = { sipUri: "sip:carol@contoso.test", account: "CONTOSO\\carol", upn: "carol@contoso.test" };
    const rows = [
      { op: "create", ...carol, displayName: "Jones, Carol", groups: ["sales", "site=berlin"] },
      { op: "create", sipUri: "sip:dan@contoso.test", account: "CONTOSO\\dan" },
    ];
    expect(asked).toEqual([
      { method: "POST", path: "/v1/users/batch", body: { rows, dryRun: false, why: "new site" } },
    ]);
    expect(code).toBe(1);
    expect(out).toMatch(/2 +sip:dan@contoso.test +failed +Taken\.\n\n2 lines: 1 done, 1 failed\./);
  });

  it("takes words between spaces without heads, in a dry run too", async () => {
    const lines = file("sip:a@b.test B\\a a@b.test\nsip:c@b.test B/c\n");
    await run(report({ status: "done" }, { status: "done" }), "user", "add", "--file", lines, "--dry-run");
    expect(asked[0]?.body).toMatchObject({
      rows: [
        { account: "B\\a", upn: "a@b.test" },
        { sipUri: "sip:c@b.test", account: "B/c" },
      ],
      dryRun: true,
    });
  });

  it.each([
    [["--file", "SHORT"], "has no SIP address or no account"],
    [["sip:a@b.test", "--file", "SHORT"], "takes no SIP_URI beside it"],
    [[], "needs SIP_URI or --file"],
    [["sip:a@b.test", "--account", "B/a", "--dry-run"], "--dry-run is for --file"],
  ])("%j is a usage error, and nothing is asked", async (argv, text) => {
    const short = file("sip:a@b.test\n");
    const given = argv.map((word) => (word === "SHORT" ? short : word));
    const { code, err } = await run(report(), "user", "add", ...given);
    expect([code, asked]).toEqual([2, []]);
    expect(err).toContain(text);
  });
});

it("a time without its unit is told which units there are", async () => {
  const { code, err } = await run(ok({}), "password", "create", "a@b.test", "--expires-in", "90");
  expect([code, asked]).toEqual([2, []]);
  expect(err).toContain("90d is days");
});

it("device list takes the user as a word or as an option, and not both", async () => {
  const none = ok({ items: [], next: null });
  await run(none, "device", "list", "--user", "alice@contoso.test");
  expect(asked[0]?.path).toContain("user=alice%40contoso.test");
  const { code, err } = await run(none, "device", "list", "a@b.test", "--user", "alice@contoso.test");
  expect([code, err]).toEqual([2, expect.stringContaining("USER and --user exclude each other")]);
});

it("password list says what ends soon, and until when an old secret lasts", async () => {
  const live = { id: "p_1", label: "", state: "live", createdAt: "2026-01-01T00:00:00.000Z", expiresAt: null };
  const soon = { ...live, runsOutSoon: true, oldUntil: "2026-12-01T00:00:00.000Z" };
  const { out } = await run(ok({ user: "sip:a@b.test", items: [soon] }), "password", "list", "a@b.test");
  expect(out).toContain("live, ends soon, the secret before too until 2026-12-01T00:00:00.000Z");
});
