// Whether a user is in a group that the connector serves, nested groups included. The connector asks LDAP under its own
// account, by `ldapsearch` with Kerberos. Kerberos signs and seals the connection, so the connector needs no password
// and trusts no certificate.

import type { RunCommand } from "./command.ts";
import { ok, type Result, refuse } from "./result.ts";

/** Where to ask and for which groups. */
export type GroupRules = {
  /** URLs such as `ldap://dc1.corp.contoso.com`, with the names for which the directory gives tickets. */
  readonly servers: readonly string[];
  /** The distinguished name under which users are searched. */
  readonly base: string;
  /** Distinguished names of groups. If empty, every user passes who is in no denied group. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
};

/** LDAP_MATCHING_RULE_IN_CHAIN of Active Directory: matches direct members and members through other groups. */
const IN_CHAIN = "memberOf:1.2.840.113556.1.4.1941:";

/** How long the connector relies on its last check that all denied groups exist, ms. */
const LOOK_AGAIN_MS = 60_000;
/** The exit code of ldapsearch when the directory has no such entry: noSuchObject of RFC 4511, 4.1.9. */
const NO_SUCH_OBJECT = 32;

/** Asks whether a user is in the right groups. `cache`: a file with the connector's own ticket. */
export type GroupCheck = (user: string, cache: string) => Promise<Result<true>>;

/** Makes the check from these rules. */
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

/**
 * Checks that every denied group exists. A denied group that was renamed or is misspelt would deny nobody, and nobody
 * would notice. So the connector then signs nobody on.
 */
async function deniedAreThere({ deny }: GroupRules, ask: DirectorySearch, cache: string): Promise<Result<true>> {
  for (const group of deny) {
    const found = await ask([group, "-s", "base", "(objectCategory=group)"], cache);
    if (!found.ok) return found;
    if (found.value !== 1) return refuse("group-missing", group);
  }
  return ok(true);
}

/** Searches the directory and returns how many entries it found. `search`: the base, then options and the filter. */
export type DirectorySearch = (
  search: readonly [base: string, ...rest: string[]],
  cache: string,
) => Promise<Result<number>>;

/** Asks the first of `servers` that accepts a connection. */
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

/** The filter (RFC 4515) that finds one user in the right groups. Exported for its test. */
export function filterFor({ allow, deny }: Pick<GroupRules, "allow" | "deny">, user: string): string {
  const member = (group: string): string => `(${IN_CHAIN}=${escaped(group)})`;
  const allowed = allow.length === 0 ? "" : `(|${allow.map(member).join("")})`;
  const denied = deny.map((group) => `(!${member(group)})`).join("");
  return `(&(objectCategory=person)(userPrincipalName=${escaped(user)})${allowed}${denied})`;
}

/** Writes every character that means something in a filter as `\xx` (RFC 4515, 3). */
function escaped(value: string): string {
  return value.replaceAll(/[\\*()\0]/g, (mark) => `\\${mark.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
