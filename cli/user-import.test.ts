// `postern user import` from command line to exit code, with an API of the tests' own.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tableIn } from "../src/core/import/table.ts";
import { no, ok, type Reply } from "../test/kit/gateway/command.ts";
import { folderPerTest, page, scriptedApi } from "../test/kit/gateway/scripted-api.ts";

const { asked, run } = scriptedApi();
const folder = folderPerTest();

const USERS = "GET /v1/users?limit=500";
const BATCH = "POST /v1/users/batch";
const user = (account: string, more: object = {}) => ({
  ...{ id: `u_${account}`, sipUri: `sip:${account}@contoso.test`, account: `CONTOSO\\${account}` },
  ...{ upn: `${account}@contoso.test`, displayName: null, groups: [], disabledAt: null, ...more },
});
const report = (...rows: object[]) => ok({ rows: rows.map((one, row) => ({ row, ...one })) });
const done = (count: number) => report(...Array.from({ length: count }, () => ({ status: "done" })));
const line = (account: string, more = "") => `sip:${account}@contoso.test,${account}@contoso.test,${account},${more}`;
const file = (...lines: string[]): string => {
  const name = join(folder(), "users.csv");
  writeFileSync(name, ["SipAddress,UserPrincipalName,SamAccountName,DisplayName", ...lines].join("\n"));
  return name;
};
const importing = (answers: Parameters<typeof run>[0], name: string, ...words: string[]) =>
  run(answers, "user", "import", name, "--domain", "CONTOSO", ...words);
const writes = () =>
  asked.filter(({ method, body }) => method !== "GET" && (body as { dryRun?: boolean }).dryRun !== true);
const bodies = () => writes().map(({ path, body }) => [path, body]);

/** One of each: new, changed, renamed, with another UPN, the same, and not usable. */
const ONE_OF_EACH = () =>
  file(
    line("new", "New One"),
    line("known", "Known"),
    "sip:smith@contoso.test,smith@contoso.test,alice,",
    "sip:bob@contoso.test,bob@corp.test,bob,",
    line("same"),
    line("no?"),
  );
const THERE = page([user("known"), user("alice"), user("bob"), user("same"), user("left")]);

describe("user import", () => {
  it("says without --apply what would be done about each line, and writes nothing", async () => {
    const { code, out } = await importing({ [USERS]: THERE, [BATCH]: done(1) }, ONE_OF_EACH());
    expect([code, writes()]).toEqual([1, []]);
    expect(out).toMatch(/\n2 +sip:new@contoso.test +add +- +-\n/);
    expect(out).toMatch(/\n3 +sip:known@contoso.test +change +displayName: none -> Known +-\n/);
    expect(out).toMatch(
      /\n4 +sip:smith@contoso.test +rename +sipUri: sip:alice@contoso.test -> sip:smith@contoso.test; upn: /,
    );
    expect(out).toMatch(/\n7 +sip:no\?@contoso.test +refused +- +sip:no\?@contoso.test has lost letters/);
    expect(out).not.toContain("sip:same@");
    expect(out).toContain("6 lines: 1 to add, 2 to change, 1 to rename, 1 unchanged, 1 refused.");
    expect(out).toContain("1 user who may sign in: not in the file, and left as they are.\nNothing was done");
  });

  it("has every line in JSON and in CSV", async () => {
    const answers = { [USERS]: THERE, [BATCH]: done(1) };
    const { out } = await importing(answers, ONE_OF_EACH(), "--json");
    const json = JSON.parse(out) as { readonly rows: object[] };
    expect(json).toMatchObject({
      applied: false,
      untouched: 1,
      counts: { add: 1, change: 2, unchanged: 1, refused: 1 },
    });
    expect(json.rows[1]).toEqual({
      ...{ line: 3, user: "sip:known@contoso.test", result: "change", because: null },
      changes: [{ field: "displayName", before: null, after: "Known" }],
    });
    const csv = await importing(answers, ONE_OF_EACH(), "--csv");
    expect(csv.out.split("\n")).toHaveLength(8);
    expect(csv.out).toContain("6,sip:same@contoso.test,unchanged,,");
    expect(csv.err).toContain("Nothing was done");
  });

  it("does it with --apply, a rename only with --rename, and nobody else is touched", async () => {
    const answers = { [USERS]: THERE, [BATCH]: done(1), "PATCH /v1/users/u_bob": ok({}) };
    const { out } = await importing(answers, ONE_OF_EACH(), "--apply", "--why", "day one", "--yes");
    const why = "day one";
    const fresh = { sipUri: "sip:new@contoso.test", account: "CONTOSO\\new", upn: "new@contoso.test" };
    expect(bodies()).toEqual([
      ["/v1/users/batch", { rows: [{ op: "create", ...fresh, displayName: "New One" }], dryRun: false, why }],
      ["/v1/users/batch", { rows: [{ op: "change", user: "u_known", displayName: "Known" }], dryRun: false, why }],
      ["/v1/users/u_bob", { upn: "bob@corp.test", why }],
    ]);
    expect(out).toContain("6 lines: 1 added, 2 changed, 1 to rename, 1 unchanged, 1 refused.");
    expect(out).toContain("It is done only with --rename.");
  });

  it("renames with --rename, by the operation that renames", async () => {
    const smith = file("sip:smith@contoso.test,smith@contoso.test,alice,Alice Smith");
    const answers = { [USERS]: THERE, "POST /v1/users/u_alice/rename": ok({}), "PATCH /v1/users/u_alice": ok({}) };
    const { code, out } = await importing(answers, smith, "--apply", "--rename", "--keep-old-address", "--yes");
    const names = { sipUri: "sip:smith@contoso.test", upn: "smith@contoso.test", keepOldAddress: true };
    expect(bodies()).toEqual([
      ["/v1/users/u_alice/rename", names],
      ["/v1/users/u_alice", { displayName: "Alice Smith" }],
    ]);
    expect([code, out]).toEqual([0, expect.stringContaining("1 line: 1 renamed.")]);
  });

  it("goes on after a person whom the gateway refuses, and says so", async () => {
    const two = file("sip:x@contoso.test,,alice,", "sip:y@contoso.test,,bob,");
    const answers = {
      ...{ [USERS]: THERE, "POST /v1/users/u_alice/rename": no("name-taken") },
      "POST /v1/users/u_bob/rename": ok({}),
    };
    const { code, out } = await importing(answers, two, "--apply", "--rename", "--yes");
    expect([code, out]).toEqual([1, expect.stringContaining("2 lines: 1 renamed, 1 failed.")]);
  });

  it("S-10: a new person whose name is another's alias is refused, and that other is not missing", async () => {
    const taken = { status: "failed", code: "name-taken", message: "Another user has the name." };
    const answers = {
      ...{ [USERS]: page([user("left")]), [BATCH]: report(taken) },
      "GET /v1/users/new%40contoso.test": ok(user("left")),
      "GET /v1/users/contoso%5Cnew": no("no-such-user"),
    };
    const { code, out } = await importing(answers, file(line("new")), "--disable-missing");
    expect([code, out]).toEqual([1, expect.stringMatching(/refused +- +Another user has the name\.\n/)]);
    expect(out).not.toContain("sip:left@");
  });

  it("says after a fault in the middle that the same command does the rest", async () => {
    const answers: Reply[] = [page([]), done(1), no("unavailable")];
    const { code, err } = await importing(answers, file(line("new")), "--apply", "--yes");
    expect([code, err]).toEqual([1, expect.stringContaining("nothing twice")]);
  });
});

describe("user import --disable-missing", () => {
  const many = Array.from({ length: 100 }, (_, at) => user(`p${at}`));
  const without = (count: number) => file(...many.slice(count).map((_, at) => line(`p${at + count}`)));

  it("disables who is not in the file, with --yes only", async () => {
    const refused = await importing({ [USERS]: page(many) }, without(5), "--apply", "--disable-missing");
    expect([refused.code, asked]).toEqual([2, []]);
    const words = ["--apply", "--disable-missing", "--yes"];
    const { code, out } = await importing({ [USERS]: page(many), [BATCH]: done(5) }, without(5), ...words);
    expect(writes()[0]?.body).toMatchObject({ rows: many.slice(0, 5).map(({ id }) => ({ op: "disable", user: id })) });
    expect([code, out]).toEqual([0, expect.stringContaining("95 lines: 5 disabled, 95 unchanged.")]);
  });

  it("stops before anything is written when it would disable more than 5 %, unless --confirm", async () => {
    const words = ["--apply", "--disable-missing", "--yes"];
    const { code, err } = await importing({ [USERS]: page(many) }, without(6), ...words);
    expect([code, writes()]).toEqual([1, []]);
    expect(err).toContain("nothing was done: it would disable 6 users of 100");
    const report = await importing({ [USERS]: page(many) }, without(6), "--disable-missing");
    expect(report.out).toContain("With --apply this would stop");
    const meant = await importing({ [USERS]: page(many), [BATCH]: done(6) }, without(6), ...words, "--confirm");
    expect([meant.code, writes().length]).toEqual([0, 1]);
  });

  it("stops when it would disable more than 20, though fewer than 5 %", async () => {
    const crowd = Array.from({ length: 500 }, (_, at) => user(`p${at}`));
    const rest = file(...crowd.slice(21).map((_, at) => line(`p${at + 21}`)));
    const { code } = await importing({ [USERS]: page(crowd) }, rest, "--apply", "--disable-missing", "--yes");
    expect([code, writes()]).toEqual([1, []]);
  });

  it("stops when a line has no name that can be read", async () => {
    const spoilt = file(...many.map((_, at) => line(`p${at}`)).slice(1), "one value");
    const { code, err } = await importing({ [USERS]: page(many) }, spoilt, "--apply", "--disable-missing", "--yes");
    expect([code, err]).toEqual([1, expect.stringContaining("nobody can say who is missing")]);
  });
});

it.each([
  [["--keep-old-address"], "is for --rename"],
  [["--confirm"], "is for --disable-missing"],
])("%j alone is a usage error, and nothing is asked", async (words, text) => {
  const { code, err } = await importing(page([]), file(line("a")), ...words);
  expect([code, asked, err]).toEqual([2, [], expect.stringContaining(text)]);
});

it("a file that names nobody, or is not there, is a usage error", async () => {
  expect(await importing(page([]), file())).toMatchObject({ code: 2, err: expect.stringContaining("names nobody") });
  expect(await importing(page([]), join(folder(), "none.csv"))).toMatchObject({ code: 2 });
});

it("the documented PowerShell lines make exactly the columns that are read", async () => {
  const text = readFileSync(join(import.meta.dirname, "../docs/people.md"), "utf8");
  const { out } = await run(page([]), "user", "import", "--help");
  const scripts = [...text.matchAll(/```powershell\n(.*?)```/gs)].map(([, script = ""]) => script);
  const heads = [...scripts, out].map((script) => {
    const [, picked = ""] =
      /Select-Object (.*?)\|\s+Export-Csv users\.csv -NoTypeInformation -Encoding UTF8/s.exec(script) ?? [];
    return [...picked.matchAll(/@\{n='(\w+)'; e=\{.*?\}\}|(\w+)/g)].map(([, made, column]) => made ?? column ?? "");
  });
  const names = ["SipAddress", "UserPrincipalName", "SamAccountName", "DisplayName"];
  expect(heads).toEqual([names, [...names, "NetBiosDomain"], names]);
  for (const head of heads) {
    // What Export-Csv of PowerShell 5 writes with -Encoding UTF8: a mark, quotes around everything, CR LF.
    const lines = [head, head.map((column) => `my ${column}`)].map((row) => row.map((cell) => `"${cell}"`).join(","));
    expect(tableIn(`\ufeff${lines.join("\r\n")}\r\n`)).toMatchObject({
      ...{
        ok: true,
        value: { ignored: [], lines: [{ cells: { sipUri: "my SipAddress", account: "my SamAccountName" } }] },
      },
    });
  }
});

it("reads Windows-1252 with --encoding, and says so when it is not given", async () => {
  const name = join(folder(), "ansi.csv");
  writeFileSync(name, "SipAddress;SamAccountName\r\njoerg@contoso.test;j\u00f6rg\r\n", "latin1");
  const refused = await importing(page([]), name);
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("--encoding windows-1252")]);
  const { out } = await importing(
    { [USERS]: page([]), [BATCH]: done(1) },
    name,
    "--encoding",
    "windows-1252",
    "--json",
  );
  expect(JSON.parse(out)).toMatchObject({ rows: [{ user: "sip:joerg@contoso.test", result: "add" }] });
});
