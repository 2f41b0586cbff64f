// Which key is still needed, and the walk over all users that seals everything again with the first key (S-75).

import { needsResealing, sealedAgain } from "../core/credentials/sealed-hash.ts";
import type { Keyring } from "../core/crypto/keyring.ts";
import { sideBySide } from "../core/text/side-by-side.ts";
import type { LeftInGuards, ResealedFactors } from "../guards/resealed.ts";
import { guardOf } from "../guards/route.ts";
import type { Database } from "../store/database.ts";
import { openDatabase } from "../store/database.ts";
import { resealAppPassword } from "../store/directory.ts";
import { type AgedKey, KEY_VARIABLES } from "../store/key-ages.ts";
import {
  beginSealingWalk,
  firstSince,
  keepSealingWalk,
  PREFIX_CHARS,
  type SealedInD1,
  type SealingWalk,
  sealedAppPasswords,
  sealedMail,
  sealedSecretsOf,
  sealingWalkOf,
  usersAfter,
} from "../store/sealing-walk.ts";
import type { Call } from "./call.ts";
import { knownKeys } from "./key-ages.ts";
import type { KeysAnswer, ResealedAnswer } from "./schemas/keys.ts";

/** At so many users one call is. Each is one request to a guard, of the thousand that a Worker may make. */
const USERS_OF_A_CALL = 100;
const GUARDS_AT_ONCE = 6;
/** A compact ticket of a Front-End is good for eight hours, and its envelope as long. */
const TICKETS_LIVE_MS = 8 * 3_600_000;

type Sealed = NonNullable<KeysAnswer["keys"][number]["sealed"]>;
type Left = Readonly<Record<string, LeftInGuards>>;

/** The keys at `now` (ms), and what hangs on each. */
export async function keysAt({ env, config }: Call, now: number): Promise<KeysAnswer> {
  const db = openDatabase(env.DB);
  const { keyring } = config;
  const [known, passwords, mail, walk, since] = await Promise.all([
    knownKeys(env, config, db, now),
    sealedAppPasswords(db, now),
    sealedMail(db),
    sealingWalkOf(db),
    firstSince(db, keyring.current.id, now),
  ]);
  const prefixes = new Set([...keyring.byId.keys()].map(prefixOf));
  const whole = walk !== undefined && walk.keyId === keyring.current.id && walk.endedAt !== null;
  const left = whole ? leftOf(walk) : undefined;
  const sealedUnder = (id: string): Sealed => {
    const inD1 = passwords.find(({ prefix }) => prefix === prefixOf(id));
    const inGuards = left && (left[id] ?? { passphrases: 0, recoveryCodes: 0 });
    const first = id === keyring.current.id;
    return {
      appPasswords: inD1?.live ?? 0,
      ended: inD1?.ended ?? 0,
      waitingLinks: mail.find(({ prefix }) => prefix === prefixOf(id))?.waiting ?? 0,
      passphrases: first ? null : (inGuards?.passphrases ?? null),
      recoveryCodes: first ? null : (inGuards?.recoveryCodes ?? null),
      ticketsUntil: first ? null : new Date(since + TICKETS_LIVE_MS).toISOString(),
    };
  };
  const listed = known.map((key) => {
    const same = known.filter(({ kind }) => kind === key.kind);
    const sealed = key.kind === "sealing" ? sealedUnder(key.id) : null;
    const first = same[0]?.id === key.id;
    return { ...described(key), first, sealed, ...removableOf(key, { first, sealed }, now) };
  });
  const missing = passwords.filter(({ prefix }) => !prefixes.has(prefix));
  return {
    at: new Date(now).toISOString(),
    keys: listed,
    missing: missing.map(({ live, ended }: SealedInD1) => ({ appPasswords: live, ended })),
    walk: walk === undefined ? null : said(walk),
  };
}

const described = ({ kind, id, since, endsAt }: AgedKey) => ({
  ...{ kind, variable: KEY_VARIABLES[kind], id },
  since: new Date(since).toISOString(),
  ends: endsAt === undefined ? null : new Date(endsAt).toISOString(),
});

type Removable = Pick<KeysAnswer["keys"][number], "removable" | "why">;

/** Whether a key may be taken out at `now` (ms). */
function removableOf(
  { kind }: AgedKey,
  { first, sealed }: { readonly first: boolean; readonly sealed: Sealed | null },
  now: number,
): Removable {
  // Every key of ADMIN_KEYS opens alike, so none is the first.
  if (kind === "admin")
    return { removable: "yes", why: ["Whoever uses it needs another way in: a token, or the console."] };
  if (first) return { removable: "in-use", why: ["It is the one in use. Put a new one in front of it first."] };
  if (sealed === null) return { removable: "yes", why: [SHARED[kind] ?? ""].filter((text) => text !== "") };
  const against: string[] = [];
  if (sealed.appPasswords > 0) against.push(`${sealed.appPasswords} secrets of app passwords are sealed under it.`);
  if (sealed.passphrases === null) against.push("The walk over all users has not ended with the first key.");
  if (sealed.waitingLinks > 0) against.push(`${sealed.waitingLinks} links of invitations wait in the mail under it.`);
  if (sealed.ticketsUntil !== null && Date.parse(sealed.ticketsUntil) > now) {
    against.push(`Tickets of clients are sealed under it until ${sealed.ticketsUntil}.`);
  }
  const ends = [
    ...(sealed.passphrases ? [`${sealed.passphrases} people would have to choose a new passphrase.`] : []),
    ...(sealed.recoveryCodes ? [`${sealed.recoveryCodes} people would need new recovery codes.`] : []),
  ];
  return { removable: against.length === 0 ? "yes" : "not-yet", why: [...against, ...ends] };
}

/** What must be true at the other side before the second of two is taken out. */
const SHARED: Readonly<Partial<Record<AgedKey["kind"], string>>> = {
  sts: "A pool takes tokens of the first one only if it has read the metadata since that is in it.",
  "sign-on": "Every connector must have the public half of the first one.",
  authority: "The system that answers must know the first one.",
  "notice-webhook": "The system that sends mail must know the first one.",
};

/** Goes on with the walk, at one page of users, or begins it. `again`: begin at the first user in any case. */
export async function resealSome({ env, config }: Call, again: boolean, now: number): Promise<ResealedAnswer> {
  const db = openDatabase(env.DB);
  const { keyring } = config;
  await firstSince(db, keyring.current.id, now);
  const kept = await sealingWalkOf(db);
  const goesOn = kept !== undefined && kept.keyId === keyring.current.id && !(again && kept.endedAt !== null);
  const before = goesOn ? kept : await beginSealingWalk(db, keyring.current.id, now);
  if (before.endedAt !== null) return { done: true, walk: said(before) };
  const users = await usersAfter(db, before.after, USERS_OF_A_CALL);
  const [inD1, factors] = await Promise.all([
    resealRows(
      db,
      keyring,
      users.map(({ id }) => id),
    ),
    sideBySide(users, GUARDS_AT_ONCE, ({ id, sipUri }) => guardOf(env, sipUri).reseal(id)),
  ]);
  const ended = users.length < USERS_OF_A_CALL;
  const walk: SealingWalk = {
    ...before,
    after: users.at(-1)?.id ?? before.after,
    endedAt: ended ? now : null,
    users: before.users + users.length,
    resealed: before.resealed + inD1.resealed + factors.filter(({ resealed }) => resealed).length,
    lost: before.lost + inD1.lost + factors.filter(({ lost }) => lost).length,
    left: JSON.stringify(withLeft(leftOf(before), factors, keyring)),
  };
  await keepSealingWalk(db, before, walk);
  return { done: ended, walk: said(walk) };
}

/** Seals every secret of these users' app passwords again that another key has sealed. */
async function resealRows(db: Database, keyring: Keyring, userIds: readonly string[]) {
  let [resealed, lost] = [0, 0];
  for (const { id, userId, ntHashes, oldNtHashes, asksCode } of await sealedSecretsOf(db, userIds)) {
    for (const before of [ntHashes, oldNtHashes]) {
      if (before === null || !needsResealing(keyring, before)) continue;
      const sealed = sealedAgain(keyring, { userId, credentialId: id }, { ntHashes: before, asksCode });
      if (!sealed.ok) lost += 1;
      else if (await resealAppPassword(db, id, { before, after: sealed.value })) resealed += 1;
    }
  }
  return { resealed, lost };
}

function withLeft(left: Left, factors: readonly ResealedFactors[], keyring: Keyring): Left {
  const sum: Record<string, LeftInGuards> = { ...left };
  const add = (id: string | undefined, passphrases: number, recoveryCodes: number): void => {
    if (id === undefined || id === keyring.current.id) return;
    const before = sum[id] ?? { passphrases: 0, recoveryCodes: 0 };
    sum[id] = {
      passphrases: before.passphrases + passphrases,
      recoveryCodes: before.recoveryCodes + recoveryCodes,
    };
  };
  for (const { passphrase, recovery } of factors) {
    add(passphrase, 1, 0);
    add(recovery, 0, 1);
  }
  return sum;
}

/** The JSON is Postern's own. */
const leftOf = ({ left }: SealingWalk): Left => JSON.parse(left) as Left;

const said = ({ keyId, startedAt, endedAt, users, resealed, lost }: SealingWalk): ResealedAnswer["walk"] => ({
  ...{ keyId, users, resealed, lost, startedAt: new Date(startedAt).toISOString() },
  endedAt: endedAt === null ? null : new Date(endedAt).toISOString(),
});

/** How the text of what a key has sealed begins. */
const prefixOf = (keyId: string): string => Buffer.from(keyId, "hex").toString("base64url").slice(0, PREFIX_CHARS);
