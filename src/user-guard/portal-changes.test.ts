// What somebody changes about the own factors: with a fresh factor, two factors always stay, and an invitation only
// registers.

import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { eventsOf, HOUR, KEYRING, MINUTE, pass, SECOND, stopClock, tally } from "../../test/kit/attempts.ts";
import { newPasskey, newSession, PASSPHRASE, type Person, person, personWithCodes } from "../../test/kit/portal.ts";
import { BY_INVITATION } from "../audit/event.ts";
import { newRecoveryCodes } from "../core/credentials/recovery-code.ts";
import { newTotpSecret, sealTotpSecret } from "../core/credentials/totp.ts";
import type { PortalStep } from "../guards/portal-question.ts";
import { openDatabase } from "../store/database.ts";
import { portalRpId, removePortalPasskeys, userOfPortalPasskey } from "../store/portal-passkeys.ts";
import { UserGuard } from "./user-guard.ts";

const db = openDatabase(env.DB);
beforeAll(stopClock);
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});

const DONE = { kind: "done" };
const no = (reason: string) => ({ kind: "denied", reason });
const reasonsOf = async ({ guard }: Person) => (await eventsOf(guard)).map(({ reason }) => reason);

async function signIn(who: Person): Promise<string> {
  pass(30 * SECOND);
  const session = newSession();
  expect(await who.signIn(who.proof(), {}, session)).toMatchObject({ kind: "signed-in" });
  return session.hash;
}

/** Every step that changes factors or hands out what the guard has, in that session. */
const changes = ({ about, id, code }: Person, hash: string): readonly PortalStep[] => [
  { kind: "add-passkey", hash, about, passkey: newPasskey() },
  { kind: "remove-passkey", hash, about, id: "key-1" },
  { kind: "set-totp", hash, about, sealed: sealTotpSecret(KEYRING, id, newTotpSecret()), code: code() },
  { kind: "set-passphrase", hash, about, stretched: new Uint8Array(32) },
  { kind: "remove-codes", hash, about },
  { kind: "set-recovery-codes", hash, about, codes: newRecoveryCodes() },
  { kind: "note", hash, about, reason: "data-exported" },
];

describe("S-61: a change of the factors", () => {
  it("needs a factor that is at most five minutes old, and nothing is changed without one", async () => {
    const who = await personWithCodes();
    const hash = await signIn(who);
    pass(5 * MINUTE);
    const before = await who.factors();
    for (const step of changes(who, hash)) expect(await who.take(step), step.kind).toEqual(no("not-fresh"));
    expect(await who.factors()).toEqual(before);
    const freshen = { kind: "freshen", hash, about: who.about, client: "browser" } as const;
    expect(await who.take({ ...freshen, proof: who.proof("000000") })).toEqual({ kind: "refused" });
    expect(await who.addPasskey(hash)).toEqual(no("not-fresh"));
    expect(await who.take({ ...freshen, proof: who.proof() })).toMatchObject({ session: { freshAt: Date.now() } });
    pass(5 * MINUTE - 1);
    expect(await who.addPasskey(hash)).toMatchObject(DONE);
    pass(1);
    expect(await who.addPasskey(hash)).toEqual(no("not-fresh"));
  });

  it("needs a live session of its own person", async () => {
    const [who, other] = [await personWithCodes(), await personWithCodes()];
    const others = await signIn(other);
    const ended = await signIn(who);
    await who.take({ kind: "end-sessions", about: who.about, actor: { by: "t_x", why: "" } });
    const { revision } = (await who.profile()).subject;
    for (const hash of [others, ended, "0".repeat(64)]) {
      for (const step of changes(who, hash)) expect(await who.take(step), step.kind).toEqual(no("no-session"));
    }
    const live = await signIn(who);
    for (const step of changes(who, live)) {
      expect(await who.take(step, { disabled: true, revision: revision + 1 }), step.kind).toEqual(no("no-session"));
    }
  });

  it("is not made by what only names: another name, or a report, needs no fresh factor", async () => {
    const who = await personWithCodes();
    const passkey = newPasskey();
    await who.addPasskey(who.hash, passkey);
    const hash = await signIn(who);
    pass(20 * MINUTE);
    const { about } = who;
    expect(await who.take({ kind: "rename-passkey", hash, about, id: passkey.id, name: "Old phone" })).toMatchObject(
      DONE,
    );
    expect(await who.take({ kind: "rename-passkey", hash, about, id: "x", name: "x" })).toEqual(no("not-found"));
    expect(await who.take({ kind: "note", hash, about, reason: "reported-not-me", why: "e_1" })).toMatchObject(DONE);
    expect((await who.factors()).passkeys).toMatchObject([{ name: "Old phone" }]);
    expect((await eventsOf(who.guard)).at(-1)).toMatchObject({ reason: "reported-not-me", why: "e_1", by: "self" });
  });

  it("keeps two factors: the last passkey without codes, or the codes without a passkey", async () => {
    const who = await person();
    const passkey = newPasskey();
    const hash = await who.enter();
    const { about } = who;
    await who.addPasskey(hash, passkey);
    const remove = (id: string) => who.take({ kind: "remove-passkey", hash, about, id });
    expect(await remove(passkey.id)).toEqual(no("last-factors"));
    await who.setPassphrase(hash);
    expect(await remove(passkey.id)).toEqual(no("last-factors"));
    await who.setTotp(hash);
    expect(await remove("another")).toEqual(no("not-found"));
    expect(await remove(passkey.id)).toMatchObject(DONE);
    expect(await who.take({ kind: "remove-codes", hash, about })).toEqual(no("last-factors"));
    const [one, two] = [newPasskey(), newPasskey()];
    for (const each of [one, two]) await who.addPasskey(hash, each);
    expect(await who.take({ kind: "remove-codes", hash, about })).toMatchObject(DONE);
    expect(await who.factors()).toMatchObject({ passphrase: null, totp: null, recovery: null, complete: true });
    expect(await Promise.all([remove(one.id), remove(two.id)])).toContainEqual(no("last-factors"));
    expect((await who.factors()).passkeys).toHaveLength(1);
  });

  it("ends the other sessions when a factor goes or is another one, and not when one is added", async () => {
    const who = await personWithCodes();
    const passkey = newPasskey();
    const hash = await signIn(who);
    await signIn(who);
    await who.addPasskey(hash, passkey);
    expect(await who.sessions()).toHaveLength(3);
    expect(await who.setPassphrase(hash, "ganz neue Wendung")).toMatchObject({ kind: "done", ended: 2 });
    expect(await who.sessions()).toMatchObject([{ how: "code" }]);
    expect(await who.signIn(who.proof(who.code(1)))).toEqual({ kind: "refused" });
    expect(await who.signIn(who.proof(who.code(1), "ganz neue Wendung"))).toMatchObject({ kind: "signed-in" });
    expect(await who.take({ kind: "remove-passkey", hash, about: who.about, id: passkey.id })).toMatchObject({
      ended: 1,
    });
    expect(tally(await reasonsOf(who))).toMatchObject({
      "passphrase-changed": 2,
      "passkey-removed": 1,
      "portal-session-ended": 2,
    });
  });

  it("takes an app only with a code of it, and only a secret that was sealed for this person", async () => {
    const [who, other] = [await personWithCodes(), await person()];
    const sealed = sealTotpSecret(KEYRING, other.id, who.secret);
    const { about, hash } = who;
    expect(await who.setTotp(hash, "000000")).toEqual(no("wrong-code"));
    expect(await who.take({ kind: "set-totp", hash, about, sealed, code: who.code() })).toEqual(no("unavailable"));
    expect(await who.take({ kind: "set-totp", hash, about, sealed: "", code: who.code() })).toEqual(no("unavailable"));
    expect(await who.take({ kind: "set-recovery-codes", hash, about, codes: ["short"] })).toEqual(no("unavailable"));
  });
});

describe("S-61: an invitation", () => {
  it("explains what is set up with it, and nothing that is taken away: its person hears of that", async () => {
    const who = await personWithCodes();
    const passkey = newPasskey();
    const hash = await who.enter();
    await who.addPasskey(hash, passkey);
    await who.take({ kind: "remove-codes", hash, about: who.about });
    const [added, ended, removed] = ["passkey-added", "portal-session-ended", "totp-removed"];
    const events = (await eventsOf(who.guard)).slice(-3);
    const whyOf = (reason = "") => events.find((event) => event.reason === reason)?.why;
    expect([whyOf(added), whyOf(removed), whyOf(ended)]).toEqual([BY_INVITATION, undefined, undefined]);
    expect(events.map(({ reason }) => reason)).toContain(removed);
  });

  it("gets its person in once, of two who use it at one moment one; it ends every other session", async () => {
    const who = await personWithCodes();
    const marks = { id: "i_once", hash: "h" };
    await who.guard.invitation(await who.profile(), { kind: "open", marks, expiresAt: Date.now() + HOUR });
    const enter = () => who.take({ kind: "enter", about: who.about, marks, session: newSession() });
    const answers = await Promise.all([enter(), enter(), enter()]);
    expect(tally(answers.map(({ kind }) => kind))).toEqual({ "signed-in": 1, refused: 2 });
    expect(await who.session(who.hash)).toEqual({ kind: "none" });
    expect(await who.sessions()).toMatchObject([{ how: "invitation", entering: true, freshAt: 0 }]);
    expect((await eventsOf(who.guard)).at(-1)).toMatchObject({ reason: "invitation-used", by: "i_once" });
  });

  it("only registers: everything else is closed to its session, which lasts half an hour", async () => {
    const who = await personWithCodes();
    const hash = await who.enter();
    const beyond = changes(who, hash).filter(
      ({ kind }) => !["add-passkey", "set-totp", "set-passphrase"].includes(kind),
    );
    expect(beyond).toHaveLength(4);
    for (const step of beyond) expect(await who.take(step), step.kind).toEqual(no("entering"));
    const { about } = who;
    const renames = { kind: "rename-passkey", hash, about, id: "x", name: "x" } as const;
    expect(await who.take(renames)).toEqual(no("entering"));
    const actor = { hash };
    expect(await who.take({ kind: "end-session", id: "s_x", about, actor })).toEqual(no("entering"));
    expect(await who.take({ kind: "end-sessions", about, actor })).toEqual(no("entering"));
    const freshen = { kind: "freshen", hash, about, client: "browser", proof: who.proof(who.code(1)) } as const;
    expect(await who.take(freshen)).toEqual({ kind: "none" });
    pass(29 * MINUTE);
    expect(await who.session(hash)).toMatchObject({ session: { entering: true } });
    pass(MINUTE);
    expect(await who.session(hash)).toEqual({ kind: "none" });
    expect(await who.addPasskey(hash)).toEqual(no("no-session"));
  });

  it("becomes a whole session with a passkey, or with a passphrase and an app, registered in it", async () => {
    const one = await person();
    const first = await one.enter();
    expect(await one.addPasskey(first)).toMatchObject({
      session: { entering: false, freshAt: Date.now(), expiresAt: Date.now() + 12 * HOUR, how: "invitation" },
    });
    const two = await person();
    const second = await two.enter();
    expect(await two.setPassphrase(second)).toMatchObject({ session: { entering: true } });
    expect(await two.setPassphrase(second)).toMatchObject({ session: { entering: true } });
    expect(await two.setTotp(second)).toMatchObject({ session: { entering: false } });
    expect(await two.addPasskey(second)).toMatchObject(DONE);
  });

  it("of somebody who has factors does not become whole by those: half a set is not enough", async () => {
    const who = await personWithCodes();
    pass(HOUR);
    const hash = await who.enter();
    expect(await who.session(hash)).toMatchObject({ session: { entering: true } });
    expect(await who.setTotp(hash)).toMatchObject({ session: { entering: true } });
    expect(await who.take({ kind: "remove-codes", hash, about: who.about })).toEqual(no("entering"));
  });

  it("that was used, is over, or is of a disabled person gets nobody in", async () => {
    const who = await person();
    const marks = { id: "i_late", hash: "h" };
    await who.guard.invitation(await who.profile(), { kind: "open", marks, expiresAt: Date.now() + MINUTE });
    const enter = (of = {}) => who.take({ kind: "enter", about: who.about, marks, session: newSession() }, of);
    expect(await enter({ disabled: true, revision: 9 })).toEqual({ kind: "refused" });
    const another = await person();
    await another.guard.invitation(await another.profile(), { kind: "open", marks, expiresAt: Date.now() + MINUTE });
    pass(MINUTE);
    expect(await another.take({ kind: "enter", about: who.about, marks, session: newSession() })).toEqual({
      kind: "refused",
    });
  });
});

describe("S-61: an administrator who resets the factors", () => {
  it("removes all and ends every session; the audit and D1 say so", async () => {
    const who = await personWithCodes();
    const passkey = newPasskey();
    await who.addPasskey(who.hash, passkey);
    await who.take({ kind: "set-recovery-codes", hash: who.hash, about: who.about, codes: newRecoveryCodes() });
    expect(await userOfPortalPasskey(db, passkey.id)).toBe(who.id);
    const by = { by: "t_desk", why: "lost everything" };
    expect(await who.take({ kind: "reset-factors", about: who.about, ...by })).toEqual({ kind: "done", ended: 1 });
    expect(await who.factors()).toEqual({
      passkeys: [],
      passphrase: null,
      totp: null,
      recovery: null,
      complete: false,
    });
    expect(await who.session(who.hash)).toEqual({ kind: "none" });
    expect(await userOfPortalPasskey(db, passkey.id)).toBeUndefined();
    expect((await eventsOf(who.guard)).slice(-3)).toMatchObject([
      { reason: "passkey-removed", ...by },
      { reason: "totp-removed", ...by },
      { reason: "portal-session-ended", ...by },
    ]);
    expect(await who.signIn(who.proof(who.code(1)))).toEqual({ kind: "refused" });
  });
});

describe("S-59: what is kept of the factors", () => {
  it("finds its person by passkey, and comes back into D1 when the passkeys are looked at", async () => {
    const [who, other] = [await personWithCodes(), await personWithCodes()];
    const passkey = newPasskey();
    await who.addPasskey(who.hash, passkey);
    expect(await who.addPasskey(who.hash, passkey)).toEqual(no("passkey-known"));
    expect(await other.addPasskey(other.hash, passkey)).toEqual(no("passkey-known"));
    expect(await other.addPasskey(other.hash, newPasskey({ rpId: "other.test" }))).toEqual(no("another-rp-id"));
    expect(await portalRpId(db)).toBe("contoso.test");
    await removePortalPasskeys(db, who.id); // as a restored D1 would have it
    await who.factors();
    expect(await userOfPortalPasskey(db, passkey.id)).toBe(who.id);
    for (let i = 0; i < 19; i++) await who.addPasskey(who.hash);
    expect(await who.addPasskey(who.hash)).toEqual(no("too-many"));
  });

  it("shows the person no secret, and opens nothing without the sealing key", async () => {
    const who = await personWithCodes();
    const codes = newRecoveryCodes();
    await who.addPasskey(who.hash, newPasskey({ publicKey: "VGhlUHVibGljS2V5" }));
    await who.take({ kind: "set-recovery-codes", hash: who.hash, about: who.about, codes });
    const kept = await who.guard.kept();
    const rows = await runInDurableObject(who.guard, (_, { storage }) =>
      ["portal_passphrase", "portal_totp", "portal_recovery_codes", "portal_passkeys", "portal_sessions"].map((table) =>
        storage.sql.exec(`SELECT * FROM ${table}`).toArray(),
      ),
    );
    expect(rows.map((each) => each.length)).toEqual([1, 1, 10, 1, 1]);
    const stored = JSON.stringify(rows);
    for (const code of codes) expect(stored + kept).not.toContain(code.replace("-", ""));
    for (const secret of [PASSPHRASE, Buffer.from(who.secret).toString("base64url"), "notShown"]) {
      expect(stored + kept).not.toContain(secret);
    }
    const marks = rows.flat().flatMap((row) => [row.mark, row.sealed, row.hash, row.public_key]);
    for (const mark of marks.filter((each) => typeof each === "string")) expect(kept).not.toContain(mark);
    expect(JSON.parse(kept)).toMatchObject({
      portal_sessions: [{ how: "invitation" }],
      portal_passkeys: [{ name: "My phone" }],
    });
  });

  it("opens under an older key, is sealed again when it is used, and then does without that key", async () => {
    const who = await personWithCodes();
    const codes = newRecoveryCodes();
    await who.take({ kind: "set-recovery-codes", hash: who.hash, about: who.about, codes });
    const newKey = Buffer.alloc(32, 77).toString("base64");
    const under = (keys: string, code: string) =>
      runInDurableObject(who.guard, async (_, state) => {
        const guard = new UserGuard(state, { ...env, SEALING_KEYS: keys });
        const step = { kind: "sign-in", about: who.about, client: "browser", session: newSession() } as const;
        return guard.portal(await who.profile(), { ...step, proof: who.proof(code) });
      });
    const refused = { kind: "refused" };
    pass(MINUTE);
    expect(await under(newKey, who.code())).toEqual(refused);
    expect(await under(newKey, codes[0] ?? "")).toEqual(refused);
    expect(await under(`${newKey} ${env.SEALING_KEYS}`, codes[0] ?? "")).toMatchObject({ kind: "signed-in" });
    pass(MINUTE);
    expect(await under(newKey, who.code())).toMatchObject({ kind: "signed-in" });
    expect(await under(newKey, codes[1] ?? "")).toEqual(refused); // nobody can mark again a code that was not typed
    await evictDurableObject(who.guard);
  });

  it("goes with an erasure: nothing of it stays in the guard or in D1", async () => {
    const who = await personWithCodes();
    const passkey = newPasskey({ name: "Alices Telefon" });
    await who.addPasskey(who.hash, passkey);
    await who.guard.erase(who.id, who.sipUri);
    const left = await runInDurableObject(who.guard, (_, { storage }) =>
      storage.sql
        .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'portal%'")
        .toArray()
        .map(({ name }) => storage.sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${name}`).one().n),
    );
    expect(left.every((count) => count === 0)).toBe(true);
    await expect(who.session(who.hash)).rejects.toThrow("the user is gone");
    await env.DB.prepare("DELETE FROM users WHERE id = ?").bind(who.id).run();
    expect(await userOfPortalPasskey(db, passkey.id)).toBeUndefined();
  });
});
