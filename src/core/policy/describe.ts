// A policy as TOML, for people: the same words in which they wrote it.

import type { Match, Policy, Rule } from "./types.ts";

/** The whole policy, as `policy.toml` would have it. */
export function policyToml({ enrolment, devices, passive, expireAfterDays, rules }: Policy): string {
  const head = [
    `expireAfterDays = ${settingToml(expireAfterDays)}`,
    "",
    "[enrolment]",
    ...Object.entries(enrolment).map(([name, value]) => `${name} = ${settingToml(value)}`),
    "",
    "[devices]",
    ...Object.entries(devices).map(([name, value]) => `${name} = ${settingToml(value)}`),
    "",
    "[passive]",
    ...Object.entries(passive).map(([name, value]) => `${name} = ${settingToml(value)}`),
  ];
  return `${[head.join("\n"), ...rules.map(ruleToml)].join("\n\n")}\n`;
}

/** A setting's value; null is `"never"`. */
export const settingToml = (value: string | number | readonly string[] | null): string =>
  typeof value === "object" && value !== null
    ? `[${value.map((item) => JSON.stringify(item)).join(", ")}]`
    : JSON.stringify(value ?? "never");

/** Conditions as an inline table: `{ platform = "android", version = "<7" }`. */
export function whenToml({ not, ...conditions }: Match): string {
  const pairs = Object.entries(conditions).map(([name, list]) => `${name} = ${listToml(list)}`);
  const all = not === undefined ? pairs : [...pairs, `not = ${whenToml(not)}`];
  return all.length === 0 ? "{}" : `{ ${all.join(", ")} }`;
}

function ruleToml({ code, action, reason, identity, when }: Rule): string {
  return [
    "[[rules]]",
    `code = ${JSON.stringify(code)}`,
    `action = ${JSON.stringify(action)}`,
    `reason = ${JSON.stringify(reason)}`,
    ...(identity === undefined ? [] : [`identity = ${JSON.stringify(identity)}`]),
    `when = ${whenToml(when)}`,
  ].join("\n");
}

/** JSON's spelling of a printable text is also a TOML string. */
function listToml(list: readonly (string | number)[]): string {
  const items = list.map((item) => JSON.stringify(item));
  return items.length === 1 ? items.join() : `[${items.join(", ")}]`;
}
