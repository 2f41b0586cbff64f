// Writes policies for people: which one it is, what it changes, and what that does to the devices in use.

import { policyToml, whenToml } from "../../src/core/policy/describe.ts";
import type { PolicyChange } from "../../src/core/policy/diff.ts";
import type { Policy } from "../../src/core/policy/types.ts";
import type * as A from "../reach/answers.ts";
import type { Columns } from "./answer.ts";
import { deviceName } from "./device.ts";

/** Who applied it, on one line. */
export function originOf({ version, appliedAt, by, why }: Omit<A.PolicyAnswer, "policy" | "text">): string {
  if (version === 0) return "the default policy: none was applied yet";
  const reason = why === null || why === "" ? "" : `: ${why}`;
  return `policy version ${version}, applied ${appliedAt ?? "at an unknown time"} by ${by?.name ?? by?.id ?? "nobody known"}${reason}`;
}

/** The file that was applied. Without a file, the policy as TOML. */
export const sourceOf = ({ text, policy }: A.PolicyAnswer): string => text ?? policyToml(policy);

const SIGNS = { setting: "~", added: "+", removed: "-", changed: "~", moved: "↕" } as const;

export function changesText(changes: readonly PolicyChange[], file: string): string {
  if (changes.length === 0) return `${file} decides the same.`;
  const lines = changes.map(({ kind, what, text }) => `  ${SIGNS[kind]} ${what}  ${text}`);
  return [`${file} changes:`, ...lines].join("\n");
}

export const PREVIEW_COLUMNS: Columns<A.PreviewedDevice> = {
  USER: ({ user }) => user,
  DEVICE: deviceName,
  NOW: ({ before }) => before,
  "WOULD BE": ({ after }) => after,
  WHY: ({ reason }) => reason,
};

const GRAVITY = ["block", "quarantine", "allow"] as const;
const WOULD = { block: "block", quarantine: "quarantine", allow: "let in" } as const;

/** How many devices are in use, and how many of them would be blocked or let in. */
export function previewText(inUse: number, changes: readonly A.PreviewedDevice[]): string {
  const devices = inUse === 1 ? "1 device is in use" : `${inUse} devices are in use`;
  if (changes.length === 0) return `${devices}. Nothing changes for ${inUse === 1 ? "it" : "any of them"}.`;
  const counts = GRAVITY.map((action) => [action, changes.filter(({ after }) => after === action).length] as const)
    .filter(([, count]) => count > 0)
    .map(([action, count]) => `${WOULD[action]} ${count}`);
  return `${devices}; the change would ${counts.join(", ")}.`;
}

/** Names the rules that make the app password the device, for `check` and `preview`. Empty when there are none. */
export function identityText({ rules }: Policy): string {
  const said = rules.flatMap(({ code, identity, when }) =>
    identity === undefined
      ? []
      : [
          `Rule "${code}": the app password is the device. All that use one app password and are ${whenToml(when)} count as one device.`,
        ],
  );
  return said.length === 0 ? "" : `\n\n${said.join("\n")}`;
}

/**
 * Says what a change of `devices.unnamed` does to desktops, though no verdict on a desktop changes. Empty when it does
 * nothing.
 */
export function unnamedText({ devices: before }: Policy, { devices: after }: Policy): string {
  if (before.unnamed === after.unnamed) return "";
  return after.unnamed === "refuse"
    ? "\n\nA desktop gets its address book only with the ticket by which it fetched its certificate, twice a year."
    : "\n\nA desktop gets its address book again at the place where it fetched its certificate.";
}
