// The guard inside workerd: whom it lets in, and what it uses up, remembers and forgets. user-lockout.test.ts tests
// what it counts, guard-audit.test.ts what it tells the audit.

import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  aboutFrom,
  attempt,
  eventsOf,
  type Guard,
  HOUR,
  NOTHING,
  ntlm,
  pass,
  presented,
  profileOf,
  relayed,
  someone,
  stopClock,
  storageOf,
  tally,
  typed,
} from "../../test/kit/attempts.ts";
import { must } from "../../test/kit/ntlm.ts";
import { auditEvent } from "../audit/event.ts";
import { generateAppPassword, ntHashesOf } from "../core/credentials/app-password.ts";
import { sealHashes } from "../core/credentials/sealed-hash.ts";
import { parseKeyring } from "../core/crypto/keyring.ts";
import type { RelayedTicket } from "../guards/relayed-ticket.ts";
import { guardOf } from "../guards/route.ts";
import { openDatabase } from "../store/database.ts";
import { addAppPassword, addUser, findForSignIn } from "../store/directory.ts";
import { UserGuard } from "./user-guard.ts";

const CLEAN_UP_DELAY_MS = 60_000;
const CLEAN_UP_EVERY_MS = 600_000;

beforeAll(stopClock);
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each attempt
});

const ticket = (id: string, expiresAt: number, kind: RelayedTicket["kind"] = "user"): RelayedTicket =>
  relayed(id, { kind, expiresAt, credentialId: kind === "user" ? "p_0" : "" });

const kindOf = async (guard: Guard, id: string): Promise<string> => (await guard.judge(presented(id))).kind;

const reasonsOf = async (guard: DurableObjectStub): Promise<string[]> =>
  (await eventsOf(guard)).map(({ reason }) => reason).sort();

describe("signing in", () => {
  it("names the app password that was used, and over NTLM hands out the session key", async () => {
    const live = [generateAppPassword(), generateAppPassword(), generateAppPassword()];
    const { guard, user } = someone({ live });
    for (const [at, password] of live.entries()) {
      for (const spelling of [password, password.replaceAll("-", "")]) {
        const verdict = await guard.signIn(attempt(user, ntlm(spelling)));
        expect(verdict).toMatchObject({ kind: "signed-in", credentialId: `p_${at}`, forgiven: 0 });
        if (verdict.kind === "signed-in") expect(verdict.exportedSessionKey).toHaveLength(16);
      }
      const verdict = await guard.signIn(attempt(user, typed(password)));
      expect({ ...verdict }).toEqual({ kind: "signed-in", credentialId: `p_${at}`, forgiven: 0 });
    }
    expect(await eventsOf(guard)).toEqual([]); // the object exists only when there is a ticket
  });

  it("S-3: a challenge decides once, right or wrong, and 50 at a time", async () => {
    const { guard, user, password } = someone();
    const good = attempt(user, ntlm(password));
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => guard.signIn(good)));
    expect(tally(verdicts.map(({ kind }) => kind))).toEqual({ "signed-in": 1, refused: 1, repeated: 48 });
    expect(await reasonsOf(guard)).toEqual(["challenge-replayed", "challenge-replayed"]);

    const other = someone();
    const wrong = attempt(other.user, ntlm(generateAppPassword()));
    for (let i = 0; i < 2; i++) expect(await other.guard.signIn(wrong)).toMatchObject({ kind: "refused" });
    expect(await reasonsOf(other.guard)).toEqual(["challenge-replayed", "wrong-proof"]);
  });

  it("S-3: a challenge stays used when the object is evicted", async () => {
    const { guard, user, password } = someone();
    const good = attempt(user, ntlm(password));
    expect(await guard.signIn(good)).toMatchObject({ kind: "signed-in" });
    await evictDurableObject(guard);
    expect(await guard.signIn(good)).toMatchObject({ kind: "refused" });
    expect(await reasonsOf(guard)).toEqual(["challenge-replayed"]);
  });

  it("refuses a disabled user with the right password, and a user without any", async () => {
    for (const evidence of [ntlm, typed]) {
      const { guard, user, password } = someone();
      const wrong = evidence === ntlm ? "wrong-proof" : "wrong-password";
      for (const changes of [{ disabled: true }, { credentials: [] }]) {
        const verdict = await guard.signIn(attempt({ ...user, ...changes }, evidence(password)));
        expect(verdict.kind).toBe("refused");
      }
      expect(await reasonsOf(guard)).toEqual(["user-disabled", wrong]);
    }
  });

  it("refuses everything that is not a proof", async () => {
    const { guard, user, password } = someone();
    const good = ntlm(password);
    for (const evidence of [
      { ...good, authenticate: new Uint8Array(9) },
      { ...ntlm(password), serverChallenge: new Uint8Array(8) },
      { kind: "password", ntHash: new Uint8Array(16) }, // tried instead when there is no hash
      { kind: "password", ntHash: new Uint8Array(0) },
    ] as const) {
      expect((await guard.signIn(attempt(user, evidence))).kind).toBe("refused");
      expect((await guard.signIn(attempt({ ...user, credentials: [] }, evidence))).kind).not.toBe("signed-in");
      await guard.clearLocks();
    }
  });

  it("S-14: is unavailable for any password when a credential was altered or belongs to another user", async () => {
    const { guard, user, password } = someone({ live: [generateAppPassword(), generateAppPassword()] });
    const [first, second] = user.credentials.map(({ ntHashes }) => ntHashes);
    const swapped = user.credentials.map(({ id }, at) => ({ id, ntHashes: (at === 0 ? second : first) ?? "" }));
    for (const credentials of [swapped, [{ id: "p_0", ntHashes: "AAAA" }], [{ id: "p_0", ntHashes: "" }]]) {
      const verdict = await guard.signIn(attempt({ ...user, credentials }, ntlm(password)));
      expect(verdict).toMatchObject({ kind: "unavailable", reason: expect.stringMatching(/^app-password-/) });
    }
    expect((await eventsOf(guard)).map(({ outcome }) => outcome)).toEqual(["failed", "failed", "failed"]);
  });

  it("S-15: is unavailable when the keyring lacks the key of a credential, or is empty", async () => {
    const lost = must(parseKeyring(Buffer.alloc(32, 9).toString("base64")));
    const { guard, user, password } = someone({ keyring: lost });
    expect(await guard.signIn(attempt(user, ntlm(password)))).toMatchObject({ kind: "unavailable" });
    const verdict = await runInDurableObject(guard, (_, state) =>
      new UserGuard(state, { ...env, SEALING_KEYS: "" }).signIn(attempt(user, ntlm(password))),
    );
    expect(verdict).toEqual({ kind: "unavailable", reason: "no-sealing-key" });
  });

  it("S-15: what Postern could not verify does not count against the user, who gets in when the key is back", async () => {
    const lostKey = Buffer.alloc(32, 9).toString("base64");
    const { guard, user, password } = someone({ keyring: must(parseKeyring(lostKey)) });
    for (const evidence of [ntlm, typed]) {
      for (let i = 0; i < 10; i++) {
        expect(await guard.signIn(attempt(user, evidence(password)))).toMatchObject({ kind: "unavailable" });
      }
    }
    expect((await guard.locks()).pairs.filter(({ failures }) => failures > 0)).toEqual([]);
    expect((await guard.locks()).strangers.level).toBe(0);
    await runInDurableObject(guard, async (_, state) => {
      const restored = new UserGuard(state, { ...env, SEALING_KEYS: `${env.SEALING_KEYS} ${lostKey}` });
      expect(await restored.signIn(attempt(user, typed(password)))).toMatchObject({ kind: "signed-in" });
      expect(await restored.signIn(attempt(user, ntlm(password)))).toMatchObject({ kind: "signed-in" });
    });
  });

  it("S-15: a success seals again what an older key sealed", async () => {
    const olderKey = Buffer.alloc(32, 11).toString("base64");
    const older = must(parseKeyring(olderKey));
    const db = openDatabase(env.DB);
    const name = "rotated@contoso.test";
    const added = must(await addUser(db, { sipUri: `sip:${name}`, account: "CONTOSO\\rotated" }, 0));
    const password = generateAppPassword();
    const place = { userId: added.id, credentialId: "p_rotated" };
    const ntHashes = sealHashes(older, place, ntHashesOf(password));
    await addAppPassword(db, { id: place.credentialId, userId: added.id, label: "", ntHashes }, 0);
    const guard = guardOf(env, added.sipUri);
    const current = async () => {
      const record = await findForSignIn(db, name, Date.now());
      return { credentials: [...(record?.credentials ?? [])], revoked: [] };
    };
    const user = { id: added.id, sipUri: added.sipUri, disabled: false };
    await runInDurableObject(guard, async (_, state) => {
      const rotated = new UserGuard(state, { ...env, SEALING_KEYS: `${env.SEALING_KEYS} ${olderKey}` });
      const verdict = await rotated.signIn(attempt({ ...user, ...(await current()) }, ntlm(password)));
      expect(verdict).toMatchObject({ kind: "signed-in" });
    });
    await expect.poll(async () => (await current()).credentials[0]?.ntHashes).not.toBe(ntHashes);
    const again = attempt({ ...user, ...(await current()) }, ntlm(password));
    expect(await guard.signIn(again)).toMatchObject({ kind: "signed-in" });
  });
});

it("S-10: a user has one guard however the name is spelt, and no other name has it", () => {
  const names = ["alice@contoso.test", "SIP:Alice@Contoso.Test", "sip:alice@contoso.test"];
  expect(new Set(names.map((name) => guardOf(env, name).id.name)).size).toBe(1);
  expect(guardOf(env, "bob@contoso.test").id.name).not.toBe(guardOf(env, "alice@contoso.test").id.name);
  expect(guardOf(env, "alice@contoso.test").id.name).not.toContain("alice");
});

describe("tickets", () => {
  it("are live once remembered, as what they are, and with no other guard", async () => {
    const { guard, user } = someone();
    const other = someone().guard;
    expect(await kindOf(guard, "one")).toEqual("dead");
    await guard.rememberTicket(ticket("one", Date.now() + HOUR), profileOf(user));
    await guard.rememberTicket(ticket("guest", Date.now() + HOUR, "anonymous"));
    expect(await kindOf(guard, "one")).toEqual("served");
    expect(await kindOf(guard, "guest")).toEqual("anonymous");
    expect(await kindOf(guard, "ONE")).toEqual("dead");
    expect(await kindOf(other, "one")).toEqual("dead");
    expect(await storageOf(other)).toEqual(NOTHING);
  });

  it("survive an eviction", async () => {
    const { guard, user } = someone();
    await guard.rememberTicket(ticket("one", Date.now() + HOUR), profileOf(user));
    await evictDurableObject(guard);
    expect(await kindOf(guard, "one")).toEqual("served");
  });

  it("expire by their own time, not by the alarm's", async () => {
    const { guard, user } = someone();
    await guard.rememberTicket(ticket("soon", Date.now() + 1), profileOf(user));
    await guard.rememberTicket(ticket("later", Date.now() + HOUR), profileOf(user));
    expect(await kindOf(guard, "soon")).toEqual("served");
    pass(1);
    expect((await storageOf(guard)).rows.relayed_tickets).toBe(2);
    expect(await kindOf(guard, "soon")).toEqual("dead");
    expect(await kindOf(guard, "later")).toEqual("served");
  });

  it("that complete a sign-in leave its event, durable together with them", async () => {
    const { guard, user } = someone();
    const decision = { outcome: "signed-in", reason: "cwt", userId: user.id, user: user.sipUri } as const;
    const event = auditEvent(aboutFrom("203.0.113.7"), { ...decision, credentialId: "p_0" }, Date.now());
    await guard.rememberTicket(ticket("one", Date.now() + HOUR), profileOf(user), event);
    await evictDurableObject(guard);
    expect(await eventsOf(guard)).toEqual([event]);
    expect(await kindOf(guard, "one")).toEqual("served");
  });
});

describe("the alarm", () => {
  it("forgets what has expired, and rings again for the rest", async () => {
    const { guard, user } = someone();
    const later = Date.now() + HOUR;
    await guard.rememberTicket(ticket("past", Date.now() - 1), profileOf(user));
    await guard.rememberTicket(ticket("present", later), profileOf(user));
    expect(await runDurableObjectAlarm(guard)).toBe(true);
    const { rows, alarm } = await storageOf(guard);
    expect(rows).toMatchObject({ relayed_tickets: 1, used_challenges: 0, pairs: 0, strangers: 0, audit_outbox: 0 });
    expect(alarm).toBe(later + CLEAN_UP_DELAY_MS);
    expect(await kindOf(guard, "present")).toEqual("served");
  });

  it("cleans up now and then, not with every event", async () => {
    const { guard, user } = someone();
    await guard.rememberTicket(ticket("one", Date.now() + 1), profileOf(user));
    await guard.rememberTicket(ticket("another", Date.now() + HOUR), profileOf(user));
    await runDurableObjectAlarm(guard);
    pass(5_000);
    const cleaned = Date.now() - 5_000;
    await runDurableObjectAlarm(guard);
    expect(await storageOf(guard)).toMatchObject({ rows: { relayed_tickets: 2 }, alarm: cleaned + CLEAN_UP_EVERY_MS });
    pass(CLEAN_UP_EVERY_MS);
    await runDurableObjectAlarm(guard);
    expect((await storageOf(guard)).rows.relayed_tickets).toBe(1);
  });

  it("deletes an object that has nothing left; the object can be used again", async () => {
    const { guard, user, password } = someone();
    await guard.rememberTicket(ticket("past", Date.now() - 1), profileOf(user));
    expect(await runDurableObjectAlarm(guard)).toBe(true);
    expect(await storageOf(guard)).toEqual(NOTHING);
    expect(await guard.signIn(attempt(user, ntlm(password)))).toMatchObject({ kind: "signed-in" });
  });

  it("finds nothing left when all that a user did is over", async () => {
    const { guard, user, password } = someone({ revoked: [generateAppPassword()] });
    const strange = { source: "198.51.100.9" };
    for (const evidence of [
      ntlm(generateAppPassword()),
      typed("wrong"),
      { kind: "nothing", reason: "ntlm-v1" },
    ] as const) {
      await guard.signIn(attempt(user, evidence, strange));
    }
    expect(await guard.signIn(attempt(user, ntlm(password)))).toMatchObject({ kind: "signed-in" });
    await guard.rememberTicket(ticket("one", Date.now() + 8 * HOUR), profileOf(user));
    const rings: number[] = [];
    for (let alarm = (await storageOf(guard)).alarm; alarm !== null; alarm = (await storageOf(guard)).alarm) {
      expect(rings.length).toBeLessThan(10);
      vi.setSystemTime(Math.max(alarm, Date.now()));
      rings.push(alarm);
      await runDurableObjectAlarm(guard);
    }
    expect(await storageOf(guard)).toEqual(NOTHING);
    const [first = 0, last = 0] = [rings[0], rings.at(-1)];
    expect(last - first).toBeGreaterThan(29 * 24 * HOUR); // the guard remembers a familiar place for 30 days
  });
});

it("S-16: nothing of a password or a hash is stored or logged by a guard", async () => {
  const lines: unknown[] = [];
  vi.spyOn(console, "log").mockImplementation((line) => lines.push(line));
  const [wrong, revoked] = [generateAppPassword(), generateAppPassword()];
  const { guard, user, password } = someone({ revoked: [revoked] });
  for (const each of [wrong, wrong, revoked, password]) {
    await guard.signIn(attempt(user, typed(each)));
    await guard.signIn(attempt(user, ntlm(each)));
  }
  const stored = await runInDurableObject(guard, (_, { storage }) =>
    ["pairs", "strangers", "used_challenges", "audit_outbox", "relayed_tickets"].map((table) =>
      storage.sql.exec(`SELECT * FROM ${table}`).toArray(),
    ),
  );
  const text = JSON.stringify([stored, lines]);
  expect(lines.length).toBeGreaterThan(3);
  for (const secret of [wrong, revoked, password]) {
    for (const hash of ntHashesOf(secret)) {
      const spellings = ["hex", "base64", "base64url"] as const;
      for (const spelling of spellings) expect(text).not.toContain(Buffer.from(hash).toString(spelling).slice(0, 20));
    }
    expect(text).not.toContain(secret);
    expect(text).not.toContain(secret.replaceAll("-", ""));
  }
});
