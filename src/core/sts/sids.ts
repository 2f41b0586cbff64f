// For whom the token service may sign at all. A token is good for whatever SID is in it, so the pool would take one for
// its administrator as well. Postern therefore signs only for accounts of the listed domains, and never for those that
// Windows makes itself. Source: MS-DTYP 2.4.2.1 (the text of a SID) and 2.4.2.4 (well-known SIDs).

import { ok, type Result, refuse } from "../result.ts";

declare const signable: unique symbol;
/** A SID that {@link maySign} has let through. Nothing else makes one, so no token is made for another SID. */
export type SignableSid = string & { readonly [signable]: true };

/** For which accounts tokens may be signed. */
export type SidPolicy = {
  /** `S-1-5-21-a-b-c`, one at least. */
  readonly domainSids: readonly string[];
  /** Accounts for which no token is signed, whoever asks. */
  readonly deniedSids: readonly string[];
};

/**
 * `sid-foreign`: it is no SID, or of another domain. `sid-built-in`: an account or group that Windows makes itself.
 * `sid-denied`: it is listed as denied.
 */
export type SidFault = "sid-foreign" | "sid-built-in" | "sid-denied";

/** A part of a SID: 32 bits, written without a leading zero, so that there is one spelling of each SID. */
const PART = "(?:0|[1-9]\\d{0,9})";
const ANY_SID = new RegExp(`^S-1-${PART}(?:-${PART}){1,15}$`);
const DOMAIN_SID = new RegExp(`^S-1-5-21-${PART}-${PART}-${PART}$`);
const ACCOUNT_SID = new RegExp(`^(S-1-5-21-${PART}-${PART}-${PART})-(${PART})$`);
const MAX_PART = 0xffff_ffff;
/** Below this number a domain's accounts and groups are Windows' own, such as 500, its administrator. */
const FIRST_OWN_RID = 1_000;

const partsFit = (sid: string): boolean =>
  sid
    .split("-")
    .slice(3)
    .every((part) => Number(part) <= MAX_PART);

/** Whether this is the SID of a domain of Active Directory. */
export const isDomainSid = (text: string): boolean => DOMAIN_SID.test(text) && partsFit(text);

/** Whether this is the SID of an account or a group of a domain, and not one of Windows' own. */
export function isAccountSid(text: string): boolean {
  const rid = ACCOUNT_SID.exec(text)?.[2];
  return rid !== undefined && partsFit(text) && Number(rid) >= FIRST_OWN_RID;
}

/** Whether a token may be signed for that SID; the same SID, as one that may be signed. */
export function maySign(sid: string, { domainSids, deniedSids }: SidPolicy): Result<SignableSid, SidFault> {
  if (!ANY_SID.test(sid) || !partsFit(sid)) return refuse("sid-foreign");
  const [, domain, rid] = ACCOUNT_SID.exec(sid) ?? [];
  if (domain === undefined) return refuse(sid.startsWith("S-1-5-21-") ? "sid-foreign" : "sid-built-in");
  if (Number(rid) < FIRST_OWN_RID) return refuse("sid-built-in");
  if (!domainSids.includes(domain)) return refuse("sid-foreign");
  return deniedSids.includes(sid) ? refuse("sid-denied") : ok(sid as SignableSid);
}
