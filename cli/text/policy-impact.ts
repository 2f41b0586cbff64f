// Says how many devices in use a policy would refuse, and asks before it refuses most.

import type { Context } from "../define.ts";
import { usage } from "../fault.ts";
import type * as A from "../reach/answers.ts";
import { table } from "./answer.ts";
import { deviceName } from "./device.ts";

/** The same sentence, with examples when the policy would refuse most. */
export function impactText(impact: A.PolicyImpactAnswer): string {
  const { inUse, refused, extent, inUseDays } = impact;
  const what = `seen in the last ${inUseDays} days`;
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

/**
 * Asks at the terminal when the policy would refuse most devices, or all. Throws a fault without a yes, so that nothing
 * is done.
 */
export async function confirmRefusing(
  { question, yes }: Pick<Context, "question" | "yes">,
  impact: A.PolicyImpactAnswer,
): Promise<void> {
  if (yes || impact.extent === "none" || impact.extent === "some") return;
  const details = { impact };
  if (question === undefined) {
    const message = `nothing was applied: ${inWords(impact).replace(/^It/, "this policy")}`;
    const fix = `${examplesText(impact)}\nGive --yes if that is what you mean; "policy preview" names them all.`;
    throw usage(message, fix, details);
  }
  const typed = await question(`${impactText(impact)}\n\nType yes to put it in place: `);
  if (typed.trim().toLowerCase() === "yes") return;
  throw usage("nothing was applied", "Type yes when asked, or give --yes.", details);
}

function inWords({ inUse, refused, extent }: A.PolicyImpactAnswer): string {
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
