// The products whose names a User-Agent may have. Sources: client version configuration of Lync Server 2013 ("Client version
// rule") and the user-agent categories of its QoE database for the codes; others as they were seen on the wire.

import type { DeviceType, Platform } from "./types.ts";

/** What a product's name says of the device it runs on. */
export type Product = {
  readonly name: string;
  readonly platform: Platform;
  readonly type: DeviceType;
  /** `app`: what the user started. `layer`: what an app is built on, which says less than any app, even one nobody knows. */
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
 * The product of that name, in any case. A long code also counts as a part of a name: clients are told apart by it wherever it
 * stands, as in `ACOMO-Android`.
 */
export function productNamed(name: string): Product | undefined {
  const lowerCase = name.toLowerCase();
  const parts = lowerCase.split(/[-_.]/).filter((part) => part.length >= SHORTEST_PART);
  return BY_NAME.get(lowerCase) ?? parts.map((part) => BY_NAME.get(part)).find((each) => each?.is === "app");
}

/** `OC` and `WM` may be a part of anything. */
const SHORTEST_PART = 5;

/** Browsers by the words of their User-Agents, the one that says most first: each claims to be the ones below as well. */
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
  ["version", "Safari"], // of Safari alone: its own word has the version of the engine
];
