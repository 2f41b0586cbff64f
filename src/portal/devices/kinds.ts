// What somebody can set up, and how the page knows on which device it is read. Pure.

import type { DeviceFacts } from "../../core/device/types.ts";

/** What a person says that the new device is. */
export const DEVICE_KINDS = ["iphone", "android", "windows", "mac", "browser", "desk-phone", "other"] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];

export const isDeviceKind = (text: string | undefined): text is DeviceKind => DEVICE_KINDS.some((one) => one === text);

/** Of which kind the device is on which a page is read, as far as its browser says it. */
export function kindOfReader(userAgent: string): DeviceKind | undefined {
  if (/\b(?:iPhone|iPad|iPod)\b/.test(userAgent)) return "iphone";
  if (/\bAndroid\b/.test(userAgent)) return "android";
  if (/\bWindows NT\b/.test(userAgent)) return "windows";
  return /\bMacintosh\b/.test(userAgent) ? "mac" : undefined;
}

/** Of which kind a device is that has come, for the words about its app. */
export function kindOfDevice({
  platform,
  type,
  product,
}: Pick<DeviceFacts, "platform" | "type" | "product">): DeviceKind {
  if (product === "OCPhone" || product === "CPE") return "desk-phone";
  if (platform === "ios") return "iphone";
  if (platform === "android" || platform === "windows" || platform === "mac") return platform;
  return type === "browser" ? "browser" : "other";
}

/**
 * The address that opens the app on a phone: Microsoft documents it for Skype for Business on iOS and Android, and for
 * no older app.
 */
export const APP_ADDRESS = "ms-sfb://start";

/** Whether the app of this kind can be opened from a page on the same device. */
export const opensApp = (kind: DeviceKind, readOn: DeviceKind | undefined): boolean =>
  kind === readOn && (kind === "iphone" || kind === "android");

/**
 * Whether the client can use an app password that asks for a code each time. Phones store the password, and the code in
 * it is good once.
 */
export const mayAskCode = (kind: DeviceKind): boolean =>
  kind === "windows" || kind === "mac" || kind === "browser" || kind === "other";

/** A name for a new device that none of the others has: `iPhone`, then `iPhone 2`. */
export function freeName(wanted: string, taken: readonly string[]): string {
  const names = new Set(taken.map((name) => name.trim().toLowerCase()));
  if (!names.has(wanted.toLowerCase())) return wanted;
  let number = 2;
  while (names.has(`${wanted} ${number}`.toLowerCase())) number++;
  return `${wanted} ${number}`;
}
