// `agent check`: tries everything once, and says how to mend what does not work.

import { PARTS } from "./all-parts.ts";
import { findingOf } from "./check-finding.ts";
import type { Context, Finding, Part } from "./parts.ts";

/** Tries what the configuration has. A part that throws is a finding too. */
export async function checkAll(context: Context, parts: readonly Part[] = PARTS): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const part of parts.filter(({ wanted }) => wanted(context.config))) {
    findings.push(...(await part.check(context).catch((fault: unknown) => [findingOf(part.name, fault)])));
  }
  return findings;
}

/** The findings for people: a line each, the fix below it. */
export const shownFindings = (findings: readonly Finding[]): string =>
  findings
    .map(
      ({ what, detail, fix }) =>
        `${fix === undefined ? "ok   " : "FAULT"}  ${what}: ${detail}${fix === undefined ? "" : `\n       ${fix}`}`,
    )
    .join("\n");
