// The whole connector over HTTP, with stand-ins for the Kerberos programs and for the native library: what it answers,
// what it runs, what it keeps and what it says.

import { once } from "node:events";
import { readdir, readFile, stat } from "node:fs/promises";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { CannotListen } from "../src/server.ts";
import { newSigner, SERVICE, signedOrder } from "./orders.ts";
import {
  ask,
  connector,
  eachHasAConnector,
  failToMint,
  home,
  lines,
  minted,
  now,
  order,
  pass,
  post,
  programs,
  reasons,
  signer,
  start,
  startWith,
  tokenOf,
} from "./stand.ts";

eachHasAConnector();

it("says in a sentence that a port is taken, and listens on no other one", async () => {
  await start();
  const port = Number(new URL(connector.url).port);
  const listeners = (): number => process.getActiveResourcesInfo().filter((each) => each === "TCPServerWrap").length;
  const before = listeners();
  for (const setting of ["listen", "observe"]) {
    const second = startWith({ [setting]: { port }, runtimeDirectory: join(home, "second") });
    await expect(second).rejects.toBeInstanceOf(CannotListen);
    await expect(second).rejects.toThrow(
      `The connector cannot listen on 127.0.0.1, port ${port} (EADDRINUSE). Another program has this port, perhaps another connector: end it, or choose another port (${setting}).`,
    );
  }
  await vi.waitFor(() => expect(listeners()).toBe(before), 60_000);
});

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
    pass(-10_000);
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
    pass(20_000); // what the test itself takes comes on top
    await ask();
    expect(await programs.calls("kvno")).toHaveLength(1);
    pass(50_000);
    await ask();
    expect(await programs.calls("kvno")).toHaveLength(2);
    expect(minted).toHaveLength(12);
  });

  it("is not used after its end, however long it may be kept", async () => {
    await start({ limits: { cacheSeconds: 36_000 } });
    await ask();
    pass(10 * 3_600_000 - 30_000);
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
    await ask("alice"); // the one that was there longest
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
    await vi.waitFor(called, 60_000);
    const [[answer]] = await Promise.all([once(asked, "response"), connector.stop()]);
    expect(answer.statusCode).toBe(200);
    agent.destroy();
  });

  it("is kept from when the directory was asked, not from when it answered", async () => {
    await start({ limits: { cacheSeconds: 60 } });
    await programs.set("slow");
    const first = ask();
    await vi.waitFor(async () => expect(await programs.calls("kvno")).toHaveLength(1), 60_000);
    pass(61_000); // all that time the directory takes
    await first;
    await ask();
    expect(await programs.calls("kvno")).toHaveLength(2);
  });

  it("is got anew, once, when nothing can be made of it", async () => {
    await start();
    failToMint(1);
    expect((await ask()).status).toBe(200);
    expect(await programs.calls("kvno")).toHaveLength(2);
    failToMint(2);
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
    pass(10_000);
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
    pass(10_000);
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
