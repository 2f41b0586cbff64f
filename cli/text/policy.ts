// Writes policies for people: which one it is, what it changes, and what that does to the devices in use.

import { policyToml, whenToml } from "../../src/core/policy/describe.ts";
import type { PolicyChange } from "../../src/core/policy/diff.ts";
import type { Policy } from "../../src/core/policy/types.ts";
import type { Context } from "../define.ts";
import { usage } from "../fault.ts";
import type * as A from "../reach/answers.ts";
import { type Columns, table } from "./answer.ts";
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
  ...{ USER: "user", DEVICE: deviceName, NOW: "before", "WOULD BE": "after", WHY: "reason" },
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

type Asking = Pick<Context, "question" | "yes">;

/** The same for people, with examples where it would refuse most. */
export const impactText = (impact: A.PolicyImpactAnswer): string => devicesText(impact) + signInsText(impact);

/** What the policy does to the ways to sign in; empty where it refuses nobody's. A gateway of an earlier release says nothing. */
function signInsText({ signIns }: Partial<Pick<A.PolicyImpactAnswer, "signIns">>): string {
  if (signIns === undefined || signIns.passwordRefused + signIns.pageRefused === 0) return "";
  const { users, passwordRefused, pageRefused, examples } = signIns;
  const of = users === 1 ? "the one person with a device in use" : `the ${users} people with devices in use`;
  const said = [
    ...(passwordRefused === 0
      ? []
      : [
          `From the next sign-in on it would refuse the app passwords of ${passwordRefused} of ${of}: they have to sign in by the page.`,
        ]),
    ...(pageRefused === 0 ? [] : [`It would refuse the page to ${pageRefused} of ${of}, who signed in by it.`]),
  ];
  const rows = examples.map(({ user, before, after, refused }) => [user, before, after, refused]);
  const more = passwordRefused + pageRefused - examples.length;
  const rest = more > 0 ? `\n… and ${more} more` : "";
  return `\n\n${said.join("\n")}\n\n${table([["USER", "PASSIVE NOW", "WOULD BE", "REFUSED"], ...rows])}${rest}`;
}

/** It would refuse the next sign-ins of more than half of these people. */
function refusesMostPeople({ signIns }: Partial<Pick<A.PolicyImpactAnswer, "signIns">>): boolean {
  return signIns !== undefined && (signIns.passwordRefused + signIns.pageRefused) * 2 > signIns.users;
}

function devicesText(impact: A.PolicyImpactAnswer): string {
  const { inUse, refused, extent, inUseDays, judged, whole } = impact;
  const of = whole ? "" : `, of the first ${judged} devices: there are more, and "policy preview" judges them all`;
  const what = `seen in the last ${inUseDays} days${of}`;
  const devices = inUse === 1 ? "the one device in use" : `the ${inUse} devices in use`;
  if (inUse === 0) return `No device is in use (${what}), so it would refuse none.`;
  switch (extent) {
    case "none":
      return `It would refuse none of ${devices} (${what}).`;
    case "some":
      return `It would refuse ${refused} of ${devices} (${what}); "policy preview" names them.`;
    default:
      return `${inWords(impact)} (${what}):\n\n${examplesText(impact)}`;
  }
}

/** Asks at the terminal where it would refuse most or all. Throws a fault without a yes: then nothing is to be done. */
export async function confirmRefusing({ question, yes }: Asking, impact: A.PolicyImpactAnswer): Promise<void> {
  const few = impact.extent === "none" || impact.extent === "some";
  if (yes || (few && !refusesMostPeople(impact))) return;
  const details = { impact };
  if (question === undefined) {
    const what = few
      ? "this policy would refuse the sign-ins of most people"
      : inWords(impact).replace(/^It/, "this policy");
    const message = `nothing was applied: ${what}`;
    const fix = `${few ? signInsText(impact).trim() : examplesText(impact)}\nGive --yes if that is what you mean; "policy preview" names them all.`;
    throw usage(message, fix, details);
  }
  const typed = await question(`${impactText(impact)}\n\nType yes to put it in place: `);
  if (typed.trim().toLowerCase() === "yes") return;
  throw usage("nothing was applied", "Type yes when asked, or give --yes.", details);
}

function inWords({ inUse, refused, extent, judged, whole }: A.PolicyImpactAnswer): string {
  if (!whole) return `It would refuse ${refused} of ${inUse} devices in use among the first ${judged}`;
  if (extent !== "all") return `It would refuse most of the devices in use, ${refused} of ${inUse}`;
  return inUse === 1
    ? "It would refuse the only device in use"
    : `It would refuse every one of the ${inUse} devices in use`;
}

function examplesText({ examples, refused }: A.PolicyImpactAnswer): string {
  const rows = examples.map((example) => [example.user, deviceName(example), example.action, example.reason]);
  const more = refused > examples.length ? `\n… and ${refused - examples.length} more` : "";
  return `${table([["USER", "DEVICE", "WOULD BE", "WHY"], ...rows])}${more}`;
}
