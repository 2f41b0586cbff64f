// Reads what an administrator changes about a user: the UPN, and settings for the user's devices that differ from the
// policy. Pure.

import type { UserSettingsReason } from "../audit/reasons.ts";
import { ENROLMENT_MODES, MAX_DEVICES, MAX_WINDOW_MINUTES } from "../core/policy/read.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import type { DeviceSettings } from "../store/change-user.ts";
import { type Upn, upnOf } from "../store/new-user.ts";

const MAX_GROUPS = 50;
/** One word: no white space, no invisible character. */
const GROUP = /^[^\p{C}\p{Z}]{1,64}$/u;

/** What an administrator wants to change about a user. */
export type UserChange = { readonly settings: DeviceSettings; readonly upn?: Upn };

/** The change as the audit keeps it; at least one thing. */
export function reasonOf({ settings, upn }: UserChange): UserSettingsReason {
  const groups = "groups" in settings ? "-groups" : "";
  const enrolment = "enrolment" in settings ? "-enrolment" : "";
  const maxDevices = "maxDevices" in settings ? "-max-devices" : "";
  const window = "windowUntil" in settings ? "-window" : "";
  const name = "displayName" in settings ? "-name" : "";
  const details = CONTACT.some((field) => field in settings) ? "-details" : "";
  const said =
    `user${groups}${enrolment}${maxDevices}${window}${name}${upn === undefined ? "" : "-upn"}${details}` as const;
  if (said === "user") throw new Error("a change of nothing");
  return said;
}

/** How a person is reached, and where the person is homed. */
const CONTACT = ["mail", "mobile", "language", "pool"] as const;

/** Reads the wanted change; at least one thing must change. A fault is a sentence for people. */
export function readChange(
  body: Readonly<Record<string, unknown>> & GivenTexts,
  now: number,
): Result<UserChange, string> {
  const read = readSettings(body, now);
  if (!read.ok) return read;
  const settings = ok({ ...read.value, ...textsIn(body) });
  if (body.upn === undefined) {
    const none = Object.keys(settings.value).length === 0;
    return none ? refuse("Nothing is given to be changed.") : ok({ settings: settings.value });
  }
  const upn = typeof body.upn === "string" ? upnOf(body.upn) : refuse("malformed");
  if (!upn.ok)
    return refuse(`The UPN must be user@domain, as in Active Directory; this one is not usable: ${upn.reason}.`);
  return ok({ settings: settings.value, upn: upn.value });
}

/** What people read of a user. An empty text is none. */
export type GivenTexts = { readonly [Field in "displayName" | (typeof CONTACT)[number]]?: string | null | undefined };

/** The texts that are given. */
export const textsIn = (given: GivenTexts): Pick<DeviceSettings, keyof GivenTexts> =>
  Object.fromEntries(
    (["displayName", ...CONTACT] as const).flatMap((field) =>
      given[field] === undefined ? [] : [[field, given[field] || null]],
    ),
  );

/** Reads the settings. Null: the policy decides this setting again. A fault is a sentence for people. */
export function readSettings(body: Readonly<Record<string, unknown>>, now: number): Result<DeviceSettings, string> {
  const { groups, enrolment, maxDevices, windowMinutes } = body;
  const settings: { -readonly [Setting in keyof DeviceSettings]: DeviceSettings[Setting] } = {};
  if (groups !== undefined) {
    if (!Array.isArray(groups) || groups.length > MAX_GROUPS || !groups.every(isGroup)) {
      return refuse(`Groups are at most ${MAX_GROUPS} words of at most 64 characters.`);
    }
    settings.groups = [...new Set(groups)];
  }
  if (enrolment !== undefined) {
    const mode = ENROLMENT_MODES.find((each) => each === enrolment) ?? null;
    if (mode === null && enrolment !== null)
      return refuse(`The enrolment mode must be one of ${ENROLMENT_MODES.join(", ")}.`);
    settings.enrolment = mode;
    settings.windowUntil = null; // a window that was opened under one mode must not be open under a later mode (S-46)
  }
  if (maxDevices !== undefined) {
    if (maxDevices !== null && !isCount(maxDevices, MAX_DEVICES)) {
      return refuse(`The most devices must be a whole number from 0 to ${MAX_DEVICES}.`);
    }
    settings.maxDevices = maxDevices;
  }
  if (windowMinutes !== undefined) {
    if (windowMinutes !== null && !isCount(windowMinutes, MAX_WINDOW_MINUTES)) {
      return refuse(`A window is open for a whole number of minutes, at most ${MAX_WINDOW_MINUTES}; 0 closes it.`);
    }
    settings.windowUntil = windowMinutes === null ? null : now + windowMinutes * 60_000;
  }
  return ok(settings);
}

const isGroup = (value: unknown): value is string => typeof value === "string" && GROUP.test(value);

const isCount = (value: unknown, most: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most;
