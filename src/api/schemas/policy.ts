// The policy, and the devices it would meet, as they stand in JSON.

import * as v from "valibot";
import type { Policy } from "../../core/policy/types.ts";
import { actor } from "./audit.ts";
import { list, time } from "./common.ts";
import { deviceFacts, judgedAction } from "./devices.ts";

const texts = v.exactOptional(list(v.string()));
const conditions = {
  ...{ deviceId: texts, type: texts, platform: texts, product: texts, version: texts, model: texts, os: texts },
  ...{
    userAgent: texts,
    user: texts,
    group: texts,
    devices: texts,
    country: texts,
    network: texts,
    workstation: texts,
    proof: texts,
    authority: texts,
  },
  asn: v.exactOptional(list(v.union([v.number(), v.literal("unknown")]))),
};

const passiveMode = v.picklist(["never", "may", "must"]);

/** What the gateway decides by; docs/devices.md explains it. */
export const policySchema = v.pipe(
  v.object({
    enrolment: v.object({
      mode: v.picklist(["open", "window", "self", "approval", "closed"]),
      maxDevices: v.number(),
      windowMinutes: v.number(),
    }),
    devices: v.object({
      unnamed: v.picklist(["place", "refuse"]),
      nextKey: v.picklist(["approve", "open"]),
      nextKeyExcept: list(v.string()),
      requireProof: list(v.string()),
      authoritySilence: v.picklist(["allow", "block"]),
    }),
    passive: v.object({
      mode: passiveMode,
      must: list(v.string()),
      never: list(v.string()),
      may: list(v.string()),
    }),
    expireAfterDays: v.nullable(v.number()),
    rules: list(
      v.object({
        code: v.string(),
        action: v.picklist(["allow", "block", "quarantine"]),
        reason: v.string(),
        identity: v.exactOptional(v.literal("app-password")),
        when: v.object({ ...conditions, not: v.exactOptional(v.object(conditions)) }),
      }),
    ),
  }),
  v.title("Policy"),
);

/** `GET /v1/policy`. */
export const policyInForce = v.pipe(
  v.object({
    version: v.pipe(
      v.number(),
      v.description("Grows by one with each policy that is applied. 0 is the default: nobody applied a policy."),
    ),
    appliedAt: v.nullable(time),
    by: v.pipe(v.nullable(actor), v.description("Who applied it.")),
    why: v.nullable(v.string()),
    policy: policySchema,
    text: v.pipe(
      v.nullable(v.string()),
      v.description(
        "The text of the file from which the policy was read. Null: it came as JSON, or it is the default.",
      ),
    ),
  }),
  v.title("PolicyInForce"),
);

/** What a policy would do to the devices in use. */
export const policyImpact = v.pipe(
  v.object({
    version: v.pipe(v.number(), v.description("The version of the policy that it was compared with.")),
    judged: v.pipe(
      v.number(),
      v.description("How many devices were judged, of those seen within `inUseDays`. All counts are of these."),
    ),
    whole: v.pipe(
      v.boolean(),
      v.description(
        "False: there are more devices than one answer judges. Then `policy.preview` lists them all, page by page.",
      ),
    ),
    inUse: v.pipe(v.number(), v.description("Devices that are let in now, and were seen within `inUseDays`.")),
    inUseDays: v.number(),
    refused: v.pipe(v.number(), v.description("How many of these it would block or quarantine.")),
    verdicts: v.pipe(
      list(v.object({ before: judgedAction, after: judgedAction, devices: v.number() })),
      v.description(
        "All devices that were seen within `inUseDays`, counted by what happens to them now and what would happen.",
      ),
    ),
    extent: v.pipe(v.picklist(["none", "some", "most", "all"]), v.description("`most`: more than half.")),
    examples: list(
      v.object({
        user: v.string(),
        id: v.string(),
        key: v.nullable(v.string()),
        facts: deviceFacts,
        action: judgedAction,
        reason: v.string(),
      }),
    ),
    signIns: v.pipe(
      v.object({
        users: v.pipe(v.number(), v.description("People with devices in use.")),
        passwordRefused: v.pipe(v.number(), v.description("Of these, whose app passwords it would refuse (`must`).")),
        pageRefused: v.pipe(v.number(), v.description("Of these, who came by the page and could not any more.")),
        examples: list(
          v.object({
            user: v.string(),
            before: passiveMode,
            after: passiveMode,
            refused: v.picklist(["password", "page"]),
          }),
        ),
      }),
      v.description("What the change of `[passive]` would do to the next sign-ins of these people."),
    ),
  }),
  v.title("PolicyImpact"),
);

/** `PUT /v1/policy`, and the way back. */
export const policyApplied = v.pipe(v.object({ version: v.number() }), v.title("PolicyApplied"));

/** `POST /v1/policy/spread`. */
export const policySpread = v.pipe(
  v.object({
    version: v.number(),
    guards: v.pipe(v.number(), v.description("How many guards were told.")),
    next: v.pipe(v.nullable(v.string()), v.description("The place to go on from. Null: every guard has the policy.")),
    openWindows: v.pipe(
      v.number(),
      v.description("In the last answer: users whose enrolment window is open under this policy."),
    ),
  }),
  v.title("PolicySpread"),
);

/** A device id that one user named and another has. */
export const contest = v.pipe(
  v.object({
    user: v.pipe(v.string(), v.description("SIP URI of the one who was refused.")),
    key: v.string(),
    holder: v.pipe(v.string(), v.description("SIP URI of the one to whom it belongs.")),
    device: v.pipe(v.string(), v.description("The id of the partnership that has the device id.")),
    at: v.pipe(time, v.description("When the refused user last tried.")),
  }),
  v.title("DeviceContest"),
);

/** With the stricter type of the policy, which a schema of JSON does not know. */
export type PolicyAnswer = Omit<v.InferOutput<typeof policyInForce>, "policy"> & { readonly policy: Policy };
export type PolicyImpactAnswer = v.InferOutput<typeof policyImpact>;
export type PolicyAppliedAnswer = v.InferOutput<typeof policyApplied>;
export type PolicySpreadAnswer = v.InferOutput<typeof policySpread>;
export type ContestAnswer = v.InferOutput<typeof contest>;
