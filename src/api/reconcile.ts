// Brings D1 and the users' guards together again, after one of them went back to an earlier moment. The stricter wins.
// docs/backup.md has the table.

import type { BackupAnswer, Finding, OlderSide } from "../guards/backup-question.ts";
import { passkeyIdsOf, usersAfter } from "../store/backup-read.ts";
import { agreeOnPasskeys, deletePartnerships, insertPolicy, raiseRevision } from "../store/backup-write.ts";
import { openDatabase } from "../store/database.ts";
import { listAppPasswords, type User, userById } from "../store/directory.ts";
import { partnershipsOfUser } from "../store/partnerships.ts";
import { currentVersion } from "../store/policies.ts";
import { askGuard, type Commanding, commandGuard, revokePassword, switchUser, untilVerdictsAreOld } from "./devices.ts";
import { recordChange } from "./record.ts";
import { inTurns } from "./turns.ts";

/** How many users one call compares: a Durable Object request and some four queries of D1 each. */
const USERS_OF_A_PART = 40;

type Compared = Extract<BackupAnswer, { readonly kind: "compared" }>;
type UserFinding = Finding & { readonly user: string };

/** How the comparison is made. */
export type Reconciling = { readonly by: Commanding; readonly older: OlderSide; readonly dry: boolean };

/** Compares the next users after that id. `next`: the id to go on after; null: nobody is left. */
export async function reconcilePart(
  reconciling: Reconciling,
  after: string,
): Promise<{ readonly findings: readonly UserFinding[]; readonly users: number; readonly next: string | null }> {
  const { by, dry } = reconciling;
  const users = await usersAfter(openDatabase(by.call.env.DB), after, USERS_OF_A_PART);
  const found = await inTurns(users, async ({ id, sipUri }) => {
    const findings = await reconcileUser(reconciling, id);
    return findings.map((each) => ({ ...each, user: sipUri }));
  });
  const findings = found.flat();
  if (!dry && findings.length > 0) await untilVerdictsAreOld();
  const next = users.length < USERS_OF_A_PART ? null : (users.at(-1)?.id ?? null);
  return { findings, users: users.length, next };
}

async function reconcileUser({ by, older, dry }: Reconciling, id: string): Promise<Finding[]> {
  const { env } = by.call;
  const db = openDatabase(env.DB);
  const user = await userById(db, id);
  if (user === undefined) return [];
  const [devices, passwords, passkeys] = await Promise.all([
    partnershipsOfUser(db, id),
    listAppPasswords(db, id),
    passkeyIdsOf(db, id),
  ]);
  const idsOf = (live: boolean): string[] =>
    passwords.filter(({ revokedAt }) => (revokedAt === null) === live).map((each) => each.id);
  const d1 = { devices, live: idsOf(true), revoked: idsOf(false), passkeys };
  const answer = await askGuard<BackupAnswer>(
    env,
    id,
    (guard, { subject }) => guard.backup({ kind: "compare", subject, d1, older, dry }),
    { known: user },
  );
  if (answer.kind !== "compared")
    return [{ did: "kept", line: `user:${id}`, what: "the guard of the address is another user's" }];
  if (answer.revision < 0) return []; // the guard learns from D1 when it is asked first
  const ahead = Math.max(0, answer.revision - user.revision);
  const disables =
    user.disabledAt === null &&
    answer.disabled &&
    (older === "d1" || (older === "unknown" && answer.revision >= user.revision));
  const revoked = d1.live.filter((each) => answer.dead.includes(each));
  const strayed = passkeys.filter((each) => answer.passkeys.every((other) => other.id !== each));
  const unknown = answer.passkeys.filter((each) => !passkeys.includes(each.id));
  const version = await currentVersion(db);
  const lost = answer.policy.version > version ? answer.policy : undefined;
  const findings: Finding[] = [
    ...answer.findings,
    ...(disables ? [{ did: "closed", line: `user:${id}`, what: "disabled in the guard, not in D1" } as const] : []),
    ...revoked.map(
      (each): Finding => ({ did: "closed", line: `password:${each}`, what: "revoked in the guard, live in D1" }),
    ),
    ...strayed.map(
      (each): Finding => ({ did: "closed", line: `factor:${id}`, what: `passkey ${each} is not in the guard` }),
    ),
    ...unknown.map(
      (each): Finding => ({ did: "repaired", line: `factor:${id}`, what: `passkey ${each.id} was not in D1` }),
    ),
    ...(ahead > 0
      ? [{ did: "repaired", line: `user:${id}`, what: `the guard's row is ${ahead} changes newer` } as const]
      : []),
    ...(lost === undefined
      ? []
      : [{ did: "repaired", line: "policy", what: `version ${lost.version} was lost in D1` } as const]),
  ];
  if (!dry && findings.length > 0) await apply(by, user, answer, { revoked, disables, lost, findings });
  return findings;
}

type ToApply = {
  readonly revoked: readonly string[];
  readonly disables: boolean;
  readonly lost: Compared["policy"] | undefined;
  readonly findings: readonly Finding[];
};

/** Changes D1, and then tells the guard, which tells D1 of its devices. */
async function apply(by: Commanding, { id }: User, answer: Compared, to: ToApply): Promise<void> {
  const { call } = by;
  const db = openDatabase(call.env.DB);
  await raiseRevision(db, id, answer.revision);
  if (to.lost !== undefined) {
    const { version, policy } = to.lost;
    await insertPolicy(db, {
      version,
      policy,
      at: Date.now(),
      by: call.actor.id,
      why: "kept by a user's guard (reconcile)",
    });
  }
  for (const each of to.revoked) await revokePassword(by, id, each);
  await deletePartnerships(db, id, answer.gone);
  await agreeOnPasskeys(db, id, answer.passkeys);
  if (to.disables) await switchUser(by, id, "disabled");
  await commandGuard(by, id, { kind: "read-again" });
  const user = await userById(db, id);
  if (user === undefined) return;
  const lines = (did: Finding["did"]) => to.findings.filter((each) => each.did === did).map(({ line }) => line);
  const change = { after: { closed: lines("closed"), repaired: lines("repaired") } };
  await recordChange(call, "user-reconciled", { user, why: by.why, change });
}
