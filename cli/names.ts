// Names of users and devices as parts of the API's paths.

import { normaliseName } from "../src/core/credentials/names.ts";
import { notFound, usage } from "./fault.ts";
import { path } from "./reach/api.ts";

/** A beginning of an id that says something. The gateway asks for as many. */
const LEAST_ID_CHARS = 4;

/** The user as the API reads it: an id as it is, a name in its normal form. Throws a fault for what cannot be a name. */
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

/** Throws a fault for an id that is too short to name one device. */
export function deviceIn(given: string): string {
  if (given.length >= LEAST_ID_CHARS) return given;
  throw usage(
    `DEVICE ${JSON.stringify(given)} is too short`,
    `Give the id of the partnership, at least ${LEAST_ID_CHARS} characters of it, or the device's own id.`,
  );
}

/** What stands in a path for a word of the command. Every other word stands there as it is. */
const READ: Readonly<Record<string, (given: string) => string>> = {
  USER: (given) => userIn(given),
  ALIAS: (given) => userIn(given, "ALIAS"),
  DEVICE: deviceIn,
  ID: (given) => {
    if (/^\w+$/.test(given)) return given;
    throw notFound(`nothing has the id ${JSON.stringify(given)}`, "Give the id that the list shows.");
  },
};

/** `template` with each `{WORD}` replaced by the value of that word of the command, as one segment of the path. */
export function pathOf(template: string, words: readonly string[], given: readonly (string | undefined)[]): string {
  return template.replace(/\{(\w+)\}/g, (_, word: string) => {
    const value = given[words.indexOf(word)] ?? "";
    return encodeURIComponent(READ[word]?.(value) ?? value);
  });
}

export const devicePath = (user: string, device: string): string =>
  `${userPath(user)}${path`/devices/${deviceIn(device)}`}`;
