// `postern lock …` from command line to exit code, with an API of the tests' own.

import { beforeEach, describe, expect, it } from "vitest";
import type { LocksAnswer, NetworkLockAnswer, PairAnswer, UserLocksAnswer } from "../src/api/schemas/locks.ts";
import { type Asked, no, ok, type Reply, type Run, runAgainst } from "../test/kit/gateway/command.ts";

const UNTIL = "2026-11-23T12:05:00.000Z";
const strangers = { level: 3.2, capacity: 100, fullUntil: null };
const stranger: PairAnswer = {
  source: "203.0.113.7",
  familiar: false,
  failures: 6,
  lastFailureAt: "2026-11-23T12:04:00.000Z",
  lastSuccessAt: null,
  waitUntil: UNTIL,
  waitReason: "waiting",
};
const familiar: PairAnswer = {
  source: "2001:db8:1:2::/64",
  familiar: true,
  failures: 1,
  lastFailureAt: "2026-11-23T11:00:00.000Z",
  lastSuccessAt: "2026-11-22T08:00:00.000Z",
  waitUntil: null,
  waitReason: null,
};
const alice: UserLocksAnswer = {
  lockout: "enforce",
  user: "sip:alice@contoso.test",
  pairs: [stranger, familiar],
  morePairs: 0,
  strangers,
};
const network: NetworkLockAnswer = {
  lockout: "enforce",
  source: "198.51.100.9",
  level: 99.4,
  capacity: 100,
  waitUntil: UNTIL,
  familiarUsers: 2,
};
const locks: LocksAnswer = {
  lockout: "enforce",
  at: "2026-11-23T12:04:30.000Z",
  users: [{ ...alice, pairs: [stranger] }],
  networks: [network],
  cut: { users: false, networks: false },
};

let asked: Asked[];
beforeEach(() => {
  asked = [];
});

/** Runs one command; the API answers `answer`. */
const run = (answer: Reply, ...argv: string[]): Promise<Run> => runAgainst(() => answer, asked, argv);

describe("lock list", () => {
  it("shows users and networks that wait, until when, with how many failures and why", async () => {
    const { code, out } = await run(ok(locks), "lock", "list");
    expect(code).toBe(0);
    expect(asked).toEqual([{ method: "GET", path: "/v1/locks" }]);
    expect(out).toMatch(/sip:alice@contoso\.test +203\.0\.113\.7 +2026-11-23T12:05:00\.000Z +6 +its own failures/);
    expect(out).toMatch(/everybody +198\.51\.100\.9 +2026-11-23T12:05:00\.000Z +100 of 100 +this network/);
    expect(out).not.toContain("more");
  });

  it("says of strangers together that they are held off, and when more was cut off", async () => {
    const held = { ...alice, pairs: [], strangers: { level: 100, capacity: 100, fullUntil: UNTIL } };
    const cut = { ...locks, users: [held], networks: [], cut: { users: true, networks: true } };
    const { out } = await run(ok(cut), "lock", "list");
    expect(out).toMatch(/sip:alice@contoso\.test +strange ones +2026-\S+ +100 of 100 +strange networks together/);
    expect(out).toContain("There are more users and networks than were asked about");
  });

  it("says that nobody waits, and that nobody is refused in dry-run", async () => {
    const nobody = { ...locks, users: [], networks: [] };
    expect((await run(ok(nobody), "lock", "list")).out).toBe("Nobody waits.\n");
    expect((await run(ok({ ...locks, lockout: "report" }), "lock", "list")).out).toContain("nobody is refused");
  });

  it("gives as JSON what the gateway says", async () => {
    expect(JSON.parse((await run(ok(locks), "lock", "list", "--json")).out)).toEqual(locks);
  });
});

describe("lock show", () => {
  it("explains a user: who waits, who may try, who is familiar, and strangers together", async () => {
    const { code, out } = await run(ok(alice), "lock", "show", "Alice@contoso.test");
    expect(code).toBe(0);
    expect(out).toBe(`sip:alice@contoso.test

203.0.113.7 waits until ${UNTIL}: its own failures
  6 failures, the last 2026-11-23T12:04:00.000Z
  strange: has not signed in lately

2001:db8:1:2::/64 may try now
  1 failure, the last 2026-11-23T11:00:00.000Z
  familiar, signed in last 2026-11-22T08:00:00.000Z

Strange networks together: 4 of 100 failures; they are not held off.
`);
  });

  it("says that strangers are held off, and who is not", async () => {
    const held = { ...alice, pairs: [], strangers: { level: 100, capacity: 100, fullUntil: UNTIL } };
    const { out } = await run(ok(held), "lock", "show", "alice@contoso.test");
    expect(out).toContain("No network has failed or signed in lately.");
    expect(out).toContain(`those that have failed are held off until ${UNTIL}`);
    expect(out).toContain("Familiar ones and those that have not failed yet may try.");
  });

  it("explains a network", async () => {
    const { out } = await run(ok(network), "lock", "show", "198.51.100.9");
    expect(out).toContain(`198.51.100.9 is held off until ${UNTIL}`);
    expect(out).toContain("100 of 100 failures");
    expect(out).toContain("2 users are familiar from there and pass");
  });

  it.each([
    ["sip:Alice@Contoso.test", "/v1/locks/users/alice%40contoso.test"],
    ["CONTOSO\\alice", "/v1/locks/users/contoso%5Calice"],
    ["contoso/alice", "/v1/locks/users/contoso%5Calice"],
    ["a%2f?#b@contoso.test", "/v1/locks/users/a%252f%3F%23b%40contoso.test"],
    ["203.0.113.7", "/v1/locks/networks/203.0.113.7"],
    ["2001:DB8:1:2::9", "/v1/locks/networks/2001%3Adb8%3A1%3A2%3A%3A"],
    ["2001:db8:1:2::/64", "/v1/locks/networks/2001%3Adb8%3A1%3A2%3A%3A"],
    ["unknown", "/v1/locks/networks/unknown"],
  ])("%s is asked for as %s", async (given, path) => {
    await run(ok(path.includes("users") ? alice : network), "lock", "show", given);
    expect(asked).toEqual([{ method: "GET", path }]);
  });
});

describe("lock clear", () => {
  it("says what was forgotten of a user, and asks to change something only then", async () => {
    const cleared = { user: "sip:alice@contoso.test", cleared: ["203.0.113.7", "198.51.100.9"] };
    const { code, out } = await run(ok(cleared), "lock", "clear", "alice@contoso.test");
    expect(code).toBe(0);
    expect(asked).toEqual([{ method: "POST", path: "/v1/locks/users/alice%40contoso.test/clear", body: {} }]);
    expect(out).toContain("Forgot the failures of sip:alice@contoso.test from:\n  203.0.113.7\n  198.51.100.9\n");
    const none = { ...cleared, cleared: [] };
    expect((await run(ok(none), "lock", "clear", "alice@contoso.test")).out).toContain("Nothing was forgotten");
  });

  it("says what was forgotten of a network", async () => {
    const { out } = await run(ok({ source: "203.0.113.7" }), "lock", "clear", "203.0.113.7");
    expect(asked).toEqual([{ method: "POST", path: "/v1/locks/networks/203.0.113.7/clear", body: {} }]);
    expect(out).toContain("Forgot the failures counted against 203.0.113.7.");
  });

  it("names twenty networks at most", async () => {
    const cleared = Array.from({ length: 23 }, (_, i) => `10.0.0.${i}`);
    const { out } = await run(ok({ user: "sip:a@b.test", cleared }), "lock", "clear", "a@b.test");
    expect(out).toContain("10.0.0.19\n  and 3 more\n");
  });
});

describe("faults", () => {
  it.each([
    [no("no-such-user"), 3],
    [no("unusable-name"), 2],
    [no("forbidden-scope"), 5],
    [no("unavailable"), 1],
  ])("%j is exit code %i, in the gateway's words", async (answer, exit) => {
    const { code, out, err } = await run(answer, "lock", "show", "alice@contoso.test");
    expect({ code, out }).toEqual({ code: exit, out: "" });
    expect(err).toMatch(/^postern: The gateway says why\.\n/);
  });

  it.each([
    [["lock"], '"lock" needs a command'],
    [["lock", "open"], "unknown command 'open'"],
    [["lock", "show"], "missing required argument 'USER_OR_NETWORK'"],
    [["lock", "show", "alice"], 'USER or NETWORK "alice"'],
    [["lock", "show", "10.0.0.0/8"], 'not counted for "10.0.0.0/8"'],
    [["lock", "clear", "alice@contoso.test", "bob@contoso.test"], "too many arguments"],
    [["lock", "list", "--remote", "--env", "production"], "--remote is gone"],
  ])("%j is a usage error, and nothing is asked", async (argv, text) => {
    const { code, err } = await run(ok(alice), ...argv);
    expect([code, asked]).toEqual([2, []]);
    expect(err).toContain(text);
  });
});
