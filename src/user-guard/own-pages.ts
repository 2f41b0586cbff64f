// What the user's own pages are told of the user's devices. Everything is in the guard already, so no page of a person
// has to read D1 for it, and none is older than the guard's last decision.

import type { Partnership } from "../core/device/partnership.ts";
import { judge } from "../core/policy/decide.ts";
import { outlookOf } from "../core/policy/outlook.ts";
import type { JudgedDevice, OwnDevices, OwnDevicesAnswers, OwnDevicesStep, Watched } from "../guards/own-devices.ts";
import type { DeviceDecisions } from "./device-decisions.ts";
import type { PartnershipTable } from "./partnership-table.ts";
import type { Snapshots } from "./snapshots.ts";
import type { Witness } from "./witness.ts";

type Parts = {
  readonly devices: PartnershipTable;
  readonly snapshots: Snapshots;
  readonly decisions: DeviceDecisions;
  readonly witness: Witness;
};

export class OwnPages {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  answer(step: OwnDevicesStep, now: number): OwnDevicesAnswers[OwnDevicesStep["kind"]] {
    return step.kind === "devices"
      ? { kind: "devices", ...this.#all(now) }
      : { kind: "watch", ...this.#watch(step.credentialId, now) };
  }

  /** All devices, the one seen last first. */
  #all(now: number): OwnDevices {
    const { devices, snapshots, decisions } = this.#parts;
    decisions.expire(now);
    const all = devices.all().toSorted((a, b) => b.lastSeenAt - a.lastSeenAt);
    const using = all.filter(({ state }) => state !== "blocked" && state !== "expired");
    const subject = snapshots.subject() ?? { enrolment: null, maxDevices: null, windowUntil: null };
    return {
      devices: all.map((device) => this.#judged(device, now)),
      outlook: outlookOf(subject, snapshots.policy().policy, using.length, now),
    };
  }

  /** The device that has come with an app password, and what was decided lately. */
  #watch(credentialId: string, now: number): Watched {
    const bound = this.#parts.devices.ofCredential(credentialId);
    const lately = this.#parts.witness.of(credentialId).map((seen) => ({ ...seen, ...this.#said(seen.reason) }));
    const ended = this.#parts.snapshots.isDead(credentialId);
    return { ...(bound !== undefined && { bound: this.#judged(bound, now) }), lately, ended };
  }

  #judged(device: Partnership, now: number): JudgedDevice {
    const input = {
      ...this.#parts.decisions.inputFor(device, device.source, now),
      passwordRevoked: device.credentialId === null, // all that the device still has came with the revoked one
    };
    const judgement = judge(input);
    return { device, judgement, ...this.#said(judgement.rule ?? "") };
  }

  /** What the rule of that code says to people. */
  #said(code: string): { readonly rule?: string } {
    const rule = this.#parts.snapshots.policy().policy.rules.find((each) => each.code === code);
    return rule === undefined ? {} : { rule: rule.reason };
  }
}
