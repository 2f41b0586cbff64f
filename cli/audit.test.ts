// `postern audit` and `audit export` from command line to exit code, with an API of the tests' own.

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getTableColumns } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { auditEvents } from "../src/store/schema.ts";
import { type Asked, no, ok, type Reply, type Run, runAgainst } from "../test/kit/gateway/command.ts";
import type * as A from "./reach/answers.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const ALICE = "sip:alice@contoso.test";
const EVENT: A.AuditEventAnswer = {
  ...{
    id: "e_1",
    host: "web.contoso.test",
    credentialId: null,
    waitUntil: null,
    deviceKey: null,
    channelBinding: null,
    country: null,
    city: null,
    stages: null,
  },
  change: null,
  ...{ at: "2026-11-23T11:00:00.000Z", user: ALICE, userId: "u_1", outcome: "refused", reason: "wrong-proof" },
  ...{ source: "203.0.113.7", channel: "ntlm", device: null, workstation: "PC-17", userAgent: "OC/15.0" },
  ...{ repeats: null, wouldRefuse: null, by: null, why: null, requestId: "r1" },
};
const page = (items: readonly A.AuditEventAnswer[], next: string | null = null): Reply => ok({ items, next });
const queryOf = ({ path }: Asked) => Object.fromEntries(new URL(path, "http://x").searchParams);

let asked: Asked[];
beforeEach(() => {
  asked = [];
});

const run = (answer: Reply, ...argv: string[]): Promise<Run> =>
  runAgainst(() => answer, asked, ["audit", ...argv], { now: () => NOW });

it("S-39: docs/audit.md has a row for every field, under its name in D1 and in JSON", () => {
  const page = readFileSync(join(import.meta.dirname, "..", "docs", "audit.md"), "utf8");
  for (const [name, column] of Object.entries(getTableColumns(auditEvents))) {
    expect(page).toContain(`\n| \`${column.name}\` | \`${name}\` | `);
  }
});

describe("audit", () => {
  it("S-39: shows when, who, what, why, from where and with what", async () => {
    const by = { id: "t_1", name: "Service desk", kind: "token" } as const;
    const blocked = {
      outcome: "blocked",
      reason: "device-blocked",
      device: "d_1",
      workstation: "",
      userAgent: "",
    } as const;
    const events: readonly A.AuditEventAnswer[] = [
      { ...EVENT, user: null, userId: null, repeats: 12, userAgent: "x".repeat(200) },
      { ...EVENT, user: null, userId: "x_pseudonym", outcome: "signed-in", reason: "saml", wouldRefuse: "waiting" },
      { ...EVENT, ...blocked, by, why: "lost" },
    ];
    const { code, out } = await run(page(events));
    expect(code).toBe(0);
    const at = "2026-11-23T11:00:00.000Z";
    expect(out.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["TIME", "USER", "OUTCOME", "REASON", "SOURCE", "CHANNEL", "DEVICE"],
      [at, "-", "refused", "wrong-proof (12 times)", "203.0.113.7", "ntlm", `PC-17 ${"x".repeat(73)}…`],
      [at, "x_pseudonym", "signed-in", "saml (dry run: waiting)", "203.0.113.7", "ntlm", "PC-17 OC/15.0"],
      [at, ALICE, "blocked", "device-blocked (by Service desk: lost)", "203.0.113.7", "ntlm", "d_1"],
      [""],
    ]);
  });

  it("--json has every event whole, --csv who it was by and what changed", async () => {
    const change = { before: { maxDevices: 1 }, after: { maxDevices: 2 } };
    const changed: A.AuditEventAnswer = { ...EVENT, by: { id: "a_1", name: "Carol", kind: "administrator" }, change };
    expect(JSON.parse((await run(page([changed]), "--json")).out)).toEqual({ items: [changed], next: null });
    const { out } = await run(page([changed]), "--csv");
    expect(out.split("\n")[0]).toMatch(/,BY ID,WHY,CHANGE,REQUEST ID$/);
    expect(out).toContain('a_1,,"{""before"":{""maxDevices"":1},""after"":{""maxDevices"":2}}",r1');
  });

  it.each([
    [["--user", "contoso/ALICE"], { user: "contoso\\alice" }],
    [["--source", "2001:db8:1:2::77"], { source: "2001:db8:1:2::/64" }],
    [["--source", "2001:DB8:1:2::/64"], { source: "2001:db8:1:2::/64" }],
    [["--outcome", "signed-in", "--reason", "saml"], { outcome: "signed-in", reason: "saml" }],
    [["--device", "d_1", "--by", "a_4f6z"], { device: "d_1", by: "a_4f6z" }],
    [["--since", "90m"], { since: "2026-11-23T10:30:00.000Z" }],
    [["--since", "24h", "--oldest-first"], { since: "2026-11-22T12:00:00.000Z", order: "asc" }],
    [
      ["--since", "2026-11-22", "--until", "2026-11-23"],
      { since: "2026-11-22T00:00:00.000Z", until: "2026-11-23T00:00:00.000Z" },
    ],
    [["--since", "2026-11-23T11:00"], { since: "2026-11-23T11:00:00.000Z" }],
    [["--until", "2026-11-23T13:00:00+01:00"], { until: "2026-11-23T12:00:00.000Z" }],
    [["--limit", "5"], { limit: "5" }],
  ])("%j asks for %j", async (argv, query) => {
    expect((await run(page([]), ...argv)).out).toBe("No such events.\n");
    expect(asked.map(queryOf)).toEqual([{ limit: "100", ...query }]);
  });

  it("says when there are more", async () => {
    expect((await run(page([EVENT], "c"), "--limit", "1")).out).toContain("There are more than these 1");
  });

  it("a user nobody is, is not found, exit code 3", async () => {
    expect(await run(no("no-such-user"), "--user", "mallory@contoso.test")).toMatchObject({ code: 3, out: "" });
  });

  it.each([
    [["alice@contoso.test"], "too many arguments for 'audit'"],
    [["--label", "x"], "unknown option '--label'"],
    [["--user", "alice"], '--user "alice" is not usable'],
    [["--source", "contoso.test"], '--source "contoso.test" is not an address'],
    [["--source", "203.0.113.0/24"], "is not an address"],
    [["--outcome", "ok"], "signed-in, refused, failed"],
    [["--since", "yesterday"], "argument 'yesterday' is invalid. Give 30m, 24h or 7d"],
    [["--since", "2026-13-01"], "is invalid"],
    [["--until", "1"], "argument '1' is invalid"],
    [["--since", "1h", "--until", "1h"], "--since is not before --until"],
    [["--limit", "0"], "from 1 to 1000000"],
    [["--limit", "1e2"], "from 1 to 1000000"],
  ])("%j is a usage error, exit code 2, and nothing is asked", async (argv, text) => {
    const { code, out, err } = await run(page([]), ...argv);
    expect([code, out, asked]).toEqual([2, "", []]);
    expect(err.replaceAll('"', "")).toContain(text.replaceAll('"', ""));
  });

  it("--follow writes each new event once, going on where it was", async () => {
    const pages = [page([EVENT], "c1"), page([], "c1"), page([{ ...EVENT, reason: "saml" }], "c2"), no("unavailable")];
    const argv = ["audit", "--follow", "--json"];
    const { code, out } = await runAgainst(() => pages[asked.length - 1], asked, argv, { now: () => NOW });
    expect(code).toBe(1);
    const reasons = out
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as A.AuditEventAnswer).reason);
    expect(reasons).toEqual(["wrong-proof", "saml"]);
    expect(asked.map(queryOf).map(({ after, wait }) => [after, wait])).toEqual([
      [undefined, "25"],
      ["c1", "25"],
      ["c1", "25"],
      ["c2", "25"],
    ]);
  });
});

describe("audit export", () => {
  it("writes what the gateway sends, as it is, into a new file of the owner's or on standard output", async () => {
    const folder = mkdtempSync(join(tmpdir(), "postern-audit-"));
    const file = join(folder, "events.jsonl");
    const text = JSON.stringify([EVENT, { ...EVENT, reason: "ümlaut" }]);
    const sent = ok(JSON.parse(text));
    expect(await run(sent, "export", "--format", "jsonl", "--outcome", "refused")).toMatchObject({
      code: 0,
      out: text,
    });
    expect(asked[0]?.path).toBe("/v1/audit/export?outcome=refused&format=jsonl");
    expect(await run(sent, "export", "--file", file)).toMatchObject({ code: 0 });
    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual([text, 0o600]);
    expect(await run(sent, "export", "--file", file)).toMatchObject({ code: 4 });
    expect(await run(no("forbidden-scope"), "export")).toMatchObject({ code: 5, out: "" });
    rmSync(folder, { recursive: true });
  });
});
