// The admin API as the Worker serves it, on real guards: what strangers see of it, what a key opens, and what it
// changes.

import { env, runDurableObjectAlarm } from "cloudflare:test";
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { eventAt } from "../../test/kit/events.ts";
import { must } from "../../test/kit/ntlm.ts";
import { findEvents } from "../../test/kit/stored-events.ts";
import { app } from "../app.ts";
import type { Env } from "../config/env.ts";
import { generateAppPassword, ntHashesOf } from "../core/credentials/app-password.ts";
import { sealHashes } from "../core/credentials/sealed-hash.ts";
import { parseKeyring } from "../core/crypto/keyring.ts";
import { DEFAULT_LIMITS } from "../core/lockout/limits.ts";
import { guardOf, sourceGuardOf, whoKey } from "../guards/route.ts";
import type { SignInAttempt } from "../guards/sign-in-question.ts";
import { insertEvents } from "../store/audit.ts";
import { openDatabase } from "../store/database.ts";
import { addUser, type User } from "../store/directory.ts";
import { users } from "../store/schema.ts";
import type { LocksAnswer, NetworkLockAnswer, UserLocksAnswer } from "./schemas/locks.ts";

const HOST = "admin.contoso.test";
const KEY = Buffer.alloc(32, 1).toString("base64");
const SECOND_KEY = Buffer.alloc(32, 2).toString("base64");
const KEY_ID = createHash("sha256").update(KEY).digest("hex").slice(0, 8);
const FREE = DEFAULT_LIMITS.stranger.free;
const db = openDatabase(env.DB);
const keyring = must(parseKeyring(env.SEALING_KEYS));

const origin = { fetch: async () => new Response("the Front-End") } as unknown as Fetcher;
const worker: Env = {
  ...env,
  ORIGIN: origin,
  CONNECTOR: origin,
  CONNECTOR_SECRET: "secret",
  ADMIN_HOST: HOST,
  ADMIN_KEYS: `${KEY} ${SECOND_KEY}`,
  REFUSAL_FLOOR_MS: "0", // but where it is tested
};

type Asked = { readonly key?: string; readonly method?: string; readonly headers?: Record<string, string> };

let asked = 0;
/**
 * One request to the Worker; the key is none unless given. From a network of its own unless it names one: what wrong keys of one
 * test are made to wait for would otherwise go on when the file is over.
 */
async function ask(
  path: string,
  { key, method = "GET", headers = {} }: Asked = {},
  on: Env = worker,
  scheme = "https",
) {
  const authorization: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const from = { "cf-connecting-ip": `198.18.0.${++asked % 256}` };
  return app.request(`${scheme}://${HOST}${path}`, { method, headers: { ...from, ...authorization, ...headers } }, on);
}

/** With a right key; the JSON of a 200. */
async function answer<T>(path: string, method = "GET"): Promise<T> {
  const response = await ask(path, { key: KEY, method });
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
  return response.json<T>();
}

/** With a right key; what is no 200. */
async function fault(path: string, method = "GET") {
  const response = await ask(path, { key: KEY, method });
  const problem = await response.json<{ code: string; detail: string }>();
  expect(problem.detail).toMatch(/^[A-Z].*\.$/);
  return [response.status, problem.code];
}

let made = 0;
async function someone(): Promise<User> {
  const name = `admin-api-${++made}`;
  return must(await addUser(db, { sipUri: `sip:${name}@contoso.test`, account: `CONTOSO\\${name}` }, 0));
}

/** An attempt with another wrong password each time, or the right one. */
function attempt(user: User, source: string, password = generateAppPassword()): SignInAttempt {
  const [ntHash = new Uint8Array(16)] = ntHashesOf(password);
  const place = { userId: user.id, credentialId: "p_right" };
  return {
    about: { ...eventAt(0), channel: "password-grant", source },
    client: "a client",
    evidence: { kind: "password", ntHash },
    user: {
      id: user.id,
      sipUri: user.sipUri,
      disabled: false,
      credentials: [{ id: "p_right", ntHashes: sealHashes(keyring, place, ntHashesOf(RIGHT)) }],
      revoked: [],
    },
  };
}
const RIGHT = generateAppPassword();

/** Fails so often from this network that it has to wait. */
async function lockOut(user: User, source: string): Promise<void> {
  for (let i = 0; i < FREE; i++) await guardOf(env, user.sipUri).signIn(attempt(user, source));
}

const waitingIn = ({ users }: LocksAnswer, user: User) => users.find((each) => each.user === user.sipUri)?.pairs;

describe("S-33: without a right key", () => {
  it("every path and method has the answer of a host that is not there", async () => {
    const elsewhere = await app.request("https://nothing.contoso.test/v1/locks", {}, worker);
    const shapeOf = async (response: Response) => {
      const headers = [...response.headers].map(([name, value]) => (name === "x-request-id" ? [name] : [name, value]));
      return [response.status, headers, await response.text()];
    };
    const nothing = await shapeOf(elsewhere);
    expect([nothing[0], nothing[2]]).toEqual([404, ""]);
    const paths = ["/", "/v1/locks", "/v1/locks/", "/v1/locks/users/sip%3Aalice%40contoso.test", "/v1/nothing"];
    const ambiguous = ["/v1//locks", "/v1/locks/users/%zz", "/v1/%2e%2e/locks", "/v1/locks?key=x"];
    const table = "/Autodiscover/AutodiscoverService.svc/root"; // published on every other host
    for (const path of [...paths, ...ambiguous, table]) {
      for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
        for (const authorization of [undefined, "Bearer x", `Basic ${btoa(`admin:${KEY}`)}`, `Bearer ${KEY}x`]) {
          const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
          expect(await shapeOf(await ask(path, { method, headers })), `${method} ${path}`).toEqual(nothing);
        }
      }
    }
  });

  it("S-25: wrong keys count against their network, durably and in the audit; a request without a key does not", async () => {
    const source = "198.51.100.20";
    const headers = { "cf-connecting-ip": source };
    await ask("/v1/locks", { headers });
    expect(await answer(`/v1/locks/networks/${source}`)).toMatchObject({ level: 0, waitUntil: null });
    for (let i = 0; i < 3; i++) await ask("/v1/locks", { key: "wrong", headers });
    const level = async () => (await answer<NetworkLockAnswer>(`/v1/locks/networks/${source}`)).level;
    await vi.waitFor(async () => expect(Math.ceil(await level())).toBe(3)); // counted beside the answer
    await runDurableObjectAlarm(sourceGuardOf(env, source));
    const events = await findEvents(db, { source }, 10);
    expect(events.map(({ channel, host, outcome }) => [channel, host, outcome])).toEqual(
      Array(3).fill(["admin", HOST, "refused"]),
    );
  });

  it("S-25: a network that is held off still gets the same 404, and the right key still opens", async () => {
    const source = "198.51.100.21";
    const headers = { "cf-connecting-ip": source };
    const network = sourceGuardOf(env, source);
    const about = { ...eventAt(0), source };
    for (let i = 0; i < DEFAULT_LIMITS.network.burst; i++) {
      await network.reserve(about, { name: whoKey(`any ${i}`), client: "" });
    }
    expect((await answer<NetworkLockAnswer>(`/v1/locks/networks/${source}`)).waitUntil).not.toBeNull();
    const wrong = await ask("/v1/locks", { key: SECOND_KEY.toLowerCase(), headers });
    expect([wrong.status, await wrong.text()]).toEqual([404, ""]);
    for (const key of [KEY, SECOND_KEY]) expect((await ask("/v1/locks", { key, headers })).status).toBe(200);
  });

  it("S-22: nothing is done about a wrong key before it is answered, also where there is no floor", async () => {
    let asked = 0;
    const reserve = async () => {
      asked++;
      return { kind: "refused" };
    };
    const counting = { ...worker, SOURCE_GUARD: { getByName: () => ({ reserve }) } as unknown as Env["SOURCE_GUARD"] };
    const { status } = await app.request(
      `https://${HOST}/v1/locks`,
      { headers: { authorization: "Bearer x" } },
      counting,
    );
    expect([status, asked]).toEqual([404, 0]);
    await vi.waitFor(() => expect(asked).toBe(1));
  });

  it("S-22: the admin host answers at the floor, as a host that is not there does; a right key does not wait", async () => {
    const floor = 400;
    const { slowGuard, letGo } = guardThatWaits();
    const held = { ...worker, REFUSAL_FLOOR_MS: String(floor) };
    const slow = { ...held, SOURCE_GUARD: slowGuard };
    const timed = async (url: string, headers: Record<string, string>, on: Env) => {
      const began = performance.now();
      const { status } = await app.request(url, { headers }, on);
      return { status, took: performance.now() - began };
    };
    const wrong = { authorization: "Bearer wrong" };
    const refusals = await Promise.all([
      timed(`https://${HOST}/v1/locks`, {}, held),
      timed(`https://${HOST}/v1/locks`, wrong, held),
      timed(`https://${HOST}/v1/locks`, wrong, slow), // what it does about a wrong key is not waited for
      timed(`http://${HOST}/v1/locks`, wrong, held),
      timed("https://nothing.contoso.test/v1/locks", {}, held),
      timed("https://nothing.contoso.test/v1/locks", wrong, held),
      timed("https://nothing.contoso.test/v1//locks", wrong, held),
      timed("https://192.0.2.80/", {}, held),
    ]);
    for (const { status, took } of refusals) {
      expect(status).toBe(404);
      expect(took).toBeGreaterThanOrEqual(floor - 2);
      expect(took).toBeLessThan(10 * floor);
    }
    letGo(); // workerd does not end while something waits
    await answer("/v1/locks"); // its code is loaded
    const soonest = async (on: Env) => {
      const took: number[] = [];
      for (let i = 0; i < 5; i++) {
        took.push((await timed(`https://${HOST}/v1/nothing`, { authorization: `Bearer ${KEY}` }, on)).took);
      }
      return Math.min(...took);
    };
    expect(await soonest(held)).toBeLessThan(floor / 2);
  });

  it("S-37: a guard that fails makes no other answer, and opens nothing", async () => {
    const broken = { getByName: () => ({ reserve: () => Promise.reject(new Error("no guard")) }) };
    const on = { ...worker, SOURCE_GUARD: broken as unknown as Env["SOURCE_GUARD"] };
    const response = await ask("/v1/locks", { key: "wrong" }, on);
    expect([response.status, await response.text()]).toEqual([404, ""]);
  });

  it("a right key over http opens nothing, unless http is allowed, as for local runs", async () => {
    expect((await ask("/v1/locks", { key: KEY }, worker, "http")).status).toBe(404);
    expect((await ask("/v1/locks", { key: KEY }, { ...worker, PLAIN_HTTP: "allow" }, "http")).status).toBe(200);
  });

  it("there is no admin API without ADMIN_HOST, nor on a public host", async () => {
    const { ADMIN_HOST: _, ...without } = worker;
    expect((await ask("/v1/locks", { key: KEY }, without)).status).toBe(404);
    const headers = { authorization: `Bearer ${KEY}` };
    expect((await app.request("https://web.contoso.test/v1/locks", { headers }, worker)).status).toBe(404);
  });

  it("the host is known by any spelling, and by nothing but the host", async () => {
    const headers = { authorization: `Bearer ${KEY}` };
    const status = async (url: string) => (await app.request(url, { headers }, worker)).status;
    expect(await status("https://ADMIN.contoso.test:443/v1/locks")).toBe(200);
    expect(await status("https://admin.contoso.test.:8443/v1/locks")).toBe(200);
    expect(await status("https://web.contoso.test/https://admin.contoso.test/v1/locks")).not.toBe(200);
    expect(await status("https://admin.contoso.test.evil.test/v1/locks")).toBe(404);
  });
});

describe("with a key", () => {
  const SOURCE = "203.0.113.7";
  let locked: User;
  let quiet: User;

  beforeAll(async () => {
    locked = await someone();
    quiet = await someone();
    await lockOut(locked, SOURCE);
    await guardOf(env, locked.sipUri).signIn(attempt(locked, "2001:db8:1:2::/64"));
    await guardOf(env, quiet.sipUri).signIn(attempt(quiet, SOURCE, RIGHT));
    // The audit goes to D1 when the guard's alarm rings.
    await runDurableObjectAlarm(guardOf(env, locked.sipUri));
  });

  it("lists who waits now, and not who may try", async () => {
    const locks = await answer<LocksAnswer>("/v1/locks");
    expect(locks.lockout).toBe("enforce");
    expect(locks.cut).toEqual({ users: false, networks: false });
    expect(waitingIn(locks, locked)).toEqual([
      expect.objectContaining({ source: SOURCE, familiar: false, failures: FREE, waitReason: "waiting" }),
    ]);
    expect(waitingIn(locks, quiet)).toBeUndefined();
    expect(locks.networks.map(({ source }) => source)).not.toContain(SOURCE);
  });

  it("S-10: shows a user by every name, in any spelling", async () => {
    const name = locked.sipUri.slice("sip:".length, -"@contoso.test".length);
    for (const given of [locked.sipUri, locked.sipUri.toUpperCase(), `CONTOSO\\${name}`, `contoso/${name}`]) {
      const shown = await answer<UserLocksAnswer>(`/v1/locks/users/${encodeURIComponent(given)}`);
      expect(shown.user).toBe(locked.sipUri);
      expect(new Set(shown.pairs.map(({ source }) => source))).toEqual(new Set([SOURCE, "2001:db8:1:2::/64"]));
      const [until] = shown.pairs.flatMap(({ waitUntil }) => waitUntil ?? []);
      expect(Date.parse(until ?? "")).toBeGreaterThan(Date.now());
      expect(shown.strangers).toMatchObject({ capacity: DEFAULT_LIMITS.strangers.burst, fullUntil: null });
    }
  });

  it("shows who is familiar", async () => {
    const { pairs } = await answer<UserLocksAnswer>(`/v1/locks/users/${encodeURIComponent(quiet.sipUri)}`);
    expect(pairs).toEqual([expect.objectContaining({ source: SOURCE, familiar: true, failures: 0, waitUntil: null })]);
    expect(Date.parse(pairs[0]?.lastSuccessAt ?? "")).toBeLessThanOrEqual(Date.now());
  });

  it.each([
    ["2001:db8:1:2::/64", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2:0:0:0:9", "2001:db8:1:2::/64"],
    ["203.0.113.7", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["unknown", "unknown"],
  ])("shows the network of %s", async (given, source) => {
    const path = `/v1/locks/networks/${encodeURIComponent(given)}`;
    expect(await answer(path)).toMatchObject({ lockout: "enforce", source, capacity: DEFAULT_LIMITS.network.burst });
  });

  it("clears a user: the networks may try at once, and what is familiar stays", async () => {
    const user = await someone();
    await guardOf(env, user.sipUri).signIn(attempt(user, "192.0.2.1", RIGHT));
    await lockOut(user, "192.0.2.2");
    expect((await guardOf(env, user.sipUri).signIn(attempt(user, "192.0.2.2", RIGHT))).kind).toBe("held");
    const path = `/v1/locks/users/${encodeURIComponent(user.sipUri)}`;
    expect(await answer(`${path}/clear`, "POST")).toEqual({ user: user.sipUri, cleared: ["192.0.2.2"] });
    expect((await answer<UserLocksAnswer>(path)).pairs.map(({ source, familiar }) => [source, familiar])).toEqual([
      ["192.0.2.1", true],
    ]);
    expect((await guardOf(env, user.sipUri).signIn(attempt(user, "192.0.2.2", RIGHT))).kind).toBe("signed-in");
  });

  it("clears a user in the networks' guards too, by each of the user's names, and no other user there", async () => {
    const user = await someone();
    const source = "192.0.2.3";
    const network = sourceGuardOf(env, source);
    const about = { ...eventAt(0), source };
    const until = Date.now() + 600_000;
    const name = user.sipUri.slice("sip:".length, -"@contoso.test".length);
    const whos = [`${name}@contoso.test`, `contoso\\${name}`, "other@contoso.test"].map((text) => ({
      name: whoKey(text),
      client: "c",
    }));
    for (const who of whos) {
      await network.reserve(about, who);
      await network.settle(about, who, { kind: "held", until }, { counted: true });
    }
    await lockOut(user, source);
    await answer(`/v1/locks/users/${encodeURIComponent(user.sipUri)}/clear`, "POST");
    const kinds: string[] = [];
    for (const who of whos) kinds.push((await network.reserve(about, who)).kind);
    expect(kinds).toEqual(["admitted", "admitted", "refused"]);
  });

  it("clears a network's own count", async () => {
    const network = sourceGuardOf(env, "2001:db8:5:6::/64");
    const about = { ...eventAt(0), source: "2001:db8:5:6::/64" };
    for (let i = 0; i < 7; i++) await network.reserve(about, { name: whoKey(`n${i}`), client: "" });
    const path = `/v1/locks/networks/${encodeURIComponent("2001:db8:5:6::/64")}`;
    expect((await answer<NetworkLockAnswer>(path)).level).toBeGreaterThan(6);
    expect(await answer(`${path}/clear`, "POST")).toEqual({ source: "2001:db8:5:6::/64" });
    expect((await answer<NetworkLockAnswer>(path)).level).toBe(0);
  });

  it("S-39: each change is one event and one line: which key, what, of whom, from where, when, by which request", async () => {
    const user = await someone();
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const headers = { "cf-connecting-ip": "192.0.2.9", "cf-ray": "9a3c5e7f1b2d4c6e-FRA" };
    try {
      const path = `/v1/locks/users/${encodeURIComponent(user.sipUri)}`;
      await ask(`${path}/clear`, { key: KEY, method: "POST", headers });
      await ask("/v1/locks/networks/192.0.2.10/clear", { key: KEY, method: "POST", headers });
      await ask(path, { key: KEY, headers });
      const common = { event: "change", channel: "command", outcome: "changed", reason: "locks-cleared", by: KEY_ID };
      const from = { source: "192.0.2.9", requestId: "9a3c5e7f1b2d4c6e-FRA", at: expect.stringMatching(/^\d{4}-.*Z$/) };
      const lines = log.mock.calls.map(([line]) => JSON.parse(line) as { readonly id: string });
      expect(lines).toMatchObject([
        { ...common, ...from, user: user.sipUri },
        { ...common, ...from, why: "192.0.2.10" },
      ]);
      const stored = await findEvents(openDatabase(env.DB), { reason: "locks-cleared" }, 10);
      const ofThese = stored.filter(({ requestId }) => requestId === from.requestId);
      expect(ofThese.map(({ id }) => id)).toEqual(lines.map(({ id }) => id).toReversed());
      expect(JSON.stringify(log.mock.calls)).not.toContain(KEY);
    } finally {
      log.mockRestore();
    }
  });

  it.each([
    ["GET", "/", 404, "no-such-resource"],
    ["GET", "/v1", 404, "no-such-resource"],
    ["GET", "/v1/locks/", 404, "no-such-resource"],
    ["POST", "/v1/locks", 405, "method-not-allowed"],
    ["DELETE", "/v1/locks/users/x%40y.test", 405, "method-not-allowed"],
    ["GET", "/v1/locks/users/x%40y.test/clear", 405, "method-not-allowed"],
    ["GET", "/v1/locks/users/nobody%40contoso.test", 404, "no-such-user"],
    ["POST", "/v1/locks/users/nobody%40contoso.test/clear", 404, "no-such-user"],
    ["GET", "/v1/locks/users/alice", 400, "unusable-name"],
    ["GET", "/v1/locks/users/a%00b%40y.test", 400, "unusable-name"],
    ["GET", "/v1/locks/users/%zz%40y.test", 404, "no-such-user"],
    ["GET", "/v1/locks/networks/web.contoso.test", 400, "unusable-network"],
    ["POST", "/v1/locks/networks/10.0.0.0%2F8/clear", 400, "unusable-network"],
  ])("%s %s is %i %s", async (method, path, status, code) => {
    expect(await fault(path, method)).toEqual([status, code]);
  });

  it("S-37: what fails behind it is a 503 with a code, and the log has no name that was asked for", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    try {
      const broken = { prepare: () => fail() } as unknown as D1Database;
      const response = await ask("/v1/locks/users/alice%40contoso.test", { key: KEY }, { ...worker, DB: broken });
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ code: "unavailable" });
      expect(JSON.stringify(log.mock.calls)).not.toContain("alice");
      const lines = log.mock.calls.map(([line]) => JSON.parse(line));
      expect(lines).toMatchObject([
        { event: "unavailable", reason: "admin" },
        { event: "request-refused", reason: "admin-request", detail: "unavailable", path: "/v1/locks/users/*" },
      ]);
    } finally {
      log.mockRestore();
    }
  });

  it("says when waits are only counted", async () => {
    const response = await ask("/v1/locks", { key: KEY }, { ...worker, LOCKOUT: "report" });
    expect(await response.json()).toMatchObject({ lockout: "report" });
  });
  it("asks a hundred users and a hundred networks at most, and says that there are more", async () => {
    const now = Date.now();
    const events = Array.from({ length: 101 }, (_, i) =>
      eventAt(now, {
        source: `10.9.0.${i}`,
        userId: `u_crowd${i}`,
        user: `sip:crowd${i}@contoso.test`,
        waitUntil: now + 600_000,
      }),
    );
    await insertEvents(db, events);
    for (const { userId: id = "", user: sipUri = "" } of events) {
      await db.insert(users).values({ id, sipUri, domain: "CONTOSO", account: id, createdAt: 0 });
    }
    const { cut } = await answer<LocksAnswer>("/v1/locks");
    expect(cut).toEqual({ users: true, networks: true });
  });
});

function fail(): never {
  throw new Error("no database");
}

/** A network's guard that answers when it is let go, and then at once. */
function guardThatWaits(): { readonly slowGuard: Env["SOURCE_GUARD"]; readonly letGo: () => void } {
  let letGo = (): void => undefined;
  const answered = new Promise<{ kind: "refused" }>((resolve) => {
    letGo = () => resolve({ kind: "refused" });
  });
  const slowGuard = { getByName: () => ({ reserve: () => answered }) } as unknown as Env["SOURCE_GUARD"];
  return { slowGuard, letGo };
}
