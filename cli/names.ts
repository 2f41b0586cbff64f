// Turns names of users and devices into parts of the API's paths.

import { normaliseName } from "../src/core/credentials/names.ts";
import { networkNamed } from "../src/core/lockout/network.ts";
import { path } from "../src/core/text/api-address.ts";
import { notFound, usage } from "./fault.ts";

/** The fewest characters of an id that may name a device. The gateway demands as many. */
const LEAST_ID_CHARS = 4;

/**
 * The user as the API reads it: an id unchanged, a name in its normal form. Throws a fault when the text cannot be a
 * name.
 */
export function userIn(given: string, what = "USER"): string {
  if (/^u_\w+$/.test(given)) return given;
  const name = normaliseName(given);
  if (name.ok) return name.value;
  throw usage(
    `${what} ${JSON.stringify(given)} is not usable as a name (${name.reason})`,
    name.reason === "unqualified"
      ? "Write it as alice@contoso.test, CONTOSO/alice or 'CONTOSO\\alice' (a shell removes a backslash that is not quoted)."
      : "Names are user@domain or DOMAIN\\user, at most 256 characters, without control characters.",
  );
}

export const userPath = (given: string): string => path`/v1/users/${userIn(given)}`;

/** Throws a fault when an id is too short to name one device. */
export function deviceIn(given: string): string {
  if (given.length >= LEAST_ID_CHARS) return given;
  throw usage(
    `DEVICE ${JSON.stringify(given)} is too short`,
    `Give the id of the partnership, at least ${LEAST_ID_CHARS} characters of it, or the device's own id.`,
  );
}

const READ: Readonly<Record<string, (given: string) => string>> = {
  USER: (given) => path`${userIn(given)}`,
  ALIAS: (given) => path`${userIn(given, "ALIAS")}`,
  DEVICE: (given) => path`${deviceIn(given)}`,
  ID: (given) => {
    if (/^\w+$/.test(given)) return given;
    throw notFound(`nothing has the id ${JSON.stringify(given)}`, "Give the id that the list shows.");
  },
  /** An address never is a name of a user, for it has no domain. */
  USER_OR_NETWORK: (given) => {
    const network = networkNamed(given);
    // Without its /64: some proxies open an encoded slash.
    if (network !== undefined) return path`networks/${network.replace(/\/64$/, "")}`;
    if (networkNamed(given.replace(/\/\d+$/, "")) === undefined) return path`users/${userIn(given, "USER or NETWORK")}`;
    const fix = "Name one IPv4 address, or an IPv6 /64 or any address in it.";
    throw usage(`failures are not counted for ${JSON.stringify(given)}`, fix);
  },
};

/**
 * `template` with each `{WORD}` replaced by what stands in a path for that word of the command: by default as it is.
 */
export function pathOf(template: string, words: readonly string[], given: readonly (string | undefined)[]): string {
  return template.replace(/\{(\w+)\}/g, (_, word: string) => {
    const value = given[words.indexOf(word)] ?? "";
    return READ[word]?.(value) ?? path`${value}`;
  });
}

export const devicePath = (user: string, device: string): string =>
  `${userPath(user)}${path`/devices/${deviceIn(device)}`}`;
