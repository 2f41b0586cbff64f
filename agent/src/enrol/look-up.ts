// Who a principal is in the directory, and whether this person gets a code. Accounts that must not be reachable from
// outside get none: Postern signs on as them by delegation, which Active Directory refuses for them anyway.

import { escapeFilter } from "ldapts";
import type { Directory, OpenDomain } from "../ldap/directory.ts";
import type { Entry } from "../ldap/session.ts";
import { bytesOf, expiryOf, guidText, sidText, textOf } from "../ldap/values.ts";

/** Why somebody gets no code. */
export type Denied =
  /** The realm is none of the configuration's domains, or no one account has this name. */
  | "unknown"
  | "disabled"
  | "expired"
  /** An administrator, a member of Protected Users, or marked as not to be delegated. */
  | "protected"
  /** A member of a group of `denyMembersOf`. */
  | "denied"
  /** Not enabled for Lync. */
  | "not-enabled";

/** `key`: the person in Postern. */
export type Found =
  | { readonly kind: "person"; readonly key: string; readonly name: string }
  | { readonly kind: Denied };

/** Finds out about a principal, `alice@CORP.CONTOSO.COM`. Rejects with a `DirectoryFault`. */
export type LookUp = (principal: string) => Promise<Found>;

const ACCOUNT_DISABLED = 0x2;
const NOT_DELEGATED = 0x100000;
/** RID of "Protected Users" (MS-SAMR, 2.2.1.1). */
const PROTECTED_USERS = "525";

const ATTRIBUTES = [
  ...["objectGUID", "objectSid", "userAccountControl", "accountExpires", "adminCount", "displayName"],
  ...["sAMAccountName", "msRTCSIP-UserEnabled"],
];

/** `denied`: distinguished names of groups. `now` in ms. */
export const lookUpIn =
  (directory: Directory, denied: readonly string[], now: () => number = Date.now): LookUp =>
  (principal) =>
    directory.use(async (domains) => {
      const [name = "", realm = ""] = principal.split("@");
      const domain = domains.find(({ session }) => session.domain.dns.toUpperCase() === realm);
      if (domain === undefined) return { kind: "unknown" };
      const { session } = domain;
      const filter = escapeFilter`(&(objectCategory=person)(objectClass=user)(sAMAccountName=${name}))`;
      const base = session.domain.base;
      const found = await session.search("enrolment", { base, filter, attributes: ATTRIBUTES });
      const [entry] = found;
      const key = entry && guidText(bytesOf(entry, "objectGUID") ?? Buffer.alloc(0));
      if (entry === undefined || key === undefined || found.length > 1) return { kind: "unknown" };
      const state = stateOf(entry, now());
      if (state !== undefined) return { kind: state };
      const groups = await groupsOf(domain, entry);
      if (groups === undefined || groups.has(`${sidOf(entry)?.replace(/-\d+$/, "")}-${PROTECTED_USERS}`)) {
        return { kind: "protected" };
      }
      for (const dn of denied) {
        const sid = await sidOfGroup(domains, dn);
        // A group that is not there cannot be judged, so nobody gets in until the configuration is right.
        if (sid === undefined || groups.has(sid)) return { kind: "denied" };
      }
      if (textOf(entry, "msRTCSIP-UserEnabled")?.toUpperCase() !== "TRUE") return { kind: "not-enabled" };
      return { kind: "person", key: `ad:${key}`, name: textOf(entry, "displayName") ?? name };
    });

/** What its own attributes say against somebody. What cannot be read counts against. */
function stateOf(entry: Entry, now: number): "disabled" | "expired" | "protected" | undefined {
  const control = Number(textOf(entry, "userAccountControl") ?? Number.NaN);
  if (!Number.isInteger(control) || (control & ACCOUNT_DISABLED) !== 0) return "disabled";
  const ends = expiryOf(textOf(entry, "accountExpires"));
  if (ends !== undefined && ends <= now) return "expired";
  const isAdmin = (textOf(entry, "adminCount") ?? "0") !== "0";
  return isAdmin || (control & NOT_DELEGATED) !== 0 ? "protected" : undefined;
}

/** The SIDs of all security groups of somebody, nested ones too. Undefined: the agent's account may not read them. */
async function groupsOf({ session }: OpenDomain, { dn }: Entry): Promise<ReadonlySet<string> | undefined> {
  // The controller computes tokenGroups, and does so only for one entry (MS-ADTS 3.1.1.4.5.19).
  const [own] = await session.search("groups", {
    ...{ base: dn, scope: "base", filter: "(objectClass=*)", attributes: ["tokenGroups"] },
  });
  const sids = [own?.tokenGroups ?? []].flat().flatMap((value) => {
    const sid = typeof value === "string" ? undefined : sidText(value);
    return sid === undefined ? [] : [sid];
  });
  return sids.length === 0 ? undefined : new Set(sids); // everybody has a primary group
}

/** The SID of a group in whichever domain it is. */
async function sidOfGroup(domains: readonly OpenDomain[], dn: string): Promise<string | undefined> {
  const inDomain = domains.find(({ session }) => dn.toLowerCase().endsWith(session.domain.base.toLowerCase()));
  if (inDomain === undefined) return undefined;
  const filter = escapeFilter`(&(objectClass=group)(distinguishedName=${dn}))`;
  const base = inDomain.session.domain.base;
  const [group] = await inDomain.session.search("groups", { base, filter, attributes: ["objectSid"] });
  return group && sidOf(group);
}

const sidOf = (entry: Entry): string | undefined => sidText(bytesOf(entry, "objectSid") ?? Buffer.alloc(0));
