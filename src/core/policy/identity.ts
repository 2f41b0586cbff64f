// For clients that make up a new id each time they start. A rule with `identity = "app-password"` says of such a client
// that its app password is the device: one partnership, whatever id the client names. No client is treated this way by
// default.

import { type DeviceId, deviceKey } from "../device/types.ts";
import { firstMatch } from "./match.ts";
import type { Circumstances, Policy } from "./types.ts";

/** The key of the device that an app password is. */
export const passwordKey = (credentialId: string): string => deviceKey({ kind: "password", id: credentialId });

/** Whether this is the key of such a device. */
export const isPasswordKey = (key: string | null | undefined): boolean => key?.startsWith("password:") === true;

/** Whether the rule that decides says that the app password is the device. */
export function isByPassword({ rules }: Pick<Policy, "rules">, circumstances: Circumstances): boolean {
  return firstMatch(rules, circumstances)?.identity === "app-password";
}

/** Whether a device is known by its app password alone, and no rule says so any more. */
export function isIdentityLost(policy: Pick<Policy, "rules">, circumstances: Circumstances): boolean {
  return isPasswordDevice(circumstances.device) && !isByPassword(policy, circumstances);
}

/** Whether a device is known by its app password alone. */
export const isPasswordDevice = (device: DeviceId | null): boolean => device?.kind === "password";
