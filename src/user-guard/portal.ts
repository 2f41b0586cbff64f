// The part of a user's guard that decides about the user's factors and sessions of the portal.

import type { OwnDevicesStep } from "../guards/own-devices.ts";
import type { CodeProof, PortalAnswer, PortalStep } from "../guards/portal-question.ts";

export class Portal {
  /** Takes one step. */
  answer(step: Exclude<PortalStep, OwnDevicesStep>): PortalAnswer {
    switch (step.kind) {
      case "session":
      case "passkey":
        return { kind: "none" };
      case "sign-in":
      case "enter":
      case "freshen":
        return { kind: "refused" };
      case "factors":
        return { kind: "factors", factors: NO_FACTORS };
      case "sessions":
        return { kind: "sessions", sessions: [] };
      case "reset-factors":
        return { kind: "done" };
      default:
        return { kind: "denied", reason: "no-session" };
    }
  }

  /** Does the work of a wrong passphrase. */
  refuseStranger(_proof: CodeProof): void {}
}

const NO_FACTORS = { passkeys: [], passphrase: null, totp: null, recovery: null, complete: false };
