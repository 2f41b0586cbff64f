// Names: one account has one key, however it is spelt (S-10). Every look-up and every counter uses the key made here,
// never the text that a client sent. (The NTLM proof hashes the text as sent; that is done elsewhere.) NFKC rather than
// NFC: Active Directory ignores the width of letters, so "ａｌｉｃｅ" is alice there as well. Names with invisible
// characters are refused. Nobody has such a name, so it is treated as an unknown user. If two names fold to the same
// key, registering the second one is a conflict; the two can never be confused at sign-in.

import { ok, type Result, refuse } from "../result.ts";
import { isPrintable } from "../text/printable.ts";

/** Longest name that is read, in UTF-16 code units. The limit of a UPN is 1024; the longest in use have about 120. */
export const MAX_NAME_LENGTH = 256;

/**
 * `unqualified`: a user name alone, and neither the client nor the configuration says which domain. `malformed`: two
 * separators, or an empty side.
 */
export type NameFault = "empty" | "too-long" | "control-character" | "unqualified" | "malformed";

/** The two sides of `DOMAIN\user`, in their original spelling. */
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
 * The key of the names in an NTLM authenticate message (MS-NLMP 2.2.1.3). Clients divide a name between the two
 * fields in many ways: an address with or without a domain beside it, `DOMAIN\user` in the user field, a NetBIOS or a
 * DNS domain, or no domain at all, which means `defaultDomain`.
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

/**
 * The characters that RFC 3261, 25.1 allows on the two sides of a SIP URI. It does not speak of characters beyond
 * ASCII; here all of them except white space pass.
 */
const SIP_ADDRESS = /^[^\s"#:<>@[\]^`{|}]+@(?:[a-z0-9._-]|[^\s\0-\x7f])+$/u;

/**
 * The normalised SIP URI `sip:user@domain` of an address, given with or without its scheme, and without port and
 * parameters.
 */
export function sipUriOf(text: string): Result<string, NameFault> {
  const folded = fold(text);
  if (!folded.ok) return folded;
  const address = addressKey(withoutScheme(folded.value));
  if (!address.ok) return address;
  return SIP_ADDRESS.test(address.value) ? ok(`sip:${address.value}`) : refuse("malformed");
}

/** Whether both are the same SIP URI. False when one of them is not a SIP URI. */
export function sameSipUri(a: string, b: string): boolean {
  const first = sipUriOf(a);
  const second = sipUriOf(b);
  return first.ok && second.ok && first.value === second.value;
}

/**
 * Splits `DOMAIN\user` (or `DOMAIN/user`) and keeps its case, for the sign-on to the Front-End and for people to read.
 */
export function splitAccount(text: string): Result<Account, NameFault> {
  const key = normaliseName(text);
  if (!key.ok) return key;
  if (!key.value.includes("\\")) return refuse("unqualified");
  const shown = text.normalize("NFKC");
  const at = separatorIn(shown);
  return ok({ domain: trimmed(shown.slice(0, at)), account: trimmed(shown.slice(at + 1)) });
}

/**
 * Unicode and case folding, trimming and the checks every form shares. Normalising the result again does not change it.
 */
function fold(text: string): Result<string, NameFault> {
  if (text.length > MAX_NAME_LENGTH) return refuse("too-long");
  // Lower, upper, lower: a single lower-casing would keep "ß" different from "ẞ" and "SS", and "ı" different from "I".
  const cased = text.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ");
  const folded = trimmed(cased.normalize("NFKC"));
  if (!isPrintable(folded)) return refuse("control-character");
  if (folded === "") return refuse("empty");
  // NFKC can turn one character into eighteen.
  return folded.length > MAX_NAME_LENGTH ? refuse("too-long") : ok(folded);
}

/** Removes the white space around a name, and the dots and spaces at its end, which Windows and DNS ignore. */
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
