// What a person is told who waits for a new device. From what the guard knows, one thing is said: the latest that
// matters to this app password. Pure.

import type { JudgedDevice, Watched, Witnessed } from "../../guards/own-devices.ts";

/** Why a right password did not let the device in, in the kinds that a person can do something about. */
export type NotLetIn =
  | "closed"
  | "no-window"
  | "too-many"
  | "another-device"
  | "of-another-user"
  | "ended"
  | "own-approval"
  | "approval"
  | "too-many-waiting"
  | "authority"
  | "code"
  | "rule"
  | "other";

export type Arrival =
  /** Nothing has come. */
  | { readonly kind: "waiting" }
  /** The app password was ended, so nothing will come. */
  | { readonly kind: "ended" }
  /** The password was right. In a moment the device says which it is. */
  | { readonly kind: "signed-in"; readonly seen: Witnessed }
  /** The device is there and let in. */
  | { readonly kind: "here"; readonly bound: JudgedDevice }
  /** The device is there, and is kept out. */
  | { readonly kind: "kept-out"; readonly bound: JudgedDevice; readonly why: NotLetIn }
  /** The password was right, and no device was let in. */
  | { readonly kind: "refused"; readonly seen: Witnessed; readonly why: NotLetIn }
  /** Somebody typed a wrong password. It may have been this person. */
  | { readonly kind: "wrong-password"; readonly seen: Witnessed }
  /** Nobody looks at passwords from there until then, ms. */
  | { readonly kind: "locked"; readonly seen: Witnessed; readonly until: number }
  /** The password was right, and something behind Postern failed. */
  | { readonly kind: "failed"; readonly seen: Witnessed };

/** `since`: when the app password was made, ms; what came before it was about another one. */
export function arrivalOf({ bound, lately, ended }: Watched, since: number, now: number): Arrival {
  if (ended) return { kind: "ended" };
  if (bound !== undefined && bound.device.key !== null) {
    const { action, reason } = bound.judgement;
    // It has named itself, so what it is not asked now (its proof, its place) is for later.
    if (action === "allow" || action === "discover") return { kind: "here", bound };
    return { kind: "kept-out", bound, why: whyOf(reason, bound.rule !== undefined) };
  }
  for (const seen of lately) {
    if (seen.at < since) break;
    const told = toldOf(seen, now);
    if (told !== undefined) return told;
  }
  return { kind: "waiting" };
}

function toldOf(seen: Witnessed, now: number): Arrival | undefined {
  const { outcome, reason, waitUntil, credentialId, rule } = seen;
  if (waitUntil !== undefined && waitUntil > now) return { kind: "locked", seen, until: waitUntil };
  if (credentialId === undefined) {
    return WRONG_PASSWORD.has(reason) ? { kind: "wrong-password", seen } : undefined;
  }
  switch (outcome) {
    case "signed-in":
      return { kind: "signed-in", seen };
    case "failed":
      return { kind: "failed", seen };
    case "refused":
    case "quarantined":
      // Each client asks for something before it has named itself, and is refused. That is the usual way.
      return reason === "device-unnamed"
        ? undefined
        : { kind: "refused", seen, why: whyOf(reason, rule !== undefined) };
    default:
      return undefined;
  }
}

const WRONG_PASSWORD: ReadonlySet<string> = new Set(["wrong-proof", "wrong-password", "repeated", "password-too-long"]);

/** The kind of a reason. `isRule`: a rule of the policy gave it. */
export function whyOf(reason: string, isRule: boolean): NotLetIn {
  return REASONS.get(reason) ?? (isRule ? "rule" : "other");
}

// A map, because the code of a rule may be any word, also one that every object has.
const REASONS: ReadonlyMap<string, NotLetIn> = new Map<string, NotLetIn>(
  Object.entries({
    "enrolment-closed": "closed",
    "no-enrolment-window": "no-window",
    "too-many-devices": "too-many",
    "device-changed": "another-device",
    "device-of-another-user": "of-another-user",
    "device-blocked": "ended",
    "password-revoked": "ended",
    "revoked-password": "ended",
    "expired-password": "ended",
    "awaiting-approval": "approval",
    "awaiting-own-approval": "own-approval",
    "too-many-waiting": "too-many-waiting",
    "authority-silent": "authority",
    "code-missing": "code",
    "code-wrong": "code",
    "code-used": "code",
  } as const),
);
