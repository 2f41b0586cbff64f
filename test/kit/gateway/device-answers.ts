// What the API answers to the commands of devices in tests.

import type { DeviceAnswer, DeviceChangedAnswer, WhyAnswer } from "../../../src/api/device-answers.ts";
import type { ListedDeviceAnswer } from "../../../src/api/schemas/device-list.ts";
import { UNKNOWN_DEVICE } from "../../../src/core/device/types.ts";
import { ok, type Reply } from "./command.ts";

export const ALICE = "sip:alice@contoso.test";
export const PATH = "/v1/users/alice%40contoso.test";
export const PHONE: DeviceAnswer = {
  id: "d_phonephonephone1",
  key: "endpoint:a917c6f4-976c-4cf3-847d-cdfffa28ccdf",
  provisional: false,
  credentialId: "p_1",
  number: "5659",
  state: "allowed",
  waitsFor: null,
  decision: null,
  decidedBy: "policy",
  decidedAt: "2026-11-01T08:00:00.000Z",
  reason: "enrolled",
  facts: {
    ...UNKNOWN_DEVICE,
    type: "phone",
    platform: "android",
    product: "AndroidLync",
    version: "6.25.0.27",
    model: "SM-G930U",
    os: "Android 8.0.0",
  },
  source: { network: "203.0.113.7", country: "DE", asn: 64496 },
  firstSeenAt: "2026-11-01T08:00:00.000Z",
  lastSeenAt: "2026-11-23T08:00:00.000Z",
  proof: "none",
  authority: null,
};
export const REVOKE = `Revoke-CsClientCertificate -Identity '${ALICE}'`;
export const listed = (changes: Partial<ListedDeviceAnswer>): ListedDeviceAnswer => {
  const of = { user: ALICE, userId: "u_1", displayName: null, groups: [] };
  return { ...PHONE, ...of, ...changes };
};
export const changed = (
  changes: Partial<DeviceAnswer> = {},
  revokeCertificates: string | null = null,
  revokedPassword: string | null = null,
): Reply =>
  ok({
    user: ALICE,
    device: { ...PHONE, ...changes },
    revokeCertificates,
    revokedPassword,
    keysWaiting: 0,
  } satisfies DeviceChangedAnswer);
export const EXPLAINED: WhyAnswer = {
  upn: "alice@contoso.test",
  user: ALICE,
  device: { ...PHONE, state: "blocked", decision: "block", decidedBy: "a_1", reason: "lost" },
  decider: { id: "a_1", name: "Erin Hill", kind: "administrator" },
  holder: null,
  inquiry: { configured: false, silence: "allow", triedAt: null, nextAt: null, fault: null },
  keys: [
    {
      hash: "0123456789abcdef".repeat(4),
      network: "203.0.113.9",
      firstSeenAt: "2026-11-23T08:00:00.000Z",
      lastSeenAt: "2026-11-24T08:00:00.000Z",
      endsAt: "2027-05-22T08:00:00.000Z",
      state: "good",
      via: "password",
      provedAt: null,
    },
  ],
  judgement: { action: "block", reason: "device-blocked", step: "personal-block" },
  steps: [
    { step: "user", outcome: "passed", detail: "The user is not disabled." },
    { step: "personal-block", outcome: "decided", detail: "Somebody blocked this device." },
    { step: "expiry", outcome: "not-reached", detail: "An earlier step has decided." },
  ],
};
