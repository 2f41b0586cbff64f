// `postern lock …` from command line to exit code, with an admin API of the tests' own; and the way to the real one.

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LocksAnswer, NetworkLockAnswer, PairAnswer, UserLocksAnswer } from "../src/api/schemas/locks.ts";
import { type AdminAnswer, type AdminRequest, type AskAdmin, adminThrough, localAdminKey } from "./admin-api.ts";
import { faultIn } from "./fault.ts";
import { type Run, runIn } from "./test/run.ts";
import type { Target } from "./wrangler.ts";

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

let asked: AdminRequest[];
let targets: Target[];
beforeEach(() => {
  asked = [];
  targets = [];
});

/** Runs one command; the admin API answers `answer`. */
function run(answer: AdminAnswer, ...argv: string[]): Promise<Run> {
  return runIn(
    {
      adminOf: (target) => async (request) => {
        targets.push(target);
        asked.push(request);
        return answer;
      },
    },
    argv,
  );
}
const ok = (value: unknown): AdminAnswer => ({ ok: true, value });

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
    expect(asked).toEqual([{ method: "POST", path: "/v1/locks/users/alice%40contoso.test/clear" }]);
    expect(out).toContain("Forgot the failures of sip:alice@contoso.test from:\n  203.0.113.7\n  198.51.100.9\n");
    const none = { ...cleared, cleared: [] };
    expect((await run(ok(none), "lock", "clear", "alice@contoso.test")).out).toContain("Nothing was forgotten");
  });

  it("says what was forgotten of a network", async () => {
    const { out } = await run(ok({ source: "203.0.113.7" }), "lock", "clear", "203.0.113.7");
    expect(asked).toEqual([{ method: "POST", path: "/v1/locks/networks/203.0.113.7/clear" }]);
    expect(out).toContain("Forgot the failures counted against 203.0.113.7.");
  });

  it("names twenty networks at most", async () => {
    const cleared = Array.from({ length: 23 }, (_, i) => `10.0.0.${i}`);
    const { out } = await run(ok({ user: "sip:a@b.test", cleared }), "lock", "clear", "a@b.test");
    expect(out).toContain("10.0.0.19\n  and 3 more\n");
  });
});

describe("faults", () => {
  const refused = (code: string): AdminAnswer =>
    ({ ok: false, error: { code, message: "What the gateway says." } }) as AdminAnswer;

  it.each([
    [refused("no-such-user"), 3, 'nobody has the name "alice@contoso.test"'],
    [refused("unusable-name"), 2, "unusable-name"],
    [refused("unavailable"), 1, "cannot answer now"],
    [refused("no-such-resource"), 1, "does not know this command"],
    [refused("something-new"), 1, "does not know this command"],
  ])("%j is exit code %i", async (answer, exit, text) => {
    const { code, out, err } = await run(answer, "lock", "show", "alice@contoso.test");
    expect({ code, out }).toEqual({ code: exit, out: "" });
    expect(err).toContain(text);
  });

  it.each([
    [["lock"], '"lock" needs a command'],
    [["lock", "open"], 'there is no command "lock open"'],
    [["lock", "show"], '"lock show" needs USER or NETWORK'],
    [["lock", "show", "alice"], 'USER or NETWORK "alice"'],
    [["lock", "show", "10.0.0.0/8"], 'not counted for "10.0.0.0/8"'],
    [["lock", "clear", "alice@contoso.test", "bob@contoso.test"], 'takes no "bob@contoso.test"'],
    [["lock", "list", "--remote", "--env", "production"], '"lock list" takes no --env'],
  ])("%j is a usage error, and nothing is asked", async (argv, text) => {
    const { code, err } = await run(ok(alice), ...argv);
    expect([code, asked]).toEqual([2, []]);
    expect(err).toContain(text);
  });

  it("works on the local gateway unless told otherwise", async () => {
    await run(ok(locks), "lock", "list");
    await run(ok(locks), "lock", "list", "--remote");
    expect(targets).toEqual([{ kind: "local" }, { kind: "remote", environment: undefined }]);
  });

  it.each([["lock"], ["lock", "list"], ["lock", "show"], ["lock", "clear"]])("%s %s has help", async (...argv) => {
    const { code, out } = await run(ok(locks), ...argv, "--help");
    expect(code).toBe(0);
    expect(out).toContain(`npm run postern -- ${argv.join(" ")}`);
    expect(out).toContain("POSTERN_ADMIN_KEY");
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
  });
});

describe("the way to the gateway", () => {
  let state: string;
  let stop: () => Promise<void>;
  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), "postern-lock-"));
    stop = async () => undefined;
  });
  afterEach(async () => {
    await stop();
    rmSync(state, { recursive: true });
  });

  /** A gateway that answers like this, as `npm start` would leave its traces. Returns what it was sent. */
  async function running(answer: RequestListener): Promise<IncomingMessage[]> {
    const seen: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      seen.push(request);
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    stop = () => new Promise((resolve) => server.close(() => resolve()));
    localAdminKey(state);
    const demo = { gateway: `http://127.0.0.1:${port}`, adminHost: "admin.contoso.test" };
    writeFileSync(join(state, "demo.json"), JSON.stringify(demo));
    return seen;
  }

  const local = (): AskAdmin => adminThrough({ kind: "local" }, state, {});
  const LIST = { method: "GET", path: "/v1/locks" } as const;

  async function faultOf(ask: AskAdmin): Promise<{ kind: string; message: string; fix: string }> {
    const thrown: unknown = await ask(LIST).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const { kind, message, fix } = faultIn(thrown) ?? { kind: "none", message: String(thrown), fix: "" };
    return { kind, message, fix };
  }

  it("asks the local gateway under its admin host with the kept key", async () => {
    const seen = await running((_, response) => response.end(JSON.stringify(locks)));
    expect(await local()(LIST)).toEqual({ ok: true, value: locks });
    const headers = seen.map(({ headers }) => [headers.host, headers.authorization]);
    expect(headers).toEqual([["admin.contoso.test", `Bearer ${localAdminKey(state)}`]]);
    expect(seen.map(({ method, url }) => [method, url])).toEqual([["GET", "/v1/locks"]]);
  });

  it("sends a body as JSON", async () => {
    let sent = "";
    const seen = await running((request, response) => {
      request.on("data", (chunk) => {
        sent += chunk;
      });
      request.on("end", () => response.end("{}"));
    });
    await local()({ method: "POST", path: "/v1/policy?after=a%20b", body: { why: "ünïcode" } });
    expect(JSON.parse(sent)).toEqual({ why: "ünïcode" });
    expect(seen.map(({ url, headers }) => [url, headers["content-type"], headers["content-length"]])).toEqual([
      ["/v1/policy?after=a%20b", "application/json", String(Buffer.byteLength(sent))],
    ]);
  });

  it("hands on the gateway's own errors", async () => {
    const error = { code: "no-such-user", message: "Nobody has this name." };
    const problem = { code: error.code, detail: error.message, requestId: "r" };
    await running((_, response) => response.writeHead(404).end(JSON.stringify(problem)));
    expect(await local()(LIST)).toEqual({ ok: false, error });
  });

  it.each([
    [404, {}, "", "does not accept the key"],
    [503, {}, "", "cannot answer now"],
    [302, { location: "https://contoso.cloudflareaccess.com/cdn-cgi/access/login" }, "", "Cloudflare Access"],
    [403, {}, "<html>", "Cloudflare Access"],
    [200, {}, "<html>", "answered 200, which is no answer of the admin API"],
    [301, { location: "https://elsewhere.test/" }, "", "answered 301"],
  ])("%i %j %j is a fault with its fix, and nothing is followed", async (status, headers, body, text) => {
    const seen = await running((_, response) => response.writeHead(status, headers).end(body));
    const { kind, message, fix } = await faultOf(local());
    expect([kind, seen.length]).toEqual(["failure", 1]);
    expect(message).toContain(text);
    expect(fix).toMatch(/^[A-Z].*\.$/);
    expect(message + fix).not.toContain(localAdminKey(state));
  });

  it("a gateway that is not running is a fault that says how to start it", async () => {
    const never = await faultOf(local());
    expect(never.message).toBe("the local gateway is not running");
    expect(never.fix).toContain("npm start");
    await running((_, response) => response.end("{}"));
    await stop();
    stop = async () => undefined;
    expect(await faultOf(local())).toEqual(never);
  });

  it("an answer that breaks off is no answer", async () => {
    await running((_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("{");
      response.destroy();
    });
    expect((await faultOf(local())).message).toBe("the local gateway is not running");
  });

  it.each([
    [{}, "POSTERN_ADMIN_HOST is not set"],
    [{ POSTERN_ADMIN_HOST: " " }, "POSTERN_ADMIN_HOST is not set"],
    [{ POSTERN_ADMIN_HOST: "admin.contoso.com" }, "POSTERN_ADMIN_KEY is not set"],
    [{ POSTERN_ADMIN_HOST: "admin.contoso.com", POSTERN_ADMIN_KEY: "a\r\nb" }, "POSTERN_ADMIN_KEY is not usable"],
    [{ POSTERN_ADMIN_HOST: "https://admin.contoso.com", POSTERN_ADMIN_KEY: "k" }, "which is not a host name"],
    [{ POSTERN_ADMIN_HOST: "admin.contoso.com/x", POSTERN_ADMIN_KEY: "k" }, "which is not a host name"],
    [{ POSTERN_ADMIN_HOST: "127.0.0.1", POSTERN_ADMIN_KEY: "k" }, "https://127.0.0.1 does not answer"],
  ])("--remote with %j: %s", async (environment, text) => {
    const { kind, message, fix } = await faultOf(adminThrough({ kind: "remote" }, state, environment));
    expect(kind).toBe("failure");
    expect(message).toContain(text);
    expect(fix).not.toBe("");
  });

  it("S-16: the local key is made once, for the owner's eyes", () => {
    const made = localAdminKey(state);
    expect(Buffer.from(made, "base64").length).toBe(32);
    expect(localAdminKey(state)).toBe(made);
    expect(statSync(join(state, "admin.json")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(state, "admin.json"), "utf8")).toContain(made);
    writeFileSync(join(state, "admin.json"), "{}");
    expect(() => localAdminKey(state)).toThrow('has no "adminKey"');
  });
});
