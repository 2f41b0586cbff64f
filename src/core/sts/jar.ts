// The pool's cookies of one passive sign-in. Postern knows no name of theirs: what the pool set in this sign-in belongs
// to it, and nothing else does. Their values stay in the browser, and Postern seals a digest. So a cookie of another
// sign-in, or of another person, is told from the right one without a look into it (S-90). Pure.

import { cookieDigest, type Jar, sameHash } from "./flow.ts";

type Cookie = readonly [name: string, value: string];

/** The token of RFC 6265, 4.1.1, and the value as far as browsers send it. Shibboleth writes its realm into the name. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/;
const VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e"]{0,4096}$/;
/** A session is cut into pieces of 2,000 characters. */
const MAX_COOKIES = 24;
/** All names together. They are sealed into a cookie, and browsers keep none that is longer than 4,096 bytes. */
const MAX_NAME_CHARS = 1_024;
/** A cookie is taken back with a time long ago. A server's clock may be wrong, but not by years. */
const FIRST_TIME = Date.UTC(2010, 0, 1);
/** Names that the pool may not set: they are Postern's own. */
const OWN = /^__(?:host|secure)-/i;

/** The cookies that an answer sets. `gone`: those that it takes back. */
export function cookiesSet(lines: readonly string[]): {
  readonly set: readonly Cookie[];
  readonly gone: readonly string[];
} {
  const set = new Map<string, string>();
  const gone = new Set<string>();
  for (const line of lines) {
    const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
    const at = pair.indexOf("=");
    const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    if (at < 1 || !NAME.test(name) || !VALUE.test(value) || OWN.test(name)) continue;
    if (value === "" || attributes.some(hasEnded)) {
      gone.add(name);
      set.delete(name);
    } else {
      set.set(name, value);
      gone.delete(name);
    }
  }
  return { set: bounded(set), gone: [...gone] };
}

/** Whether a line of `Set-Cookie` may go to the browser: the pool may not set Postern's own cookies. */
export const isPools = (line: string): boolean => !OWN.test(line.trim());

/**
 * A line of `Set-Cookie` as the browser gets it. The cookie may stand for a person's session, so no other host of the
 * domain gets it, no script and no connection in the clear, whatever the pool wrote.
 */
export function guardedCookie(line: string): string {
  const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
  const nameOf = (attribute: string): string => attribute.split("=")[0]?.trim().toLowerCase() ?? "";
  const kept = attributes.filter((each) => !["", "domain", "secure", "httponly"].includes(nameOf(each)));
  return [pair, ...kept, "Secure", "HttpOnly"].join("; ");
}

/** The jar with these cookies. Undefined: there are none. */
export function jarOf(cookies: readonly Cookie[]): Jar | undefined {
  if (cookies.length === 0) return undefined;
  return { names: cookies.map(([name]) => name), digest: cookieDigest(cookies) };
}

/**
 * The jar's cookies in a request's `Cookie` header. Undefined: one is missing, is there twice, or has another value.
 */
export function cookiesIn(header: string, { names, digest }: Jar): readonly Cookie[] | undefined {
  const pairs = header.split(";").map((pair) => pair.trim());
  const found: Cookie[] = [];
  for (const name of names) {
    const [pair, another] = pairs.filter((each) => each.startsWith(`${name}=`));
    if (pair === undefined || another !== undefined) return undefined;
    found.push([name, pair.slice(name.length + 1)]);
  }
  return sameHash(cookieDigest(found), digest) ? found : undefined;
}

/** What a browser has after an answer: the cookies that it brought, with what the answer changed. */
export function cookiesAfter(before: readonly Cookie[], lines: readonly string[]): readonly Cookie[] {
  const { set, gone } = cookiesSet(lines);
  const kept = before.filter(([name]) => !gone.includes(name));
  return bounded(new Map([...kept, ...set]));
}

/** As many as Postern keeps track of, the first ones. */
function bounded(cookies: Iterable<Cookie>): readonly Cookie[] {
  let chars = 0;
  return [...cookies].slice(0, MAX_COOKIES).filter(([name]) => {
    chars += name.length;
    return chars <= MAX_NAME_CHARS;
  });
}

/** The value of a `Cookie` header. */
export const cookieHeader = (cookies: readonly Cookie[]): string =>
  cookies.map(([name, value]) => `${name}=${value}`).join("; ");

function hasEnded(attribute: string): boolean {
  const [name = "", value = ""] = attribute.split("=").map((part) => part.trim());
  if (name.toLowerCase() === "max-age") return /^-|^0+$/.test(value);
  return name.toLowerCase() === "expires" && Date.parse(value) < FIRST_TIME;
}
