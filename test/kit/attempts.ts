// What the tests of the guards share: users with app passwords, attempts to sign in as them over each channel, and a
// look at what a guard has stored. The clock stands still until a test moves it. It is a day ahead, so that no alarm
// fires by itself.

import { env, runInDurableObject } from "cloudflare:test";
import { vi } from "vitest";
import type { AuditedEvent, EventContext } from "../../src/audit/event.ts";
import { generateAppPassword, ntHashesOf } from "../../src/core/credentials/app-password.ts";
import type { Evidence, NtlmEvidence } from "../../src/core/credentials/evidence.ts";
import { sealHashes } from "../../src/core/credentials/sealed-hash.ts";
import { type Keyring, parseKeyring } from "../../src/core/crypto/keyring.ts";
import { parseAuthenticate } from "../../src/core/ntlm/authenticate.ts";
import { ntHash } from "../../src/core/ntlm/responses.ts";
import { issueChallenge, openChallenge } from "../../src/core/ntlm/sealed-challenge.ts";
import { pending } from "../../src/guards/audit-outbox.ts";
import type { Profile } from "../../src/guards/profile.ts";
import type { RelayedTicket } from "../../src/guards/relayed-ticket.ts";
import { guardOf } from "../../src/guards/route.ts";
import type { SignInAttempt } from "../../src/guards/sign-in-question.ts";
import type { TicketUse } from "../../src/guards/ticket-question.ts";
import type { UserGuard } from "../../src/user-guard/user-guard.ts";
import { ABOUT } from "./events.ts";
import { KEYRING as CHALLENGE_KEYRING, HOST, must, NAMES } from "./ntlm.ts";
import { clientAuthenticate, clientNegotiate, PROFILES } from "./ntlm-client.ts";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Stops the clock, a day ahead of the real one, because alarms fire in real time. Call it once in a file. */
export function stopClock(): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + DAY });
}

/** Lets time pass (ms). */
export function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

/** The keyring of the guards. */
export const KEYRING: Keyring = must(parseKeyring(env.SEALING_KEYS));

export type Guard = DurableObjectStub<UserGuard>;
type User = SignInAttempt["user"];

type Passwords = {
  readonly live?: readonly string[];
  readonly revoked?: readonly string[];
  /** The keyring's key that seals now. */
  readonly keyring?: Keyring;
};

let users = 0;
/** A user whom only the calling test has, with app passwords (one unless given), and the user's guard. */
export function someone({ live = [generateAppPassword()], revoked = [], keyring = KEYRING }: Passwords = {}) {
  const id = `u_${++users}`;
  const sealed = (kind: string) => (password: string, at: number) => {
    const place = { userId: id, credentialId: `${kind}_${at}` };
    return { id: place.credentialId, ntHashes: sealHashes(keyring, place, ntHashesOf(password)) };
  };
  const credentials = live.map(sealed("p"));
  const sipUri = `sip:${id}@contoso.test`;
  const user: User = { id, sipUri, disabled: false, credentials, revoked: revoked.map(sealed("r")) };
  return { guard: guardOf(env, sipUri), user, password: live[0] ?? "" };
}

/** What a sign-in read of a user in D1. */
export function profileOf(user: User, changes: Partial<Profile["subject"]> = {}, policyVersion = 0): Profile {
  const { id: userId, sipUri, disabled } = user;
  const asThePolicySays = { enrolment: null, maxDevices: null, windowUntil: null, sid: null };
  return {
    subject: { userId, sipUri, disabled, groups: [], ...asThePolicySays, revision: 0, ...changes },
    policyVersion,
  };
}

/** A ticket to remember. */
export const relayed = (id: string, changes: Partial<RelayedTicket> = {}): RelayedTicket => ({
  id,
  kind: "user",
  credentialId: "p_0",
  place: `${ABOUT.source} client`,
  workstation: ABOUT.workstation,
  ntlmVersion: "10.0.19045",
  expiresAt: Date.now() + 8 * HOUR,
  ...changes,
});

/** A request with that ticket. */
export const presented = (id: string, use: TicketUse = { kind: "discovery" }, source = ABOUT.source) => ({
  id,
  use,
  source: { network: source, country: "DE", asn: 3320 },
  about: { ...aboutFrom(source), channel: "ticket" as const },
});

/** A whole handshake with that password, as a sign-in hands it to the guard. */
export function ntlm(password: string): NtlmEvidence {
  const now = Date.now();
  const type1 = clientNegotiate(PROFILES.windowsHttp);
  const at = { keyring: CHALLENGE_KEYRING, host: HOST, names: NAMES, now };
  const type2 = must(issueChallenge({ ...at, negotiate: type1 }));
  const who = { user: "alice", domain: "CONTOSO", workstation: "PC", password };
  const authenticate = clientAuthenticate(PROFILES.windowsHttp, { ...who, type1, type2, now });
  const opened = must(openChallenge({ ...at, message: must(parseAuthenticate(authenticate)) }));
  const { id, expiresAt, serverChallenge, negotiate, challenge } = opened;
  return {
    kind: "ntlm",
    challengeId: id,
    challengeExpiresAt: expiresAt,
    serverChallenge,
    negotiate,
    challenge,
    authenticate,
  };
}

/** A password that came in the clear. */
export const typed = (password: string): Evidence => ({ kind: "password", ntHash: ntHash(password) });

/** Where an attempt comes from. Default: the usual network and client. */
export type From = { readonly source?: string; readonly client?: string };

/** An attempt to sign in as that user. */
export function attempt(user: User, evidence: Evidence, { source = ABOUT.source, client = "client" }: From = {}) {
  return { about: aboutFrom(source), client, evidence, user } satisfies SignInAttempt;
}

/** A request from that network. */
export const aboutFrom = (source: string): EventContext => ({ ...ABOUT, source, requestId: crypto.randomUUID() });

let networks = 0;
/** A network that only the calling test has. */
export function strangeNetwork(): string {
  networks++;
  return `10.${networks >> 16}.${(networks >> 8) & 255}.${networks & 255}`;
}

/** The events that D1 does not have yet, oldest first. */
export function eventsOf(guard: DurableObjectStub): Promise<AuditedEvent[]> {
  return runInDurableObject(guard, (_, { storage }) =>
    hasTables(storage) ? pending((...statement) => storage.sql.exec(...statement), 5_000) : [],
  );
}

const hasTables = ({ sql }: DurableObjectStorage): boolean =>
  sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'audit_outbox'").toArray().length > 0;

/** How many rows each table has, and when the alarm rings. */
export function storageOf(guard: DurableObjectStub) {
  return runInDurableObject(guard, async (_, { storage }) => {
    const tables = storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '_cf_%'")
      .toArray();
    const counts = tables.map(({ name }): [string, number] => [
      name,
      storage.sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${name}`).one().n,
    ]);
    return { rows: Object.fromEntries(counts), alarm: await storage.getAlarm() };
  });
}

/** What an object stores when nothing is left in it. */
export const NOTHING = { rows: {}, alarm: null };

/** How often each of these texts occurs. */
export function tally(texts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}
