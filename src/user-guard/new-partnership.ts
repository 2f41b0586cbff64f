// The partnership of a device that enrols, and the facts that a device keeps when it names itself again.

import { BY_POLICY, type Partnership } from "../core/device/partnership.ts";
import { type DeviceFacts, deviceIdIn } from "../core/device/types.ts";
import type { Enrols } from "../core/policy/admit.ts";
import { isPasswordKey } from "../core/policy/identity.ts";
import type { Naming } from "../guards/ticket-question.ts";
import { newPartnershipId } from "../store/ids.ts";
import type { Claimed } from "./device-claims.ts";
import { factsOf } from "./device-inputs.ts";
import type { StoredTicket } from "./ticket-table.ts";

/**
 * A desktop's id is made on one system. Somebody who calls it another's platform would take it out of what the policy says of this
 * one.
 */
export function withItsPlatform(facts: DeviceFacts, before: Partnership | undefined): DeviceFacts {
  const platform = before?.facts.platform ?? "unknown";
  const isDesktop = before?.key != null && deviceIdIn(before.key).kind === "device";
  return isDesktop && platform !== "unknown" ? { ...facts, platform } : facts;
}

/** The partnership of a device that enrols now. */
export function partnershipOf(naming: Naming, ticket: StoredTicket, { enrolment, key, self, waited }: Enrols): Claimed {
  const now = Date.now();
  return {
    id: (self ?? waited)?.id ?? newPartnershipId(),
    key,
    // If an administrator expects the device by its id, its id is claimed already, and nobody else can name an app
    // password.
    provisional: self?.provisional ?? (waited?.key !== key && !isPasswordKey(key)),
    credentialId: ticket.credentialId,
    state: enrolment.state,
    decision: enrolment.decision,
    decidedBy: waited?.decidedBy ?? BY_POLICY,
    decidedAt: now,
    reason: enrolment.reason,
    facts: factsOf(naming, ticket),
    source: naming.source,
    firstSeenAt: self?.firstSeenAt ?? now,
    lastSeenAt: now,
  };
}
