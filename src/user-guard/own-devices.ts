// Carries out in the user's guard what a person decides about own devices in the portal (S-62). A person may let in what
// the mode `self` quarantined, may end any own device, and may undo nothing that a rule or an administrator decided.
// The policy is that of this moment: what the page showed may be older.

import { BY_SELF } from "../audit/event.ts";
import type { AuditReason } from "../audit/reasons.ts";
import { isPassiveCredential } from "../core/credentials/passive-credential.ts";
import { counts, type Partnership, waitsForOwner } from "../core/device/partnership.ts";
import { judge } from "../core/policy/decide.ts";
import { firstMatch } from "../core/policy/match.ts";
import { ok, refuse } from "../core/result.ts";
import type { CommandOutcome, OwnCommandFault, OwnDeviceCommand } from "../guards/device-command.ts";
import { revokeAppPassword } from "../store/directory.ts";
import type { DeviceDecisions, DeviceParts } from "./device-decisions.ts";

type Own<Kind extends OwnDeviceCommand["kind"]> = OwnDeviceCommand & { readonly kind: Kind };

/** What the commands of administrators do as well. */
export type SharedSteps = {
  /** Writes the event, with what the partnership was before. */
  readonly record: (
    command: OwnDeviceCommand,
    outcome: "allowed" | "blocked",
    reason: AuditReason,
    change: { readonly before: Partnership; readonly after: Partnership },
    now: number,
  ) => void;
  /** Ends the app password in the guard. D1 has revoked it. */
  readonly bury: (command: OwnDeviceCommand, credentialId: string, now: number) => void;
  readonly forget: (command: Own<"forget-own">, found: Partnership, now: number) => Promise<CommandOutcome>;
};

export class OwnDevices {
  readonly #parts: Pick<DeviceParts, "devices" | "snapshots" | "tickets" | "db">;
  readonly #decisions: DeviceDecisions;
  readonly #steps: SharedSteps;

  constructor(
    parts: Pick<DeviceParts, "devices" | "snapshots" | "tickets" | "db">,
    decisions: DeviceDecisions,
    steps: SharedSteps,
  ) {
    this.#parts = parts;
    this.#decisions = decisions;
    this.#steps = steps;
  }

  async execute(command: OwnDeviceCommand, now: number): Promise<CommandOutcome> {
    if (this.#parts.snapshots.subject()?.disabled !== false) return refuse("user-disabled");
    this.#decisions.expire(now);
    const found = this.#parts.devices.get(command.device);
    if (found === undefined) return refuse("no-such-device");
    switch (command.kind) {
      case "approve-own":
        return this.#approve(command, found, now);
      case "block-own":
        return this.#block(command, found, now);
      case "forget-own": {
        const fault = unforgettable(found);
        return fault === undefined ? this.#steps.forget(command, found, now) : refuse(fault);
      }
    }
  }

  #approve(command: Own<"approve-own">, before: Partnership, now: number): CommandOutcome {
    const { devices } = this.#parts;
    // Two pages of the same person may approve it: the second one changes nothing.
    if (before.state === "allowed") return ok({ partnership: before, unchanged: true });
    const fault = unapprovable(before) ?? this.#against(before, now);
    if (fault !== undefined) return refuse(fault);
    if (before.lastSeenAt > command.shownAt) return refuse("seen-since");
    const partnership: Partnership = {
      ...before,
      ...{ state: "allowed", decision: null, decidedBy: BY_SELF, decidedAt: now, reason: "device-approved-by-owner" },
    };
    devices.write(partnership);
    this.#steps.record(command, "allowed", "device-approved-by-owner", { before, after: partnership }, now);
    // The authority may still keep it out for some seconds.
    const judgement = judge(this.#decisions.inputFor(partnership, partnership.source, now));
    return ok({ partnership, unchanged: false, judgement });
  }

  /** What the policy in force says against an approval by the person. */
  #against(device: Partnership, now: number): OwnCommandFault | undefined {
    const { snapshots, devices } = this.#parts;
    const { policy } = snapshots.policy();
    const { enrolment, maxDevices } = snapshots.subject() ?? {};
    if ((enrolment ?? policy.enrolment.mode) !== "self") return "own-approval-off";
    const { circumstances } = this.#decisions.inputFor(device, device.source, now);
    const rule = firstMatch(policy.rules, circumstances);
    if (rule !== undefined && rule.action !== "allow") return "kept-out-by-rule";
    const having = devices.all().filter(counts).length;
    return having > (maxDevices ?? policy.enrolment.maxDevices) ? "too-many-devices" : undefined;
  }

  /**
   * The guard serves nothing to the device from the first step on. Then the app password is revoked in D1. After a
   * failure in between, the same command finishes it.
   */
  async #block(command: Own<"block-own">, before: Partnership, now: number): Promise<CommandOutcome> {
    const { devices, tickets, snapshots, db } = this.#parts;
    const unchanged = before.state === "blocked";
    if (unchanged && before.decidedBy !== BY_SELF) return ok({ partnership: before, unchanged });
    const credentialId = appPasswordOf(before);
    const partnership: Partnership = {
      ...before,
      ...{ state: "blocked", decision: "block", decidedBy: BY_SELF, decidedAt: now },
      reason: waitsForAdministrator(before) ? "device-blocked" : "device-blocked-by-owner",
    };
    if (!unchanged) {
      devices.write(partnership);
      devices.forgetTraces(before.id);
      tickets.forgetOf(before);
      this.#steps.record(command, "blocked", "device-blocked-by-owner", { before, after: partnership }, now);
    }
    if (credentialId !== null) {
      await revokeAppPassword(db(), snapshots.subject()?.userId ?? "", credentialId, now);
      this.#steps.bury(command, credentialId, now);
    }
    const after = devices.get(before.id) ?? { ...partnership, credentialId: null };
    return ok({ partnership: after, unchanged, ...(credentialId !== null && { revokedPassword: credentialId }) });
  }
}

/** The app password of the device, which goes with it. A device that came by the page has none. */
export const appPasswordOf = ({ credentialId }: Pick<Partnership, "credentialId">): string | null =>
  credentialId === null || isPassiveCredential(credentialId) ? null : credentialId;

const waitsForAdministrator = (device: Partnership): boolean =>
  device.state === "quarantined" && !waitsForOwner(device);

/** Why its user may not approve the device, whatever the policy says. */
function unapprovable(device: Partnership): OwnCommandFault | undefined {
  if (device.state === "blocked" || device.decision === "block") return "device-blocked";
  if (waitsForAdministrator(device)) return "awaits-administrator";
  // With its app password revoked the device cannot come in. Who comes with another one is to be looked at then.
  return waitsForOwner(device) && device.credentialId !== null ? undefined : "does-not-wait";
}

/**
 * Why its user may not forget the device. A forgotten device enrols like a new one. So forgetting would undo an
 * administrator's block, and would take a device from the administrator for whom it waits. A block of one's own may be
 * undone, unless the device waited for an administrator then: its row has another reason.
 */
function unforgettable({ state, decidedBy, reason }: Partnership): OwnCommandFault | undefined {
  const ownBlock = decidedBy === BY_SELF;
  switch (state) {
    case "blocked":
      if (!ownBlock) return "device-blocked";
      return reason === "device-blocked-by-owner" ? undefined : "awaits-administrator";
    case "pending":
      return "awaits-administrator";
    case "quarantined":
      return waitsForOwner({ state, reason }) ? undefined : "awaits-administrator";
    case "allowed":
    case "expired":
      return undefined;
  }
}
