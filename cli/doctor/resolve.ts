// What DNS says of a name. It asks the servers that this machine uses, and no file of hosts.

import { Resolver } from "node:dns/promises";
import { codeOf } from "../files.ts";

/** What DNS says of a name. */
export type Resolved =
  | { readonly kind: "found"; readonly addresses: readonly string[]; readonly cname: string | undefined }
  | { readonly kind: "none" }
  /** No server answered. */
  | { readonly kind: "silent" };

const WITHIN_MS = 3_000;

/** Asks DNS. */
export async function resolve(host: string): Promise<Resolved> {
  const resolver = new Resolver({ timeout: WITHIN_MS, tries: 2 });
  const [four, six, cname] = await Promise.all([
    asked(() => resolver.resolve4(host)),
    asked(() => resolver.resolve6(host)),
    asked(() => resolver.resolveCname(host)),
  ]);
  const addresses = [...(four ?? []), ...(six ?? [])];
  if (addresses.length > 0) return { kind: "found", addresses, cname: cname?.[0] };
  return four === undefined && six === undefined ? { kind: "silent" } : { kind: "none" };
}

/** Undefined: no server answered. */
async function asked(question: () => Promise<string[]>): Promise<string[] | undefined> {
  try {
    return await question();
  } catch (fault) {
    return ["ENOTFOUND", "ENODATA"].includes(codeOf(fault)) ? [] : undefined;
  }
}

/** Addresses that lead nowhere in the internet: RFC 1918, 6598, 3927, 1122, 4193 and 4291. */
export const isPrivateAddress = (address: string): boolean =>
  /^(10|127|0)\.|^192\.168\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\.|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^f[cd]|^fe[89ab]|^::1?$/i.test(
    address,
  );
