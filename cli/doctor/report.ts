// The report: what is wrong first, each with its fix; then what is right, and what nobody could look at.

import type { Answer } from "../text/answer.ts";
import { counted, table } from "../text/answer.ts";
import type { Doctor } from "./doctor.ts";
import type { Examined } from "./examine.ts";
import { type Check, type Finding, GROUPS } from "./types.ts";

/** 0: nothing is wrong. 1: something is. 2: nobody could look at anything. */
export function exitOf(examined: readonly Examined[]): 0 | 1 | 2 {
  const kinds = examined.map(({ outcome }) => outcome.kind);
  if (kinds.includes("findings")) return 1;
  return kinds.includes("ok") ? 0 : 2;
}

/** The answer of the command. */
export function reportOf(examined: readonly Examined[], { plan, inside, sent, reach }: Doctor): Answer {
  const found = findingsOf(examined);
  const fine = examined.flatMap(({ check, outcome }) =>
    outcome.kind === "ok" ? [[`  ${check.id}`, outcome.note]] : [],
  );
  const blind = examined.flatMap(({ check, outcome }) =>
    outcome.kind === "unseen" ? [[`  ${check.id}`, outcome.because]] : [],
  );
  const faults = found.filter(({ finding }) => finding.severity === "fault").length;
  const where = [
    plan.publicHosts.join(" ") || "no public host",
    ...(inside === undefined ? [] : [`target ${inside.target}`]),
    ...(reach.fixed === undefined ? [] : [`reached at ${reach.fixed}`]),
  ];
  const sum = `${counted(faults, "fault")}, ${counted(found.length - faults, "warning")}. ${counted(fine.length, "check")} fine, ${blind.length} not looked at.`;
  const costs = examined.some(({ check, outcome }) => check.counted === true && outcome.kind !== "unseen")
    ? " The lockout may have counted one failure of this network, for a name that nobody has."
    : "";
  const parts = [
    `${where.join("; ")}\n${sum}`,
    ...found.map(findingText),
    fine.length === 0 ? "" : `Fine:\n${table(fine)}`,
    blind.length === 0 ? "" : `Not looked at:\n${table(blind)}`,
    `${counted(sent(), "request")} sent.${costs}`,
  ];
  const exit = exitOf(examined);
  const json = {
    ...{
      hosts: plan.publicHosts,
      target: inside?.target ?? null,
      faults,
      warnings: found.length - faults,
      requests: sent(),
      exit,
    },
    checks: examined.map(({ check, outcome, tookMs }) => ({ id: check.id, group: check.group, tookMs, ...outcome })),
  };
  return { text: parts.filter((part) => part !== "").join("\n\n"), json, exit };
}

type Found = { readonly check: Check; readonly finding: Finding };

/** The faults, then the warnings, each in the order of the checks. */
function findingsOf(examined: readonly Examined[]): readonly Found[] {
  const all = examined.flatMap(({ check, outcome }) =>
    outcome.kind === "findings" ? outcome.findings.map((finding) => ({ check, finding })) : [],
  );
  return [
    ...all.filter(({ finding }) => finding.severity === "fault"),
    ...all.filter(({ finding }) => finding.severity === "warning"),
  ];
}

const findingText = ({ check, finding: { severity, about, what, why, fix } }: Found): string =>
  `${severity.toUpperCase()}  ${check.id}  ${about}\n  ${sentence(what)}\n  Why it matters: ${sentence(why)}\n  What to do: ${sentence(fix)}`;

/** With a capital letter, unless it begins with a name or a command, and a full stop. */
function sentence(text: string): string {
  const capital =
    /^[a-z]+ /.test(text) && !text.startsWith("npx ") ? `${text[0]?.toUpperCase()}${text.slice(1)}` : text;
  return /[.:!?]$|production$/.test(capital) ? capital : `${capital}.`;
}

/** The list of checks. */
export function listOf(checks: readonly Check[]): Answer {
  const rows = GROUPS.flatMap((group) =>
    checks
      .filter((check) => check.group === group)
      .map(({ id, looks, counted: counts }) => [group, id, `${looks}${counts ? " (may be counted by lockout)" : ""}`]),
  );
  const json = {
    checks: checks.map(({ id, group, looks, counted: counts = false }) => ({ id, group, looks, counted: counts })),
  };
  return { text: table([["GROUP", "CHECK", "LOOKS AT"], ...rows]), json };
}
