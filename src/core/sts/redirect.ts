// The redirect with which a pool sends a browser to its token service, and the one that Postern sends in its place.
// The pool names its relying party and its own text; Postern compares the first with its configuration and seals the
// second. Source: MS-MWBF 2.2.2; WIF writes the query. Pure.

import { ok, type Result, refuse } from "../result.ts";
import { MAX_WCTX_CHARS } from "./flow.ts";

/** The page of the token service, on its host. */
export const PASSIVE_PATH = "/passive";
/** Longest `Location` that is read. */
const MAX_LOCATION_CHARS = 32 * 1024;
/** What else the pool may ask of the token service, and its form. It goes on to the page in Postern's words. */
const WISHES: readonly (readonly [name: string, form: RegExp])[] = [
  ["wfresh", /^\d{1,6}$/],
  ["wauth", /^[\x21-\x7e]{1,256}$/],
];

/** Which token service and which relying party the pool should name. */
export type Expected = {
  /** Lower case. */
  readonly host: string;
  readonly realm: string;
  readonly reply: string;
  /** For local use: the token service may have a port, and no TLS. */
  readonly plainHttp: boolean;
};

/** What a good redirect says. */
export type Asked = {
  /** `https://sts.contoso.com` */
  readonly origin: string;
  readonly wctx: string;
  readonly wishes: readonly (readonly [name: string, value: string])[];
};

/**
 * `elsewhere`: it leads to no token service of Postern's. `not-a-sign-in`: it asks for something else, or twice.
 * `other-realm`: it names another relying party or another reply address. `wctx-too-long`: its text cannot be sealed
 * into an address.
 */
export type RedirectFault = "elsewhere" | "not-a-sign-in" | "other-realm" | "wctx-too-long";

/** Whether a redirect leads to the token service at all. */
export const leadsTo = (location: string, expected: Pick<Expected, "host" | "plainHttp">): boolean =>
  addressIn(location, expected) !== undefined;

/** Reads the pool's `Location`. */
export function readRedirect(location: string, expected: Expected): Result<Asked, RedirectFault> {
  const address = addressIn(location, expected);
  if (address === undefined) return refuse("elsewhere");
  const given = [...address.searchParams].map(([name, value]) => [name.toLowerCase(), value] as const);
  const values = new Map(given);
  if (values.size !== given.length || values.get("wa") !== "wsignin1.0") return refuse("not-a-sign-in");
  if (values.get("wtrealm") !== expected.realm) return refuse("other-realm");
  if ((values.get("wreply") ?? expected.reply) !== expected.reply) return refuse("other-realm");
  const wctx = values.get("wctx") ?? "";
  if (wctx.length > MAX_WCTX_CHARS) return refuse("wctx-too-long");
  const wishes = WISHES.flatMap(([name, form]) => {
    const value = values.get(name);
    return value !== undefined && form.test(value) ? [[name, value] as const] : [];
  });
  return ok({ origin: address.origin, wctx, wishes });
}

/**
 * Whether an address to which the pool sends the browser is at that origin. Undefined or empty: it sends it nowhere.
 * The address may have come from a link that somebody made up.
 */
export const staysAt = (location: string | null, origin: string): boolean =>
  location === null || location === "" || URL.parse(location, origin)?.origin === origin;

/** An error page of ASP.NET names in its query the page that failed. */
const ERROR_PAGE = /[?&]aspxerrorpath=/i;

/**
 * Whether the pool's page takes a browser for signed in, by its answer to the browser's cookies: it shows itself, or
 * leads on at its own host. Without a session it leads to the token service.
 */
export const isSignedIn = (status: number, location: string | null, origin: string): boolean =>
  status === 200 ||
  (status > 300 && status < 400 && !!location && staysAt(location, origin) && !ERROR_PAGE.test(location));

/** Where Postern sends the browser. `sealed`: the start of the sign-in. */
export function redirectTo({ origin, wishes }: Asked, realm: string, sealed: string): string {
  const query = new URLSearchParams([
    ["wa", "wsignin1.0"],
    ["wtrealm", realm],
    ["wctx", sealed],
    ...wishes.map(([...wish]) => wish),
  ]);
  return `${origin}${PASSIVE_PATH}?${query}`;
}

function addressIn(location: string, { host, plainHttp }: Pick<Expected, "host" | "plainHttp">): URL | undefined {
  if (location.length > MAX_LOCATION_CHARS || !URL.canParse(location)) return undefined;
  const address = new URL(location);
  const isSafe =
    address.protocol === "https:" ? address.port === "" || plainHttp : address.protocol === "http:" && plainHttp;
  const isBare = address.username === "" && address.password === "";
  return isSafe && isBare && address.hostname === host && address.pathname === PASSIVE_PATH ? address : undefined;
}
