// The whole connector over HTTP, with stand-ins for the Kerberos programs and for the native library: what it answers, what it
// runs, what it keeps and what it says.

import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { readConfig } from "../src/config.ts";
import { type Connector, startConnector } from "../src/connector.ts";
import { logTo } from "../src/log.ts";
import { ok, refuse } from "../src/result.ts";
import type { UserTicket } from "../src/user-tickets.ts";
import { type Difference, ISSUER, newSigner, SERVICE, type Signer, signedOrder } from "./orders.ts";
import { type FakePrograms, fakePrograms } from "./programs.ts";

let signer: Signer;
let home: string;
let programs: FakePrograms;
let connector: Connector;
let lines: string[];
/** Moves the connector's clock on, ms. */
let ahead: number;
/** Which tickets were minted from. */
let minted: UserTicket[];
let mintFails: number;

beforeAll(async () => {
  signer = await newSigner();
});
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "postern-connector-"));
  programs = await fakePrograms(home, Date.now() + 10 * 3_600_000);
  [lines, minted, mintFails, ahead] = [[], [], 0, 0];
});
afterEach(async () => {
  await connector.stop();
  programs.restorePath();
  await rm(home, { recursive: true, force: true });
});

const now = (): number => Date.now() + ahead;

/** Starts it, and lets the first seconds pass in which it takes no order. */
async function start(settings: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const base = {
    name: "connector-a",
    issuer: ISSUER,
    keys: [signer.jwk],
    principal: "svc-postern@CORP.CONTOSO.TEST",
    keytab: "/etc/postern-connector/keytab",
    runtimeDirectory: join(home, "run"),
    services: [SERVICE],
    userDomains: ["corp.contoso.test"],
    listen: { port: 0 },
    observe: { port: 0 },
  };
  const read = await readConfig(JSON.stringify({ ...base, ...settings }), undefined);
  if ("faults" in read) throw new Error(read.faults.join("\n"));
  const mint = async (ticket: UserTicket) => {
    if (mintFails-- > 0) return refuse("mint-failed");
    minted.push(ticket);
    // What the library does: the cache must be there and be this user's.
    const listing = await readFile(ticket.cache, "utf8");
    if (!listing.includes(`Default principal: ${ticket.principal}\n`)) return refuse("mint-failed", "another's cache");
    return ok(`Negotiate ${Buffer.from(ticket.principal).toString("base64")}`);
  };
  connector = await startConnector(
    read.config,
    async () => mint,
    logTo((line) => lines.push(line)),
    now,
  );
  ahead += 10_000;
}

type Answer = { readonly status: number; readonly body: Record<string, unknown>; readonly headers: Headers };

async function post(body: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const answer = await fetch(`${connector.url}/v1/authorization`, {
    method: "POST",
    headers: { "content-type": "application/jwt", ...headers },
    body,
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown>, headers: answer.headers };
}

const order = (user = "alice", difference: Difference = {}): Promise<string> =>
  signedOrder(signer, now(), { ...difference, claims: { sub: `${user}@corp.contoso.test`, ...difference.claims } });

const ask = async (user?: string, difference?: Difference): Promise<Answer> => post(await order(user, difference));
const reasons = (): unknown[] =>
  lines.map((line) => JSON.parse(line)).flatMap((line) => (line.event === "authorization" ? [line.reason] : []));
const tokenOf = (user: string): string =>
  `Negotiate ${Buffer.from(`${user}\\@corp.contoso.test@CORP.CONTOSO.TEST`).toString("base64")}`;

describe("an order", () => {
  it("gets one token for its user", async () => {
    await start();
    const answer = await ask();
    expect([answer.status, answer.body]).toEqual([200, { authorization: tokenOf("alice") }]);
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  it("works once", async () => {
    await start();
    const jws = await order();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(jws)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 401)]);
    expect(minted.length).toBe(1);
  });

  it("of whatever wrong kind gets one and the same answer, and reaches no directory", async () => {
    await start();
    const stranger = await newSigner();
    const wrong = [
      await signedOrder(stranger, now()),
      await signedOrder(stranger, now(), { header: { kid: signer.id } }),
      await order("alice", { claims: { aud: "connector-b" } }),
      await order("alice", { claims: { iss: "https://evil.test" } }),
      await signedOrder(signer, now() - 60_000),
      await order("alice", { header: { typ: "JWT" } }),
      "not.a.jws",
    ];
    const before = (await programs.calls()).length;
    for (const jws of wrong) {
      const { status, body } = await post(jws);
      expect([status, body]).toEqual([401, { error: "unauthorized" }]);
    }
    expect((await programs.calls()).length).toBe(before);
    expect(new Set(reasons())).toEqual(
      new Set([
        "unknown-key",
        "wrong-signature",
        "wrong-audience",
        "wrong-issuer",
        "expired",
        "wrong-type",
        "malformed",
      ]),
    );
  });

  it("for a user who is not to be had gets one and the same answer; the log says why", async () => {
    await start({ denyUsers: ["root@corp.contoso.test"] });
    const users = ["nobody", "bob", "carol", "dave", "root", "-x"];
    for (const user of users) {
      const { status, body } = await ask(user);
      expect([status, body], user).toEqual([404, { error: "unknown-user" }]);
    }
    expect((await ask("alice", { claims: { sub: "alice@evil.test" } })).body).toEqual({ error: "unknown-user" });
    expect(reasons()).toEqual([
      "user-unknown",
      "user-disabled",
      "user-expired",
      "user-protected",
      "user-denied",
      "not-a-user-name",
      "domain-not-allowed",
    ]);
    expect(minted).toEqual([]);
  });

  it("for another service gets 403 and reaches no directory", async () => {
    await start();
    const before = (await programs.calls()).length;
    const answer = await ask("alice", { claims: { service: "LDAP/dc1.corp.contoso.test" } });
    expect([answer.status, answer.body]).toEqual([403, { error: "service-not-allowed" }]);
    expect((await programs.calls()).length).toBe(before);
  });

  it("in the first seconds after a start is not taken, for it may have been used before", async () => {
    await start();
    ahead -= 10_000;
    const answer = await ask();
    expect([answer.status, answer.body, answer.headers.get("retry-after")]).toEqual([503, { error: "busy" }, "2"]);
    expect((await fetch(`${connector.observeUrl}/ready`)).status).toBe(503);
  });
});

describe("a request that is no order", () => {
  it("is refused by its shape", async () => {
    await start();
    const jws = await order();
    expect((await post(jws, { "content-type": "application/json" })).status).toBe(415);
    expect((await post("A".repeat(4097))).status).toBe(413);
    expect((await post("")).status).toBe(400);
    expect((await post("A".repeat(4096))).status).toBe(401);
    const chunked = await fetch(`${connector.url}/v1/authorization`, {
      method: "POST",
      headers: { "content-type": "application/jwt" },
      body: new Blob(["A".repeat(100_000)]).stream(),
      duplex: "half",
    } as RequestInit);
    expect(chunked.status).toBe(413);
    expect((await post(jws)).status).toBe(200);
  });

  it("S-33: the order's listener answers nothing else", async () => {
    await start();
    for (const path of ["/", "/live", "/ready", "/metrics", "/v1", "/v1/authorization/", "/v1/authorization?x"]) {
      expect((await fetch(`${connector.url}${path}`, { method: "POST" })).status, path).toBe(404);
    }
    expect((await fetch(`${connector.url}/v1/authorization`)).status).toBe(404);
  });
});

describe("a user's ticket", () => {
  it("is asked for once, and used until it is too old", async () => {
    await start({ limits: { cacheSeconds: 60 } });
    await Promise.all(Array.from({ length: 10 }, () => ask()));
    expect(await programs.calls("kvno")).toHaveLength(1);
    ahead += 59_000;
    await ask();
    expect(await programs.calls("kvno")).toHaveLength(1);
    ahead += 2_000;
    await ask();
    expect(await programs.calls("kvno")).toHaveLength(2);
    expect(minted).toHaveLength(12);
  });

  it("is not used after its end, however long it may be kept", async () => {
    await start({ limits: { cacheSeconds: 36_000 } });
    await ask();
    ahead += 10 * 3_600_000 - 30_000;
    await ask();
    expect(await programs.calls("kvno")).toHaveLength(2);
  });

  it("is got by programs that are told one user, one service, and a copy of the connector's own ticket", async () => {
    await start();
    await ask();
    const [call = ""] = await programs.calls("kvno");
    const work = join(home, "run", "tickets", "work-");
    const id = "[0-9a-f-]{36}";
    expect(call).toMatch(
      new RegExp(
        `^kvno -q -U alice@corp\\.contoso\\.test -P --out-cache FILE:${work}${id}/user ${SERVICE} \\| ` +
          `cache=FILE:${work}${id}/own conf=${join(home, "run", "tickets", "krb5.conf")}$`,
      ),
    );
    // kvno wrote into its copy; the original is what kinit made.
    expect(await readFile(join(home, "run", "tickets", "own"), "utf8")).not.toContain("for alice");
  });

  it("that is somebody else's is not taken", async () => {
    await start();
    await programs.set("other-user");
    expect((await ask()).body).toEqual({ error: "directory-unavailable" });
    expect([minted, reasons()]).toEqual([[], ["not-understood"]]);
  });

  it("lies in a private folder, one file each, and is gone when the connector is", async () => {
    await start({ limits: { cachedUsers: 2 } });
    for (const user of ["alice", "erin", "frank"]) await ask(user);
    const folder = join(home, "run", "tickets");
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const names = await readdir(folder);
    expect(names.filter((name) => /^[0-9a-f]{40}$/.test(name))).toHaveLength(2);
    expect(names.filter((name) => !/^[0-9a-f]{40}$/.test(name)).sort()).toEqual(["krb5.conf", "own"]);
    await ask("frank");
    expect(await programs.calls("kvno")).toHaveLength(3);
    await ask("alice"); // who was there longest
    expect(await programs.calls("kvno")).toHaveLength(4);
    await connector.stop();
    expect(await readdir(join(home, "run"))).toEqual([]);
  });

  it("that comes while the connector stops still signs on, and no idle connection holds the end up", async () => {
    await start();
    await programs.set("slow");
    const agent = new Agent({ keepAlive: true });
    const url = `${connector.url}/v1/authorization`;
    const asked = request(url, { agent, method: "POST", headers: { "content-type": "application/jwt" } });
    asked.end(await order());
    const called = async () => expect(await programs.calls("kvno")).toHaveLength(1);
    await vi.waitFor(called, 4_000);
    const [[answer]] = await Promise.all([once(asked, "response"), connector.stop()]);
    expect(answer.statusCode).toBe(200);
    agent.destroy();
  });

  it("is kept from when the directory was asked, not from when it answered", async () => {
    await start({ limits: { cacheSeconds: 60 } });
    await programs.set("slow");
    const first = ask();
    await vi.waitFor(async () => expect(await programs.calls("kvno")).toHaveLength(1), 4_000);
    ahead += 61_000; // all that time the directory takes
    await first;
    await ask();
    expect(await programs.calls("kvno")).toHaveLength(2);
  });

  it("is got anew, once, when nothing can be made of it", async () => {
    await start();
    mintFails = 1;
    expect((await ask()).status).toBe(200);
    expect(await programs.calls("kvno")).toHaveLength(2);
    mintFails = 2;
    expect((await ask()).body).toEqual({ error: "directory-unavailable" });
  });

  it("is got anew when the Front-End refused the token of before", async () => {
    await start();
    await ask();
    await ask("alice", { claims: { anew: true } });
    await ask();
    expect(await programs.calls("kvno")).toHaveLength(2);
  });

  it("of two users at the same time are never mixed up", async () => {
    await start({ limits: { cachedUsers: 3 } });
    const users = Array.from({ length: 8 }, (_, index) => `user${index}`);
    const asked = Array.from({ length: 64 }, (_, index) => users[(index * 5) % users.length] ?? "");
    const answers = await Promise.all(asked.map((user) => ask(user)));
    expect(answers.map(({ body }) => body.authorization)).toEqual(asked.map(tokenOf));
  });
});

describe("groups", () => {
  const groups = {
    servers: ["ldap://dc1.corp.contoso.test", "ldap://dc2.corp.contoso.test"],
    base: "DC=corp,DC=contoso,DC=test",
    allow: ["CN=Postern,DC=corp,DC=contoso,DC=test"],
  };

  it("a member is signed on, by LDAP's word", async () => {
    await start({ groups });
    expect((await ask()).status).toBe(200);
    const [call = ""] = await programs.calls("ldapsearch");
    expect(call).toContain("-Y GSSAPI");
    expect(call).toContain(
      "-H ldap://dc1.corp.contoso.test ldap://dc2.corp.contoso.test -b DC=corp,DC=contoso,DC=test ",
    );
    expect(call).toContain("(userPrincipalName=alice@corp.contoso.test)");
  });

  it("S-37: nobody is, while a denied group is not there", async () => {
    const deny = ["CN=Renamed,DC=corp,DC=contoso,DC=test"];
    await programs.set("no-group");
    await start({ groups: { ...groups, deny } });
    expect((await ask()).body).toEqual({ error: "directory-unavailable" });
    await programs.unset("no-group");
    expect((await ask()).status).toBe(200);
    expect((await ask("erin")).status).toBe(200); // the group is not looked for each time
    expect(reasons()).toEqual(["group-missing", undefined, undefined]);
    const searches = await programs.calls("ldapsearch");
    expect(searches.map((line) => line.includes(`-b ${deny[0]} -s base (objectCategory=group) 1.1 `))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    ahead += 61_000;
    await programs.set("no-group");
    expect((await ask("frank")).status).toBe(503);
  });

  it("another is not, nor anybody while LDAP does not answer", async () => {
    await start({ groups });
    await programs.set("no-member");
    expect((await ask()).body).toEqual({ error: "unknown-user" });
    await programs.set("ldapsearch.fails", "ldap_sasl_interactive_bind: Can't contact LDAP server (-1)");
    expect((await ask()).body).toEqual({ error: "directory-unavailable" });
    expect(reasons()).toEqual(["not-in-group", "ldap-failed"]);
    expect(minted).toEqual([]);
  });
});

describe("S-37: the directory", () => {
  it.each([
    ["kinit", "kinit: Cannot contact any KDC for realm 'CORP.CONTOSO.TEST'", "kdc-unreachable"],
    ["kinit", "kinit: Preauthentication failed while getting initial credentials", "keytab-outdated"],
    ["kinit", "kinit: Pre-authentication failed: Key table file '/x' not found", "keytab-unusable"],
    ["kvno", "kvno: Clock skew too great while getting credentials", "clock-skew"],
    ["kvno", "kvno: Server not found in Kerberos database HTTP/x: constrained delegation failed", "service-unknown"],
    ["kvno", "kvno: a message of some later version", "not-understood"],
    ["klist", "klist: Bad format in credentials cache", "not-understood"],
  ] as const)("%s says: %s", async (program, message, reason) => {
    await programs.set(`${program}.fails`, message);
    await start();
    const answer = await ask();
    expect([answer.status, answer.body]).toEqual([503, { error: "directory-unavailable" }]);
    expect(answer.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
    expect(reasons()).toEqual([reason]);
    await programs.unset(`${program}.fails`);
    expect((await ask()).status).toBe(200);
  });

  it("does not let us delegate: told apart from a user who is protected", async () => {
    await programs.set("no-delegation");
    await start();
    expect((await ask("alice")).status).toBe(503);
    expect((await ask("dave")).status).toBe(404);
    expect(reasons()).toEqual(["delegation-missing", "user-protected"]);
  });

  it("does not let us use any authentication protocol: told apart from both", async () => {
    await programs.set("no-transition");
    await start();
    expect((await ask("alice")).status).toBe(503);
    expect(reasons()).toEqual(["protocol-transition-missing"]);
  });

  it("has disabled our own account: told apart from a user who is disabled", async () => {
    await start();
    expect((await ask("bob")).status).toBe(404);
    await programs.set("kvno.fails", "kvno: KDC policy rejects request while getting credentials for HTTP/fe01");
    expect((await ask("alice")).status).toBe(503);
    expect(reasons()).toEqual(["user-disabled", "account-disabled"]);
  });

  it("does not take our keytab: it is asked once, and again when the keytab is another, or after an hour", async () => {
    const keytab = join(home, "keytab");
    await writeFile(keytab, "old");
    await programs.set("kinit.fails", "kinit: Preauthentication failed while getting initial credentials");
    await start({ keytab });
    for (let i = 0; i < 8; i++) expect((await ask()).status).toBe(503);
    expect(new Set(reasons())).toEqual(new Set(["keytab-outdated"]));
    expect(await programs.calls("kinit")).toHaveLength(1);
    ahead += 3_600_000;
    await ask();
    expect(await programs.calls("kinit")).toHaveLength(2);
    await programs.unset("kinit.fails");
    expect((await ask()).status).toBe(503);
    await writeFile(keytab, "the new one");
    expect((await ask()).status).toBe(200);
  });

  it("does not answer: a program is killed after its time", async () => {
    await start({ limits: { commandSeconds: 1 } });
    await programs.set("hang-kvno");
    expect((await ask()).body).toEqual({ error: "directory-unavailable" });
    expect(reasons()).toEqual(["command-timeout"]);
  });

  it("has a controller that hangs: another is asked first from then on", async () => {
    const kdcs = ["dc1.corp.contoso.test", "dc2.corp.contoso.test", "dc3.corp.contoso.test"];
    await start({ kdcs, limits: { commandSeconds: 1 } });
    await programs.set("hang-kvno");
    await Promise.all([ask("alice"), ask("erin"), ask("frank")]);
    await programs.unset("hang-kvno");
    const conf = await readFile(join(home, "run", "tickets", "krb5.conf"), "utf8");
    const announced = lines.flatMap((line) => /asked from now on: ([^"]*)/.exec(line)?.[1]?.split(" ") ?? []).slice(-3);
    expect([...conf.matchAll(/^ +kdc = (\S+)/gm)].map(([, kdc]) => kdc)).toEqual(announced);
    expect(announced.toSorted()).toEqual(kdcs);
    expect((await ask()).status).toBe(200);
  });

  it("is slow: what waits is bounded, and who finds no room hears so", async () => {
    await start({ limits: { commandsAtOnce: 1, commandsWaiting: 2 } });
    await programs.set("slow");
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => ask(`user${index}`)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 200, 200, 503, 503, 503, 503, 503]);
    expect(answers.find(({ status }) => status === 503)?.body).toEqual({ error: "busy" });
  });

  it("is away at the renewal: the ticket in hand serves on", async () => {
    await start();
    await ask();
    await programs.set("kinit.fails", "kinit: Cannot contact any KDC for realm 'CORP.CONTOSO.TEST'");
    ahead += 6 * 3_600_000; // of ten
    expect((await ask("erin")).status).toBe(200);
    expect(await programs.calls("kinit")).toHaveLength(2);
    expect(
      lines.some((line) => line.includes('"event":"own-ticket","outcome":"failed","reason":"kdc-unreachable"')),
    ).toBe(true);
  });

  it("is well, and the connector's own folder is not: the reason is in the log", async () => {
    await start();
    await rm(join(home, "run"), { recursive: true });
    expect((await ask()).body).toEqual({ error: "directory-unavailable" });
    expect(reasons()).toEqual(["internal"]);
  });
});

describe("whoever looks after it", () => {
  const look = async (path: string) => {
    const answer = await fetch(`${connector.observeUrl}${path}`);
    return { status: answer.status, text: await answer.text() };
  };

  it("learns whether a probe user could be signed on now, and the directory is asked now and then only", async () => {
    await start({ probeUser: "probe@corp.contoso.test" });
    expect(await look("/live")).toEqual({ status: 200, text: '{"live":true}' });
    for (let i = 0; i < 5; i++) expect((await look("/ready")).status).toBe(200);
    expect(await programs.calls("kvno")).toHaveLength(1);
    expect(minted).toHaveLength(1);
    await programs.set("no-delegation");
    expect((await look("/ready")).status).toBe(200);
    ahead += 10_000;
    const unready = await look("/ready");
    expect([unready.status, JSON.parse(unready.text)]).toMatchObject([
      503,
      { ready: false, reason: "delegation-missing" },
    ]);
    expect((await look("/metrics")).text).toContain("postern_connector_ready 0\n");
    const said = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === "readiness");
    expect(said).toMatchObject([{ ready: true }, { ready: false, reason: "delegation-missing" }]);
  });

  it("without a probe user learns that the KDC gives a ticket for the service", async () => {
    await start();
    expect((await look("/ready")).status).toBe(200);
    expect((await programs.calls("kvno"))[0]).toMatch(/^kvno -q HTTP\/fe01\.corp\.contoso\.test \|/);
    ahead += 10_000;
    await programs.set("kvno.fails", "kvno: Cannot contact any KDC for realm 'CORP.CONTOSO.TEST'");
    expect((await look("/ready")).status).toBe(503);
  });

  it("sees what orders came to, and no name in it", async () => {
    await start();
    await ask();
    await ask("bob");
    await post("x");
    const { text } = await look("/metrics");
    for (const outcome of ["minted", "user-disabled", "malformed"]) {
      expect(text).toContain(`postern_connector_orders_total{outcome="${outcome}"} 1\n`);
    }
    expect(text).toContain('postern_connector_commands_total{program="kvno"} 3\n');
    expect(text).toMatch(/^postern_connector_own_ticket_end_seconds \d{10}/m);
    expect(text).not.toMatch(/alice|bob/);
    expect((await look("/v1/authorization")).status).toBe(404);
  });

  it("S-16: never sees an order or a token in the log, and no line that somebody else began", async () => {
    await start();
    const jws = await order();
    const forged = await order("eve\n{}", { claims: { sub: 'eve"\n{"event":"authorization"}' } });
    await post(jws);
    await post(forged);
    await post(`${jws}x`);
    const all = lines.join("\n");
    for (const secret of [...jws.split("."), tokenOf("alice").slice(10)]) expect(all).not.toContain(secret);
    for (const line of lines) {
      expect(line).not.toContain("\n");
      expect(JSON.parse(line)).toHaveProperty("at");
    }
  });
});
