// The policy: reading it, applying another, and telling the guards of all users who have devices. The guards of other
// users read it when they remember their first ticket.

import * as v from "valibot";
import { proofOf } from "../../core/device/partnership.ts";
import { DEFAULT_POLICY } from "../../core/policy/read.ts";
import { guardOf } from "../../guards/route.ts";
import { actorsOf } from "../../store/actors.ts";
import { type Database, openDatabase } from "../../store/database.ts";
import { countOpenWindows } from "../../store/directory.ts";
import { listContests, listPartnerships, usersWithDevices } from "../../store/partnerships.ts";
import { type AppliedPolicy, currentPolicy } from "../../store/policies.ts";
import { fitting } from "../cursor.ts";
import { untilVerdictsAreOld } from "../devices.ts";
import { done, operation } from "../operation.ts";
import { paging } from "../schemas/common.ts";
import { type PolicyAnswer, partnerships, policyInForce, policySpread } from "../schemas/policy.ts";
import { inTurns } from "../turns.ts";
import { knownUser } from "../users.ts";

/** Enough for 200 rules with long lists, and the file they were written in. */
export const MAX_POLICY_BYTES = 512 * 1024;
/** How many guards one request tells. An invocation may make a thousand calls. */
const GUARDS_OF_A_PAGE = 200;
const PARTNERSHIPS_OF_A_PAGE = 500;
const HALF_A_PAGE_BYTES = 48 * 1024;

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
    summary: "Tells some more users' guards of the policy in force",
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

  operation({
    ...{ id: "partnerships.list", method: "GET", path: "/v1/partnerships", scope: "read" },
    summary: "Lists devices with their users, and ids that two users name",
    query: v.strictObject({ user: v.optional(v.string()), after: v.optional(v.string()) }),
    answer: partnerships,
    problems: ["no-such-user", "unusable-name"],
    handle: async ({ env }, { query }) => {
      const user = query.user === undefined ? undefined : await knownUser(env, query.user);
      if (user?.ok === false) return user;
      const db = openDatabase(env.DB);
      const [userId, after] = [user?.value.id, query.after];
      const page = await listPartnerships(db, { userId, after, limit: PARTNERSHIPS_OF_A_PAGE });
      const contested = after === undefined ? await listContests(db, userId) : [];
      const contests = contested.map(({ at, ...contest }) => ({ ...contest, at: iso(at) }));
      const shown = fitting(
        page.map(({ firstSeenAt, lastSeenAt, proof, ...partnership }) => ({
          ...partnership,
          proof: proofOf({ proof }, Date.now()),
          ...{ firstSeenAt: iso(firstSeenAt), lastSeenAt: iso(lastSeenAt) },
        })),
        HALF_A_PAGE_BYTES,
      );
      const whole = page.length < PARTNERSHIPS_OF_A_PAGE && shown.length === page.length;
      const next = whole ? null : (shown.at(-1)?.id ?? null);
      return done({ contests: [...fitting(contests, HALF_A_PAGE_BYTES)], partnerships: [...shown], next });
    },
  }),
];

/** A policy as the API shows it; undefined: the default, which nobody applied. */
export async function policyAnswer(db: Database, applied: AppliedPolicy | undefined): Promise<PolicyAnswer> {
  if (applied === undefined) {
    return { version: 0, appliedAt: null, by: null, why: null, policy: DEFAULT_POLICY, text: null };
  }
  const { at, ...rest } = applied;
  const by = (await actorsOf(db, [applied.by])).get(applied.by) ?? null;
  return { ...rest, appliedAt: iso(at), by };
}

const iso = (ms: number): string => new Date(ms).toISOString();
