// Reads a person as a directory spells one. Pure. What a person signs in by must be right, or the person cannot be
// taken. So must what decides about the person: the SID and the groups. The rest is for people to read, and is made fit
// to be shown or left out.

import { normaliseName, sipUriOf, splitAccount } from "../credentials/names.ts";
import { ok, type Result, refuse } from "../result.ts";
import { displayable, printable } from "../text/printable.ts";
import { isParked, PARKED_FAULT } from "./parked.ts";
import type { DirectoryPerson } from "./plan.ts";

/** A person in a row of the sync. */
export type GivenPerson = {
  readonly sipUri: string;
  readonly upn: string | null;
  /** `DOMAIN\user`. */
  readonly account: string;
  readonly displayName: string | null;
  readonly mail: string | null;
  readonly mobile: string | null;
  readonly sid: string | null;
  readonly language: string | null;
  readonly pool?: string | null;
  readonly groups: readonly string[];
};

/** A fault is a sentence for people. It names the field and not the value. */
export function readPerson(given: GivenPerson): Result<DirectoryPerson, string> {
  const sipUri = sipUriOf(given.sipUri);
  if (!sipUri.ok) return refuse(`The SIP address is not usable: ${sipUri.reason}.`);
  const account = splitAccount(given.account);
  if (!account.ok) return refuse(`The account must be DOMAIN\\user; this one is not usable: ${account.reason}.`);
  const upn = given.upn === null ? undefined : normaliseName(given.upn);
  if (upn?.ok === false) return refuse(`The UPN must be user@domain; this one is not usable: ${upn.reason}.`);
  if (upn !== undefined && !upn.value.includes("@")) return refuse("The UPN must be user@domain.");
  if ([given.sipUri, given.account, given.upn ?? ""].some(isParked)) return refuse(PARKED_FAULT);
  if (given.sid !== null && !isSid(given.sid)) return refuse("The SID must be such as S-1-5-21-1-2-3-1104.");
  const groups = [...new Set(given.groups)];
  if (groups.length > MAX_GROUPS || !groups.every((word) => GROUP.test(word))) {
    return refuse(`Groups are at most ${MAX_GROUPS} words of at most 64 characters, without spaces.`);
  }
  return ok({
    ...{ sipUri: sipUri.value, ...account.value, upn: given.upn?.trim() ?? null },
    ...{ displayName: line(given.displayName, 256, displayable), mobile: line(given.mobile, 64, printable) },
    ...{ mail: mailOf(given.mail), sid: given.sid, language: languageOf(given.language), groups },
    pool: poolOf(given.pool ?? null),
  });
}

/** The most groups that a user may have. */
const MAX_GROUPS = 50;
/** One word: no white space, no invisible character. */
const GROUP = /^[^\p{C}\p{Z}]{1,64}$/u;

const isSid = (text: string): boolean => /^S-1-\d{1,15}(?:-\d{1,10}){1,15}$/.test(text);

function line(text: string | null, most: number, clean: typeof printable): string | null {
  return (text === null ? "" : clean(text.trim(), most)) || null;
}

/** One address without a name beside it. A text that could be several, or hold a header, is none. */
const MAIL = /^[^\s"(),:;<>@[\\\]\p{C}]{1,64}@[^\s"(),:;<>@[\\\]\p{C}]{1,190}$/u;

/** An address to which mail can go; null: the text is none. */
export function mailOf(text: string | null): string | null {
  const trimmed = text?.trim() ?? "";
  return MAIL.test(trimmed) ? trimmed : null;
}

/** A language tag such as `de` or `de-CH`; null: the text is none. */
export function languageOf(text: string | null): string | null {
  const trimmed = text?.trim() ?? "";
  return /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}$/.test(trimmed) ? trimmed : null;
}

/** The name of a pool as a directory has it, an FQDN or a number such as `1:2`, in lower case; null: the text is none. */
export function poolOf(text: string | null): string | null {
  const name = text?.trim().toLowerCase() ?? "";
  return /^[a-z0-9][a-z0-9._:-]{0,252}$/.test(name) ? name : null;
}
