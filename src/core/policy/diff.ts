// The differences between two policies, in words: what a reviewer must know before one replaces the other.

import { settingToml, whenToml } from "./describe.ts";
import type { Policy, Rule } from "./types.ts";

export type PolicyChange = {
  readonly kind: "setting" | "added" | "removed" | "changed" | "moved";
  /** The setting, or the code of the rule. */
  readonly what: string;
  /** One line: what it was and what it will be. */
  readonly text: string;
};

/** The changes from one to the other: settings first, then rules in the order of the new policy, then removed rules. */
export function diffPolicies(before: Policy, after: Policy): readonly PolicyChange[] {
  const moved = movedCodes(before.rules, after.rules);
  const rules = after.rules.flatMap((rule, at): PolicyChange[] => {
    const was = before.rules.findIndex(({ code }) => code === rule.code);
    const old = before.rules[was];
    const what = rule.code;
    if (old === undefined) {
      const identity = rule.identity === undefined ? "" : `, identity ${rule.identity},`;
      const text = `${place(at)}: ${rule.action}${identity} when ${whenToml(rule.when)}, "${rule.reason}"`;
      return [{ kind: "added", what, text }];
    }
    const changes = changedParts(old, rule).map((text): PolicyChange => ({ kind: "changed", what, text }));
    const move: PolicyChange = { kind: "moved", what, text: `${place(was)} → ${place(at)}` };
    return moved.has(what) ? [...changes, move] : changes;
  });
  const removed = before.rules
    .filter(({ code }) => !after.rules.some((rule) => rule.code === code))
    .map(
      ({ code, action, when }): PolicyChange => ({
        kind: "removed",
        what: code,
        text: `${action} when ${whenToml(when)}`,
      }),
    );
  return [...changedSettings(before, after), ...rules, ...removed];
}

function changedSettings(before: Policy, after: Policy): readonly PolicyChange[] {
  const settings = ({
    enrolment,
    devices,
    passive,
    expireAfterDays,
  }: Policy): readonly (readonly [string, string])[] => [
    ["enrolment.mode", settingToml(enrolment.mode)],
    ["enrolment.maxDevices", settingToml(enrolment.maxDevices)],
    ["enrolment.windowMinutes", settingToml(enrolment.windowMinutes)],
    ["devices.unnamed", settingToml(devices.unnamed)],
    ["devices.nextKey", settingToml(devices.nextKey)],
    ["devices.nextKeyExcept", settingToml(devices.nextKeyExcept)],
    ["devices.requireProof", settingToml(devices.requireProof)],
    ["devices.authoritySilence", settingToml(devices.authoritySilence)],
    ["passive.mode", settingToml(passive.mode)],
    ["passive.must", settingToml(passive.must)],
    ["passive.never", settingToml(passive.never)],
    ["passive.may", settingToml(passive.may)],
    ["expireAfterDays", settingToml(expireAfterDays)],
  ];
  const old = new Map(settings(before));
  return settings(after)
    .filter(([what, value]) => old.get(what) !== value)
    .map(([what, value]) => ({
      kind: "setting",
      what,
      text: `${old.get(what)} → ${value}`,
    }));
}

function changedParts(old: Rule, rule: Rule): readonly string[] {
  const parts = [
    ["action", old.action, rule.action],
    ["identity", old.identity ?? "none", rule.identity ?? "none"],
    ["reason", JSON.stringify(old.reason), JSON.stringify(rule.reason)],
    ["when", ...[old.when, rule.when].map(ordered)],
  ];
  return parts.filter(([, was, is]) => was !== is).map(([part, was, is]) => `${part}: ${was} → ${is}`);
}

/** The conditions in alphabetical order, because their order means nothing. */
const ordered = (when: Rule["when"]): string => {
  const sorted = ({ not, ...conditions }: Rule["when"]): Rule["when"] => ({
    ...Object.fromEntries(Object.entries(conditions).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    ...(not === undefined ? {} : { not: sorted(not) }),
  });
  return whenToml(sorted(when));
};

/** The codes of the rules that have moved: the smallest set that explains the new order. */
function movedCodes(before: readonly Rule[], after: readonly Rule[]): ReadonlySet<string> {
  const places = after.map(({ code }) => before.findIndex((rule) => rule.code === code)).filter((at) => at >= 0);
  // The longest run of positions that still rises. There are at most 200 rules, so quadratic time is short.
  const best: number[][] = [];
  for (const place of places) {
    const longest = best.filter((run) => (run.at(-1) ?? -1) < place).toSorted((a, b) => b.length - a.length);
    best.push([...(longest[0] ?? []), place]);
  }
  const kept = new Set(best.toSorted((a, b) => b.length - a.length)[0]);
  return new Set(places.filter((place) => !kept.has(place)).flatMap((place) => before[place]?.code ?? []));
}

const place = (at: number): string => `rules[${at}]`;
