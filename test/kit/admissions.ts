// Users, partnerships and requests for the tests of admit.ts.

import type { Partnership } from "../../src/core/device/partnership.ts";
import type { AdmitInput, AdmittedNaming, AdmittedUse } from "../../src/core/policy/admit.ts";
import { DEFAULT_POLICY } from "../../src/core/policy/read.ts";
import type { Subject } from "../../src/core/policy/subject.ts";
import { FACTS } from "./policies.ts";

export const NOW = 1_800_000_000_000;
export const SOURCE = { network: "203.0.113.7", country: "DE", asn: 64496 } as const;

export const ALICE: Subject = {
  userId: "u_alice",
  sipUri: "sip:alice@contoso.test",
  disabled: false,
  groups: ["Staff"],
  enrolment: null,
  maxDevices: null,
  windowUntil: null,
  revision: 1,
  sid: null,
};

/** An enrolled phone, which names itself `endpoint:phone` and came with the app password p_1. */
export const PHONE: Partnership = {
  id: "d_phone",
  key: "endpoint:phone",
  provisional: false,
  credentialId: "p_1",
  state: "allowed",
  decision: null,
  decidedBy: "policy",
  decidedAt: 1,
  reason: "enrolled",
  facts: FACTS,
  source: SOURCE,
  firstSeenAt: 1,
  lastSeenAt: NOW - 1,
};

/** An enrolled desktop on the machine PC-1. */
export const DESKTOP: Partnership = {
  ...PHONE,
  id: "d_desktop",
  key: "device:desktop",
  facts: { ...FACTS, type: "desktop", platform: "windows", workstation: "PC-1" },
};

/** An app password for which any device is expected. */
export const EXPECTED: Partnership = { ...PHONE, id: "d_expected", key: null, state: "pending" };

/** A request of Alice with a ticket of p_1. No device is bound to p_1. */
const REQUEST: Omit<AdmitInput, "request"> = {
  policy: DEFAULT_POLICY,
  user: ALICE,
  counting: [],
  waiting: [],
  newcomers: 0,
  source: SOURCE,
  ticket: { credentialId: "p_1", device: undefined, revoked: false, byKey: false },
  bound: undefined,
  now: NOW,
};

export type Changes = Partial<Omit<AdmitInput, "request" | "user" | "ticket">> & {
  /** Undefined: the guard knows no such device. */
  readonly user?: Partial<Subject> | undefined;
  readonly ticket?: Partial<AdmitInput["ticket"]>;
};

function requestWith(changes: Changes): Omit<AdmitInput, "request"> {
  return {
    ...REQUEST,
    ...changes,
    user: "user" in changes && changes.user === undefined ? undefined : { ...ALICE, ...changes.user },
    ticket: { ...REQUEST.ticket, ...changes.ticket },
  };
}

/** A request in which no device names itself. */
export const using = (request: AdmittedUse, changes: Changes = {}): AdmitInput & { readonly request: AdmittedUse } => ({
  ...requestWith(changes),
  request,
});

/** A request in which a device names itself: `endpoint:phone`, unless said otherwise. */
export const naming = (
  request: Partial<AdmittedNaming> = {},
  changes: Changes = {},
): AdmitInput & { readonly request: AdmittedNaming } => ({
  ...requestWith(changes),
  request: { kind: "naming", key: "endpoint:phone", known: undefined, facts: FACTS, owner: "unasked", ...request },
});
