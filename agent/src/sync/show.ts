// A round for people: a table of what changes, from what to what, then who cannot be taken, then the brake. Pure.

import type { Outcome } from "./gateway.ts";
import type { Change, Field } from "./plan.ts";
import type { Round } from "./round.ts";

/** The words for a round. `how`: what was asked for. */
export function shownRound(done: Round, how: "full" | "dry-run" | "confirm"): string {
  const { outcomes, held, problems, of, people } = done;
  const changed = outcomes
    .filter(({ status }) => status !== "unchanged" && status !== "conflict")
    .toSorted((a, b) => (a.change.name < b.change.name ? -1 : 1));
  const parts = [
    changed.length === 0 ? "" : table(changed),
    counted(done, how),
    held.length === 0 ? "" : brakeText(held, of, how),
    problems.length === 0
      ? ""
      : [
          `${problems.length} cannot be taken as they are:`,
          ...problems.map(({ name, code, message }) => `  ${clean(name === "" ? code : name)}: ${clean(message)}`),
        ].join("\n"),
  ];
  return [...parts.filter((part) => part !== ""), `${people.in} may sign in.`].join("\n\n");
}

function counted({ outcomes, left }: Round, how: string): string {
  const counts = new Map<string, number>();
  for (const { status } of outcomes) counts.set(status, (counts.get(status) ?? 0) + 1);
  counts.delete("unchanged");
  if (counts.size === 0 && left === 0) return "Postern is in step with the directory: there is nothing to do.";
  const words = [...counts].map(([status, count]) => `${count} ${status}`);
  const rest = left === 0 ? "" : ` ${left} are left to do.`;
  return `${how === "dry-run" ? "It would come to" : "Done"}: ${words.join(", ")}.${rest}`;
}

function brakeText(held: readonly Change[], of: number, how: string): string {
  const lines = held
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, fields, row }) => `  ${clean(name)}: ${stateOf(fields) ?? row.state}`);
  const again = how === "confirm" ? "More would be disabled than were shown, or nobody was shown yet. " : "";
  return [
    `THE BRAKE: ${held.length} of ${of} people would be disabled at once, so none of them is.`,
    ...lines,
    how === "dry-run"
      ? "Look at them. If they are right, run: postern-agent sync --full, which shows them to the gateway, and then postern-agent sync --confirm."
      : `${again}Look at them. If they are right, run: postern-agent sync --confirm.`,
  ].join("\n");
}

const stateOf = (fields: readonly Field[]): string | undefined => {
  const state = fields.find(({ field }) => field === "state");
  return state === undefined ? undefined : `${state.before} → ${state.after}`;
};

function table(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ change, status }) => [status, clean(change.name), fieldsText(change)]);
  const all = [["WHAT", "WHO", "FROM → TO"], ...rows];
  const widths = [0, 1].map((at) => Math.max(...all.map((row) => [...(row[at] ?? "")].length)));
  return all
    .map((row) =>
      row
        .map((cell, at) => cell + " ".repeat(Math.max(0, (widths[at] ?? 0) - [...cell].length)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function fieldsText({ fields, isNew }: Change): string {
  if (isNew)
    return clean(
      fields.flatMap(({ field, after }) => (SHOWN_OF_NEW.has(field) && after !== "" ? [after] : [])).join(", "),
    );
  return clean(fields.map(({ field, before, after }) => `${field}: ${before || "–"} → ${after || "–"}`).join("; "));
}

const SHOWN_OF_NEW = new Set(["sipUri", "account", "groups"]);

/** Text of the directory cannot control the terminal, nor hide a direction. Persian, Hindi and emoji need the joiners. */
const clean = (text: string): string => text.replace(/(?![\u200c\u200d])\p{C}/gu, "�").slice(0, 400);
