// Somebody gets into the portal: every proof once, counted before it is verified, and one answer for every refusal.

import { env } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  attempt,
  DAY,
  eventsOf,
  type From,
  HOUR,
  KEYRING,
  MINUTE,
  NOTHING,
  ntlm,
  pass,
  SECOND,
  stopClock,
  storageOf,
  strangeNetwork,
  tally,
} from "../../test/kit/attempts.ts";
import {
  newPasskey,
  newSession,
  PASSPHRASE,
  type Person,
  person,
  personWithCodes,
  strangePlace,
} from "../../test/kit/portal.ts";
import { charactersOfCodePassword, generateCodePassword } from "../core/credentials/code-password.ts";
import { newRecoveryCodes } from "../core/credentials/recovery-code.ts";
import { sealCodePassword } from "../core/credentials/sealed-hash.ts";
import { DEFAULT_LIMITS } from "../core/lockout/limits.ts";
import { strangersGuardOf } from "../guards/route.ts";

beforeAll(stopClock);
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});

const REFUSED = { kind: "refused" };
const IN = { kind: "signed-in" };
const reasonsOf = async ({ guard }: Person) => (await eventsOf(guard)).map(({ reason }) => reason);

/** Somebody with codes, a passkey and recovery codes, half an hour after setting them up. */
async function equipped() {
  const who = await personWithCodes();
  const passkey = newPasskey();
  await who.addPasskey(who.hash, passkey);
  const codes = newRecoveryCodes();
  await who.take({ kind: "set-recovery-codes", hash: who.hash, about: who.about, codes });
  pass(30 * MINUTE);
  return { ...who, passkey, recovery: codes };
}

/** Fails so often, each time in another way or the same. */
async function fail(who: Person, times: number, from: From, code = "000000", passphrase = "wrong passphrase") {
  for (let i = 0; i < times; i++) await who.signIn(who.proof(code, passphrase), from);
}

describe("S-59: somebody signs in to the portal", () => {
  it("with a passphrase and a code, with a passkey, and with a recovery code in the place of the code", async () => {
    const who = await equipped();
    const { passkey, recovery } = who;
    expect(await who.signIn(who.proof())).toMatchObject({ ...IN, session: { how: "code", entering: false } });
    const used = { kind: "passkey", id: passkey.id, counter: 0, backedUp: true } as const;
    expect(await who.signIn(used)).toMatchObject({ ...IN, session: { how: "passkey" } });
    const [first = ""] = recovery;
    const typed = first.toLowerCase().replace("-", " ");
    expect(await who.signIn(who.proof(typed))).toMatchObject({
      session: { how: "recovery-code" },
      recoveryCodesLeft: 9,
    });
    const provided = { kind: "provider", subject: "https://id.test 7", at: Date.now() - HOUR } as const;
    expect(await who.signIn(provided)).toMatchObject({
      session: { how: "provider", subject: provided.subject, freshAt: provided.at },
    });
    expect((await reasonsOf(who)).slice(-5)).toEqual([
      ...["portal-signed-in", "portal-signed-in"],
      ...["recovery-code-used", "portal-signed-in", "portal-signed-in"],
    ]);
    expect((await who.factors()).recovery).toMatchObject({ left: 9 });
  });

  it("is refused with one answer whatever is wrong, and the audit has the reason", async () => {
    const who = await equipped();
    const nobody = await person();
    const [spent = ""] = who.recovery;
    await who.signIn(who.proof(spent));
    await who.signIn(who.proof());
    const tries: readonly [string, () => Promise<object>][] = [
      ["wrong-password", () => who.signIn(who.proof(who.code(1), "wrong passphrase"))],
      ["code-wrong", () => who.signIn(who.proof("000000"))],
      ["code-wrong", () => who.signIn(who.proof(""))],
      ["code-wrong", () => who.signIn(who.proof("x".repeat(100_000)))],
      ["code-used", () => who.signIn(who.proof())],
      ["code-used", () => who.signIn(who.proof(spent))],
      ["proof-repeated", () => who.signIn({ kind: "passkey", id: "nobody's", counter: 0, backedUp: false })],
      ["wrong-password", () => nobody.signIn(nobody.proof())],
    ];
    for (const [reason, attempt] of tries) {
      expect(await attempt(), reason).toEqual(REFUSED);
      const last = [...(await eventsOf(who.guard)), ...(await eventsOf(nobody.guard))].filter(
        ({ outcome }) => outcome === "refused",
      );
      expect(last.map((event) => event.reason)).toContain(reason);
      expect(JSON.stringify(last)).not.toMatch(new RegExp(`${PASSPHRASE}|${spent}|${who.code()}`));
    }
    const gone = { disabled: true, revision: 9 };
    const proof = who.proof(who.code(1));
    const step = { kind: "sign-in", proof, session: newSession(), about: who.about, client: "browser" } as const;
    expect(await who.take(step, gone)).toEqual(REFUSED);
    expect((await reasonsOf(who)).at(-1)).toBe("user-disabled");
  });

  it("whom nobody knows keeps nothing, whatever is typed", async () => {
    const guard = strangersGuardOf(env, "nobody@contoso.test");
    for (const code of ["123456", "ABCDE-01234", "", "x".repeat(100_000)]) {
      await guard.refusePortalStranger({ kind: "passphrase", stretched: new Uint8Array(32), code });
    }
    expect(await storageOf(guard)).toEqual(NOTHING);
  });
});

describe("S-59: a code of the authenticator app", () => {
  it("signs in once, and so does no earlier one", async () => {
    const who = await equipped();
    const [before, now, after] = [who.code(-1), who.code(), who.code(1)];
    expect(await who.signIn(who.proof(now))).toMatchObject(IN);
    expect(await who.signIn(who.proof(now))).toEqual(REFUSED);
    expect(await who.signIn(who.proof(before))).toEqual(REFUSED);
    expect(await who.signIn(who.proof(after))).toMatchObject(IN);
    expect(await who.signIn(who.proof(now))).toEqual(REFUSED);
    pass(30 * SECOND);
    expect(await who.signIn(who.proof(after))).toEqual(REFUSED);
    expect(await who.signIn(who.proof(who.code(1)))).toMatchObject(IN);
  });

  it("that set the app up signs nobody in", async () => {
    const who = await person();
    const hash = await who.enter();
    const code = who.code();
    await who.setTotp(hash, code);
    await who.setPassphrase(hash);
    expect(await who.signIn(who.proof(code))).toEqual(REFUSED);
    // Nor when the same secret is set up once more.
    expect(await who.setTotp(hash, code)).toEqual({ kind: "denied", reason: "wrong-code" });
    expect(await who.signIn(who.proof(code))).toEqual(REFUSED);
  });

  it("that two use at one moment signs one in", async () => {
    const who = await equipped();
    const answers = await Promise.all(Array.from({ length: 5 }, () => who.signIn(who.proof())));
    expect(tally(answers.map(({ kind }) => kind))).toEqual({ "signed-in": 1, refused: 4 });
  });

  it("is not used up by a wrong passphrase, nor is a recovery code", async () => {
    const who = await equipped();
    const [code = ""] = who.recovery;
    expect(await who.signIn(who.proof(who.code(), "wrong passphrase"))).toEqual(REFUSED);
    expect(await who.signIn(who.proof(code, "wrong passphrase"))).toEqual(REFUSED);
    expect(await who.signIn(who.proof())).toMatchObject(IN);
    expect(await who.signIn(who.proof(code))).toMatchObject({ recoveryCodesLeft: 9 });
  });

  it("is good a step before and after its own, and not two", async () => {
    const who = await equipped();
    expect(await who.signIn(who.proof(who.code(-2)))).toEqual(REFUSED);
    expect(await who.signIn(who.proof(who.code(2)))).toEqual(REFUSED);
    expect(await who.signIn(who.proof(who.code(-1)))).toMatchObject(IN);
  });

  it("of the portal is used up for an app password that asks for one, and the other way round", async () => {
    const who = await equipped();
    const place = { userId: who.id, credentialId: "p_code" };
    const password = generateCodePassword();
    const ntHashes = sealCodePassword(KEYRING, place, charactersOfCodePassword(password));
    const credentials = [{ id: "p_code", ntHashes, asksCode: true }];
    const user = { id: who.id, sipUri: who.sipUri, disabled: false, credentials, revoked: [] };
    const lync = async (code: string) => (await who.guard.signIn(attempt(user, ntlm(password + code)))).kind;
    expect(await who.signIn(who.proof())).toMatchObject(IN);
    expect(await lync(who.code())).toBe("refused");
    expect(await lync(who.code(1))).toBe("signed-in");
    expect(await who.signIn(who.proof(who.code(1)))).toEqual(REFUSED);
    expect((await reasonsOf(who)).filter((reason) => reason === "code-used")).toHaveLength(2);
  });
});

describe("S-59: a recovery code", () => {
  it("that two use at one moment signs one in, and a new set ends the old", async () => {
    const who = await equipped();
    const [one = "", other = ""] = who.recovery;
    const answers = await Promise.all(Array.from({ length: 5 }, () => who.signIn(who.proof(one))));
    expect(tally(answers.map(({ kind }) => kind))).toEqual({ "signed-in": 1, refused: 4 });
    const session = newSession();
    await who.signIn(who.proof(), {}, session);
    const codes = newRecoveryCodes();
    await who.take({ kind: "set-recovery-codes", hash: session.hash, about: who.about, codes });
    expect(await who.signIn(who.proof(other))).toEqual(REFUSED);
    expect(await who.signIn(who.proof(codes[3]))).toMatchObject({ recoveryCodesLeft: 9 });
  });
});

describe("S-59: a passkey", () => {
  it("whose counter does not grow belongs to two authenticators, and signs nobody in", async () => {
    const who = await equipped();
    const passkey = newPasskey({ counter: 5 });
    const session = newSession();
    await who.signIn(who.proof(), {}, session);
    await who.addPasskey(session.hash, passkey);
    const by = (counter: number) => who.signIn({ kind: "passkey", id: passkey.id, counter, backedUp: false });
    expect(await by(6)).toMatchObject(IN);
    for (const counter of [6, 5, 0]) expect(await by(counter), String(counter)).toEqual(REFUSED);
    expect(await by(7)).toMatchObject(IN);
    expect(await who.take({ kind: "passkey", id: passkey.id })).toMatchObject({ passkey: { counter: 7 } });
  });
});

describe("S-59: guessing", () => {
  it("from one network makes that network wait, and not the person, at home or in a new place", async () => {
    const who = await equipped();
    await who.signIn(who.proof());
    pass(MINUTE);
    const attacker = strangePlace();
    await fail(who, 5, attacker);
    const held = await who.signIn(who.proof(), attacker);
    expect(held).toEqual({ kind: "refused", until: expect.any(Number) });
    expect((await reasonsOf(who)).at(-1)).toBe("waiting");
    expect(await who.signIn(who.proof())).toMatchObject(IN);
    pass(MINUTE);
    expect(await who.signIn(who.proof(), { source: strangeNetwork() })).toMatchObject(IN);
  });

  it("from many networks fills the strangers' budget, and the person gets in from home and from a new place", async () => {
    const who = await equipped();
    await who.signIn(who.proof());
    pass(MINUTE);
    const { burst } = DEFAULT_LIMITS.strangers;
    const places = Array.from({ length: burst / 4 }, strangePlace);
    for (const place of places) await fail(who, 4, place);
    for (const place of places.slice(0, 3)) {
      expect(await who.signIn(who.proof(), place)).toEqual({ kind: "refused", until: expect.any(Number) });
    }
    expect((await reasonsOf(who)).at(-1)).toBe("strangers-waiting");
    expect(await who.signIn(who.proof())).toMatchObject(IN);
    pass(MINUTE);
    expect(await who.signIn(who.proof(), { source: strangeNetwork() })).toMatchObject(IN);
    expect(tally(await reasonsOf(who))["portal-locked"]).toBe(1);
  });

  it("at the person's own place waits, too, because a passphrase is no random number; a passkey does not", async () => {
    const who = await equipped();
    await who.signIn(who.proof());
    pass(MINUTE);
    await fail(who, DEFAULT_LIMITS.familiar.free, {});
    expect(await who.signIn(who.proof())).toEqual(REFUSED);
    expect((await reasonsOf(who)).slice(-2)).toEqual(["portal-locked", "waiting"]);
    const used = { kind: "passkey", id: who.passkey.id, counter: 0, backedUp: true } as const;
    expect(await who.signIn(used)).toMatchObject(IN);
    expect(await who.signIn(who.proof())).toMatchObject(IN);
  });

  it("at codes by somebody who knows the passphrase ends after a number of them, and a recovery code still works", async () => {
    const who = await equipped();
    await who.signIn(who.proof());
    pass(MINUTE);
    const { burst } = DEFAULT_LIMITS.codes;
    for (let i = 0; i < burst; i++) await who.signIn(who.proof("000000"), strangePlace());
    const fresh = strangePlace();
    expect(await who.signIn(who.proof(), fresh)).toEqual(REFUSED);
    expect((await reasonsOf(who)).at(-1)).toBe("code-waiting");
    expect(tally(await reasonsOf(who))["portal-locked"]).toBe(1);
    expect(await who.signIn(who.proof())).toMatchObject(IN); // at home
    expect(await who.signIn(who.proof(who.recovery[0]), strangePlace())).toMatchObject(IN);
  });

  it("with a wrong passphrase says nothing about codes, and fills no count of them", async () => {
    const who = await equipped();
    await who.signIn(who.proof());
    pass(MINUTE);
    for (let i = 0; i <= DEFAULT_LIMITS.codes.burst; i++) {
      await who.signIn(who.proof(who.code(), "wrong passphrase"), strangePlace());
    }
    expect(await who.signIn(who.proof(), strangePlace())).toMatchObject(IN);
  });

  it("at recovery codes is counted like every other", async () => {
    const who = await equipped();
    const attacker = strangePlace();
    await fail(who, 5, attacker, "ABCDE-FGHJK", PASSPHRASE);
    expect(await who.signIn(who.proof(who.recovery[0]), attacker)).toMatchObject({ until: expect.any(Number) });
    expect((await who.factors()).recovery).toMatchObject({ left: 10 });
  });

  it("is forgotten when an administrator clears the locks", async () => {
    const who = await equipped();
    const attacker = strangePlace();
    await fail(who, 5, attacker);
    await who.guard.clearLocks();
    expect(await who.signIn(who.proof(), attacker)).toMatchObject(IN);
  });

  it("tells its person once a day", async () => {
    const who = await equipped();
    await who.signIn(who.proof());
    const locked = async () => tally(await reasonsOf(who))["portal-locked"];
    for (let hours = 0; hours < 30; hours += 2) {
      await fail(who, DEFAULT_LIMITS.familiar.free, {});
      pass(2 * HOUR);
    }
    expect(await locked()).toBe(2);
    pass(DAY);
  });
});
