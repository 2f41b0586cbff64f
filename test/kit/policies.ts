// Inputs and rules for the tests of policies.

import type { DeviceFacts } from "../../src/core/device/types.ts";
import { DEFAULT_POLICY } from "../../src/core/policy/read.ts";
import type {
  Circumstances,
  JudgeInput,
  Match,
  Policy,
  Rule,
  RuleAction,
  RuleCode,
} from "../../src/core/policy/types.ts";

export const FACTS: DeviceFacts = {
  type: "phone",
  platform: "android",
  product: "AndroidLync",
  version: "6.25.0.27",
  model: "SM-G930U",
  os: "Android 8.0.0",
  userAgent: "RTCC/7.0.0.0 UCWA/7.0.0.0 AndroidLync/6.25.0.27 (SM-G930U Android 8.0.0)",
  workstation: "LOCALHOST",
  culture: "en-US",
};

export const CIRCUMSTANCES: Circumstances = {
  device: { kind: "endpoint", id: "a917c6f4-976c-4cf3-847d-cdfffa28ccdf" },
  facts: FACTS,
  sipUri: "sip:alice@contoso.test",
  groups: ["Staff", "site=berlin"],
  devices: 2,
  source: { network: "203.0.113.7", country: "DE", asn: 64496 },
  proof: "none",
  authority: { words: ["compliant", "managed"], holds: true },
};

export const withFacts = (facts: Partial<DeviceFacts>): Circumstances => ({
  ...CIRCUMSTANCES,
  facts: { ...FACTS, ...facts },
});

export const rule = (code: string, action: RuleAction, when: Match = {}): Rule => ({
  code: code as RuleCode,
  action,
  reason: `This is ${code}`,
  when,
});

export const policyOf = (...rules: Rule[]): Policy => ({ ...DEFAULT_POLICY, rules });

/** An enrolled device that nothing speaks against. */
export const ENROLLED: JudgeInput = {
  policy: DEFAULT_POLICY,
  circumstances: CIRCUMSTANCES,
  userDisabled: false,
  passwordRevoked: false,
  idOfAnotherUser: false,
  idChanged: false,
  unproved: null,
  keyWaits: false,
  addressBook: null,
  partnership: { state: "allowed", decision: null },
};
