// Turns what valibot finds into sentences for the person who wrote the file: which setting, what it is, what to give.

import type * as v from "valibot";

/** Every fault of a configuration, in the order of the file. */
export function faultsIn(issues: readonly v.BaseIssue<unknown>[]): string[] {
  const faults = issues.map((issue) => {
    const setting = pathOf(issue);
    const name = setting === "" ? "The file" : setting;
    if (issue.type === "strict_object") {
      if (issue.expected === "never") return `There is no setting ${name}. Compare its spelling with README.md.`;
      if (issue.received === "undefined") return `${name} is missing. ${example(issue)}`;
    }
    if (issue.input === undefined) return `${name} is missing. ${example(issue)}`;
    return `${name} is ${shown(issue.input)}. ${example(issue)}`;
  });
  // Two rules that one value breaks may have the same fix.
  return [...new Set(faults)];
}

/** A schema's message is the fix: "Give …". Without one, only the kind of the value is wrong. */
const example = (issue: v.BaseIssue<unknown>): string =>
  issue.message.startsWith("Invalid ")
    ? (kindOf(issue.expected) ?? "README.md says what belongs there.")
    : issue.message;

const KINDS: Readonly<Record<string, string>> = {
  string: "It must be a text.",
  number: "It must be a number.",
  boolean: "It must be true or false.",
  Object: "It must be an object, { … }.",
  Array: "It must be a list, [ … ].",
};

const kindOf = (expected: string | null): string | undefined => KINDS[expected ?? ""];

const pathOf = (issue: v.BaseIssue<unknown>): string => (issue.path ?? []).map(({ key }) => String(key)).join(".");

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? "nothing";
