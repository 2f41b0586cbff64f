// Who signs in by Postern's page (WS-Federation passive), and by nothing else. docs/passive.md explains it to people.

import { globMatches } from "./glob.ts";
import type { Subject } from "./subject.ts";
import type { PassiveMode, Policy } from "./types.ts";

/**
 * Whether this user may, must or may not sign in by the page. The first list that names the user decides. `must` comes
 * first, so no other entry opens a password for somebody who has to use the page.
 */
export function passiveMode(
  { passive }: Pick<Policy, "passive">,
  { sipUri, groups }: Pick<Subject, "sipUri" | "groups">,
): PassiveMode {
  const address = sipUri.replace(/^sip:/i, "");
  const names = (entry: string): boolean =>
    entry.includes("@") ? globMatches(entry, address) : groups.some((group) => sameWord(group, entry));
  if (passive.must.some(names)) return "must";
  if (passive.never.some(names)) return "never";
  return passive.may.some(names) ? "may" : passive.mode;
}

const sameWord = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
