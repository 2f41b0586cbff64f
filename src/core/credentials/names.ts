// Names: one account has one key, however it is spelt (S-10). Every look-up and every counter goes by the key made here,
// never by what a client sent; the NTLM proof, which hashes what was sent, is not this file's business.
// NFKC rather than NFC: Active Directory compares names without regard to width, so "ａｌｉｃｅ" is alice there as well.
// Invisible characters are refused, not removed: nobody's name has them, and a refused name is simply an unknown user.
// Two names that fold together are a conflict when the second one is registered, never a confusion at sign-in.

import { ok, type Result, refuse } from "../result.ts";
import { isPrintable } from "../text/printable.ts";

/** Longest name read, in UTF-16 code units: the limit of a UPN is 1024, the longest in use are near 120. */
export const MAX_NAME_LENGTH = 256;

/** `unqualified`: a bare user name where nothing says which domain. `malformed`: two separators, or an empty side. */
export type NameFault = "empty" | "too-long" | "control-character" | "unqualified" | "malformed";

/** The two sides of `DOMAIN\user`, spelt as they were given. */
export type Account = { readonly domain: string; readonly account: string };

/**
 * The key of a name: `user@domain` for a SIP URI or a UPN, `domain\user` for an account name (`DOMAIN\user` or
 * `DOMAIN/user`). A domain in front of an address is ignored, as Windows does.
 */
export function normaliseName(text: string): Result<string, NameFault> {
  const folded = fold(text);
  return folded.ok ? keyOfFolded(folded.value) : folded;
}

/**
 * The key of the names in an NTLM authenticate message (MS-NLMP 2.2.1.3). Clients spread a name over the two fields in
 * every way there is: an address with or without a domain beside it, `DOMAIN\user` in the user field, a NetBIOS or a DNS
 * domain, or no domain at all, which means `defaultDomain`.
 */
export function nameFromNtlm(user: string, domain: string, defaultDomain: string): Result<string, NameFault> {
  const foldedUser = fold(user);
  if (!foldedUser.ok) return foldedUser;
  const name = foldedUser.value;
  const foldedDomain = fold(domain);
  if (!foldedDomain.ok && foldedDomain.reason !== "empty") return foldedDomain;
  if (name.includes("@")) return keyOfFolded(name);
  if (foldedDomain.ok) return accountKey(foldedDomain.value, name);
  if (separatorIn(name) >= 0) return keyOfFolded(name);
  const foldedDefault = fold(defaultDomain);
  return foldedDefault.ok ? accountKey(foldedDefault.value, name) : refuse("unqualified");
}

/** What RFC 3261, 25.1 lets stand in the two sides of a SIP URI; beyond ASCII it knows nothing, and all but white space passes. */
const SIP_ADDRESS = /^[^\s"#:<>@[\]^`{|}]+@(?:[a-z0-9._-]|[^\s\0-\x7f])+$/u;

/** The normalised SIP URI `sip:user@domain` of an address, given with or without its scheme, and without port and parameters. */
export function sipUriOf(text: string): Result<string, NameFault> {
  const folded = fold(text);
  if (!folded.ok) return folded;
  const address = addressKey(withoutScheme(folded.value));
  if (!address.ok) return address;
  return SIP_ADDRESS.test(address.value) ? ok(`sip:${address.value}`) : refuse("malformed");
}

/** Whether both are the same SIP URI; what is no SIP URI is the same as nothing. */
export function sameSipUri(a: string, b: string): boolean {
  const first = sipUriOf(a);
  const second = sipUriOf(b);
  return first.ok && second.ok && first.value === second.value;
}

/** Splits `DOMAIN\user` (or `DOMAIN/user`) and keeps its case, for the sign-on to the Front-End and for people to read. */
export function splitAccount(text: string): Result<Account, NameFault> {
  const key = normaliseName(text);
  if (!key.ok) return key;
  if (!key.value.includes("\\")) return refuse("unqualified");
  const shown = text.normalize("NFKC");
  const at = separatorIn(shown);
  return ok({ domain: trimmed(shown.slice(0, at)), account: trimmed(shown.slice(at + 1)) });
}

/** Unicode and case folding, trimming and the checks every form shares. The result is a fixed point of itself. */
function fold(text: string): Result<string, NameFault> {
  if (text.length > MAX_NAME_LENGTH) return refuse("too-long");
  // Lower, upper, lower: one lower-casing alone leaves "ß" apart from "ẞ" and "SS", and "ı" apart from "I".
  const cased = text.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ");
  const folded = trimmed(cased.normalize("NFKC"));
  if (!isPrintable(folded)) return refuse("control-character");
  if (folded === "") return refuse("empty");
  // NFKC can make one character into eighteen.
  return folded.length > MAX_NAME_LENGTH ? refuse("too-long") : ok(folded);
}

/** Without white space around it and without the dots and spaces that Windows and DNS ignore at the end of a name. */
function trimmed(text: string): string {
  return text.trim().replace(/[.\s]+$/u, "");
}

function keyOfFolded(folded: string): Result<string, NameFault> {
  const address = withoutScheme(folded);
  if (address !== folded) return addressKey(address);
  const at = separatorIn(folded);
  if (at >= 0) return accountKey(folded.slice(0, at), folded.slice(at + 1));
  return folded.includes("@") ? addressKey(folded) : refuse("unqualified");
}

function accountKey(domain: string, user: string): Result<string, NameFault> {
  const [left, right] = [trimmed(domain), trimmed(user)];
  if (right.includes("@")) return addressKey(right);
  if (left === "" || right === "") return refuse("malformed");
  return /[\\/@]/.test(left) || /[\\/]/.test(right) ? refuse("malformed") : ok(`${left}\\${right}`);
}

function addressKey(address: string): Result<string, NameFault> {
  const parts = address.split("@");
  const [user, domain] = [trimmed(parts[0] ?? ""), trimmed(parts[1] ?? "")];
  if (parts.length !== 2 || user === "" || domain === "" || /[\\/]/.test(address)) return refuse("malformed");
  return ok(`${user}@${domain}`);
}

function separatorIn(name: string): number {
  return name.search(/[\\/]/);
}

function withoutScheme(folded: string): string {
  return folded.startsWith("sip:") ? folded.slice("sip:".length) : folded;
}
