// Decides for which services and users this connector makes tokens. The lists of the configuration decide, in one fixed
// order and for every caller. A name that passes here is also safe as an argument of a program.

import { ok, type Result, refuse } from "./result.ts";

/**
 * The lists. User names are in lower case. Services are compared without regard to case and used as the configuration
 * spells them.
 */
export type AccessLists = {
  /** SPNs, such as `HTTP/fe01.corp.contoso.com`. */
  readonly services: readonly string[];
  /** What may stand after the `@` of a user. */
  readonly userDomains: readonly string[];
  /** If this list is empty, every user of the domains is allowed. */
  readonly allowUsers: readonly string[];
  /**
   * Active Directory also finds `bjorn` when it is asked for `björn`, and nobody else can tell which letters it takes
   * for the same (bugzilla.samba.org 14847). So a list of denied names does not stop names with letters beyond ASCII.
   * If this list has an entry, such names are accepted only from `allowUsers`.
   */
  readonly denyUsers: readonly string[];
};

/** A user and a service for which the directory may be asked. */
export type Admitted = {
  /** UPN, lower case. */
  readonly user: string;
  readonly service: string;
};

/** A UPN of letters, digits and marks. None of them means anything to Kerberos or LDAP, or begins an option. */
const USER = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}._'+&!#$%^~-]{0,63}@([a-z0-9-]+(\.[a-z0-9-]+)+)$/u;

/** Judges one order against the lists. */
export function admit(user: string, service: string, lists: AccessLists): Result<Admitted> {
  const allowed = lists.services.find((spn) => spn.toLowerCase() === service.toLowerCase());
  if (allowed === undefined) return refuse("service-not-allowed");
  const upn = user.normalize("NFC").toLowerCase();
  const [, domain] = USER.exec(upn) ?? [];
  if (domain === undefined) return refuse("not-a-user-name");
  if (!lists.userDomains.includes(domain)) return refuse("domain-not-allowed");
  if (lists.denyUsers.includes(upn)) return refuse("user-denied");
  const isAscii = /^[\x21-\x7e]+$/.test(upn);
  if (lists.denyUsers.length > 0 && !isAscii && !lists.allowUsers.includes(upn)) {
    return refuse("user-denied", "the directory may take these letters for those of a name in denyUsers");
  }
  if (lists.allowUsers.length > 0 && !lists.allowUsers.includes(upn)) return refuse("user-not-listed");
  return ok({ user: upn, service: allowed });
}
