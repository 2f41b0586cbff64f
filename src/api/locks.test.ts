// The operations about locks, on real guards: what they show, what they clear, and what the audit says of it.

import { env, runDurableObjectAlarm } from "cloudflare:test";
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { answer, ask, KEY, worker } from "../../test/kit/admin-host.ts";
import { eventAt } from "../../test/kit/events.ts";
import { must } from "../../test/kit/ntlm.ts";
import { findEvents } from "../../test/kit/stored-events.ts";
import type { Env } from "../config/env.ts";
import { generateAppPassword, ntHashesOf } from "../core/credentials/app-password.ts";
import { sealHashes } from "../core/credentials/sealed-hash.ts";
import { parseKeyring } from "../core/crypto/keyring.ts";
import { DEFAULT_LIMITS } from "../core/lockout/limits.ts";
import { guardOf, sourceGuardOf, whoKey } from "../guards/route.ts";
import type { SignInAttempt } from "../guards/sign-in-question.ts";
import type { PairState } from "../guards/user-locks.ts";
import { insertEvents } from "../store/audit.ts";
import { openDatabase } from "../store/database.ts";
import { addUser, type User } from "../store/directory.ts";
import { users } from "../store/schema.ts";
import { locksOfUser } from "./locks.ts";
import type { LocksAnswer, NetworkLockAnswer, UserLocksAnswer } from "./schemas/locks.ts";

const KEY_ID = createHash("sha256").update(KEY).digest("hex").slice(0, 8);
const FREE = DEFAULT_LIMITS.stranger.free;
const db = openDatabase(env.DB);
const keyring = must(parseKeyring(env.SEALING_KEYS));

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

describe("locks", () => {
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

  it("S-44: keeps below 100 KB, however many networks failed at one user; those that wait come first", async () => {
    const user = await someone();
    const tried = (at: number): PairState => ({
      ...{ source: `2001:db8:${at.toString(16)}::/64`, familiar: false, failures: 5 },
      ...{ lastFailureAt: 0, lastSuccessAt: null, waitUntil: at < 9_000 ? null : 9e12, waitReason: null },
    });
    const pairs = Array.from({ length: 10_000 }, (_, at) => tried(at));
    const locks = { pairs, strangers: { level: 100, capacity: 100, fullUntil: 9e12 } };
    const USER_GUARD = { getByName: () => ({ locks: async () => locks }) } as unknown as Env["USER_GUARD"];
    const shown = await locksOfUser({ ...worker, USER_GUARD }, user.sipUri);
    expect(JSON.stringify(shown).length).toBeLessThan(100 * 1024);
    expect(shown.pairs[0]?.source).toBe("2001:db8:2328::/64");
    expect(shown.pairs.length + shown.morePairs).toBe(10_000);
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
