// App passwords that ask for a code, from the request to the ticket (S-64), in workerd.

import { env, runInDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  attempt,
  eventsOf,
  MINUTE,
  pass,
  ntlm as proof,
  SECOND,
  stopClock,
  strangeNetwork,
} from "../../test/kit/attempts.ts";
import { giveAuthenticator, giveCodePassword } from "../../test/kit/authenticator.ts";
import { must } from "../../test/kit/ntlm.ts";
import { db, from, grant, networkLevel, ntlm, someone, usernameToken } from "../../test/kit/sign-ins.ts";
import { parseKeyring } from "../core/crypto/keyring.ts";
import { guardOf } from "../guards/route.ts";
import { disableUser, findForSignIn, revokeAppPassword } from "../store/directory.ts";
import { UserGuard } from "../user-guard/user-guard.ts";

beforeAll(stopClock);
beforeEach(() => {
  vi.restoreAllMocks();
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each attempt
});

/** Somebody with an authenticator app and an app password that asks for its codes. */
async function withCode() {
  const who = await someone();
  const code = await giveAuthenticator(who);
  pass(MINUTE); // the code with which it was set up is used up
  const { id, password } = await giveCodePassword(who);
  const lastEvent = async () => (await eventsOf(guardOf(env, who.sipUri))).at(-1);
  return { ...who, ordinary: who.password, password, credentialId: id, code, lastEvent };
}

/** A sign-in over each channel, and the status of its refusal. A user name token finds no ticket in the answer here. */
const CHANNELS = [
  ["NTLM", 401, (name: string, password: string, source: string) => ntlm(name, password, from(source))],
  [
    ...(["NTLM by Negotiate", 401] as const),
    (name: string, password: string, source: string) => ntlm(name, password, from(source), { scheme: "Negotiate" }),
  ],
  ["a password grant", 400, (name: string, password: string, source: string) => grant(name, password, from(source))],
  [
    ...(["a user name token", 500] as const),
    (name: string, password: string, source: string) => usernameToken(name, password, from(source)),
  ],
] as const;

describe.each(CHANNELS)("S-64: over %s", (channel, refused, signIn) => {
  const isIn = async (name: string, password: string, source: string): Promise<boolean> => {
    const { status } = await signIn(name, password, source);
    expect([channel === "a user name token" ? 503 : 200, refused]).toContain(status);
    return status !== refused;
  };

  it("a code is good once, for ten minutes at its place, and nowhere else", async () => {
    const { name, password, code, lastEvent, credentialId } = await withCode();
    const [home, elsewhere] = [strangeNetwork(), strangeNetwork()];
    const first = password + code();
    expect(await isIn(name, first, home)).toBe(true);
    expect(await isIn(name, first, elsewhere)).toBe(false);
    expect(await lastEvent()).toMatchObject({ outcome: "refused", reason: "code-used", credentialId });
    pass(9 * MINUTE);
    expect(await isIn(name, first, home)).toBe(true);
    pass(MINUTE);
    expect(await isIn(name, first, home)).toBe(false);
    expect(await isIn(name, password + code(), home)).toBe(true);
  });

  it("the clock of a phone may be half a minute wrong, and an older code than the last is used up", async () => {
    const { name, password, code, lastEvent } = await withCode();
    const home = strangeNetwork();
    expect(await isIn(name, password + code(2), home)).toBe(false);
    const early = code(1);
    const now = code();
    expect(await isIn(name, password + early, home)).toBe(true);
    expect(await isIn(name, password + now, home)).toBe(false);
    expect(await lastEvent()).toMatchObject({ reason: "code-used" });
    pass(60 * SECOND);
    expect(await isIn(name, password + code(-1), strangeNetwork())).toBe(false); // the step of `early`
    expect(await isIn(name, password + code(), home)).toBe(true);
  });

  it("two handshakes at one moment both get in at one place, and one at two places", async () => {
    const { name, password, code } = await withCode();
    const home = strangeNetwork();
    const both = await Promise.all([1, 2].map(() => isIn(name, password + code(), home)));
    expect(both).toEqual([true, true]);
    pass(30 * SECOND);
    const apart = await Promise.all([1, 2, 3].map(() => isIn(name, password + code(), strangeNetwork())));
    expect(apart.filter(Boolean)).toHaveLength(1);
  });

  it("neither the app password nor the code alone gets in, and the ordinary one needs none", async () => {
    const { name, password, ordinary, code, lastEvent } = await withCode();
    const home = strangeNetwork();
    expect(await isIn(name, password, home)).toBe(false);
    expect(await lastEvent()).toMatchObject({ reason: "code-missing" });
    expect(await isIn(name, code(), home)).toBe(false);
    expect(await isIn(name, ordinary + code(), home)).toBe(false);
    expect(await isIn(name, ordinary, home)).toBe(true);
    expect(await isIn(name, password + code(), home)).toBe(true);
  });

  it("a client that stores its password counts once at the user, and not at all at the network", async () => {
    const { name, password, code, sipUri } = await withCode();
    const home = strangeNetwork();
    const stored = password + code();
    expect(await isIn(name, stored, home)).toBe(true);
    pass(11 * MINUTE);
    for (let at = 0; at < 40; at++) {
      pass(20 * SECOND);
      expect(await isIn(name, stored, home)).toBe(false);
    }
    expect(await networkLevel(home)).toBeLessThan(3);
    const { pairs } = await guardOf(env, sipUri).locks();
    expect(pairs.filter(({ source }) => source === home).map(({ failures }) => failures)).toEqual([1]);
    expect(await isIn(name, password + code(), home)).toBe(true);
  });

  it("a revoked one opens nothing with any code, and a disabled user uses none up", async () => {
    const { name, password, code, lastEvent, id, credentialId } = await withCode();
    const home = strangeNetwork();
    expect(await isIn(name, password + code(), home)).toBe(true);
    await disableUser(db, id, Date.now());
    pass(30 * SECOND);
    expect(await isIn(name, password + code(), home)).toBe(false);
    expect(await lastEvent()).toMatchObject({ reason: "user-disabled" });
    await revokeAppPassword(db, id, credentialId, Date.now());
    expect(await isIn(name, password + code(), strangeNetwork())).toBe(false);
  });
});

it("S-64: a code that signed somebody in to the portal, or set up the app, opens nothing else", async () => {
  const who = await someone();
  const code = await giveAuthenticator(who);
  const { password } = await giveCodePassword(who);
  const home = from(strangeNetwork());
  expect((await grant(who.name, password + code(), home)).status).toBe(400);
  expect((await grant(who.name, password + code(1), home)).status).toBe(200);
});

it("S-64: another client of the same network that tries the code takes nothing from the place where it holds", async () => {
  const { name, password, code } = await withCode();
  const network = from(strangeNetwork());
  const typed = password + code();
  const as = async (userAgent: string) => (await grant(name, typed, { ...network, "user-agent": userAgent })).status;
  expect(await as("desktop")).toBe(200);
  for (let at = 0; at < 4; at++) expect(await as("another")).toBe(400);
  expect(await as("desktop")).toBe(200);
});

it("S-64: after a hundred guesses a right code waits, and is not used up; clearing the locks ends that", async () => {
  const { id, name, password, ordinary, code, lastEvent, sipUri } = await withCode();
  const guard = guardOf(env, sipUri);
  const { credentials = [] } = (await findForSignIn(db, name, Date.now())) ?? {};
  const user = { id, sipUri, disabled: false, credentials: [...credentials], revoked: [] };
  for (let at = 0; at < 100; at++) {
    const source = `10.77.0.${Math.floor(at / 5)}`; // a network waits after five
    await guard.signIn(attempt(user, proof(`${password}${code(10 + at)}`), { source }));
  }
  const fresh = from(strangeNetwork());
  expect((await ntlm(name, password + code(), fresh)).status).toBe(401);
  expect(await lastEvent()).toMatchObject({ reason: "code-waiting", waitUntil: expect.any(Number) });
  expect((await ntlm(name, ordinary, from(strangeNetwork()))).status).toBe(200);
  await guard.clearLocks();
  expect((await ntlm(name, password + code(), fresh)).status).toBe(200);
});

it("S-64, S-15: one that an older key sealed is sealed again, and stays what it is", async () => {
  const olderKey = Buffer.alloc(32, 11).toString("base64");
  const who = await someone();
  const code = await giveAuthenticator(who);
  pass(MINUTE);
  const { id, password } = await giveCodePassword(who, must(parseKeyring(olderKey)));
  const row = async () => (await findForSignIn(db, who.name, Date.now()))?.credentials.find((each) => each.id === id);
  const before = await row();
  await runInDurableObject(guardOf(env, who.sipUri), async (_, state) => {
    const rotated = new UserGuard(state, { ...env, SEALING_KEYS: `${env.SEALING_KEYS} ${olderKey}` });
    const user = { id: who.id, sipUri: who.sipUri, disabled: false, credentials: before ? [before] : [], revoked: [] };
    expect(await rotated.signIn(attempt(user, proof(password + code())))).toMatchObject({ kind: "signed-in" });
  });
  await expect.poll(async () => (await row())?.ntHashes).not.toBe(before?.ntHashes);
  pass(MINUTE);
  expect((await ntlm(who.name, password + code(), from(strangeNetwork()))).status).toBe(200);
});
