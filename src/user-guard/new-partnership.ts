// Makes the partnership of a device that enrols, and decides which facts a device keeps when it names itself again.

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
 * A desktop makes its id on one system, and one product makes its key. Somebody who has the app password could name
 * another system or product later. Then the policy's rules for this platform would not match, or further keys of the
 * other product would be let in. So both facts stay as the device told them first.
 */
export function asFirstTold(facts: DeviceFacts, before: Partnership | undefined): DeviceFacts {
  const isDesktop = before?.key != null && deviceIdIn(before.key).kind === "device";
  if (before === undefined || !isDesktop) return facts;
  const { platform, product } = before.facts;
  return {
    ...facts,
    platform: platform === "unknown" ? facts.platform : platform,
    product: before.proof == null ? facts.product : product,
  };
}

/** The partnership of a device that enrols now. */
export function partnershipOf(naming: Naming, ticket: StoredTicket, { enrolment, key, self, waited }: Enrols): Claimed {
  const now = Date.now();
  return {
    id: (self ?? waited)?.id ?? newPartnershipId(),
    key,
    // If an administrator expects the device by its id, the id is claimed already, and nobody else can name an app
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
