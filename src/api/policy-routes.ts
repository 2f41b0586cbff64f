// The routes of the policy: reading it, applying another, and telling the guards of all users who have devices. The
// guards of other users read it when they remember their first ticket.

import type { Hono } from "hono";
import { DEFAULT_POLICY, readPolicy } from "../core/policy/read.ts";
import type { PolicyFault } from "../core/policy/types.ts";
import { guardOf } from "../guards/route.ts";
import { openDatabase } from "../store/database.ts";
import { countOpenWindows } from "../store/directory.ts";
import { listContests, listPartnerships, usersWithDevices } from "../store/partnerships.ts";
import { applyPolicy, currentPolicy } from "../store/policies.ts";
import type {
  PartnershipsAnswer,
  PolicyAnswer,
  PolicyAppliedAnswer,
  PolicyImpactAnswer,
  PolicySpreadAnswer,
} from "./answers.ts";
import type { Call } from "./call.ts";
import { untilVerdictsAreOld } from "./devices.ts";
import { impactOf } from "./policy-impact.ts";
import { problemResponse } from "./problem.ts";
import { recordChange } from "./record.ts";
import { answer, bodyOf, error } from "./respond.ts";
import { inTurns } from "./turns.ts";
import { knownUser } from "./users.ts";
import { MAX_WHY_CHARS } from "./why.ts";

/** Enough for 200 rules with long lists, and the file they were written in. */
const MAX_POLICY_BYTES = 512 * 1024;
/** How many guards one request tells. An invocation may make a thousand calls. */
const GUARDS_OF_A_PAGE = 200;
const PARTNERSHIPS_OF_A_PAGE = 500;

/** Adds the routes. */
export function policyRoutes(routes: Hono<{ Bindings: Call }>): void {
  routes.get("/v1/policy", async (c) => {
    const current = await currentPolicy(openDatabase(c.env.env.DB));
    const { version = 0, at, by = null, why = null, policy = DEFAULT_POLICY, text = null } = current ?? {};
    const appliedAt = at === undefined ? null : new Date(at).toISOString();
    return answer({ version, appliedAt, by, why, policy, text } satisfies PolicyAnswer);
  });

  routes.post("/v1/policy", async (c) => {
    const body = await bodyOf(c.req.raw, MAX_POLICY_BYTES);
    if (body === undefined) return error(400, "unusable-body", "The body must be a JSON object, in UTF-8 and short.");
    const { text = null, basedOn, why = null } = body;
    const read = readPolicy(body.policy);
    if (!read.ok) return badPolicy(read.faults);
    if (typeof basedOn !== "number" || !isText(text, MAX_POLICY_BYTES) || !isText(why, MAX_WHY_CHARS)) {
      return error(400, "unusable-body", '"basedOn" must be a number, "text" and "why" texts or null.');
    }
    const db = openDatabase(c.env.env.DB);
    const applied = { at: Date.now(), by: c.env.actor.id, why, policy: read.policy, text };
    if (!(await applyPolicy(db, basedOn, applied))) {
      return error(409, "policy-changed", `The policy in force is not version ${basedOn} any more: look at it again.`);
    }
    await recordChange(c.env, "policy-applied", { why: `version ${basedOn + 1}${why === null ? "" : `: ${why}`}` });
    return answer({ version: basedOn + 1 } satisfies PolicyAppliedAnswer);
  });

  routes.post("/v1/policy/impact", async (c) => {
    const body = await bodyOf(c.req.raw, MAX_POLICY_BYTES);
    if (body === undefined) return error(400, "unusable-body", "The body must be a JSON object, in UTF-8 and short.");
    const read = readPolicy(body.policy);
    if (!read.ok) return badPolicy(read.faults);
    return answer((await impactOf(openDatabase(c.env.env.DB), read.policy, Date.now())) satisfies PolicyImpactAnswer);
  });

  routes.post("/v1/policy/spread", async (c) => {
    const db = openDatabase(c.env.env.DB);
    const current = await currentPolicy(db);
    const version = current?.version ?? 0;
    const page = await usersWithDevices(db, { after: c.req.query("after") ?? "", limit: GUARDS_OF_A_PAGE });
    if (current !== undefined) {
      const { policy } = current;
      await inTurns(page, ({ sipUri }) => guardOf(c.env.env, sipUri).adoptPolicy({ version, policy }));
    }
    const next = page.length < GUARDS_OF_A_PAGE ? null : (page.at(-1)?.id ?? null);
    if (next === null) await untilVerdictsAreOld();
    const counts = next === null && current?.policy.enrolment.mode === "window";
    const openWindows = counts ? await countOpenWindows(db, Date.now()) : 0;
    return answer({ version, guards: page.length, next, openWindows } satisfies PolicySpreadAnswer);
  });

  routes.get("/v1/partnerships", async (c) => {
    const name = c.req.query("user");
    const user = name === undefined ? undefined : await knownUser(c.env.env, name);
    if (user?.ok === false) return problemResponse(user, c.env.requestId);
    const db = openDatabase(c.env.env.DB);
    const [userId, after] = [user?.value.id, c.req.query("after")];
    const page = await listPartnerships(db, { userId, after, limit: PARTNERSHIPS_OF_A_PAGE });
    const contested = after === undefined ? await listContests(db, userId) : [];
    const contests = contested.map(({ at, ...contest }) => ({ ...contest, at: new Date(at).toISOString() }));
    const partnerships = page.map(({ firstSeenAt, lastSeenAt, ...partnership }) => ({
      ...partnership,
      firstSeenAt: new Date(firstSeenAt).toISOString(),
      lastSeenAt: new Date(lastSeenAt).toISOString(),
    }));
    const next = page.length < PARTNERSHIPS_OF_A_PAGE ? null : (page.at(-1)?.id ?? null);
    return answer({ partnerships, contests, next } satisfies PartnershipsAnswer);
  });
}

const badPolicy = (faults: readonly PolicyFault[]): Response =>
  error(400, "bad-policy", faults.map(({ place, message }) => `${place}: ${message}`).join("\n"));

const isText = (value: unknown, most: number): value is string | null =>
  value === null || (typeof value === "string" && value.length <= most);
