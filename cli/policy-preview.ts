// `postern policy preview`: the devices in use that a change of policy would refuse or let in, by user and device.

import type { PartnershipAnswer } from "../src/api/answers.ts";
import { deviceIdIn } from "../src/core/device/types.ts";
import { whenToml } from "../src/core/policy/describe.ts";
import { previewChanges } from "../src/core/policy/preview.ts";
import type { Judgement, Policy } from "../src/core/policy/types.ts";
import { table } from "./command.ts";
import { deviceName } from "./partnerships.ts";

/** One device whose judgement would change. */
export type DeviceChange = {
  /** SIP URI. */
  readonly user: string;
  /** Id of the partnership. */
  readonly id: string;
  /** What people call it. */
  readonly device: string;
  readonly before: Judgement["action"];
  readonly after: Judgement["action"];
  /** The reason code of what would be. */
  readonly reason: string;
};

/** How many partnerships are in use, and what would change for which, the refused first. `now` in ms. */
export function previewOf(
  all: readonly PartnershipAnswer[],
  before: Policy,
  after: Policy,
  now: number,
): { readonly inUse: number; readonly changes: readonly DeviceChange[] } {
  const inUse = all.filter(({ state }) => state === "allowed" || state === "quarantined").map(previewed);
  const changes = previewChanges(inUse, before, after, now).map(({ of, before, after }) => ({
    user: of.user,
    id: of.id,
    device: deviceName(of),
    before: before.action,
    after: after.action,
    reason: after.reason,
  }));
  const sorted = GRAVITY.flatMap((action) => changes.filter(({ after }) => after === action).toSorted(byUser));
  return { inUse: inUse.length, changes: sorted };
}

/** The same for people. */
export function previewText(inUse: number, changes: readonly DeviceChange[]): string {
  const devices = inUse === 1 ? "1 device is in use" : `${inUse} devices are in use`;
  if (changes.length === 0) return `${devices}. Nothing changes for ${inUse === 1 ? "it" : "any of them"}.`;
  const counts = GRAVITY.map((action) => [action, changes.filter(({ after }) => after === action).length] as const)
    .filter(([, count]) => count > 0)
    .map(([action, count]) => `${WOULD[action]} ${count}`);
  const rows = changes.map(({ user, device, before, after, reason }) => [user, device, before, after, reason]);
  return `${devices}; the change would ${counts.join(", ")}.\n\n${table([["USER", "DEVICE", "NOW", "WOULD BE", "WHY"], ...rows])}`;
}

/** Rules of a policy that make the app password the device, for `check` and `preview`; empty without any. */
export function identityText({ rules }: Policy): string {
  const said = rules.flatMap(({ code, identity, when }) =>
    identity === undefined
      ? []
      : [
          `Rule "${code}": the app password is the device. One device for each, counted once, for what is ${whenToml(when)}.`,
        ],
  );
  return said.length === 0 ? "" : `\n\n${said.join("\n")}`;
}

/** What a change of `devices.unnamed` does to desktops, whose own verdict it leaves as it is; empty without one. */
export function unnamedText({ devices: before }: Policy, { devices: after }: Policy): string {
  if (before.unnamed === after.unnamed) return "";
  return after.unnamed === "refuse"
    ? "\n\nNo desktop has its address book but with the ticket by which it fetched its certificate, twice a year."
    : "\n\nA desktop has its address book again at the place where it fetched its certificate.";
}

const GRAVITY = ["block", "quarantine", "allow"] as const;
const byUser = (a: DeviceChange, b: DeviceChange): number => (a.user < b.user ? -1 : a.user > b.user ? 1 : 0);
const WOULD = { block: "block", quarantine: "quarantine", allow: "let in" } as const;

function previewed(partnership: PartnershipAnswer) {
  const { key, user, groups, facts, devices, source, proof, lastSeenAt } = partnership;
  return {
    ...partnership,
    circumstances: {
      device: key === null ? null : deviceIdIn(key),
      facts,
      sipUri: user,
      groups,
      devices,
      source,
      proof,
    },
    lastSeenAt: lastSeenAt === null ? null : Date.parse(lastSeenAt),
  };
}
