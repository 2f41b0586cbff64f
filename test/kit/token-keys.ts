// Keys of the token service for tests: made anew, so no private key is in the repository.

import { newTokenKey } from "../../cli/token-key.ts";
import { parseTokenKeys, type TokenKey, tokenKey } from "../../src/core/sts/keys.ts";
import { maySign, type SignableSid } from "../../src/core/sts/sids.ts";

export const DOMAIN_SID = "S-1-5-21-1004336348-1177238915-682003330";
/** An account of that domain. */
export const SID = signable(`${DOMAIN_SID}-1104`);

/** A SID of {@link DOMAIN_SID}'s domain, as one for which a token may be signed. */
export function signable(sid: string): SignableSid {
  const allowed = maySign(sid, { domainSids: [DOMAIN_SID], deniedSids: [] });
  if (!allowed.ok) throw new Error(allowed.reason);
  return allowed.value;
}

/** So many entries of `STS_KEYS`. Their certificates are good for two years from `now` (ms). */
export const tokenKeyEntries = (count: number, now = Date.now()): Promise<readonly string[]> =>
  Promise.all(Array.from({ length: count }, async () => (await newTokenKey(now)).entry));

/** The keys of those entries, ready to sign. */
export async function keysOf(...entries: readonly string[]): Promise<readonly TokenKey[]> {
  const parsed = parseTokenKeys(entries.join(" "));
  if (!parsed.ok) throw new Error(parsed.reason);
  return Promise.all(parsed.value.map(tokenKey));
}
