// Reads a policy from untrusted JSON. Never throws: the result is a policy or all of its faults, each with its path
// and what to write instead. An unknown key is a fault, so that a misspelt condition is never silently ignored.

import { isPrintable } from "../text/printable.ts";
import { MAX_LIST, PLATFORM_WORDS, pattern, readConditions } from "./read-conditions.ts";
import { Faults, isRecord, shown } from "./read-values.ts";
import { REASONS } from "./reasons.ts";
import type {
  AuthoritySilence,
  Conditions,
  EnrolmentMode,
  Match,
  NextKey,
  PassiveMode,
  Policy,
  PolicyRead,
  Rule,
  RuleAction,
  RuleCode,
  RuleIdentity,
  UnnamedDevices,
} from "./types.ts";

/** The policy as long as no administrator has set another. */
export const DEFAULT_POLICY: Policy = {
  enrolment: { mode: "open", maxDevices: 3, windowMinutes: 15 },
  devices: {
    ...{ unnamed: "place", nextKey: "approve", nextKeyExcept: ["Sipe"], requireProof: [] },
    authoritySilence: "allow",
  },
  passive: { mode: "never", must: [], never: [], may: [] },
  expireAfterDays: 90,
  rules: [],
};

/** A stored policy, perhaps from an older version that had fewer settings. */
export const completePolicy = (
  stored: Partial<Omit<Policy, "devices">> & { readonly devices?: Partial<Policy["devices"]> },
): Policy => ({ ...DEFAULT_POLICY, ...stored, devices: { ...DEFAULT_POLICY.devices, ...stored.devices } });

export const MAX_RULES = 200;
/** How many patterns, ranges and words all rules together may have. One decision compares no more than these. */
export const MAX_ITEMS = 2_000;

/** The enrolment modes of a policy. A user's own mode is one of them too. */
export const ENROLMENT_MODES: readonly EnrolmentMode[] = ["open", "window", "self", "approval", "closed"];
export const MAX_DEVICES = 100;

const UNNAMED: readonly UnnamedDevices[] = ["place", "refuse"];
const NEXT_KEYS: readonly NextKey[] = ["approve", "open"];
const SILENCES: readonly AuthoritySilence[] = ["allow", "block"];
const PASSIVE_MODES: readonly PassiveMode[] = ["never", "may", "must"];
const ACTIONS: readonly RuleAction[] = ["allow", "block", "quarantine"];
const IDENTITIES: readonly RuleIdentity[] = ["app-password"];
export const MAX_WINDOW_MINUTES = 7 * 24 * 60;
const MAX_EXPIRY_DAYS = 3_650;
const MAX_REASON_CHARS = 200;

/**
 * Reads a policy. A setting that is left out has its value from {@link DEFAULT_POLICY}. `expireAfterDays` may be
 * `"never"`, because TOML has no null.
 */
export function readPolicy(value: unknown): PolicyRead {
  const faults = new Faults();
  if (!isRecord(value)) {
    faults.add(
      "",
      `A policy is an object with "enrolment", "devices", "passive", "expireAfterDays" and "rules", not ${shown(value)}.`,
    );
    return { ok: false, faults: faults.all };
  }
  faults.unknownKeys("", value, ["enrolment", "devices", "passive", "expireAfterDays", "rules"]);
  const policy: Policy = {
    enrolment: readEnrolment(value.enrolment, faults),
    devices: readDevices(value.devices, faults),
    passive: readPassive(value.passive, faults),
    expireAfterDays: readExpiry(value.expireAfterDays, faults),
    rules: readRules(value.rules, faults),
  };
  return faults.all.length === 0 ? { ok: true, policy } : { ok: false, faults: faults.all };
}

function readEnrolment(value: unknown, faults: Faults): Policy["enrolment"] {
  const defaults = DEFAULT_POLICY.enrolment;
  if (value === undefined) return defaults;
  if (!isRecord(value)) {
    faults.add("enrolment", `Write a table with "mode", "maxDevices" and "windowMinutes", not ${shown(value)}.`);
    return defaults;
  }
  faults.unknownKeys("enrolment", value, Object.keys(defaults));
  const { mode = defaults.mode, maxDevices = defaults.maxDevices, windowMinutes = defaults.windowMinutes } = value;
  return {
    mode: faults.oneOf("enrolment.mode", mode, ENROLMENT_MODES) ?? defaults.mode,
    maxDevices: faults.wholeNumber("enrolment.maxDevices", maxDevices, 1, MAX_DEVICES) ?? 0,
    windowMinutes: faults.wholeNumber("enrolment.windowMinutes", windowMinutes, 1, MAX_WINDOW_MINUTES) ?? 0,
  };
}

function readDevices(value: unknown, faults: Faults): Policy["devices"] {
  const defaults = DEFAULT_POLICY.devices;
  if (value === undefined) return defaults;
  if (!isRecord(value)) {
    faults.add(
      "devices",
      `Write a table with "unnamed", "nextKey", "nextKeyExcept", "requireProof" and "authoritySilence", not ${shown(value)}.`,
    );
    return defaults;
  }
  faults.unknownKeys("devices", value, Object.keys(defaults));
  const { unnamed = defaults.unnamed, nextKey = defaults.nextKey, nextKeyExcept, requireProof } = value;
  const { authoritySilence = defaults.authoritySilence } = value;
  const platform = (item: unknown, path: string) => faults.oneOf(path, item, PLATFORM_WORDS);
  return {
    unnamed: faults.oneOf("devices.unnamed", unnamed, UNNAMED) ?? defaults.unnamed,
    nextKey: faults.oneOf("devices.nextKey", nextKey, NEXT_KEYS) ?? defaults.nextKey,
    nextKeyExcept:
      listOf(nextKeyExcept, "devices.nextKeyExcept", faults, (item, path) => pattern(item, path, faults)) ??
      defaults.nextKeyExcept,
    requireProof: listOf(requireProof, "devices.requireProof", faults, platform) ?? defaults.requireProof,
    authoritySilence: faults.oneOf("devices.authoritySilence", authoritySilence, SILENCES) ?? defaults.authoritySilence,
  };
}

function readPassive(value: unknown, faults: Faults): Policy["passive"] {
  const defaults = DEFAULT_POLICY.passive;
  if (value === undefined) return defaults;
  if (!isRecord(value)) {
    faults.add("passive", `Write a table with "mode", "must", "never" and "may", not ${shown(value)}.`);
    return defaults;
  }
  faults.unknownKeys("passive", value, Object.keys(defaults));
  const { mode = defaults.mode, must, never, may } = value;
  const people = (list: unknown, path: string): readonly string[] =>
    listOf(list, path, faults, (item, at) => person(item, at, faults)) ?? [];
  return {
    mode: faults.oneOf("passive.mode", mode, PASSIVE_MODES) ?? defaults.mode,
    must: people(must, "passive.must"),
    never: people(never, "passive.never"),
    may: people(may, "passive.may"),
  };
}

/** A group, or a pattern of SIP addresses. */
function person(value: unknown, path: string, faults: Faults): string | undefined {
  const given = pattern(value, path, faults);
  if (given === undefined) return undefined;
  if (/^sip:/i.test(given)) return faults.none(path, `Leave "sip:" out: ${shown(given.slice("sip:".length))}.`);
  if (given.includes("@") || !/[*?]/.test(given)) return given;
  return faults.none(path, `Write a group without "*" and "?", or a pattern with an "@", not ${shown(given)}.`);
}

/** A list that may be empty. Undefined: it is left out, or has a fault. */
function listOf<Item>(
  value: unknown,
  path: string,
  faults: Faults,
  read: (item: unknown, path: string) => Item | undefined,
): readonly Item[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length > MAX_LIST) {
    return faults.none(path, `Write a list of at most ${MAX_LIST} entries, such as [], not ${shown(value)}.`);
  }
  return value.flatMap((item, at) => read(item, `${path}[${at}]`) ?? []);
}

function readExpiry(value: unknown, faults: Faults): number | null {
  if (value === undefined) return DEFAULT_POLICY.expireAfterDays;
  if (value === null || value === "never") return null;
  return faults.wholeNumber("expireAfterDays", value, 1, MAX_EXPIRY_DAYS, `, or "never"`) ?? null;
}

function readRules(value: unknown, faults: Faults): readonly Rule[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    faults.add("rules", `Write a list of rules, each beginning with [[rules]], not ${shown(value)}.`);
    return [];
  }
  if (value.length > MAX_RULES) {
    faults.add(
      "rules",
      `There are ${value.length} rules; at most ${MAX_RULES} are read. Put conditions into one list.`,
    );
    return [];
  }
  const rules = Array.from(value, (rule, at) => readRule(rule, `rules[${at}]`, faults));
  for (const [at, { code }] of rules.entries()) {
    const first = rules.findIndex((rule) => rule.code === code);
    if (code !== "" && first < at) {
      faults.add(
        `rules[${at}].code`,
        `"${code}" is the code of rules[${first}] already. Give each rule a code of its own.`,
      );
    }
  }
  const items = rules.reduce((sum, { when: { not, ...when } }) => sum + sizeOf(when) + sizeOf(not ?? {}), 0);
  if (items > MAX_ITEMS) {
    faults.add("rules", `The rules name ${items} patterns, ranges and words; at most ${MAX_ITEMS} are read.`);
  }
  return rules;
}

const sizeOf = (conditions: Conditions): number =>
  Object.values(conditions).reduce((sum, list) => sum + list.length, 0);

function readRule(value: unknown, path: string, faults: Faults): Rule {
  if (!isRecord(value)) {
    faults.add(path, `A rule is a table with "code", "action", "reason" and "when", not ${shown(value)}.`);
    return { code: asCode(""), action: "block", reason: "", when: {} };
  }
  faults.unknownKeys(path, value, ["code", "action", "reason", "identity", "when"]);
  const { code, action, reason, identity, when } = value;
  const rule: Rule = {
    code: readCode(code, `${path}.code`, faults),
    action: faults.oneOf(`${path}.action`, action, ACTIONS) ?? "block",
    reason: readReason(reason, `${path}.reason`, faults),
    when: readMatch(when, `${path}.when`, faults),
  };
  return identity === undefined ? rule : readIdentity(identity, rule, path, faults);
}

function readIdentity(value: unknown, rule: Rule, path: string, faults: Faults): Rule {
  const identity = faults.oneOf(`${path}.identity`, value, IDENTITIES);
  if (rule.action === "block") {
    faults.add(
      `${path}.identity`,
      'Leave it out, or write the action "allow" or "quarantine". A client that is blocked gets no device.',
    );
  }
  if ("deviceId" in rule.when || "deviceId" in (rule.when.not ?? {})) {
    faults.add(`${path}.when`, "Leave out deviceId. Where the app password is the device, Postern compares no ids.");
  }
  if ("authority" in rule.when || "authority" in (rule.when.not ?? {})) {
    faults.add(
      `${path}.when`,
      "Leave out authority. The authority is asked about a device once it is known, and this rule says which device it is.",
    );
  }
  return identity === undefined ? rule : { ...rule, identity };
}

function readCode(value: unknown, path: string, faults: Faults): RuleCode {
  if (typeof value !== "string" || !/^[a-z0-9-]{1,40}$/.test(value)) {
    faults.add(
      path,
      `Write a code of 1 to 40 characters a-z, 0-9 and "-", such as "old-android", not ${shown(value)}.`,
    );
    return asCode("");
  }
  if (REASONS.some((reason) => reason === value)) {
    faults.add(
      path,
      `"${value}" is one of Postern's own reason codes. Choose another, so that the audit tells them apart.`,
    );
  }
  return asCode(value);
}

/** Any text passes here: if a code has a fault, the whole policy is refused, and nobody uses the code. */
const asCode = (text: string) => text as RuleCode;

function readReason(value: unknown, path: string, faults: Faults): string {
  const fits =
    typeof value === "string" && value.length <= MAX_REASON_CHARS && value.trim() !== "" && isPrintable(value);
  if (fits) return value;
  faults.add(
    path,
    `Write one line of at most ${MAX_REASON_CHARS} characters that says to people why, not ${shown(value)}.`,
  );
  return "";
}

function readMatch(value: unknown, path: string, faults: Faults): Match {
  if (value === undefined) return {};
  if (!isRecord(value)) {
    faults.add(path, `Write conditions, such as { platform = "android" }, not ${shown(value)}.`);
    return {};
  }
  const { not, ...conditions } = value;
  const when = readConditions(conditions, path, faults);
  if (not === undefined) return when;
  if (!isRecord(not) || Object.keys(not).length === 0) {
    faults.add(`${path}.not`, `Write at least one condition, such as { group = "staff" }, not ${shown(not)}.`);
    return when;
  }
  return { ...when, not: readConditions(not, `${path}.not`, faults) };
}
