// A device, a place and a state in the words of people. Pure.

import type { DeviceFacts, RequestSource } from "../../core/device/types.ts";
import { factsFromUserAgent, type UserAgentFacts } from "../../core/device/user-agent.ts";
import type { Locale, Localised } from "../../web/locale.ts";

const KINDS = {
  en: {
    iphone: "iPhone",
    ipad: "iPad",
    androidPhone: "Android phone",
    androidTablet: "Android tablet",
    windows: "Windows computer",
    mac: "Mac",
    linux: "Linux computer",
    windowsPhone: "Windows phone",
    browser: "Browser",
    deskPhone: "Desk phone",
    phone: "Phone",
    tablet: "Tablet",
    desktop: "Computer",
    unknown: "Unknown device",
  },
  de: {
    iphone: "iPhone",
    ipad: "iPad",
    androidPhone: "Android-Telefon",
    androidTablet: "Android-Tablet",
    windows: "Windows-Computer",
    mac: "Mac",
    linux: "Linux-Computer",
    windowsPhone: "Windows-Telefon",
    browser: "Browser",
    deskPhone: "Tischtelefon",
    phone: "Telefon",
    tablet: "Tablet",
    desktop: "Computer",
    unknown: "Unbekanntes Gerät",
  },
} satisfies Localised<object>;
type Kind = keyof (typeof KINDS)["en"];

type Facts = Pick<DeviceFacts, "type" | "platform" | "product" | "version">;

/** What a device is, such as `iPhone, Lync 5.8`. */
export function whatSaid(facts: Facts, locale: Locale): string {
  const [kind, app] = [kindOf(facts), appSaid(facts)];
  if (app === "") return KINDS[locale][kind];
  return kind === "unknown" ? app : `${KINDS[locale][kind]}, ${app}`;
}

/** What a client is by its User-Agent. */
export const clientSaid = (userAgent: string, locale: Locale): string => whatSaid(factsOf(userAgent), locale);

const factsOf = (userAgent: string): UserAgentFacts => factsFromUserAgent(userAgent);

function kindOf({ type, platform, product }: Facts): Kind {
  if (product === "OCPhone" || product === "CPE") return "deskPhone";
  if (platform === "ios") return type === "tablet" ? "ipad" : "iphone";
  if (platform === "android") return type === "tablet" ? "androidTablet" : "androidPhone";
  if (platform === "windows-phone") return "windowsPhone";
  if (platform === "windows" || platform === "mac" || platform === "linux") return platform;
  return platform === "web" ? "browser" : type;
}

/** The app and the first two numbers of its version. */
function appSaid({ product, version }: Facts): string {
  const short = version.split(".").slice(0, 2).join(".");
  return `${appName(product, Number(version.split(".")[0] || Number.NaN))} ${short}`.trim();
}

/** The phones' apps are called Skype for Business from version 6 on, and the desktop's from 16 on. */
function appName(product: string, major: number): string {
  if (PHONE_APPS.has(product)) return major >= 6 ? "Skype for Business" : "Lync";
  if (product === "OC") return major >= 16 ? "Skype for Business" : "Lync";
  return APPS[product] ?? product;
}

const PHONE_APPS: ReadonlySet<string> = new Set(["iPhoneLync", "iPadLync", "AndroidLync", "WPLync"]);
const APPS: Readonly<Record<string, string | undefined>> = {
  MacLync: "Lync",
  LyncForMac: "Lync",
  SfBForMac: "Skype for Business",
  OCPhone: "Lync Phone Edition",
  CWA: "Lync Web App",
  SkypeWeb: "Skype for Business Web",
  Sipe: "SIPE",
  UCCAPI: "Lync",
  UCCP: "Lync",
  CPE: "Lync Phone Edition",
};

/** What a place is called, beside the words that this room has. */
export type PlaceWords = { readonly here: string; readonly unknown: string; readonly network: (at: string) => string };

/** From where something came: town and country, else the network. `here`: the network of the one who reads. */
export function placeSaid(
  { network, country, city }: Pick<RequestSource, "network"> & Partial<RequestSource>,
  words: PlaceWords,
  { locale, here }: { readonly locale: Locale; readonly here: string },
): string {
  const land = countrySaid(country ?? "", locale);
  const place = [...(city ? [city] : []), ...(land === "" ? [] : [land])].join(", ");
  if (place !== "") return place;
  if (network === here) return words.here;
  return network === "unknown" ? words.unknown : words.network(network);
}

/** Made once for each language. */
const COUNTRIES = new Map<Locale, Intl.DisplayNames>();

/** Cloudflare also has codes that are no country, such as T1 for Tor. */
function countrySaid(code: string, locale: Locale): string {
  if (!/^[A-Z]{2}$/.test(code) || code === "XX") return code === "T1" ? "Tor" : "";
  const names = COUNTRIES.get(locale) ?? new Intl.DisplayNames(locale, { type: "region", fallback: "code" });
  COUNTRIES.set(locale, names);
  return names.of(code) ?? code;
}
