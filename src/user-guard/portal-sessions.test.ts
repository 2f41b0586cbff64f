// Sessions of the portal: what begins them, what ends them, and that an ended one is none at once.

import { runDurableObjectAlarm } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Guard } from "../../test/kit/attempts.ts";
import { eventsOf, HOUR, MINUTE, pass, SECOND, stopClock, strangeNetwork } from "../../test/kit/attempts.ts";
import { ABOUT } from "../../test/kit/events.ts";
import { moveWith, orderOf } from "../../test/kit/moves.ts";
import {
  aboutPortal,
  IDLE_MS,
  newPasskey,
  newSession,
  type Person,
  person,
  personWithCodes,
} from "../../test/kit/portal.ts";

beforeAll(stopClock);
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});

const NONE = { kind: "none" };
const LIVE = { kind: "session" };
const reasonsOf = async ({ guard }: Person) => (await eventsOf(guard)).map(({ reason }) => reason);
/** Signs in, in a new half minute; the hash of the session. */
async function signIn(who: Person, from: { source?: string } = {}): Promise<string> {
  pass(30 * SECOND);
  const session = newSession();
  expect(await who.signIn(who.proof(), from, session)).toMatchObject({ kind: "signed-in" });
  return session.hash;
}
const command = { about: { ...ABOUT, channel: "command" as const }, by: "0123abcd", why: "" };

describe("S-60: a session of the portal", () => {
  it("says who came in how, when and from where, and never its hash", async () => {
    const who = await personWithCodes();
    const source = strangeNetwork();
    const hash = await signIn(who, { source });
    const now = Date.now();
    expect(await who.session(hash)).toEqual({
      kind: "session",
      session: {
        ...{ id: expect.stringMatching(/^s_/), createdAt: now, seenAt: now, freshAt: now, expiresAt: now + 12 * HOUR },
        ...{ how: "code", entering: false, subject: null, source, userAgent: ABOUT.userAgent },
      },
    });
    expect(JSON.stringify(await who.sessions())).not.toContain(hash);
  });

  it("ends after its time, whatever is done in it", async () => {
    const who = await personWithCodes();
    const hash = await signIn(who);
    for (let minutes = 0; minutes < 12 * 60 - 1; minutes += 20) {
      expect(await who.session(hash), `${minutes}`).toMatchObject(LIVE);
      pass(20 * MINUTE);
    }
    expect(await who.session(hash)).toEqual(NONE);
  });

  it("ends after half an hour without a request, and a shorter time from the configuration counts at once", async () => {
    const who = await personWithCodes();
    const hash = await signIn(who);
    pass(IDLE_MS - SECOND);
    expect(await who.session(hash)).toMatchObject(LIVE);
    pass(10 * MINUTE);
    expect(await who.take({ kind: "session", hash, idleMs: 10 * MINUTE })).toEqual(NONE);
    expect(await who.session(hash)).toMatchObject(LIVE);
    pass(IDLE_MS);
    expect(await who.session(hash)).toEqual(NONE);
    expect(await who.sessions()).toEqual([]);
  });

  it("is written down once a minute at most", async () => {
    const who = await personWithCodes();
    const hash = await signIn(who);
    const began = Date.now();
    const seenAt = async () => (await who.sessions()).find(({ how }) => how === "code")?.seenAt;
    pass(59 * SECOND);
    await who.session(hash);
    expect(await seenAt()).toBe(began);
    pass(SECOND);
    await who.session(hash);
    expect(await seenAt()).toBe(began + MINUTE);
  });

  it("begins with a secret that nobody had before: a second session of one secret is a fault", async () => {
    const who = await personWithCodes();
    const session = newSession();
    await who.signIn(who.proof(who.code(1)), {}, session);
    pass(MINUTE);
    const again = { ...session, id: "s_another" };
    await expect(who.signIn(who.proof(), {}, again)).rejects.toThrow();
    expect(await who.session(session.hash)).toMatchObject({ session: { id: session.id } });
  });

  it("is one of twenty at most: one more ends the oldest", async () => {
    const who = await personWithCodes();
    const hashes: string[] = [];
    for (let i = 0; i < 21; i++) hashes.push(await signIn(who));
    const [oldest = "", next = ""] = hashes;
    expect(await who.sessions()).toHaveLength(20);
    expect(await who.session(oldest)).toEqual(NONE);
    expect(await who.session(next)).toMatchObject(LIVE);
  });

  it("ends when its person signs out, alone or with all others, and an ended one is none at once", async () => {
    const who = await personWithCodes();
    const [one, two, three] = [await signIn(who), await signIn(who), await signIn(who)];
    const { session } = (await who.session(one)) as { session: { id: string } };
    const ask = { about: who.about, actor: { hash: one } };
    expect(await who.take({ kind: "end-session", id: "s_nobody", ...ask })).toMatchObject({ reason: "not-found" });
    expect(await who.take({ kind: "end-sessions", ...ask })).toEqual({ kind: "ended", count: 3 });
    expect([await who.session(two), await who.session(three)]).toEqual([NONE, NONE]);
    expect(await who.take({ kind: "end-session", id: session.id, ...ask })).toEqual({ kind: "ended", count: 1 });
    expect(await who.session(one)).toEqual(NONE);
    expect(await who.take({ kind: "end-sessions", ...ask })).toEqual({ kind: "denied", reason: "no-session" });
    expect((await reasonsOf(who)).slice(-2)).toEqual(["portal-session-ended", "portal-signed-out"]);
  });

  it("ends when an administrator ends all, and the audit says who did", async () => {
    const who = await personWithCodes();
    const hash = await signIn(who);
    const actor = { by: "t_helpdesk", why: "called" };
    expect(await who.take({ kind: "end-sessions", about: who.about, actor })).toEqual({ kind: "ended", count: 2 });
    expect(await who.session(hash)).toEqual(NONE);
    expect((await eventsOf(who.guard)).at(-1)).toMatchObject({
      reason: "portal-session-ended",
      ...actor,
      userId: who.id,
    });
  });

  it("ends with its user's being disabled, and does not come back when the user is enabled", async () => {
    const who = await personWithCodes();
    const hash = await signIn(who);
    const { revision } = (await who.profile()).subject;
    const disabled = { disabled: true, revision: revision + 1 };
    await who.guard.command(await who.profile(disabled), { kind: "user-changed", reason: "user-disabled", ...command });
    expect(await who.session(hash, disabled)).toEqual(NONE);
    const enabled = { revision: revision + 2 };
    await who.guard.command(await who.profile(enabled), { kind: "user-changed", reason: "user-enabled", ...command });
    expect(await who.session(hash, enabled)).toEqual(NONE);
    expect(await who.sessions()).toEqual([]);
  });

  it("is none when D1 says that the user is disabled, although the guard was not told; nor when it hears of the enabling", async () => {
    const who = await personWithCodes();
    const [one, two] = [await signIn(who), await signIn(who)];
    const { revision } = (await who.profile()).subject;
    expect(await who.session(one, { disabled: true, revision: revision + 1 })).toEqual(NONE);
    expect(await who.session(two, { revision: revision + 2 })).toEqual(NONE);
    const three = await personWithCodes();
    const hash = await signIn(three);
    const enabled = { revision: (await three.profile()).subject.revision + 2 };
    await three.guard.command(await three.profile(enabled), {
      kind: "user-changed",
      reason: "user-enabled",
      ...command,
    });
    expect(await three.session(hash, enabled)).toEqual(NONE);
  });

  it("ends when its user is renamed; the factors and what was used up go along", async () => {
    const who = await personWithCodes();
    const passkey = newPasskey();
    await who.addPasskey(who.hash, passkey);
    const hash = await signIn(who);
    const code = who.code();
    const to = `sip:moved.${who.id.slice(2)}@fabrikam.test`;
    expect(await moveWith(who.guard, await orderOf(who, { sipUri: to }))).toBe("moved");
    expect((await who.row()).sipUri).toBe(to);
    expect(await who.session(hash)).toEqual(NONE);
    expect(await who.sessions()).toEqual([]);
    expect(await who.signIn(who.proof(code))).toEqual({ kind: "refused" });
    expect(await who.signIn(who.proof(who.code(1)))).toMatchObject({ kind: "signed-in" });
    expect((await who.factors()).passkeys).toMatchObject([{ id: passkey.id, name: passkey.name }]);
    expect(await who.guard.kept()).not.toMatch(new RegExp(`${passkey.id}|portal_totp":\\[\\{`));
  });

  it("ends with a rename that keeps the address", async () => {
    const who = await personWithCodes();
    const hash = await signIn(who);
    await who.guard.command(await who.profile(), { kind: "renamed", ...command } as Parameters<Guard["command"]>[1]);
    expect(await who.session(hash)).toEqual(NONE);
  });

  it("is forgotten when it is over; factors stay in a guard that has nothing else", async () => {
    const who = await personWithCodes();
    await signIn(who);
    pass(13 * HOUR);
    await runDurableObjectAlarm(who.guard);
    pass(24 * HOUR);
    await runDurableObjectAlarm(who.guard);
    pass(40 * 24 * HOUR);
    for (let i = 0; i < 3; i++) {
      await runDurableObjectAlarm(who.guard);
      pass(HOUR);
    }
    const kept = JSON.parse(await who.guard.kept()) as Record<string, unknown[]>;
    expect(kept.portal_sessions).toEqual([]);
    expect(kept.pairs).toEqual([]);
    expect(await who.factors()).toMatchObject({ complete: true });
    expect(await who.signIn(who.proof())).toMatchObject({ kind: "signed-in" });
  });

  it("of one person is none of another's", async () => {
    const [one, two] = [await personWithCodes(), await person()];
    const hash = await signIn(one);
    expect(await two.session(hash)).toEqual(NONE);
    const ask = { about: aboutPortal("192.0.2.1"), actor: { hash } };
    expect(await two.take({ kind: "end-sessions", ...ask })).toMatchObject({ reason: "no-session" });
  });
});
