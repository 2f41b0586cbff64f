// The products that a User-Agent may name. The codes are from the client version configuration of Lync Server 2013
// ("Client version rule") and the user-agent categories of its QoE database. The other names are from real clients.

import type { DeviceType, Platform } from "./types.ts";

/** What a product's name says about the device it runs on. */
export type Product = {
  readonly name: string;
  readonly platform: Platform;
  readonly type: DeviceType;
  /**
   * `app`: the program that the user started. `layer`: a library below an app. Any app counts more, even an unknown
   * one.
   */
  readonly is: "app" | "layer";
};

const product = (name: string, platform: Platform, type: DeviceType, is: Product["is"] = "app"): Product => ({
  name,
  platform,
  type,
  is,
});

const PRODUCTS: readonly Product[] = [
  product("OC", "windows", "desktop"), // Lync, Skype for Business, Office Communicator
  product("AOC", "windows", "desktop"), // Attendant, Attendee
  product("LMC", "windows", "desktop"), // Live Meeting
  product("LiveMeetingAddins", "windows", "desktop"),
  product("WM", "windows", "desktop"), // Windows Messenger
  product("RTC", "windows", "desktop"), // Real-time Communications Client
  product("AndroidLync", "android", "phone"),
  product("ACOMO", "android", "phone"),
  product("iPhoneLync", "ios", "phone"),
  product("iPadLync", "ios", "tablet"),
  product("WPLync", "windows-phone", "phone"),
  product("NokiaLync", "unknown", "phone"), // Symbian
  product("LyncForMac", "mac", "desktop"),
  product("MacLync", "mac", "desktop"),
  product("SfBForMac", "mac", "desktop"),
  product("OCPhone", "unknown", "phone"), // Lync Phone Edition, a desk phone
  product("CWA", "web", "browser"), // Communicator Web Access, Lync Web App
  product("SkypeWeb", "web", "browser"), // Skype Web SDK
  product("Sipe", "unknown", "desktop"),
  product("McxService", "unknown", "unknown"), // Mobility Service of Lync 2010, for any phone
  product("CPE", "unknown", "phone", "layer"), // Communicator Phone Edition platform
  product("UCCAPI", "windows", "desktop", "layer"),
  product("UCCP", "windows", "desktop", "layer"),
  product("UCWA", "unknown", "unknown", "layer"),
  product("RTCC", "unknown", "unknown", "layer"),
  product("CFNetwork", "unknown", "unknown", "layer"),
  product("Darwin", "unknown", "unknown", "layer"),
];

const BY_NAME: ReadonlyMap<string, Product> = new Map(PRODUCTS.map((each) => [each.name.toLowerCase(), each]));

/**
 * The product of that name, in any case. A long code also counts as a part of a longer name, as in `ACOMO-Android`.
 */
export function productNamed(name: string): Product | undefined {
  const lowerCase = name.toLowerCase();
  const parts = lowerCase.split(/[-_.]/).filter((part) => part.length >= SHORTEST_PART);
  return BY_NAME.get(lowerCase) ?? parts.map((part) => BY_NAME.get(part)).find((each) => each?.is === "app");
}

/** Shorter codes, such as `OC` and `WM`, are part of too many words. */
const SHORTEST_PART = 5;

/**
 * Browsers by the words in their User-Agents, the most specific first. Each browser also claims to be those below it.
 */
export const BROWSERS: readonly (readonly [word: string, name: string])[] = [
  ["edg", "Edge"],
  ["edga", "Edge"],
  ["edgios", "Edge"],
  ["edge", "Edge"],
  ["opr", "Opera"],
  ["opera", "Opera"],
  ["samsungbrowser", "Samsung Internet"],
  ["crios", "Chrome"],
  ["fxios", "Firefox"],
  ["firefox", "Firefox"],
  ["headlesschrome", "HeadlessChrome"], // driven by a program
  ["chrome", "Chrome"],
  ["version", "Safari"], // only Safari writes this; the word `Safari` has the version of the engine
];
