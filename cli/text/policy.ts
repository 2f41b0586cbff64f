// Policies as people read them: which one it is, what changes, what that does to the devices in use.

import { policyToml, whenToml } from "../../src/core/policy/describe.ts";
import type { PolicyChange } from "../../src/core/policy/diff.ts";
import type { Policy } from "../../src/core/policy/types.ts";
import type * as A from "../reach/answers.ts";
import type { Columns } from "./answer.ts";
import { deviceName } from "./device.ts";

/** Who put it in place, on one line. */
export function originOf({ version, appliedAt, by, why }: Omit<A.PolicyAnswer, "policy" | "text">): string {
  if (version === 0) return "the default policy: none was applied yet";
  const reason = why === null || why === "" ? "" : `: ${why}`;
  return `policy version ${version}, applied ${appliedAt ?? "at an unknown time"} by ${by?.name ?? by?.id ?? "nobody known"}${reason}`;
}

/** The file that was applied, which says what the gateway decides by; without one that as TOML. */
export const sourceOf = ({ text, policy }: A.PolicyAnswer): string => text ?? policyToml(policy);

const SIGNS = { setting: "~", added: "+", removed: "-", changed: "~", moved: "↕" } as const;

export function changesText(changes: readonly PolicyChange[], file: string): string {
  if (changes.length === 0) return `${file} decides the same.`;
  const lines = changes.map(({ kind, what, text }) => `  ${SIGNS[kind]} ${what}  ${text}`);
  return [`${file} changes:`, ...lines].join("\n");
}

export const PREVIEW_COLUMNS: Columns<A.PreviewedDevice> = {
  ...{ USER: "user", DEVICE: deviceName, NOW: "before", "WOULD BE": "after", WHY: "reason" },
};

const GRAVITY = ["block", "quarantine", "allow"] as const;
const WOULD = { block: "block", quarantine: "quarantine", allow: "let in" } as const;

/** How many devices are in use, and what would become of how many. */
export function previewText(inUse: number, changes: readonly A.PreviewedDevice[]): string {
  const devices = inUse === 1 ? "1 device is in use" : `${inUse} devices are in use`;
  if (changes.length === 0) return `${devices}. Nothing changes for ${inUse === 1 ? "it" : "any of them"}.`;
  const counts = GRAVITY.map((action) => [action, changes.filter(({ after }) => after === action).length] as const)
    .filter(([, count]) => count > 0)
    .map(([action, count]) => `${WOULD[action]} ${count}`);
  return `${devices}; the change would ${counts.join(", ")}.`;
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
