// The policy: read, and told to the guards of all users who have devices. The guard of any other user reads it when it
// remembers its first ticket.

import * as v from "valibot";
import { DEFAULT_POLICY } from "../../core/policy/read.ts";
import { guardOf } from "../../guards/route.ts";
import { actorsOf } from "../../store/actors.ts";
import { type Database, openDatabase } from "../../store/database.ts";
import { countOpenWindows } from "../../store/directory.ts";
import { usersWithDevices } from "../../store/partnerships.ts";
import { type AppliedPolicy, currentPolicy } from "../../store/policies.ts";
import { untilVerdictsAreOld } from "../devices.ts";
import { done, operation } from "../operation.ts";
import { paging } from "../schemas/common.ts";
import { type PolicyAnswer, policyInForce, policySpread } from "../schemas/policy.ts";
import { inTurns } from "../turns.ts";

/** The longest body of a policy, bytes: 200 rules with long lists. */
export const MAX_POLICY_BYTES = 512 * 1024;
/** How many guards one request tells. Cloudflare lets one invocation make a thousand calls. */
const GUARDS_OF_A_PAGE = 200;

export const policyOperations = [
  operation({
    ...{ id: "policy.get", method: "GET", path: "/v1/policy", scope: "read" },
    summary: "Shows the policy in force",
    answer: policyInForce,
    problems: [],
    handle: async ({ env }) => {
      const current = await currentPolicy(openDatabase(env.DB));
      return done(await policyAnswer(openDatabase(env.DB), current), { etag: `v${current?.version ?? 0}` });
    },
  }),

  operation({
    ...{ id: "policy.spread", method: "POST", path: "/v1/policy/spread", scope: "admin" },
    summary: "Tells the guards of some more users the policy in force",
    query: v.strictObject({ after: paging.after }),
    answer: policySpread,
    problems: [],
    handle: async ({ env }, { query }) => {
      const db = openDatabase(env.DB);
      const current = await currentPolicy(db);
      const version = current?.version ?? 0;
      const page = await usersWithDevices(db, { after: query.after, limit: GUARDS_OF_A_PAGE });
      if (current !== undefined) {
        const { policy } = current;
        await inTurns(page, ({ sipUri }) => guardOf(env, sipUri).adoptPolicy({ version, policy }));
      }
      const next = page.length < GUARDS_OF_A_PAGE ? null : (page.at(-1)?.id ?? null);
      if (next === null) await untilVerdictsAreOld();
      const counts = next === null && current?.policy.enrolment.mode === "window";
      const openWindows = counts ? await countOpenWindows(db, Date.now()) : 0;
      return done({ version, guards: page.length, next, openWindows });
    },
  }),
];

/**
 * The policy in the shape in which the API shows it. Undefined: the default is in force, because nobody has applied a
 * policy.
 */
export async function policyAnswer(db: Database, applied: AppliedPolicy | undefined): Promise<PolicyAnswer> {
  if (applied === undefined) {
    return { version: 0, appliedAt: null, by: null, why: null, policy: DEFAULT_POLICY, text: null };
  }
  const { at, ...rest } = applied;
  const by = (await actorsOf(db, [applied.by])).get(applied.by) ?? null;
  return { ...rest, appliedAt: iso(at), by };
}

const iso = (ms: number): string => new Date(ms).toISOString();
