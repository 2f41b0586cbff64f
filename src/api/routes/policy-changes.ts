// Changes of the policy: it is checked, compared with the devices in use, applied, and rolled back. Applying needs the
// version that the author has seen.

import { diffPolicies } from "../../core/policy/diff.ts";
import { withLines } from "../../core/policy/file.ts";
import { lintPolicy } from "../../core/policy/lint.ts";
import { DEFAULT_POLICY } from "../../core/policy/read.ts";
import { actorsOf } from "../../store/actors.ts";
import { type Database, openDatabase } from "../../store/database.ts";
import { applyPolicy, currentPolicy, currentVersion, policyHistory, policyOfVersion } from "../../store/policies.ts";
import type { Call } from "../call.ts";
import { badCursor, cursorOf, paged, readCursor } from "../cursor.ts";
import { type Done, done, type Input, operation } from "../operation.ts";
import { impactOf } from "../policy-impact.ts";
import { previewOf } from "../policy-preview.ts";
import { type GivenPolicy, givenPolicy } from "../policy-text.ts";
import { type Problem, problem } from "../problem.ts";
import { recordChange } from "../record.ts";
import { policyApplied, policyInForce } from "../schemas/policy.ts";
import {
  historyQuery,
  policyChecked,
  policyDiff,
  policyDiffQuery,
  policyHistoryPage,
  policyPreviewed,
  policyToCheck,
  policyToPreview,
  policyToPut,
  policyToRollBack,
  versionParams,
} from "../schemas/policy-changes.ts";
import { MAX_POLICY_BYTES, policyAnswer } from "./policy.ts";

/** The longest body, bytes: the policy as a file and as JSON. */
const MAX_BODY_BYTES = 2 * MAX_POLICY_BYTES;

const AFTERWARDS = `For users without a device, the new policy counts from their next ticket. For all others, ask \`POST /v1/policy/spread\` until its
\`next\` is null: from then on it counts for everybody.`;

export const policyChangeOperations = [
  operation({
    ...{ id: "policy.check", method: "POST", path: "/v1/policy/check", scope: "read" },
    summary: "Checks a policy, and says what it would change and whom it would refuse",
    ...{ body: policyToCheck, maxBodyBytes: MAX_BODY_BYTES, answer: policyChecked, problems: ["bad-policy"] },
    handle: async ({ env, config }, { body }) => {
      const given = givenPolicy(body);
      if (!given.ok) return given;
      const { policy, text } = given.value;
      const db = openDatabase(env.DB);
      const current = await currentPolicy(db);
      const changes = diffPolicies(current?.policy ?? DEFAULT_POLICY, policy);
      const found = lintPolicy(policy, { portal: config.portal !== undefined, page: config.sts !== undefined });
      const warnings = text === null ? found : withLines(found, text);
      const impact = body.impact ? await impactOf(db, policy, Date.now()) : null;
      return done({ version: current?.version ?? 0, changes, warnings, impact });
    },
  }),

  operation({
    ...{ id: "policy.preview", method: "POST", path: "/v1/policy/preview", scope: "read" },
    summary: "Lists the devices in use whose verdict a policy would change",
    ...{ body: policyToPreview, maxBodyBytes: MAX_BODY_BYTES, answer: policyPreviewed, problems: ["bad-policy"] },
    handle: async ({ env }, { body }) => {
      const given = givenPolicy(body);
      if (!given.ok) return given;
      const [id] = body.after === "" ? [""] : (readCursor(body.after, ["string"]) ?? []);
      if (typeof id !== "string") return badCursor;
      const db = openDatabase(env.DB);
      const current = await currentPolicy(db);
      const both = { before: current?.policy ?? DEFAULT_POLICY, after: given.value.policy };
      const { next, ...rest } = await previewOf(db, both, { after: id, limit: body.limit }, Date.now());
      return done({ version: current?.version ?? 0, ...rest, next: next && cursorOf(next) });
    },
  }),

  operation({
    ...{ id: "policy.apply", method: "PUT", path: "/v1/policy", scope: "admin", ifMatch: "required" },
    summary: "Puts a policy into force in place of the one that its author has seen",
    description: AFTERWARDS,
    ...{ body: policyToPut, maxBodyBytes: MAX_BODY_BYTES, answer: policyApplied },
    problems: ["bad-policy", "policy-changed"],
    handle: async (call, input) => {
      const given = givenPolicy(input.body);
      return given.ok ? apply(call, input, given.value, { why: input.body.why, reason: "policy-applied" }) : given;
    },
  }),

  operation({
    ...{ id: "policy.history", method: "GET", path: "/v1/policy/history", scope: "read" },
    summary: "Lists the policies that were applied, the latest first",
    ...{ query: historyQuery, answer: policyHistoryPage, problems: [] },
    handle: async ({ env }, { query: { after, limit } }) => {
      const [before] = after === "" ? [undefined] : (readCursor(after, ["number"]) ?? []);
      if (after !== "" && typeof before !== "number") return badCursor;
      const db = openDatabase(env.DB);
      const rows = await policyHistory(db, {
        before: typeof before === "number" ? before : undefined,
        limit: limit + 1,
      });
      const shown = rows.slice(0, limit);
      const actors = await actorsOf(
        db,
        shown.map(({ by }) => by),
      );
      const items = shown.map(({ version, at, by, why }) => ({
        ...{ version, why, appliedAt: new Date(at).toISOString() },
        by: actors.get(by) ?? null,
      }));
      const cursor = ({ version }: (typeof shown)[number]): string => cursorOf(version);
      const last = rows.length > limit ? shown.at(-1) : undefined;
      return done(paged(shown, items, last === undefined ? null : cursor(last), cursor));
    },
  }),

  operation({
    ...{ id: "policy.version", method: "GET", path: "/v1/policy/history/{version}", scope: "read" },
    summary: "Shows a version of the policy",
    ...{ params: versionParams, answer: policyInForce, problems: ["no-such-policy"] },
    handle: async ({ env }, { params }) => {
      const db = openDatabase(env.DB);
      const found = await policyOfVersion(db, params.version);
      return found === undefined ? noSuchPolicy : done(await policyAnswer(db, found));
    },
  }),

  operation({
    ...{ id: "policy.diff", method: "GET", path: "/v1/policy/diff", scope: "read" },
    summary: "Says what is different between two versions of the policy",
    ...{ query: policyDiffQuery, answer: policyDiff, problems: ["no-such-policy"] },
    handle: async ({ env }, { query }) => {
      const db = openDatabase(env.DB);
      const [from, to] = await Promise.all([versionOf(db, query.from), versionOf(db, query.to)]);
      if (from === undefined || to === undefined) return noSuchPolicy;
      return done({ from, to, changes: diffPolicies(from.policy, to.policy) });
    },
  }),

  operation({
    ...{ id: "policy.rollback", method: "POST", path: "/v1/policy/rollback", scope: "admin", ifMatch: "required" },
    summary: "Puts an earlier policy into force again, as a new version",
    description: AFTERWARDS,
    ...{ body: policyToRollBack, answer: policyApplied, problems: ["no-such-policy", "policy-changed"] },
    handle: async (call, input) => {
      const { version, why } = input.body;
      const found = await policyOfVersion(openDatabase(call.env.DB), version);
      if (found === undefined) return noSuchPolicy;
      const said = why === "" ? null : why;
      return apply(call, input, found, { why: said, reason: "policy-applied", again: version });
    },
  }),
];

/** A version as the API shows it; 0 is the default, which nobody applied. */
async function versionOf(db: Database, version: number) {
  const found = version === 0 ? undefined : await policyOfVersion(db, version);
  return version !== 0 && found === undefined ? undefined : policyAnswer(db, found);
}

const noSuchPolicy = problem("no-such-policy", "No policy has this version. The default, 0, is no version.");

async function apply(
  call: Call,
  { precondition }: Pick<Input<never, never, never>, "precondition">,
  { policy, text }: GivenPolicy,
  about: { readonly why: string | null; readonly reason: "policy-applied"; readonly again?: number },
): Promise<Done<{ version: number }> | Problem> {
  const db = openDatabase(call.env.DB);
  const seen = await currentVersion(db);
  const stale = precondition(`v${seen}`);
  if (stale !== undefined) return stale;
  const back = about.again === undefined ? "" : `back to version ${about.again}`;
  const why = [back, about.why ?? ""].filter((part) => part !== "").join(": ");
  const applied = { at: Date.now(), by: call.actor.id, why: why === "" ? null : why, policy, text };
  if (!(await applyPolicy(db, seen, applied))) {
    return problem("policy-changed", "Another policy was applied at the same moment, and this one was not.", {
      fix: "Get the policy, look at what changed, and apply yours with the new ETag.",
    });
  }
  const version = seen + 1;
  await recordChange(call, about.reason, {
    why: `version ${version}${why === "" ? "" : `: ${why}`}`,
    change: { before: { version: seen }, after: { version } },
  });
  return done({ version }, { etag: `v${version}` });
}
