// `postern audit` from command line to exit code, on a database in memory.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { getTableColumns } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { insertEvents } from "../src/store/audit.ts";
import { addUser } from "../src/store/directory.ts";
import { auditEvents } from "../src/store/schema.ts";
import { eventAt } from "../test/kit/events.ts";
import { databaseThrough } from "./d1.ts";
import { type MemoryDatabase, memoryDatabase } from "./test/memory-database.ts";
import { type Run, runIn } from "./test/run.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const HOUR = 3_600_000;

let database: MemoryDatabase;

beforeEach(() => {
  database = memoryDatabase();
});

const run = (...argv: string[]): Promise<Run> => runIn({ now: () => NOW, executeOn: () => database.execute }, argv);

/** The reasons of the events that a command line finds, in its order. */
async function reasons(...argv: string[]): Promise<string[]> {
  const { code, out, err } = await run("audit", ...argv, "--json");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return (JSON.parse(out) as { reason: string }[]).map(({ reason }) => reason);
}

/** Alice, and an event for each way of finding one. */
async function someEvents(): Promise<void> {
  const db = databaseThrough(database.execute);
  const added = await addUser(db, { sipUri: "sip:alice@contoso.test", account: "CONTOSO\\alice" }, 0);
  if (!added.ok) expect.fail(added.reason);
  const alice = { userId: added.value.id, user: added.value.sipUri };
  const ofNtlm = { workstation: "", channelBinding: "absent" } as const;
  await insertEvents(db, [
    eventAt(NOW - 10 * 24 * HOUR, { ...alice, outcome: "signed-in", reason: "saml", wouldRefuse: "waiting" }),
    eventAt(NOW - 30 * HOUR, { reason: "unknown-user", source: "2001:db8:1:2::/64" }),
    eventAt(NOW - 2 * HOUR, { ...alice, reason: "wrong-proof", waitUntil: NOW }),
    eventAt(NOW - HOUR, { ...alice, reason: "waiting", repeats: 12, userAgent: "x".repeat(200), ...ofNtlm }),
    eventAt(NOW - 60_000, { outcome: "failed", reason: "front-end-unreachable", channel: "password-grant" }),
  ]);
}

it("S-39: docs/audit.md has a row for every field, under its name in D1 and in JSON", () => {
  const page = readFileSync(join(import.meta.dirname, "..", "docs", "audit.md"), "utf8");
  for (const [name, column] of Object.entries(getTableColumns(auditEvents))) {
    expect(page).toContain(`\n| \`${column.name}\` | \`${name}\` | `);
  }
});

describe("audit", () => {
  it("shows its help, whose lines fit a terminal", async () => {
    const { code, out } = await run("audit", "--help");
    expect(code).toBe(0);
    expect(out).toContain("postern -- audit [OPTIONS]");
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
    expect((await run("--help")).out).toContain("audit [--user USER]");
  });

  it("S-39: shows when, who, what, why, from where and with what, the newest first", async () => {
    await someEvents();
    const { code, out } = await run("audit");
    expect(code).toBe(0);
    const device = "PC-17 UCCAPI/15.0.4420.1017 OC/15.0.4420.1017";
    const alice = "sip:alice@contoso.test";
    expect(out.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["TIME", "USER", "OUTCOME", "REASON", "SOURCE", "CHANNEL", "DEVICE"],
      ["2026-11-23T11:59:00.000Z", "-", "failed", "front-end-unreachable", "203.0.113.7", "password-grant", device],
      ["2026-11-23T11:00:00.000Z", alice, "refused", "waiting (12 times)", "203.0.113.7", "ntlm", `${"x".repeat(79)}…`],
      ["2026-11-23T10:00:00.000Z", alice, "refused", "wrong-proof", "203.0.113.7", "ntlm", device],
      ["2026-11-22T06:00:00.000Z", "-", "refused", "unknown-user", "2001:db8:1:2::/64", "ntlm", device],
      ["2026-11-13T12:00:00.000Z", alice, "signed-in", "saml (dry run: waiting)", "203.0.113.7", "ntlm", device],
      [""],
    ]);
  });

  it("--json has every field whole, times in ISO 8601, what is absent null", async () => {
    await someEvents();
    const { out } = await run("audit", "--json", "--reason", "waiting");
    const [event] = JSON.parse(out) as Record<string, unknown>[];
    expect(event).toEqual({
      id: expect.stringMatching(/^e_/),
      at: "2026-11-23T11:00:00.000Z",
      requestId: "9a3c5e7f1b2d4c6e-FRA",
      channel: "ntlm",
      host: "web.contoso.test",
      source: "203.0.113.7",
      userAgent: "x".repeat(200),
      workstation: "",
      channelBinding: "absent",
      outcome: "refused",
      reason: "waiting",
      userId: expect.stringMatching(/^u_/),
      user: "sip:alice@contoso.test",
      credentialId: null,
      waitUntil: null,
      wouldRefuse: null,
      repeats: 12,
      device: null,
      deviceKey: null,
      by: null,
      why: null,
    });
  });

  it("S-39: shows which device was decided about, by whom and why", async () => {
    const change = { outcome: "blocked", reason: "device-blocked", device: "d_abcd", by: "k1234567" } as const;
    const about = { channel: "command", userAgent: "", workstation: "" } as const;
    await insertEvents(databaseThrough(database.execute), [
      eventAt(NOW - 2 * HOUR, { ...about, ...change, why: "lost" }),
      eventAt(NOW - HOUR, { ...about, ...change, outcome: "changed", reason: "device-forgotten" }),
    ]);
    const [, ...rows] = (await run("audit")).out.trim().split("\n");
    expect(rows.map((line) => line.split(/ {2,}/).slice(2))).toEqual([
      ["changed", "device-forgotten (by k1234567)", "203.0.113.7", "command", "d_abcd"],
      ["blocked", "device-blocked (by k1234567: lost)", "203.0.113.7", "command", "d_abcd"],
    ]);
    expect(await reasons("--outcome", "blocked")).toEqual(["device-blocked"]);
  });

  it.each([
    [
      ["--user", "contoso/ALICE"],
      ["waiting", "wrong-proof", "saml"],
    ],
    [["--source", "2001:db8:1:2::77"], ["unknown-user"]],
    [["--source", "2001:DB8:1:2::/64"], ["unknown-user"]],
    [["--source", "192.0.2.1"], []],
    [["--outcome", "signed-in"], ["saml"]],
    [["--reason", "wrong-proof"], ["wrong-proof"]],
    [
      ["--since", "90m"],
      ["front-end-unreachable", "waiting"],
    ],
    [
      ["--since", "24h"],
      ["front-end-unreachable", "waiting", "wrong-proof"],
    ],
    [
      ["--since", "7d", "--outcome", "refused"],
      ["waiting", "wrong-proof", "unknown-user"],
    ],
    [["--since", "2026-11-22", "--until", "2026-11-23"], ["unknown-user"]],
    [
      ["--since", "2026-11-23T11:00"],
      ["front-end-unreachable", "waiting"],
    ],
    [["--since", "2026-11-23T13:00:00+01:00", "--until", "2026-11-23T12:00:01Z"], []],
    [
      ["--until", "2026-11-23T10:00:00Z"],
      ["unknown-user", "saml"],
    ],
  ])("%j finds %j", async (argv, found) => {
    await someEvents();
    expect(await reasons(...argv)).toEqual(found);
  });

  it("shows as many as asked for, and says when there are more", async () => {
    await someEvents();
    expect(await reasons("--limit", "2")).toEqual(["front-end-unreachable", "waiting"]);
    expect((await run("audit", "--limit", "4")).out).toContain("There are older ones");
    expect((await run("audit", "--limit", "5")).out).not.toContain("There are older ones");
  });

  it("says when there are none", async () => {
    expect(await run("audit")).toEqual({ code: 0, out: "No such events.\n", err: "" });
    expect(await reasons()).toEqual([]);
  });

  it("a user nobody is, is not found, exit code 3", async () => {
    expect(await run("audit", "--user", "mallory@contoso.test")).toMatchObject({ code: 3, out: "" });
  });

  it.each([
    [["alice@contoso.test"], '"audit" takes no "alice@contoso.test"'],
    [["--label", "x"], '"audit" takes no --label'],
    [["--user", "alice"], 'USER "alice" is not usable'],
    [["--source", "contoso.test"], '--source "contoso.test" is not an address'],
    [["--source", "203.0.113.0/24"], "is not an address"],
    [["--outcome", "ok"], "signed-in, refused, failed"],
    [["--since", "yesterday"], '--since "yesterday" is not a time'],
    [["--since", "2026-13-01"], "is not a time"],
    [["--until", "1"], '--until "1" is not a time'],
    [["--since", "1h", "--until", "1h"], "--since is not before --until"],
    [["--limit", "0"], "from 1 to 1000"],
    [["--limit", "1001"], "from 1 to 1000"],
    [["--limit", "1e2"], "from 1 to 1000"],
  ])("%j is a usage error, exit code 2", async (argv, text) => {
    const { code, out, err } = await run("audit", ...argv);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(text);
    expect(database.executed).toEqual([]);
  });

  it("its options are no other command's", async () => {
    expect((await run("user", "list", "--since", "24h")).err).toContain('"user list" takes no --since');
  });
});
