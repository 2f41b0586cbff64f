// Under which keys an attempt of a user to sign in may be counted.

import { type Domains, keysOfName } from "../core/credentials/domains.ts";
import { normaliseName } from "../core/credentials/names.ts";
import { whoKey } from "./route.ts";

/** The names of a user that the directory has in columns of their own. */
type Named = {
  readonly sipUri: string;
  readonly upn: string | null;
  readonly domain: string;
  readonly account: string;
};

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
