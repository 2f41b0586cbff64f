// People of the portal, for tests of the user's guard: each with a guard of the own, and each step in one line.

import { env } from "cloudflare:test";
import { stretchPassphrase } from "../../src/core/credentials/passphrase.ts";
import { newTotpSecret, sealTotpSecret } from "../../src/core/credentials/totp.ts";
import type { Subject } from "../../src/core/policy/subject.ts";
import type {
  NewPasskey,
  NewPortalSession,
  PortalAnswer,
  PortalAnswerTo,
  PortalProof,
  PortalStep,
} from "../../src/guards/portal-question.ts";
import type { Profile } from "../../src/guards/profile.ts";
import { guardOf } from "../../src/guards/route.ts";
import { openDatabase } from "../../src/store/database.ts";
import { addUser, subjectOf, type User, userById } from "../../src/store/directory.ts";
import { hashOfSecret, newSecret } from "../../src/web/secret.ts";
import { aboutFrom, type From, type Guard, HOUR, KEYRING, MINUTE, strangeNetwork } from "./attempts.ts";
import { stepAt, totp } from "./codes.ts";
import { must } from "./ntlm.ts";

export const PASSPHRASE = "drei bunte Hunde";
export const IDLE_MS = 30 * MINUTE;

export const aboutPortal = (source: string) => ({ ...aboutFrom(source), channel: "portal" as const, workstation: "" });

export function newSession(): NewPortalSession {
  const hash = hashOfSecret(newSecret()) ?? "";
  return { id: `s_${hash.slice(0, 16)}`, hash, lastsMs: 12 * HOUR };
}

let passkeys = 0;
export const newPasskey = (changes: Partial<NewPasskey> = {}): NewPasskey => ({
  ...{ id: `key-${++passkeys}`, publicKey: "cHVibGlj", counter: 0, transports: ["internal"], rpId: "contoso.test" },
  ...{ name: "My phone", deviceType: "multiDevice", backedUp: true },
  ...changes,
});

/** Where a person usually is. */
export const HOME = { source: "198.51.100.7", client: "browser" };

const db = openDatabase(env.DB);
let people = 0;
/** Somebody whom D1 has, without factors. Every step goes to the guard of the address that D1 has. */
export async function person() {
  const name = `portal${++people}.${crypto.randomUUID().slice(0, 8)}`;
  const { id, sipUri } = must(
    await addUser(db, { sipUri: `sip:${name}@contoso.test`, account: `CONTOSO\\${name}` }, 0),
  );
  const secret = newTotpSecret();
  const row = async (): Promise<User> => {
    const user = await userById(db, id);
    if (user === undefined) throw new Error("the user is gone");
    return user;
  };
  const profile = async (of: Partial<Subject> = {}): Promise<Profile> => ({
    subject: { ...subjectOf(await row()), ...of },
    policyVersion: 0,
  });
  const guard = guardOf(env, sipUri) as Guard;
  const guardNow = async () => guardOf(env, (await row()).sipUri) as Guard;
  const take = async <Step extends PortalStep>(step: Step, of?: Partial<Subject>): Promise<PortalAnswerTo<Step>> => {
    const answer: PortalAnswer | "moved" = await (await guardNow()).portal(await profile(of), step);
    return answer as PortalAnswerTo<Step>;
  };
  const about = aboutPortal(HOME.source);
  const code = (steps = 0): string => totp(secret, stepAt(Date.now()) + steps);
  const proof = (typed = code(), passphrase = PASSPHRASE): PortalProof => ({
    kind: "passphrase",
    stretched: stretched(passphrase, id),
    code: typed,
  });
  const signIn = (by: PortalProof, { source = HOME.source, client = HOME.client }: From = {}, session = newSession()) =>
    take({ kind: "sign-in", proof: by, session, about: aboutPortal(source), client });
  /** Invited, and in: the hash of the session. */
  const enter = async (): Promise<string> => {
    const marks = { id: `i_${crypto.randomUUID().slice(0, 16)}`, hash: crypto.randomUUID() };
    await (await guardNow()).invitation(await profile(), { kind: "open", marks, expiresAt: Date.now() + HOUR });
    const session = newSession();
    await take({ kind: "enter", about, marks, session });
    return session.hash;
  };
  const setTotp = (hash: string, typed = code()) =>
    take({ kind: "set-totp", hash, about, sealed: sealTotpSecret(KEYRING, id, secret), code: typed });
  const setPassphrase = (hash: string, passphrase = PASSPHRASE) =>
    take({ kind: "set-passphrase", hash, about, stretched: stretched(passphrase, id) });
  const addPasskey = (hash: string, passkey = newPasskey()) => take({ kind: "add-passkey", hash, about, passkey });
  const session = (hash: string, of: Partial<Subject> = {}) => take({ kind: "session", hash, idleMs: IDLE_MS }, of);
  const sessions = async () => (await take({ kind: "sessions", idleMs: IDLE_MS })).sessions;
  const factors = async () => (await take({ kind: "factors" })).factors;
  return {
    ...{
      guard,
      profile,
      row,
      sipUri,
      secret,
      take,
      about,
      code,
      proof,
      signIn,
      enter,
      setTotp,
      setPassphrase,
      addPasskey,
    },
    ...{ session, sessions, factors, id },
  };
}

export type Person = Awaited<ReturnType<typeof person>>;

/** Somebody with a passphrase and an authenticator app, and a session of the first minute. */
export async function personWithCodes() {
  const who = await person();
  const hash = await who.enter();
  await who.setTotp(hash);
  await who.setPassphrase(hash);
  return { ...who, hash };
}

const known = new Map<string, Uint8Array>();
/** Stretching takes a while, and tests try the same passphrases often. */
function stretched(passphrase: string, userId: string): Uint8Array {
  const key = `${userId} ${passphrase}`;
  const made = known.get(key) ?? stretchPassphrase(passphrase, userId);
  known.set(key, made);
  return made;
}

/** A place at which only the calling test has been. */
export const strangePlace = (): Required<From> => ({ source: strangeNetwork(), client: "attacker" });
