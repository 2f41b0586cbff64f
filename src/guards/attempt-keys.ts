// Under which keys an attempt to sign in is counted: of the client that tries, and of the names of a user.

import type { EventContext } from "../audit/event.ts";
import { type Domains, keysOfName } from "../core/credentials/domains.ts";
import { normaliseName } from "../core/credentials/names.ts";
import type { Keyring } from "../core/crypto/keyring.ts";
import { fingerprintOf } from "../core/lockout/repeats.ts";
import { whoKey } from "./route.ts";

/** The names of a user that the directory has in columns of their own. */
type Named = {
  readonly sipUri: string;
  readonly upn: string | null;
  readonly domain: string;
  readonly account: string;
};

/**
 * What distinguishes one client of a network from another: the client's own statement of its machine's name and its
 * product. The version is left out, because it changes by itself. It is hashed with a key, so that the stored value
 * tells nothing. It proves nothing: it only gives the right client a budget that a stranger behind the same address
 * cannot use up.
 */
export function clientKey(keyring: Keyring, { workstation, userAgent }: EventContext): string {
  return fingerprintOf(keyring, "client", workstation.toUpperCase(), userAgent.replaceAll(/[\d.]+/g, ""));
}

/**
 * The keys of the names that a user is likely to type. A network recognises familiar users by these, and does not read
 * D1.
 */
export function keysOfUser({ sipUri, upn, domain, account }: Named, domains: Domains): string[] {
  const names = [sipUri, ...(upn === null ? [] : [upn]), `${domain}\\${account}`].flatMap((text) => {
    const name = normaliseName(text);
    return name.ok ? [whoKey(keysOfName(name.value, domains)[0])] : [];
  });
  return [...new Set(names)];
}
