// Says what a policy would do to the devices in use, before an administrator applies it.

import { saysOf } from "../core/authority/says.ts";
import { passiveCredential } from "../core/credentials/passive-credential.ts";
import { proofOf } from "../core/device/partnership.ts";
import { deviceIdIn } from "../core/device/types.ts";
import { extentOf, IN_USE_DAYS, refusedInUse, refusedSignIns, type SignInChange } from "../core/policy/impact.ts";
import { DEFAULT_POLICY } from "../core/policy/read.ts";
import type { Policy } from "../core/policy/types.ts";
import type { Database } from "../store/database.ts";
import { listPartnerships, type OwnedPartnership } from "../store/partnerships.ts";
import { currentPolicy } from "../store/policies.ts";
import type { PolicyImpactAnswer } from "./schemas/policy.ts";

/** How many examples an answer has. They are to show whom a rule affects. */
const MAX_EXAMPLES = 10;
/** How many devices are read at once. */
export const PARTNERSHIPS_OF_A_PAGE = 500;
/** How many of those one request judges, as many as a preview. That is some 25,000 rows of D1. */
export const MAX_PAGES = 10;

const DAY_MS = 86_400_000;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Judges every device that was seen lately twice: by the policy in force, and by the other one. In a very large
 * directory it judges only the first of them in the order of their ids. The ids are random, so these are a fair sample.
 * `now` in ms.
 */
export async function impactOf(db: Database, policy: Policy, now: number): Promise<PolicyImpactAnswer> {
  const current = await currentPolicy(db);
  const before = current?.policy ?? DEFAULT_POLICY;
  const examples: PolicyImpactAnswer["examples"][number][] = [];
  const counts = new Map<string, Mutable<PolicyImpactAnswer["verdicts"][number]>>();
  const seenSince = now - IN_USE_DAYS * DAY_MS; // nobody judges the others
  const people = new Set<string>();
  const signIns = new Map<string, SignInChange>();
  let [judged, inUse, refused] = [0, 0, 0];
  let after: string | undefined;
  let pages = 0;
  do {
    const page: readonly OwnedPartnership[] = await listPartnerships(db, {
      after,
      seenSince,
      limit: PARTNERSHIPS_OF_A_PAGE,
    });
    const found = refusedInUse(page.map(previewed), before, policy, now);
    for (const verdicts of found.verdicts) {
      const count = counts.get(`${verdicts.before} ${verdicts.after}`) ?? { ...verdicts, devices: 0 };
      count.devices += 1;
      counts.set(`${verdicts.before} ${verdicts.after}`, count);
    }
    for (const { user } of found.used) people.add(user);
    for (const change of refusedSignIns(found.used, before, policy, byPage)) signIns.set(change.user, change);
    pages += 1;
    judged += page.length;
    inUse += found.inUse;
    refused += found.refused.length;
    for (const { of, after } of found.refused.slice(0, MAX_EXAMPLES - examples.length)) {
      const { user, id, key, facts } = of;
      examples.push({ user, id, key, facts, action: after.action, reason: after.reason });
    }
    after = page.length < PARTNERSHIPS_OF_A_PAGE ? undefined : page.at(-1)?.id;
  } while (after !== undefined && pages < MAX_PAGES);
  const version = current?.version ?? 0;
  const verdicts = [...counts.values()].toSorted((a, b) => b.devices - a.devices);
  const extent = extentOf(inUse, refused);
  const more = after === undefined ? [] : await listPartnerships(db, { after, seenSince, limit: 1 });
  const whole = more.length === 0;
  const changes = [...signIns.values()];
  const count = (of: SignInChange["refused"]): number => changes.filter(({ refused: each }) => each === of).length;
  return {
    ...{ version, judged, whole, inUse, inUseDays: IN_USE_DAYS, refused, verdicts, extent, examples },
    signIns: {
      ...{ users: people.size, passwordRefused: count("password"), pageRefused: count("page") },
      examples: changes.slice(0, MAX_EXAMPLES),
    },
  };
}

const byPage = ({ userId, credentialId }: OwnedPartnership): boolean => credentialId === passiveCredential(userId);

/** A partnership in the shape in which a policy judges it. */
export const previewed = (partnership: OwnedPartnership) => {
  const { key, user, groups, facts, devices, source } = partnership;
  const device = key === null ? null : deviceIdIn(key);
  const proof = proofOf(partnership, Date.now());
  const authority = saysOf(partnership.authority, Date.now());
  return { ...partnership, circumstances: { device, facts, sipUri: user, groups, devices, source, proof, authority } };
};
