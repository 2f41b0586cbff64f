// Turns what valibot finds into sentences for the person who wrote the file: which setting, what it is, what to give.

import type * as v from "valibot";

/** Every fault of a configuration, in the order of the file. */
export function faultsIn(issues: readonly v.BaseIssue<unknown>[]): string[] {
  return issues.map((issue) => {
    const setting = pathOf(issue);
    const name = setting === "" ? "The file" : setting;
    if (issue.type === "strict_object") {
      if (issue.expected === "never") return `There is no setting ${name}. Compare its spelling with README.md.`;
      if (issue.received === "undefined") return `${name} is missing. ${example(issue)}`;
    }
    if (issue.input === undefined) return `${name} is missing. ${example(issue)}`;
    return `${name} is ${shown(issue.input)}. ${example(issue)}`;
  });
}

/** A schema's message is the fix: "Give …". Without one, only the kind of the value is wrong. */
const example = (issue: v.BaseIssue<unknown>): string =>
  issue.message.startsWith("Invalid ") ? `It must be ${kindOf(issue.expected)}.` : issue.message;

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  Object: "an object, { … }",
  Array: "a list, [ … ]",
};

const kindOf = (expected: string | null): string => KINDS[expected ?? ""] ?? `as README.md says (${expected})`;

const pathOf = (issue: v.BaseIssue<unknown>): string => (issue.path ?? []).map(({ key }) => String(key)).join(".");

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? "nothing";
