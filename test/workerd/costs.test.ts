// What each path costs in Durable Object requests, D1 statements and rows, counted at the bindings. An attacker's Type
// 1 costs nothing. A sign-in costs four calls and a statement. A ticket costs at most one call and no write. A flood
// costs one call for each request.

import { env, runInDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Env } from "../../src/config/env.ts";
import { generateAppPassword, ntHashesOf } from "../../src/core/credentials/app-password.ts";
import { sealHashes } from "../../src/core/credentials/sealed-hash.ts";
import { parseKeyring } from "../../src/core/crypto/keyring.ts";
import { PUBLISH_TABLE } from "../../src/core/http/publish.ts";
import { DEFAULT_LIMITS } from "../../src/core/lockout/limits.ts";
import { dataPlane } from "../../src/gateway/data-plane.ts";
import { guardOf, sourceGuardOf } from "../../src/guards/route.ts";
import { openDatabase } from "../../src/store/database.ts";
import { addAppPassword, addUser } from "../../src/store/directory.ts";
import { UserGuard } from "../../src/user-guard/user-guard.ts";
import { configWith, HOST } from "../kit/config.ts";
import { must } from "../kit/ntlm.ts";
import { clientAuthenticate, clientNegotiate, PROFILES } from "../kit/ntlm-client.ts";

const TOKEN_URL = `https://${HOST}/WebTicket/oauthtoken`;
const USER_URL = `https://${HOST}/Autodiscover/AutodiscoverService.svc/root/user`;
const SIP_URI = "sip:costs@contoso.test";
const keyring = must(parseKeyring(env.SEALING_KEYS));
const password = generateAppPassword();

/** Stands before a Front-End that issues a ticket to every POST, and answers everything else. */
const config = configWith(async ({ method }) =>
  method === "POST" ? Response.json({ access_token: "cwt=AAEBHA", expires_in: 28_800 }) : new Response("a document"),
);

let userId = "";

beforeAll(async () => {
  const db = openDatabase(env.DB);
  const user = must(await addUser(db, { sipUri: SIP_URI, account: "CONTOSO\\costs", upn: "costs@contoso.test" }, 0));
  userId = user.id;
  const place = { userId, credentialId: "p_costs" };
  const ntHashes = sealHashes(keyring, place, ntHashesOf(password));
  await addAppPassword(db, { id: place.credentialId, userId, label: "", ntHashes }, 0);
});

type Costs = { guardCalls: string[]; statements: number };

/** The Worker's bindings, with what is asked of them counted. */
function counted(costs: Costs): Env {
  const namespace = <T extends Env["USER_GUARD"] | Env["SOURCE_GUARD"]>(guards: T): T =>
    new Proxy(guards, {
      get: (target, key) =>
        key !== "getByName"
          ? Reflect.get(target, key)
          : (name: string) =>
              new Proxy(target.getByName(name), {
                get: (stub, method) => {
                  costs.guardCalls.push(String(method));
                  return Reflect.get(stub, method);
                },
              }),
    });
  const database = new Proxy(env.DB, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function") return member;
      return (...values: unknown[]) => {
        costs.statements++;
        return Reflect.apply(member, target, values);
      };
    },
  });
  return { ...env, DB: database, USER_GUARD: namespace(env.USER_GUARD), SOURCE_GUARD: namespace(env.SOURCE_GUARD) };
}

async function ask(url: string, init: RequestInit = {}) {
  const costs: Costs = { guardCalls: [], statements: 0 };
  const response = await dataPlane(new Request(url, init), counted(costs), config);
  return { response, costs };
}

const form = (authorization: string, address = "192.0.2.1"): RequestInit => ({
  method: "POST",
  headers: {
    authorization,
    "cf-connecting-ip": address,
    "content-type": "application/x-www-form-urlencoded",
  },
  body: "grant_type=urn:microsoft.rtc:windows",
});
const ntlm = (message: Uint8Array): string => `NTLM ${Buffer.from(message).toString("base64")}`;

const type1 = clientNegotiate(PROFILES.windowsHttp);

async function answerToChallenge(user: string, typed = password): Promise<Uint8Array> {
  const { response } = await ask(TOKEN_URL, form(ntlm(type1)));
  const type2 = Buffer.from((response.headers.get("www-authenticate") ?? "").replace("NTLM ", ""), "base64");
  const who = { user, domain: "CONTOSO", workstation: "PC", password: typed, now: Date.now() };
  return clientAuthenticate(PROFILES.windowsHttp, { ...who, type1, type2 });
}

async function signIn(): Promise<{ readonly ticket: string; readonly costs: Costs }> {
  const { response, costs } = await ask(TOKEN_URL, form(ntlm(await answerToChallenge("costs"))));
  expect(response.status).toBe(200);
  const { access_token: ticket } = await response.json<{ access_token: string }>();
  return { ticket, costs };
}

describe("per request", () => {
  it("no credentials, and a Type 1: nothing", async () => {
    for (const init of [{}, form(ntlm(type1)), form("NTLM AAAA"), form("Basic YTpi")]) {
      const { response, costs } = await ask(TOKEN_URL, init);
      expect([response.status, costs]).toEqual([401, { guardCalls: [], statements: 0 }]);
    }
  });

  it("a sign-in: one D1 statement, two calls of the network's guard and two of the user's", async () => {
    expect((await signIn()).costs).toEqual({
      guardCalls: ["reserve", "signIn", "settle", "rememberTicket"],
      statements: 1,
    });
  });

  it("a wrong password, and a Type 3 that is not an answer to our challenge: one D1 statement, one call of each", async () => {
    const wrong = await ask(
      TOKEN_URL,
      form(ntlm(await answerToChallenge("costs", generateAppPassword())), "192.0.2.2"),
    );
    expect([wrong.response.status, wrong.costs]).toEqual([401, { guardCalls: ["reserve", "signIn"], statements: 1 }]);
    const type3 = await answerToChallenge("costs");
    const elsewhere = { ...config, keyring: must(parseKeyring(Buffer.alloc(32, 5).toString("base64"))) };
    const costs: Costs = { guardCalls: [], statements: 0 };
    const response = await dataPlane(new Request(TOKEN_URL, form(ntlm(type3), "192.0.2.3")), counted(costs), elsewhere);
    expect([response.status, costs]).toEqual([401, { guardCalls: ["reserve", "signIn"], statements: 1 }]);
  });

  it("a name nobody has: one D1 statement, two calls of its own network's guard and one of an object that keeps nothing", async () => {
    const { response, costs } = await ask(TOKEN_URL, form(ntlm(await answerToChallenge("mallory"))));
    expect([response.status, costs]).toEqual([
      401,
      { guardCalls: ["reserve", "refuseStranger", "recordStranger"], statements: 1 },
    ]);
  });

  it("a flood on one name from one network: one call each, of that network's guard, and no D1", async () => {
    const guess = async () =>
      ask(TOKEN_URL, form(ntlm(await answerToChallenge("costs", generateAppPassword())), "192.0.2.4"));
    // The last attempt that is looked at, and the one that tells the network's guard.
    for (let i = 0; i <= DEFAULT_LIMITS.stranger.free; i++) await guess();
    for (let i = 0; i < 20; i++) {
      const { response, costs } = await guess();
      expect([response.status, costs]).toEqual([401, { guardCalls: ["reserve"], statements: 0 }]);
    }
  });

  it("a flood over many names from one network: in the end one call each and no D1", async () => {
    for (let i = 0; i < DEFAULT_LIMITS.network.burst; i++) {
      await ask(TOKEN_URL, form(ntlm(await answerToChallenge(`nobody${i}`)), "192.0.2.5"));
    }
    const { response, costs } = await ask(TOKEN_URL, form(ntlm(await answerToChallenge("costs")), "192.0.2.5"));
    expect([response.status, costs]).toEqual([401, { guardCalls: ["reserve"], statements: 0 }]);
  });

  describe("S-44: of a flood of guesses D1 is not read", () => {
    const grant = (typed: string, address: string, user = "costs@contoso.test") =>
      ask(TOKEN_URL, {
        method: "POST",
        headers: { "cf-connecting-ip": address, "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ grant_type: "password", username: user, password: typed }).toString(),
      });
    const sum = (asked: readonly Awaited<ReturnType<typeof ask>>[]) => ({
      calls: asked.reduce((total, { costs }) => total + costs.guardCalls.length, 0),
      statements: asked.reduce((total, { costs }) => total + costs.statements, 0),
      statuses: [...new Set(asked.map(({ response }) => response.status))],
    });
    const inTurn = async (count: number, act: () => ReturnType<typeof ask>) => {
      const asked = [];
      for (let i = 0; i < count; i++) asked.push(await act());
      return sum(asked);
    };
    const atOnce = async (count: number, act: () => ReturnType<typeof ask>) =>
      sum(await Promise.all(Array.from({ length: count }, act)));

    it.each([
      ["a name that exists", "costs@contoso.test", 3],
      ["a name nobody has", "nobody-at-all@contoso.test", 4],
    ] as const)("300 times the same wrong password: %s", async (_, user, calls) => {
      const wrong = generateAppPassword();
      const flood = await inTurn(300, () => grant(wrong, `192.0.2.${60 + calls - 3}`, user));
      expect(flood.statements).toBe(2);
      expect(flood.calls).toBe(300 + calls);
      expect(flood.statuses).toEqual([400]);
    });

    it("300 times one and the same answer to a challenge", async () => {
      const sent = await answerToChallenge("costs", generateAppPassword());
      const flood = await inTurn(300, () => ask(TOKEN_URL, form(ntlm(sent), "192.0.2.62")));
      expect(flood.statements).toBeLessThanOrEqual(4);
      expect(flood.calls).toBeLessThanOrEqual(300 + 8);
    });

    it("a hundred of them at once: a few", async () => {
      const wrong = generateAppPassword();
      const sent = await answerToChallenge("costs", generateAppPassword());
      for (const act of [
        () => grant(wrong, "192.0.2.63"),
        () => grant(wrong, "192.0.2.64", "nobody-at-all@contoso.test"),
        () => ask(TOKEN_URL, form(ntlm(sent), "192.0.2.65")),
      ]) {
        const flood = await atOnce(100, act);
        expect(flood.statements).toBeLessThanOrEqual(6);
        expect(flood.calls).toBeLessThanOrEqual(100 + 15);
      }
    });

    it("300 others at one name: the first five", async () => {
      const flood = await inTurn(300, () => grant(generateAppPassword(), "192.0.2.66"));
      expect(flood.statements).toBe(DEFAULT_LIMITS.stranger.free);
      expect(flood.calls).toBe(300 + DEFAULT_LIMITS.stranger.free + 1);
    });

    it("S-43: 300 others in a familiar place: the first five, and then two calls each", async () => {
      const { response } = await grant(password, "192.0.2.67");
      expect(response.status).toBe(200);
      const flood = await inTurn(300, () => grant(generateAppPassword(), "192.0.2.67"));
      // Half a minute may pass meanwhile.
      expect(flood.statements).toBeLessThanOrEqual(DEFAULT_LIMITS.stranger.free + 2);
      expect(flood.calls).toBeLessThanOrEqual(2 * 300 + 10);
      expect(flood.statuses).toEqual([400]);
    });
  });

  it("a ticket: one call and no D1, then none for as long as the verdict is reused", async () => {
    const { ticket } = await signIn();
    const presented = { headers: { authorization: `Bearer ${ticket}` } };
    const first = await ask(USER_URL, presented);
    expect([first.response.status, first.costs]).toEqual([200, { guardCalls: ["verdictOn"], statements: 0 }]);
    const second = await ask(USER_URL, presented);
    expect([second.response.status, second.costs]).toEqual([200, { guardCalls: [], statements: 0 }]);
  });

  it("a ticket on each row, with each method: one call at most and no D1, whether its device is unknown, named or refused", async () => {
    const named = await signIn();
    const device = JSON.stringify({ EndpointId: "phone of costs" });
    const headers = (ticket: string) => ({ authorization: `Bearer ${ticket}`, "content-type": "application/json" });
    const start = (ticket: string, body: string) =>
      ask(`https://${HOST}/ucwa/oauth/v1/applications`, { method: "POST", headers: headers(ticket), body });
    const unnamed = await signIn();
    for (const { path, methods, access } of PUBLISH_TABLE) {
      if (access.kind !== "ticket") continue;
      for (const method of methods) {
        const body = method === "POST" || method === "PUT" ? { body: device } : {};
        const url = `https://${HOST}${path.replace("*", "x/y")}`;
        const { response, costs } = await ask(url, { method, headers: headers(unnamed.ticket), ...body });
        expect([costs.guardCalls.length <= 1, costs.statements], `${method} ${path}: ${response.status}`).toEqual([
          true,
          0,
        ]);
      }
    }
    expect((await start(named.ticket, device)).costs).toEqual({ guardCalls: ["nameDevice"], statements: 0 });
    for (let flood = 0; flood < 20; flood++) {
      const { response, costs } = await start(named.ticket, JSON.stringify({ EndpointId: `another ${flood}` }));
      expect([response.status, costs]).toEqual([403, { guardCalls: ["nameDevice"], statements: 0 }]);
    }
  });

  it("a forged ticket: nothing", async () => {
    const { response, costs } = await ask(USER_URL, { headers: { authorization: "Bearer cwt=AAEBHA" } });
    expect([response.status, costs]).toEqual([401, { guardCalls: [], statements: 0 }]);
  });

  it("an open page and a closed one: nothing", async () => {
    for (const path of ["/Autodiscover/AutodiscoverService.svc/root", "/cscp/"]) {
      expect((await ask(`https://${HOST}${path}`)).costs).toEqual({ guardCalls: [], statements: 0 });
    }
  });
});

const TICKET = { kind: "user", credentialId: "p", place: "", workstation: "", ntlmVersion: "" } as const;
const about = {
  requestId: "r",
  channel: "ticket",
  host: HOST,
  source: "192.0.2.6",
  userAgent: "",
  workstation: "",
} as const;
const presented = (id: string) => ({
  id,
  use: { kind: "discovery" } as const,
  source: { network: "192.0.2.6", country: "", asn: 0 },
  about,
});
const subject = {
  sipUri: SIP_URI,
  disabled: false,
  groups: [],
  enrolment: null,
  maxDevices: null,
  windowUntil: null,
  sid: null,
};
/** D1 reads of the user: a guard that knows its user does not ask again. */
const profile = () => ({ subject: { ...subject, userId, revision: 0 }, policyVersion: 0 });

describe("rows in the guard, by SQLite's own count", () => {
  /** Runs one step in a guard and adds up what its statements read and wrote. */
  const rowsOf = (guard: ReturnType<typeof guardOf>, step: (object: UserGuard) => unknown) =>
    runInDurableObject(guard, async (object, { storage }) => {
      const exec = vi.spyOn(storage.sql, "exec");
      if (object instanceof UserGuard) await step(object);
      const cursors = exec.mock.results.map(({ value }) => value as SqlStorageCursor<never>);
      exec.mockRestore();
      const sum = (key: "rowsRead" | "rowsWritten") => cursors.reduce((total, cursor) => total + cursor[key], 0);
      return { statements: cursors.length, read: sum("rowsRead"), written: sum("rowsWritten") };
    });

  it("checking a ticket reads one row among a thousand and writes none", async () => {
    const guard = guardOf(env, SIP_URI);
    const expiresAt = Date.now() + 3_600_000;
    for (let i = 0; i < 1_000; i++) {
      await guard.rememberTicket({ ...TICKET, id: `t${i}`, expiresAt }, profile());
    }
    for (const id of ["t500", "no such ticket"]) {
      const rows = await rowsOf(guard, (object) => object.judge(presented(id)));
      expect(rows.written).toBe(0);
      expect(rows.read).toBeLessThanOrEqual(1);
      expect(rows.statements).toBe(1);
    }
  });

  it("remembering a ticket writes one row; which app passwords died meanwhile is in memory", async () => {
    const ticket = { ...TICKET, id: "one more", expiresAt: Date.now() + 3_600_000 };
    const rows = await rowsOf(guardOf(env, SIP_URI), (object) => object.rememberTicket(ticket, profile()));
    expect(rows).toMatchObject({ written: 1, read: 0, statements: 1 });
  });

  it("ten thousand guesses at names nobody has, from one network, leave a handful of rows and no other object", async () => {
    const lines = vi.spyOn(console, "log").mockImplementation(() => {}); // ten thousand of them
    const guard = sourceGuardOf(env, "192.0.2.6");
    // Only what happens within the guard. The cost of twenty thousand requests to it is another question.
    await runInDurableObject(guard, async (object) => {
      for (let i = 0; i < 10_000; i += 500) {
        const guesses = Array.from({ length: 500 }, async (_, j) => {
          const who = { name: `name ${i + j}`, client: "c", proof: "p" };
          const admission = await object.reserve({ ...about, channel: "ntlm" }, who);
          if (admission.kind === "admitted") await object.recordStranger({ ...about, channel: "ntlm" }, who);
        });
        await Promise.all(guesses);
      }
    });
    const rows = await runInDurableObject(guard, (_, { storage }) =>
      ["network", "familiar", "audit_outbox"].map(
        (table) => storage.sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n,
      ),
    );
    const [network, familiar, outbox = 0] = rows;
    expect([network, familiar]).toEqual([1, 0]);
    // The guard counts one more every 36 s, and one event stands for all the rest.
    expect(outbox).toBeLessThanOrEqual(DEFAULT_LIMITS.network.burst + 5);
    expect(lines).toHaveBeenCalledTimes(10_000);
    lines.mockRestore();
  });

  it("a stranger's ticket costs a look at an empty schema, and writes nothing", async () => {
    const rows = await rowsOf(guardOf(env, "sip:stranger@contoso.test"), (object) => object.judge(presented("any")));
    expect(rows.written).toBe(0);
  });
});
