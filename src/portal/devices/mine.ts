// What is known of a person's own devices and app passwords, and where each stands in the words of the person.

import { BY_SELF } from "../../audit/event.ts";
import { waitsForOwner } from "../../core/device/partnership.ts";
import { deviceIdIn } from "../../core/device/types.ts";
import type { Outlook } from "../../core/policy/outlook.ts";
import type { JudgedDevice } from "../../guards/own-devices.ts";
import { openDatabase } from "../../store/database.ts";
import { type AppPassword, listAppPasswords } from "../../store/directory.ts";
import type { Locale } from "../../web/locale.ts";
import type { PortalContext } from "../site.ts";
import { whatSaid } from "./said.ts";

/** Where a device stands, for the person whose it is. */
export type OwnState =
  | "in"
  | "waits"
  | "waits-for-help-desk"
  | "refused"
  | "blocked"
  | "blocked-by-others"
  | "expired"
  | "expected"
  | "ended";

/** A device of the person. */
export type MyDevice = JudgedDevice & {
  readonly id: string;
  /** What the person calls it, or what it says that it is. */
  readonly name: string;
  readonly state: OwnState;
  /** The app password that still opens something for it. */
  readonly password?: AppPassword;
  /** It has, or may have, a client certificate of the pool, which Postern cannot end. */
  readonly certificate: boolean;
};

/** What a person has. */
export type Mine = {
  /** The one seen last first. */
  readonly devices: readonly MyDevice[];
  /** App passwords that are good, and with which no device has come; the newest first. */
  readonly unused: readonly AppPassword[];
  /** All that are not revoked. */
  readonly passwords: readonly AppPassword[];
  readonly outlook: Outlook;
};

/** How long before its end an app password wants to be renewed, ms. */
export const RENEW_WITHIN_MS = 14 * 86_400_000;

/** Reads it all: one question to the guard, one to D1. */
export async function mineOf({ env, var: { view } }: PortalContext): Promise<Mine> {
  const [{ devices, outlook }, all] = await Promise.all([
    view.guard({ kind: "devices" }),
    listAppPasswords(openDatabase(env.env.DB), view.person.id),
  ]);
  return arranged({ devices, outlook, passwords: all }, view);
}

/** The same, of what was read. */
export function arranged(
  {
    devices,
    outlook,
    passwords: all,
  }: {
    readonly devices: readonly JudgedDevice[];
    readonly outlook: Outlook;
    readonly passwords: readonly AppPassword[];
  },
  { locale, now }: { readonly locale: Locale; readonly now: number },
): Mine {
  const passwords = all.filter(({ revokedAt }) => revokedAt === null);
  const bound = new Set(devices.map(({ device }) => device.credentialId));
  return {
    outlook,
    passwords,
    devices: devices.map((judged) => myDevice(judged, all, { locale, now })),
    unused: passwords.filter((each) => !bound.has(each.id) && isGood(each, now)).toReversed(),
  };
}

const isGood = ({ expiresAt }: AppPassword, now: number): boolean => expiresAt === null || expiresAt > now;

function myDevice(
  judged: JudgedDevice,
  all: readonly AppPassword[],
  { locale, now }: { readonly locale: Locale; readonly now: number },
): MyDevice {
  const { device } = judged;
  const password = all.find(({ id, revokedAt }) => id === device.credentialId && revokedAt === null);
  // A device that its person has ended keeps its name: its app password was revoked in the same step.
  const isEnded = device.state === "blocked" && device.decidedBy === BY_SELF;
  const named = password ?? all.find(({ revokedAt }) => isEnded && revokedAt === device.decidedAt);
  return {
    ...judged,
    id: device.id,
    name: named?.label || whatSaid(device.facts, locale),
    state: stateOf(judged, password !== undefined && isGood(password, now)),
    ...(password !== undefined && { password }),
    certificate: device.key !== null && deviceIdIn(device.key).kind === "device",
  };
}

function stateOf({ device, judgement }: JudgedDevice, hasPassword: boolean): OwnState {
  if (device.state === "blocked") return device.decidedBy === BY_SELF ? "blocked" : "blocked-by-others";
  if (!hasPassword) return "ended";
  if (device.state === "pending") return "expected";
  if (device.state === "expired") return "expired";
  if (waitsForOwner(device)) return "waits";
  switch (judgement.action) {
    case "allow":
    case "discover": // it shows more the next time it comes
      return "in";
    case "quarantine":
      return "waits-for-help-desk";
    case "block":
      return "refused";
  }
}

/** Whether something of it still opens anything, so that a thief could use it. */
export const isOpen = ({ state }: MyDevice): boolean =>
  state !== "blocked" && state !== "blocked-by-others" && state !== "ended" && state !== "expected";

/** App passwords that run out soon, with the device of each if it has one. */
export const runningOut = (
  { passwords, devices }: Mine,
  now: number,
): { readonly password: AppPassword & { readonly expiresAt: number }; readonly device: MyDevice }[] =>
  passwords.flatMap((password) => {
    const { expiresAt } = password;
    const device = devices.find(({ device: { credentialId } }) => credentialId === password.id);
    if (expiresAt === null || expiresAt <= now || expiresAt - now > RENEW_WITHIN_MS) return [];
    return device === undefined || !isOpen(device) ? [] : [{ password: { ...password, expiresAt }, device }];
  });
