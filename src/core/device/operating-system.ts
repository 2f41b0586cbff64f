// Finds the operating system and the model of a device in its User-Agent. There is no grammar for this, only habits:
// `(SM-G930U Android 8.0.0)`, `(Linux; Android 9; Pixel 3 Build/PQ3A)`, `(iPhone10,4; iOS 13.3)`. Every expression here
// is matched against a bounded text, and none has a repetition inside a repetition.

import type { Platform } from "./types.ts";

/** An operating system. */
export type Os = {
  readonly platform: Platform;
  /** Name and version, such as `Android 8.0.0`. Only the name if the version is not told. */
  readonly name: string;
};

/**
 * The systems, in the order in which they are looked for. Windows Phone also claims to be Android and an iPhone, an
 * iPhone also claims to be `like Mac OS X`, and Android also says Linux. Only whole words count: `AndroidLync/6.25`
 * does not mean Android 6.25, and `ACOMO-Android/5.4` does not mean Android 5.4.
 */
const SYSTEMS: readonly (readonly [platform: Platform, name: string, pattern: RegExp])[] = [
  ["windows-phone", "Windows Phone", /\bWindows Phone(?: OS)?\b[ /]?(\d[\d.]*)?/gi],
  ["android", "Android", /(?<!-)\bAndroid\b[ /-]?(\d[\d.]*)?/gi],
  ["ios", "iPadOS", /\biPadOS\b[ /]?(\d[\d._]*)?/gi],
  ["ios", "iOS", /\b(?:iPhone OS|CPU OS|iOS)\b[ /]?(\d[\d._]*)?/gi],
  ["ios", "iOS", /\b(?:iPhone|iPad|iPod)\d{0,2},?\d{0,2}\b()/gi],
  ["mac", "macOS", /\b(?:Mac ?OS ?X|macOS)\b(?: Version)?[ /]?(\d[\d._]*)?/gi],
  ["mac", "macOS", /\b(?:Macintosh|Mac)\b()/gi],
  ["windows", "Windows", /\bWindows\b(?: NT)?[ /]?(\d[\d.]*)?/gi],
  ["windows", "Windows", /(?<![\w-])(?:win(?=-)|win32|win64|cygwin)()/gi],
  ["linux", "Linux", /\bLinux(?![a-z])()/gi],
];

/** The operating system that a User-Agent names. */
export function osIn(userAgent: string): Os | undefined {
  for (const [platform, name, pattern] of SYSTEMS) {
    const matches = [...userAgent.matchAll(pattern)];
    const match = matches.find(([, version]) => version) ?? matches[0]; // `Android SDK built for x86 Android 10`
    if (match === undefined) continue;
    const version = (match[1] ?? "").replaceAll("_", ".").replace(/\.+$/, "");
    return { platform, name: version === "" ? name : `${nameAsWritten(name, match[0])} ${version}` };
  }
  return darwinIn(userAgent);
}

/** `Windows NT 10.0` and `Windows 10` count versions differently. */
const nameAsWritten = (name: string, match: string): string => (/^Windows NT/i.test(match) ? "Windows NT" : name);

/** The kernel version of macOS 11 and iOS 14. From this version on, Macs no longer tell their processor. */
const DARWIN_OF_EITHER = 20;

/**
 * Apple's own library tells only the kernel. Older Macs add their processor. Newer Macs look like iPhones.
 */
function darwinIn(userAgent: string): Os | undefined {
  const match = /\bDarwin\b[ /]?(\d[\d.]*)?/i.exec(userAgent);
  if (match === null) return undefined;
  const isOlder = Number.parseInt(match[1] ?? "", 10) < DARWIN_OF_EITHER;
  const platform = /\b(?:x86_64|i386)\b/i.test(userAgent) ? "mac" : isOlder ? "ios" : "unknown";
  return { platform, name: match[1] === undefined ? "Darwin" : `Darwin ${match[1]}` };
}

const APPLE_MODEL =
  /\b(?:(?:iPhone|iPad|iPod|AppleTV|MacBookPro|MacBookAir|MacBook|iMac|Macmini|MacPro|Mac)\d{1,2},\d{1,2})\b/;
const APPLE_FAMILY = /\b(?:iPhone|iPad|iPod touch|iPod)\b/;
const NAMES_MODEL = /\b(?:Android|Windows Phone(?: OS)?)\b[ /-]?[\d.]*/i;

/** The model beside Android or Windows Phone in a comment, or an Apple model anywhere. Empty if there is none. */
export function modelIn(comments: readonly string[], userAgent: string): string {
  const handheld = comments.find((comment) => NAMES_MODEL.test(comment));
  if (handheld !== undefined) return modelBeside(handheld);
  return APPLE_MODEL.exec(userAgent)?.[0] ?? APPLE_FAMILY.exec(userAgent)?.[0] ?? "";
}

/** Words beside a system that are not a model. Chrome writes `K` instead of a model. */
const NO_MODEL =
  /^(?:|linux|u|k|wv|mobile|tablet|compatible|arm|touch|wpdesktop|x11|scale\/.*|(?:msie|trident|iemobile|rv|android|windows phone)\b.*|[a-z]{2}[-_][a-z]{2})$/i;

/**
 * The model in a comment that names Android or Windows Phone. It is looked for in the same part as the system, then in
 * the parts after it, then in the parts before it.
 */
function modelBeside(comment: string): string {
  const parts = comment.split(/[;,]/).map((part) => part.trim());
  const at = parts.findIndex((part) => NAMES_MODEL.test(part));
  const [before = "", after = ""] = (parts[at] ?? "")
    .split(NAMES_MODEL)
    .map((part) => part.replaceAll(/^[ /:-]+|[ /:-]+$/g, ""));
  const candidates = [[before], [after], parts.slice(at + 1), parts.slice(0, at)];
  for (const candidate of candidates) {
    const model = candidate
      .map((part) => part.split(/ ?\bBuild\//i)[0]?.trim() ?? "")
      .filter((part) => !NO_MODEL.test(part))
      .join(" ");
    if (model !== "") return model;
  }
  return "";
}
