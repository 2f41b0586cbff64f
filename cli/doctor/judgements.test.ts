// Judgements of checks that look inside, and of what takes minutes, each from what was seen.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { judgeReason } from "./audit-reason.ts";
import { judgeSource } from "./checks/agent.ts";
import { judgeClock } from "./checks/clocks.ts";
import { leadsToPage } from "./checks/closed.ts";
import { judgeHealth } from "./checks/health.ts";
import { judgeMigrations } from "./checks/migrations.ts";
import { judgePoll } from "./checks/poll.ts";
import { CHECKS } from "./checks.ts";
import { planOf } from "./plan.ts";
import { isPrivateAddress } from "./resolve.ts";
import { readOffer } from "./sip.ts";
import type { Answer } from "./wire.ts";

const OK = { configuration: "ok", database: "ok", frontEnd: "ok", connector: "ok" };
const healthy = { checks: OK, warnings: [], endingTokens: [] } as unknown as Parameters<typeof judgeHealth>[0];

describe("closed: the page for passive sign-in, seen by a stranger", () => {
  it.each([
    ["is Postern's token service", 302, "https://sts.contoso.com/passive?wa=wsignin1.0&wtrealm=x", true],
    ["is AD FS, past Postern", 302, "https://fs.contoso.com/adfs/ls/?wa=wsignin1.0&wtrealm=x", false],
    ["is another page of that name", 302, "https://sts.contoso.com/passive", false],
    ["has no TLS", 302, "http://sts.contoso.com/passive?wa=wsignin1.0", false],
    ["is no redirect", 200, "https://sts.contoso.com/passive?wa=wsignin1.0", false],
    ["leads nowhere", 302, "/passive?wa=wsignin1.0", false],
  ])("%s", (_, status, location, leads) => {
    const answer = { kind: "heard", status, headers: [["location", location]] } as unknown as Answer;
    expect(leadsToPage(answer)).toBe(leads);
  });
});

describe("health", () => {
  it.each([
    ["database", /migrations apply/],
    ["frontEnd", /cloudflared/],
    ["connector", /docs\/sign-on\.md/],
  ])("a %s that fails", (check, fix) => {
    const checks = { ...OK, [check]: "failing: it does not answer" };
    expect(judgeHealth({ ...healthy, checks })).toEqual([
      expect.objectContaining({ severity: "fault", about: check, fix: expect.stringMatching(fix) }),
    ]);
  });

  it("repeats warnings with the gateway's own fix, and tells tokens that end", () => {
    const warning = { code: "directory-stale", detail: "It is late.", fix: "Look at the agent." } as const;
    const token = { id: "t_1", name: "grafana", expiresAt: "2026-12-01T00:00:00.000Z" };
    expect(judgeHealth({ ...healthy, warnings: [warning], endingTokens: [token] })).toEqual([
      expect.objectContaining({ about: "directory-stale", what: "It is late", fix: "Look at the agent." }),
      expect.objectContaining({ about: "token grafana", fix: expect.stringContaining("token create") }),
    ]);
    expect(judgeHealth(healthy)).toEqual([]);
  });
});

describe("migrations", () => {
  it.each([
    ["0007_directory", 1],
    [null, 1],
    ["0008_portal", 0],
    ["0009_later", 0], // an earlier version runs again
  ])("applied %s", (applied, count) => {
    expect(judgeMigrations({ needed: "0008_portal", applied }, "0.1.0", "0.1.0")).toHaveLength(count);
  });

  it("tells that the checkout is another version", () => {
    const [finding] = judgeMigrations({ needed: "a", applied: "a" }, "0.1.0", "0.2.0");
    expect(finding).toMatchObject({ severity: "warning", what: expect.stringContaining("0.2.0") });
  });
});

describe("clocks", () => {
  it.each([
    ["this machine, against the gateway", 3, 0],
    ["this machine, against the gateway", -40, 1],
    ["the Front-End, against the gateway", 30, 0],
    ["the Front-End, against the gateway", -400, 1],
  ])("%s, %i s ahead", (which, aheadS, count) => {
    expect(judgeClock(which, aheadS, 2)).toHaveLength(count);
  });

  it("a slow answer is no wrong clock", () => {
    expect(judgeClock("this machine, against the gateway", 9, 8)).toEqual([]);
  });
});

it("people whom the agent could not bring in", () => {
  const source = { source: "ad", problems: [{ name: "bob", message: "two have his address" }], problemCount: 7 };
  const [finding] = judgeSource(source as unknown as Parameters<typeof judgeSource>[0]);
  expect(finding).toMatchObject({
    what: expect.stringContaining("7 people"),
    fix: expect.stringContaining("directory"),
  });
});

it.each([
  ["challenge-broken", "fault"],
  ["network-waiting", "warning"],
  ["unknown-user", undefined],
])("the audit's reason %s", (reason, severity) => {
  expect(judgeReason(reason, "web.contoso.com")?.severity).toBe(severity);
});

describe("a poll", () => {
  const question = { host: "web.contoso.com", path: "/x" };
  const cut: Answer = { kind: "silent", question, fault: "broken-off", code: "ECONNRESET" };
  const heard = (status: number): Answer => ({
    ...{ kind: "heard", question, status, headers: [], body: Buffer.from(""), at: 0, tookMs: 0 },
  });
  it.each([
    [cut, 60, "findings"],
    [heard(524), 100, "findings"],
    [heard(200), 180, "ok"],
    [heard(200), 60, "ok"], // the Front-End's own time
    [heard(200), 2, undefined], // an event came
  ])("%# ends after %i s", (answer, seconds, kind) => {
    expect(judgePoll(answer, seconds)?.kind).toBe(kind);
  });
  it("says when it was cut", () => {
    expect(JSON.stringify(judgePoll(cut, 61))).toContain("cut after 61 s");
  });
});

it("what a SIP edge offers", () => {
  const text =
    "SIP/2.0 401 Unauthorized\r\nWWW-Authenticate: NTLM realm=x\r\nWWW-Authenticate: TLS-DSK realm=x\r\n\r\n";
  expect(readOffer(text)).toEqual({ kind: "offered", status: 401, schemes: ["NTLM", "TLS-DSK"] });
  expect(readOffer("HTTP/1.1 400 Bad Request\r\n\r\n")).toMatchObject({ kind: "silent" });
});

it.each([
  ["10.1.2.3", true],
  ["172.31.0.1", true],
  ["172.32.0.1", false],
  ["203.0.113.9", false],
  ["fe80::1", true],
  ["fd00::1", true],
  ["2606:4700::1", false],
])("%s is an address of the inside: %s", (address, inside) => {
  expect(isPrivateAddress(address)).toBe(inside);
});

it("the plan without a target has the names that clients try, and the web host of discovery", () => {
  const given = {
    domains: ["contoso.com"],
    hosts: [],
    extra: [],
    internal: [],
    oldAddress: undefined,
    workersDev: undefined,
  };
  expect(planOf(given, undefined, ["web.contoso.com"])).toMatchObject({
    ...{ discovery: ["lyncdiscover.contoso.com"], web: ["web.contoso.com"], meet: ["meet.contoso.com"], known: false },
  });
});

it("the page lists every check, each in its group", () => {
  const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "doctor.md"), "utf8");
  const rows = [...page.matchAll(/^\| (?:\*\*([\w-]+)\*\*|`([a-z0-9-]+)`) \|/gm)].map(
    ([, group, id]) => group ?? id ?? "",
  );
  const groups = [...new Set(CHECKS.map(({ group }) => group))];
  expect(rows).toEqual(
    groups.flatMap((group) => [group, ...CHECKS.filter((each) => each.group === group).map(({ id }) => id)]),
  );
});
