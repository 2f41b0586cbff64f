// Where the organisation's authority is asked: the part of the configuration that says so.

import { type AuthoritySettings, readAuthority } from "../core/authority/settings.ts";
import type { Env } from "./env.ts";

/**
 * Reads it; adds a sentence for every fault. `own`: the names of this gateway itself. Undefined: there is no authority.
 */
export function readAuthorityConfig(env: Env, own: readonly string[], faults: string[]): AuthoritySettings | undefined {
  const settings = readAuthority(env, faults);
  demandOther("AUTHORITY_URL", settings?.url, "answers", own, faults);
  return settings;
}

/** Adds a sentence if the address in a variable is this gateway's own. `does`: what the system there does. */
export function demandOther(
  name: string,
  url: string | undefined,
  does: string,
  own: readonly string[],
  faults: string[],
): void {
  const host = url && new URL(url).hostname;
  if (host === undefined || !own.includes(host)) return;
  faults.push(`${name} leads to "${host}", which is this gateway. Give the address of the system that ${does}.`);
}
