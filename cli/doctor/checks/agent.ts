// Whether the agent that reads the directory still reports.

import { CliFault } from "../../fault.ts";
import type * as A from "../../reach/answers.ts";
import { type Check, type Finding, judged, ok, unseen } from "../types.ts";

/** Problems of single people that are shown. */
const MOST = 3;

export const agent: Check = {
  ...{ id: "agent", group: "inside", looks: "when the agent reported last, and which people it could not bring in" },
  async run({ inside }) {
    if (inside === undefined) return unseen("no target was named: npx postern target add --help");
    if (inside.directory instanceof CliFault) return unseen(`the API does not say it: ${inside.directory.message}`);
    const { sources } = inside.directory;
    if (sources.length === 0) return ok("no directory is connected: every user was made by hand");
    const said = sources.map(({ source, reportedAt }) => `${source} reported ${reportedAt ?? "never"}`);
    return judged(sources.flatMap(judgeSource), said.join(", "));
  },
};

/** What is wrong with a source of people beyond what health warns of (stale, brake). */
export function judgeSource({ source, problems, problemCount }: A.SourceStatusAnswer): readonly Finding[] {
  if (problemCount === 0) return [];
  const shown = problems.slice(0, MOST).map(({ name, message }) => `${name}: ${message}`);
  return [
    {
      ...{
        severity: "warning",
        about: `directory ${source}`,
        what: `${problemCount} people were not brought in. ${shown.join("; ")}`,
      },
      why: "They cannot sign in, or the change of their account has not arrived.",
      fix: "See all: npx postern directory.",
    },
  ];
}
