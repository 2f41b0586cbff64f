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

/** Asks for the one entry whose UPN this is and whose groups are as they must be. */
export async function inGroups(rules: GroupRules, run: RunCommand, user: string, cache: string): Promise<Result<true>> {
  const args = ["-LLL", "-Q", "-N", "-Y", "GSSAPI", "-o", "ldif-wrap=no", "-o", "nettimeout=3", "-l", "5", "-z", "2"];
  const where = ["-H", rules.servers.join(" "), "-b", rules.base];
  const ended = await run("ldapsearch", [...args, ...where, filterFor(rules, user), "1.1"], cache);
  if (ended.kind === "missing") return refuse("command-missing", "ldapsearch");
  if (ended.kind === "killed") return refuse("command-timeout", "ldapsearch");
  if (ended.code !== 0) return refuse("ldap-failed", ended.stderr.trim());
  const entries = ended.stdout.split("\n").filter((line) => /^dn::? /.test(line));
  return entries.length === 1 ? ok(true) : refuse("not-in-group", `${entries.length} entries`);
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
