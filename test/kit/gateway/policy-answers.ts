// What the API answers to the commands of policies in tests, and a policy to give them.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PolicyAnswer, PolicyImpactAnswer } from "../../../src/api/schemas/policy.ts";
import { UNKNOWN_DEVICE } from "../../../src/core/device/types.ts";
import { diffPolicies, type PolicyChange } from "../../../src/core/policy/diff.ts";
import { DEFAULT_POLICY } from "../../../src/core/policy/read.ts";
import type { Policy } from "../../../src/core/policy/types.ts";
import { rule } from "../policies.ts";
import { ok } from "./command.ts";
import { folderPerTest, type Routes } from "./scripted-api.ts";

export const DEFAULT_ANSWER: PolicyAnswer = {
  version: 0,
  appliedAt: null,
  by: null,
  why: null,
  policy: DEFAULT_POLICY,
  text: null,
};
export const TEXT = `# Reviewed by two
[enrolment]
mode = "approval"

[[rules]]
code = "no-android"
action = "block"
reason = "No Android here"
when = { platform = "android" }
`;
const POLICY: Policy = {
  ...DEFAULT_POLICY,
  enrolment: { ...DEFAULT_POLICY.enrolment, mode: "approval" },
  rules: [{ ...rule("no-android", "block", { platform: ["android"] }), reason: "No Android here" }],
};
export const APPLIED: PolicyAnswer = {
  version: 7,
  appliedAt: "2026-11-22T08:00:00.000Z",
  by: { id: "k_abc", name: null, kind: "key" },
  why: "ticket 4711",
  policy: POLICY,
  text: TEXT,
};

/** A device in use. */
export const ALICE = {
  id: "d_1",
  user: "sip:alice@contoso.test",
  key: "endpoint:a917c6f4-976c-4cf3-847d-cdfffa28ccdf",
  facts: {
    ...UNKNOWN_DEVICE,
    platform: "android",
    product: "AndroidLync",
    version: "6.25.0.27",
    model: "SM-G930U",
    os: "Android 8.0.0",
  },
} as const;

export const NO_IMPACT: PolicyImpactAnswer = {
  ...{
    version: 0,
    judged: 3,
    whole: true,
    inUse: 3,
    inUseDays: 30,
    refused: 0,
    verdicts: [],
    extent: "none",
    examples: [],
    signIns: { users: 3, passwordRefused: 0, pageRefused: 0, examples: [] },
  },
};
/** What a check says of TEXT, compared with the default policy. */
const CHANGES = diffPolicies(DEFAULT_POLICY, POLICY);
export const impacts = (impact: PolicyImpactAnswer, changes: readonly PolicyChange[] = CHANGES): Routes => ({
  "POST /v1/policy/check": ok({ version: impact.version, warnings: [], changes, impact }),
});
export const unmet: Routes = impacts(NO_IMPACT);
export const has = (policy: PolicyAnswer): Routes => ({
  "GET /v1/policy": ok(policy),
  ...impacts({ ...NO_IMPACT, version: policy.version }, policy === APPLIED ? [] : CHANGES),
});

/** The impact of a policy on ten devices in use. */
export const impactOf = (refused: number, extent: PolicyImpactAnswer["extent"]): PolicyImpactAnswer => ({
  ...{ version: 7, judged: 10, whole: true, inUse: 10, inUseDays: 30, refused, verdicts: [], extent },
  examples: [{ ...ALICE, action: "block", reason: "no-android" } as const].slice(0, refused),
  signIns: { users: 10, passwordRefused: 0, pageRefused: 0, examples: [] },
});
export const EXAMPLE = "sip:alice@contoso.test  AndroidLync 6.25.0.27, SM-G930U, Android 8.0.0  block     no-android";

/** For a test file: `file` writes a policy into a new folder, and answers with its name, `my.toml` in `folder`. */
export function policyFiles(): { readonly folder: () => string; readonly file: (text: string) => string } {
  const folder = folderPerTest();
  const file = (text: string) => {
    const name = join(folder(), "my.toml");
    writeFileSync(name, text);
    return name;
  };
  return { folder, file };
}
