// Whether a user is in a group the connector serves, nested groups included. The connector asks LDAP as itself: `ldapsearch`
// with Kerberos, which signs and seals the connection, so there is no password to keep and no certificate to trust.

import type { RunCommand } from "./command.ts";
import { ok, type Result, refuse } from "./result.ts";

/** Where to ask and for which groups. */
export type GroupRules = {
  /** `ldap://dc1.corp.contoso.com`, by the names their tickets are for. */
  readonly servers: readonly string[];
  /** Under which users are searched. */
  readonly base: string;
  /** Distinguished names; empty: any user who is in no denied one. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
};

/** LDAP_MATCHING_RULE_IN_CHAIN of Active Directory: member, directly or through other groups. */
const IN_CHAIN = "memberOf:1.2.840.113556.1.4.1941:";

/** How long the connector relies on its last check that a denied group exists. */
const LOOK_AGAIN_MS = 60_000;
/** What ldapsearch exits with when there is nothing of that name: noSuchObject of RFC 4511, 4.1.9. */
const NO_SUCH_OBJECT = 32;

/** Asks whether a user's groups are as they must be, with the connector's own ticket in `cache`. */
export type GroupCheck = (user: string, cache: string) => Promise<Result<true>>;

/** The check by these rules. */
export function groupCheck(rules: GroupRules, ask: DirectorySearch, now: () => number): GroupCheck {
  let lookedAt: number | undefined;
  return async (user, cache) => {
    if (lookedAt === undefined || now() - lookedAt >= LOOK_AGAIN_MS) {
      const there = await deniedAreThere(rules, ask, cache);
      if (!there.ok) return there;
      lookedAt = now();
    }
    const found = await ask([rules.base, filterFor(rules, user)], cache);
    if (!found.ok) return found;
    return found.value === 1 ? ok(true) : refuse("not-in-group", `${found.value} entries`);
  };
}

/** A denied group that was renamed or is misspelt would deny nobody, and nobody would notice: then nobody is signed on. */
async function deniedAreThere({ deny }: GroupRules, ask: DirectorySearch, cache: string): Promise<Result<true>> {
  for (const group of deny) {
    const found = await ask([group, "-s", "base", "(objectCategory=group)"], cache);
    if (!found.ok) return found;
    if (found.value !== 1) return refuse("group-missing", group);
  }
  return ok(true);
}

/** How many entries there are: a base, a scope perhaps, a filter. */
export type DirectorySearch = (
  search: readonly [base: string, ...rest: string[]],
  cache: string,
) => Promise<Result<number>>;

/** Asks the first of `servers` that can be connected to. */
export function directorySearch(run: RunCommand, servers: () => readonly string[]): DirectorySearch {
  return async ([base, ...search], cache) => {
    const args = ["-LLL", "-Q", "-N", "-Y", "GSSAPI", "-o", "ldif-wrap=no", "-o", "nettimeout=1", "-l", "5", "-z", "2"];
    const ended = await run("ldapsearch", [...args, "-H", servers().join(" "), "-b", base, ...search, "1.1"], cache);
    if (ended.kind === "missing") return refuse("command-missing", "ldapsearch");
    if (ended.kind === "killed") return refuse("command-timeout", "ldapsearch");
    if (ended.code === NO_SUCH_OBJECT) return ok(0);
    if (ended.code !== 0) return refuse("ldap-failed", ended.stderr.trim());
    return ok(ended.stdout.split("\n").filter((line) => /^dn::? /.test(line)).length);
  };
}

/** RFC 4515, for one user; exported for its test. */
export function filterFor({ allow, deny }: Pick<GroupRules, "allow" | "deny">, user: string): string {
  const member = (group: string): string => `(${IN_CHAIN}=${escaped(group)})`;
  const allowed = allow.length === 0 ? "" : `(|${allow.map(member).join("")})`;
  const denied = deny.map((group) => `(!${member(group)})`).join("");
  return `(&(objectCategory=person)(userPrincipalName=${escaped(user)})${allowed}${denied})`;
}

/** RFC 4515, 3: everything that means something in a filter, as `\xx`. */
function escaped(value: string): string {
  return value.replaceAll(/[\\*()\0]/g, (mark) => `\\${mark.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
