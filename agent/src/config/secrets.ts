// Secrets come from files, never from the configuration: that file is read by backup programs and by people. A file
// that others on the machine can read is refused.

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** A secret that no log and no error can show by accident: only `reveal` gives it. */
export type Secret = { readonly reveal: () => string };

export const secretOf = (text: string): Secret => ({ reveal: () => text });

/** The longest that a secret can be, bytes. */
const MAX_SECRET_BYTES = 4_096;

/** Where `credential:NAME` is: in the folder that systemd makes for each start, or else beside the configuration. */
export type Places = { readonly credentials: string | undefined; readonly beside: string };

/**
 * Reads a secret, without the line break at its end. `setting` is what the configuration calls it, `name` its path or
 * `credential:NAME`. Returns the secret, or a sentence with the fix.
 */
export function readSecret(setting: string, name: string, { credentials, beside }: Places): Secret | string {
  const given = name.startsWith("credential:");
  const path = given ? join(credentials ?? beside, name.slice("credential:".length)) : name;
  try {
    const { mode, size } = statSync(path);
    const loose = looseness(mode, given && credentials !== undefined);
    if (loose !== undefined) return `${setting}: ${loose} ${path}. Take that away: chmod 600 ${path}.`;
    if (size > MAX_SECRET_BYTES) {
      return `${setting}: ${path} has ${size} bytes, so it is not a secret. Name a file with the secret and nothing else.`;
    }
    const text = readFileSync(path, "utf8").replace(/\r?\n$/, "");
    if (text === "") return `${setting}: ${path} is empty. Write the secret into it.`;
    if (/[\r\n\0]/.test(text))
      return `${setting}: ${path} has several lines. Write the secret into it and nothing else.`;
    return secretOf(text);
  } catch (fault) {
    const { code = "unknown" } = fault as NodeJS.ErrnoException;
    return `${setting}: ${path} cannot be read (${code}). Make the file, and let the agent's account read it.`;
  }
}

/** The path of a secret file whose text is for a library, such as a keytab; or a sentence with the fix. */
export function pathOfSecret(
  setting: string,
  name: string,
  { credentials, beside }: Places,
): { readonly path: string } | { readonly fault: string } {
  const given = name.startsWith("credential:");
  const path = given ? join(credentials ?? beside, name.slice("credential:".length)) : name;
  try {
    const loose = looseness(statSync(path).mode, given && credentials !== undefined);
    return loose === undefined
      ? { path }
      : { fault: `${setting}: ${loose} ${path}. Take that away: chmod 600 ${path}.` };
  } catch (fault) {
    const { code = "unknown" } = fault as NodeJS.ErrnoException;
    return {
      fault: `${setting}: ${path} cannot be read (${code}). Make the file, and let the agent's account read it.`,
    };
  }
}

/**
 * Who can read or write the file besides its owner. Systemd lets the unit's account read its credentials by an access
 * list, which shows as the group's right to read.
 */
function looseness(mode: number, bySystemd: boolean): string | undefined {
  if (process.platform === "win32") return undefined; // its modes say nothing
  if ((mode & 0o007) !== 0) return "everybody on the machine can open";
  return (mode & (bySystemd ? 0o030 : 0o070)) === 0 ? undefined : "a group can open";
}
