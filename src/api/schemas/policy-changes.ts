// A policy that somebody weighs or applies, and the versions that there were.

import * as v from "valibot";
import { MAX_WHY_CHARS } from "../why.ts";
import { actor } from "./audit.ts";
import { list, page, paging, time, why } from "./common.ts";
import { deviceFacts, judgedAction } from "./devices.ts";
import { policyImpact, policyInForce } from "./policy.ts";

const version = v.pipe(v.number(), v.integer(), v.minValue(1));

/** A policy, as its file or as JSON. */
const given = {
  text: v.pipe(
    v.optional(v.nullable(v.string()), null),
    v.description("The policy as TOML, as docs/devices.md explains it. It is kept as it is written."),
  ),
  policy: v.pipe(
    v.optional(v.unknown()),
    v.description("The policy as JSON. If you also give `text`, both must say the same."),
  ),
};

/** `POST /v1/policy/check`. */
export const policyToCheck = v.strictObject({
  ...given,
  impact: v.pipe(
    v.optional(v.boolean(), true),
    v.description("`false`: judge no device, and answer at once with `impact` null."),
  ),
});
/** `POST /v1/policy/preview`. */
export const policyToPreview = v.strictObject({ ...given, ...paging });
/** `PUT /v1/policy`. */
export const policyToPut = v.strictObject({
  ...given,
  why: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(MAX_WHY_CHARS))), null),
});
/** `POST /v1/policy/rollback`. */
export const policyToRollBack = v.strictObject({ version, why });
/** `{version}` in a path. */
export const versionParams = v.strictObject({ version });

const fault = v.object({
  ...{ path: v.string(), message: v.string() },
  line: v.exactOptional(v.pipe(v.number(), v.description("Of the file, where the policy was given as `text`."))),
});

const changes = list(
  v.object({
    kind: v.picklist(["setting", "added", "removed", "changed", "moved"]),
    what: v.pipe(v.string(), v.description("The setting, or the code of the rule.")),
    text: v.string(),
  }),
);

/** What a policy would change. */
export const policyChecked = v.pipe(
  v.object({
    version: v.pipe(v.number(), v.description("The version that it was compared with.")),
    changes,
    warnings: v.pipe(list(fault), v.description("Things that are allowed but look like a mistake.")),
    impact: v.nullable(policyImpact),
  }),
  v.title("PolicyChecked"),
);

/** The devices whose verdict would change. */
export const policyPreviewed = v.pipe(
  v.object({
    version: v.pipe(v.number(), v.description("The version that it was compared with.")),
    inUse: v.pipe(v.number(), v.description("Devices in use among those that this page looked at.")),
    items: list(
      v.object({
        ...{ user: v.string(), id: v.string(), key: v.nullable(v.string()), facts: deviceFacts },
        ...{ before: judgedAction, after: judgedAction, reason: v.string() },
      }),
    ),
    next: v.nullable(v.string()),
  }),
  v.title("PolicyPreviewed"),
);

/** `GET /v1/policy/history`. */
export const policyHistoryPage = v.pipe(
  page(v.object({ version: v.number(), appliedAt: time, by: v.nullable(actor), why: v.nullable(v.string()) })),
  v.title("PolicyHistory"),
);
const compared = v.pipe(v.number(), v.integer(), v.minValue(0), v.description("A version; 0 is the default."));
/** `GET /v1/policy/diff`. */
export const policyDiffQuery = v.strictObject({ from: compared, to: compared });
export const policyDiff = v.pipe(v.object({ from: policyInForce, to: policyInForce, changes }), v.title("PolicyDiff"));
export const historyQuery = v.strictObject(paging);
export type PolicyCheckedAnswer = v.InferOutput<typeof policyChecked>;
export type PolicyDiffAnswer = v.InferOutput<typeof policyDiff>;
export type PolicyChangesAnswer = v.InferOutput<typeof changes>;
export type PolicyHistoryAnswer = v.InferOutput<typeof policyHistoryPage>;
export type PolicyPreviewedAnswer = v.InferOutput<typeof policyPreviewed>;
/** Of a check that asked what it would do to the devices. */
export type PolicyChecked = PolicyCheckedAnswer & { readonly impact: v.InferOutput<typeof policyImpact> };
export type PolicyVersion = v.InferOutput<typeof policyHistoryPage>["items"][number];
export type PreviewedDevice = PolicyPreviewedAnswer["items"][number];
