// Where the organisation's authority is asked: the part of the configuration that says so.

import { type AuthoritySettings, readAuthority } from "../core/authority/settings.ts";
import type { Env } from "./env.ts";

/**
 * Reads it; adds a sentence for every fault. `own`: the names of this gateway itself. Undefined: there is no authority.
 */
export function readAuthorityConfig(env: Env, own: readonly string[], faults: string[]): AuthoritySettings | undefined {
  const settings = readAuthority(env, faults);
  const host = settings && new URL(settings.url).hostname;
  if (host !== undefined && own.includes(host)) {
    faults.push(
      `AUTHORITY_URL leads to "${host}", which is this gateway. Give the address of the system that answers.`,
    );
  }
  return settings;
}
