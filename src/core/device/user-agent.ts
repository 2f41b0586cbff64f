// Reads what a User-Agent tells about a device. The grammar is RFC 9110, 10.1.5: products with versions, each followed
// by comments in brackets. Clients follow it loosely. So everything here looks for words, and nothing can fail. The
// platform of a browser is `web` on every system, because rules tell apps from browsers by it. `os` tells the system.

import { printable } from "../text/printable.ts";
import { MAX_FACT_CHARS, MAX_USER_AGENT_CHARS } from "./bounds.ts";
import { modelIn, osIn } from "./operating-system.ts";
import { BROWSERS, type Product, productNamed } from "./products.ts";
import type { DeviceFacts, DeviceType, Platform } from "./types.ts";

/** The facts that a User-Agent can tell. */
export type UserAgentFacts = Pick<
  DeviceFacts,
  "product" | "version" | "model" | "os" | "platform" | "type" | "userAgent"
>;

/**
 * Reads the first {@link MAX_USER_AGENT_CHARS} characters. A fact that they do not tell is `unknown` or empty. An
 * unknown product keeps its own name.
 */
export function factsFromUserAgent(userAgent: string): UserAgentFacts {
  const text = printable(userAgent, MAX_USER_AGENT_CHARS).trim();
  const { words, comments } = partsOf(text);
  const os = osIn(text);
  const model = modelIn(comments, text);
  const found = appIn(words, comments);
  // A desktop client that names a Mac runs on a Mac, whatever its product code says.
  const isMac = found.platform === "windows" && os?.platform === "mac";
  const platform = isMac ? "mac" : (found.platform ?? os?.platform ?? found.layerPlatform);
  return {
    product: bounded(found.name),
    version: bounded(found.version),
    model: bounded(model),
    os: bounded(os?.name ?? ""),
    platform,
    type: typeOf(found.type, platform, model, text),
    userAgent: text,
  };
}

/** A product and its version, or a word without one. */
type Word = { readonly name: string; readonly version: string };

/** The words outside comments, and the comments without their brackets. */
function partsOf(text: string): { readonly words: readonly Word[]; readonly comments: readonly string[] } {
  const comments: string[] = [];
  let outside = "";
  let start = 0;
  let depth = 0;
  for (let at = 0; at <= text.length; at++) {
    const character = text[at];
    if (character === "(" && depth++ === 0) {
      outside += `${text.slice(start, at)} `;
      start = at + 1;
    } else if (depth > 0 && (character === undefined || (character === ")" && --depth === 0))) {
      comments.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return { words: wordsOf(outside + text.slice(start)), comments };
}

/** Splits a text into words. `Product/1.2` and `Product 1.2` are one word with a version. */
function wordsOf(text: string): readonly Word[] {
  const words: Word[] = [];
  for (const piece of text.replaceAll("%20", " ").split(/[\s<>(),;]+/)) {
    const [name = "", ...rest] = piece.split("/");
    const last = words.at(-1);
    if (last?.version === "" && rest.length === 0 && /^\d/.test(name)) {
      words[words.length - 1] = { name: last.name, version: versionOf(name) };
    } else if (name !== "") words.push({ name, version: versionOf(rest.join("/")) });
  }
  return words;
}

/** The digits and dots at the beginning; some clients write a `v` before them. */
const versionOf = (text: string): string => /^v?([\d.]*)/i.exec(text)?.[1] ?? "";

type App = Word & {
  readonly type: DeviceType;
  /** The app's platform. Undefined if it runs on more than one platform. */
  readonly platform: Platform | undefined;
  /** The app's platform if the User-Agent names no operating system. */
  readonly layerPlatform: Platform;
};

const app = ({ name, version }: Word, platform: Platform, type: DeviceType): App => ({
  name,
  version,
  type,
  platform: platform === "unknown" ? undefined : platform,
  layerPlatform: "unknown",
});

/** Finds the program that the user started: a known app, else a browser, else an unknown app, else a layer. */
function appIn(words: readonly Word[], comments: readonly string[]): App {
  const known = words.flatMap(({ name, version }) => {
    const product = productNamed(name);
    return product === undefined ? [] : [{ ...product, version }];
  });
  const named = known.find((each) => each.is === "app");
  if (named !== undefined) return app(named, named.platform, named.type);
  const office = officeLyncIn(comments);
  if (office !== undefined) return office;
  if (words.some(isMozilla)) return browserIn(words, comments);
  const layer = known.find((each) => each.type !== "unknown") ?? known[0] ?? desktopIn(comments);
  const word = unknownAppIn(words) ?? { name: "", version: "", ...layer };
  return { ...app(word, "unknown", layer?.type ?? "unknown"), layerPlatform: layer?.platform ?? "unknown" };
}

/** The desktop client writes its name in a comment; the product before the comment can be any. */
function desktopIn(comments: readonly string[]): Product | undefined {
  const isDesktop = comments.some((comment) =>
    /^(?:Microsoft Lync|Skype for Business)(?: \d{4})?$/i.test(comment.trim()),
  );
  return isDesktop ? productNamed("OC") : undefined;
}

/** Office announces Lync in a comment, as `Microsoft Lync 15.0.4420` or `Skype for Business 16.0.4266`. */
function officeLyncIn(comments: readonly string[]): App | undefined {
  const [, version] = /\b(?:Microsoft Lync|Skype for Business) (\d[\d.]*)/i.exec(comments.join(";")) ?? [];
  return version?.includes(".") ? app({ name: "OC", version }, "windows", "desktop") : undefined;
}

function browserIn(words: readonly Word[], comments: readonly string[]): App {
  for (const [known, name] of BROWSERS) {
    const word = words.find((each) => each.name.toLowerCase() === known && each.version !== "");
    if (word !== undefined) return app({ name, version: word.version }, "web", "browser");
  }
  const [, version] = /\b(?:IEMobile[ /]|MSIE |Trident\/.{0,60}?\brv:)(\d[\d.]*)/i.exec(comments.join(";")) ?? [];
  const explorer = version === undefined ? undefined : { name: "Internet Explorer", version };
  return app(explorer ?? words.find(isMozilla) ?? { name: "", version: "" }, "web", "browser");
}

/** How a browser's User-Agent begins. */
const isMozilla = ({ name }: Word): boolean => /^(?:mozilla|opera)$/i.test(name);

/** The first word that is not a layer's name, with all words up to one with a version: `Skype for Business/6.17`. */
function unknownAppIn(words: readonly Word[]): Word | undefined {
  const start = words.findIndex(({ name }) => productNamed(name) === undefined);
  if (start < 0) return undefined;
  const names: string[] = [];
  for (const { name, version } of words.slice(start)) {
    if (productNamed(name) !== undefined) break;
    names.push(name);
    if (version !== "") return { name: names.join(" "), version };
  }
  return { name: names.join(" "), version: "" };
}

/**
 * How the model names of tablets begin whose app calls itself a phone's app: Galaxy Tab, Nexus, Pixel, Lenovo, Mi Pad.
 */
const TABLET_MODEL = /^(?:(?:samsung )?(?:SM-[PTX]\d|GT-P\d)|Nexus (?:7|9|10)\b|Pixel (?:C\b|Tablet)|Lenovo TB|iPad)/i;

function typeOf(type: DeviceType, platform: Platform, model: string, text: string): DeviceType {
  if (type !== "unknown" && type !== "phone") return type;
  if (platform === "ios" || platform === "android") {
    if (TABLET_MODEL.test(model) || /\b(?:iPadOS|tablet)\b/i.test(text)) return "tablet";
    if (platform === "android" || /^i(?:Phone|Pod)/.test(model)) return "phone";
  }
  if (type !== "unknown") return type;
  if (platform === "windows-phone") return "phone";
  return platform === "mac" || platform === "windows" || platform === "linux" ? "desktop" : "unknown";
}

const bounded = (text: string): string => printable(text, MAX_FACT_CHARS);
