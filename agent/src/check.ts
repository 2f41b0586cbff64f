// `agent check`: tries everything once, and says how to mend what does not work.

import { PARTS } from "./all-parts.ts";
import { ApiFault } from "./api/fault.ts";
import { DirectoryFault } from "./ldap/fault.ts";
import type { Context, Finding, Part } from "./parts.ts";

/** Tries what the configuration has. A part that throws is a finding too. */
export async function checkAll(context: Context, parts: readonly Part[] = PARTS): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const part of parts.filter(({ wanted }) => wanted(context.config))) {
    findings.push(...(await part.check(context).catch((fault: unknown) => [findingOf(part.name, fault)])));
  }
  return findings;
}

/** The finding for a fault. */
export function findingOf(what: string, fault: unknown): Finding {
  if (fault instanceof ApiFault || fault instanceof DirectoryFault)
    return { what, detail: fault.message, fix: fault.fix };
  return { what, detail: String(fault), fix: "This is a mistake in the agent. Please report it with this line." };
}

/** The findings for people: a line each, the fix below it. */
export const shownFindings = (findings: readonly Finding[]): string =>
  findings
    .map(
      ({ what, detail, fix }) =>
        `${fix === undefined ? "ok   " : "FAULT"}  ${what}: ${detail}${fix === undefined ? "" : `\n       ${fix}`}`,
    )
    .join("\n");
