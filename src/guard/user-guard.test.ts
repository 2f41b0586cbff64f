// The guard inside workerd: what it consumes, counts, remembers and forgets, and that a stranger leaves nothing behind.

import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { generateAppPassword, ntHashesOf } from "../credentials/app-password.ts";
import { sealHashes } from "../credentials/sealed-hash.ts";
import { type Keyring, parseKeyring } from "../crypto/keyring.ts";
import { parseAuthenticate } from "../ntlm/authenticate.ts";
import { issueChallenge, openChallenge } from "../ntlm/sealed-challenge.ts";
import { clientAuthenticate, clientNegotiate, PROFILES } from "../ntlm/test-client.ts";
import { KEYRING as CHALLENGE_KEYRING, HOST, must, NAMES } from "../ntlm/test-world.ts";
import { openDatabase } from "../store/database.ts";
import { addAppPassword, addUser, findForSignIn } from "../store/directory.ts";
import { guardOf, strangersGuardOf } from "./route.ts";
import { type RelayedTicket, type SignInAttempt, UserGuard } from "./user-guard.ts";

const KEYRING = must(parseKeyring(env.SEALING_KEYS));
const CLEAN_UP_DELAY_MS = 60_000;

type Guard = DurableObjectStub<UserGuard>;
type User = NonNullable<SignInAttempt["user"]>;

let users = 0;
/** A user nobody else in this file has, with app passwords, and the user's guard. */
function someone(passwords = [generateAppPassword()], keyring: Keyring = KEYRING) {
  const id = `u_${++users}`;
  const credentials = passwords.map((password, at) => {
    const place = { userId: id, credentialId: `p_${at}` };
    return { id: place.credentialId, ntHashes: sealHashes(keyring, place, ntHashesOf(password)) };
  });
  const guard = guardOf(env, `sip:${id}@contoso.test`);
  return { guard, user: { id, disabled: false, credentials }, password: passwords[0] ?? "", passwords };
}

/** A fresh challenge and an answer to it, as a sign-in hands them to the guard. */
function attempt(user: User | undefined, password: string, now = Date.now()): SignInAttempt {
  const type1 = clientNegotiate(PROFILES.windowsHttp);
  const at = { keyring: CHALLENGE_KEYRING, host: HOST, names: NAMES, now };
  const type2 = must(issueChallenge({ ...at, negotiate: type1 }));
  const who = { user: "alice", domain: "CONTOSO", workstation: "PC", password };
  const authenticate = clientAuthenticate(PROFILES.windowsHttp, { ...who, type1, type2, now });
  const opened = must(openChallenge({ ...at, message: must(parseAuthenticate(authenticate)) }));
  const { id, expiresAt, serverChallenge, negotiate, challenge } = opened;
  return { challengeId: id, challengeExpiresAt: expiresAt, serverChallenge, negotiate, challenge, authenticate, user };
}

const ticket = (id: string, expiresAt: number, kind: RelayedTicket["kind"] = "user"): RelayedTicket => ({
  id,
  kind,
  credentialId: kind === "user" ? "p_0" : "",
  expiresAt,
});

/** Every row of every table, and when the alarm rings. */
const storageOf = (guard: Guard) =>
  runInDurableObject(guard, async (_, { storage }) => {
    const tables = storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '_cf_%'")
      .toArray();
    const counts = tables.map(({ name }): [string, number] => [
      name,
      storage.sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${name}`).one().n,
    ]);
    return { rows: Object.fromEntries(counts), alarm: await storage.getAlarm() };
  });

describe("signing in", () => {
  it("names the app password that was used, and hands out the session key", async () => {
    const { guard, user, passwords } = someone([generateAppPassword(), generateAppPassword(), generateAppPassword()]);
    for (const [at, password] of passwords.entries()) {
      for (const spelling of [password, password.replaceAll("-", "")]) {
        const verdict = await guard.signIn(attempt(user, spelling));
        expect(verdict).toMatchObject({ kind: "signed-in", credentialId: `p_${at}` });
        if (verdict.kind === "signed-in") expect(verdict.exportedSessionKey).toHaveLength(16);
      }
    }
  });

  it("S-3: a challenge decides once, right or wrong, and 50 at a time", async () => {
    const { guard, user, password } = someone();
    const good = attempt(user, password);
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => guard.signIn(good)));
    expect(verdicts.filter(({ kind }) => kind === "signed-in")).toHaveLength(1);
    expect(
      verdicts.filter((verdict) => verdict.kind === "refused" && verdict.reason === "challenge-replayed"),
    ).toHaveLength(49);

    const wrong = attempt(user, generateAppPassword());
    expect(await guard.signIn(wrong)).toMatchObject({ kind: "refused", reason: "wrong-proof" });
    expect(await guard.signIn(wrong)).toMatchObject({ kind: "refused", reason: "challenge-replayed" });
  });

  it("S-3: a challenge stays used when the object is evicted", async () => {
    const { guard, user, password } = someone();
    const good = attempt(user, password);
    expect(await guard.signIn(good)).toMatchObject({ kind: "signed-in" });
    await evictDurableObject(guard);
    expect(await guard.signIn(good)).toMatchObject({ kind: "refused", reason: "challenge-replayed" });
  });

  it("refuses a disabled user with the right password, and a user without any", async () => {
    const { guard, user, password } = someone();
    expect(await guard.signIn(attempt({ ...user, disabled: true }, password))).toMatchObject({
      reason: "user-disabled",
    });
    expect(await guard.signIn(attempt({ ...user, credentials: [] }, password))).toMatchObject({
      reason: "wrong-proof",
    });
    expect(await guard.signIn({ ...attempt(user, password), authenticate: new Uint8Array(9) })).toMatchObject({
      kind: "refused",
    });
  });

  it("S-14: is unavailable when a credential is another's or was altered, whatever the password", async () => {
    const { guard, user, password } = someone([generateAppPassword(), generateAppPassword()]);
    const [first, second] = user.credentials.map(({ ntHashes }) => ntHashes);
    const swapped = user.credentials.map(({ id }, at) => ({ id, ntHashes: (at === 0 ? second : first) ?? "" }));
    for (const credentials of [swapped, [{ id: "p_0", ntHashes: "AAAA" }], [{ id: "p_0", ntHashes: "" }]]) {
      const verdict = await guard.signIn(attempt({ ...user, credentials }, password));
      expect(verdict.kind).toBe("unavailable");
    }
  });

  it("S-15: is unavailable when the key of a credential is not in the keyring", async () => {
    const lost = must(parseKeyring(Buffer.alloc(32, 9).toString("base64")));
    const { guard, user, password } = someone([generateAppPassword()], lost);
    expect(await guard.signIn(attempt(user, password))).toMatchObject({ kind: "unavailable" });
  });
});

describe("failures", () => {
  it("S-20: 1000 wrong attempts at a time count 1000", async () => {
    const { guard, user } = someone();
    const wrong = generateAppPassword();
    const now = Date.now();
    const attempts = Array.from({ length: 1_000 }, () => attempt(user, wrong, now));
    const verdicts = await Promise.all(attempts.map((each) => guard.signIn(each)));
    const counted = verdicts.flatMap((verdict) => (verdict.kind === "refused" ? [verdict.failures] : []));
    expect(counted.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 1_000 }, (_, i) => i + 1));
  });

  it("end with a success; a replay is none", async () => {
    const { guard, user, password } = someone();
    const wrong = attempt(user, generateAppPassword());
    expect(await guard.signIn(wrong)).toMatchObject({ failures: 1 });
    expect(await guard.signIn(wrong)).toMatchObject({ failures: 1, reason: "challenge-replayed" });
    expect(await guard.signIn(attempt(user, generateAppPassword()))).toMatchObject({ failures: 2 });
    expect(await guard.signIn(attempt(user, password))).toMatchObject({ kind: "signed-in" });
    expect(await guard.signIn(attempt(user, generateAppPassword()))).toMatchObject({ failures: 1 });
  });

  it("of a disabled user count as well", async () => {
    const { guard, user, password } = someone();
    expect(await guard.signIn(attempt({ ...user, disabled: true }, password))).toMatchObject({ failures: 1 });
  });
});

describe("a name nobody has", () => {
  it("is refused after the same work, and leaves nothing", async () => {
    const guard = strangersGuardOf(env, "contoso\\mallory");
    const each = attempt(undefined, generateAppPassword());
    for (let i = 0; i < 3; i++) {
      expect(await guard.signIn(each)).toEqual({ kind: "refused", reason: "unknown-user", failures: 0 });
    }
    expect(await storageOf(guard)).toEqual({ rows: {}, alarm: null });
  });

  it("has another guard than a user of that name", () => {
    expect(strangersGuardOf(env, "sip:alice@contoso.test").id.name).not.toBe(
      guardOf(env, "alice@contoso.test").id.name,
    );
    expect(guardOf(env, "SIP:Alice@Contoso.Test").id.name).toBe(guardOf(env, "alice@contoso.test").id.name);
  });
});

describe("tickets", () => {
  const HOUR = 3_600_000;

  it("are live once remembered, as what they are, and with no other guard", async () => {
    const { guard } = someone();
    const other = someone().guard;
    expect(await guard.checkTicket("one")).toEqual({ live: false });
    await guard.rememberTicket(ticket("one", Date.now() + HOUR));
    await guard.rememberTicket(ticket("guest", Date.now() + HOUR, "anonymous"));
    expect(await guard.checkTicket("one")).toEqual({ live: true, kind: "user" });
    expect(await guard.checkTicket("guest")).toEqual({ live: true, kind: "anonymous" });
    expect(await guard.checkTicket("ONE")).toEqual({ live: false });
    expect(await other.checkTicket("one")).toEqual({ live: false });
    expect(await storageOf(other)).toEqual({ rows: {}, alarm: null });
  });

  it("survive an eviction", async () => {
    const { guard } = someone();
    await guard.rememberTicket(ticket("one", Date.now() + HOUR));
    await evictDurableObject(guard);
    expect(await guard.checkTicket("one")).toEqual({ live: true, kind: "user" });
  });

  it("expire by their own time, not by the alarm's", async () => {
    const { guard } = someone();
    await guard.rememberTicket(ticket("past", Date.now() - 1));
    await guard.rememberTicket(ticket("present", Date.now() + HOUR));
    expect((await storageOf(guard)).rows.tickets).toBe(2);
    expect(await guard.checkTicket("past")).toEqual({ live: false });
    expect(await guard.checkTicket("present")).toEqual({ live: true, kind: "user" });
  });
});

describe("the alarm", () => {
  it("forgets what has expired, and rings again for the rest", async () => {
    const { guard, user, password } = someone();
    const later = Date.now() + 3_600_000;
    await guard.rememberTicket(ticket("past", Date.now() - 1));
    await guard.rememberTicket(ticket("present", later));
    const stale = { ...attempt(user, password), challengeExpiresAt: Date.now() - 1 };
    expect(await guard.signIn(stale)).toMatchObject({ kind: "signed-in" });
    expect(await runDurableObjectAlarm(guard)).toBe(true);
    const { rows, alarm } = await storageOf(guard);
    expect(rows).toEqual({ tickets: 1, consumed_challenges: 0, failures: 0 });
    expect(alarm).toBe(later + CLEAN_UP_DELAY_MS);
    expect(await guard.checkTicket("present")).toEqual({ live: true, kind: "user" });
  });

  it("rings for a used challenge too", async () => {
    const { guard, user, password } = someone();
    const good = attempt(user, password);
    await guard.signIn(good);
    expect((await storageOf(guard)).alarm).toBe(good.challengeExpiresAt + CLEAN_UP_DELAY_MS);
  });

  it("deletes an object that has nothing left, which can begin anew", async () => {
    const { guard, user, password } = someone();
    await guard.rememberTicket(ticket("past", Date.now() - 1));
    expect(await runDurableObjectAlarm(guard)).toBe(true);
    expect(await storageOf(guard)).toEqual({ rows: {}, alarm: null });
    expect(await guard.signIn(attempt(user, password))).toMatchObject({ kind: "signed-in" });
  });

  it("keeps a count of failures", async () => {
    const { guard, user } = someone();
    const stale = { ...attempt(user, generateAppPassword()), challengeExpiresAt: Date.now() - 1 };
    await guard.signIn(stale);
    expect(await runDurableObjectAlarm(guard)).toBe(true);
    expect((await storageOf(guard)).rows.failures).toBe(1);
    expect(await guard.signIn(attempt(user, generateAppPassword()))).toMatchObject({ failures: 2 });
  });
});

it("S-15: a success seals again what an older key sealed", async () => {
  const olderKey = Buffer.alloc(32, 11).toString("base64");
  const older = must(parseKeyring(olderKey));
  const db = openDatabase(env.DB);
  const name = "rotated@contoso.test";
  const user = must(await addUser(db, { sipUri: `sip:${name}`, account: "CONTOSO\\rotated" }, 0));
  const password = generateAppPassword();
  const place = { userId: user.id, credentialId: "p_rotated" };
  const ntHashes = sealHashes(older, place, ntHashesOf(password));
  await addAppPassword(db, { id: place.credentialId, userId: user.id, label: "", ntHashes }, 0);
  const guard = guardOf(env, user.sipUri);
  await runInDurableObject(guard, async (_, state) => {
    const rotated = new UserGuard(state, { ...env, SEALING_KEYS: `${env.SEALING_KEYS} ${olderKey}` });
    const record = await findForSignIn(db, name);
    const verdict = rotated.signIn(
      attempt({ id: user.id, disabled: false, credentials: record?.credentials ?? [] }, password),
    );
    expect(verdict).toMatchObject({ kind: "signed-in" });
  });
  await expect.poll(async () => (await findForSignIn(db, name))?.credentials[0]?.ntHashes).not.toBe(ntHashes);
  const record = await findForSignIn(db, name);
  const again = attempt({ id: user.id, disabled: false, credentials: record?.credentials ?? [] }, password);
  expect(await guard.signIn(again)).toMatchObject({ kind: "signed-in" });
});
