// What the directory says of one person, from the entry to what Postern is told. Pure.

import type { Entry } from "../ldap/session.ts";
import { bytesOf, expiryOf, guidText, sidText, textOf, textsOf } from "../ldap/values.ts";
import { attributeWord } from "./words.ts";

/**
 * Whether the directory lets somebody in, and if not, why. `out` and `deleted`: no longer among those who were read.
 */
export type State = "in" | "disabled" | "expired" | "out" | "deleted";

/** What Postern is told of a person. */
export type Person = {
  readonly sipUri: string;
  readonly upn: string | null;
  /** `CORP\alice`. */
  readonly account: string;
  readonly displayName: string | null;
  readonly mail: string | null;
  readonly mobile: string | null;
  readonly sid: string | null;
  readonly language: string | null;
  /** The pool at which the person is homed: its number in the directory, such as `1:2`. */
  readonly pool: string | null;
  /** Words, sorted. */
  readonly groups: readonly string[];
};

/** Somebody who was read. */
export type Read = {
  /** `ad:` and the objectGUID. */
  readonly key: string;
  /** For people: the best name there is. */
  readonly name: string;
  readonly dn: string;
  readonly disabled: boolean;
  /** False: the agent's account may not read whether the account is disabled, so it is taken for disabled. */
  readonly isReadable: boolean;
  /** When the account ends, ms since 1970. */
  readonly expiresAt: number | undefined;
  /** The person, or why Postern cannot take the person as it is: a code and a sentence. */
  readonly person: Person | Problem;
};

/** Why somebody cannot be taken. `code` is for programs. */
export type Problem = { readonly code: string; readonly message: string };

/** What is read of everybody, beside the attributes that become words. */
export const ATTRIBUTES = [
  "objectGUID",
  "objectSid",
  "msRTCSIP-PrimaryUserAddress",
  "msRTCSIP-PrimaryHomeServer",
  "userPrincipalName",
  "sAMAccountName",
  "displayName",
  "mail",
  "mobile",
  "preferredLanguage",
  "userAccountControl",
  "accountExpires",
] as const;

// userAccountControl, MS-ADTS 2.2.16.
const ACCOUNT_DISABLED = 0x2;
/** The API's own limits. */
const MAX_NAME_CHARS = 256;
const MAX_GROUPS = 50;
const MAX_SHORT_CHARS = 64;

/** The key of an entry; undefined where the account of the agent may not read its objectGUID. */
export function keyOf(entry: Entry): string | undefined {
  const guid = guidText(bytesOf(entry, "objectGUID") ?? Buffer.alloc(0));
  return guid === undefined ? undefined : `ad:${guid}`;
}

/** Reads an entry. `groups`: the words of the groups; `attributes`: which attributes become words. */
export function readPerson(
  entry: Entry,
  netbios: string,
  groups: readonly string[],
  attributes: readonly string[],
): Read | undefined {
  const key = keyOf(entry);
  if (key === undefined) return undefined;
  const control = Number(textOf(entry, "userAccountControl") ?? Number.NaN);
  const address = textOf(entry, "msRTCSIP-PrimaryUserAddress") ?? "";
  const account = textOf(entry, "sAMAccountName") ?? "";
  return {
    key,
    name: address.replace(/^sip:/i, "") || account || entry.dn,
    dn: entry.dn,
    isReadable: Number.isInteger(control),
    disabled: !Number.isInteger(control) || (control & ACCOUNT_DISABLED) !== 0,
    expiresAt: expiryOf(textOf(entry, "accountExpires")),
    person: personIn(entry, { address, account, netbios }, [...groups, ...wordsOf(entry, attributes)]),
  };
}

function wordsOf(entry: Entry, attributes: readonly string[]): string[] {
  return attributes.flatMap((name) => textsOf(entry, name).flatMap((value) => attributeWord(name, value) ?? []));
}

type Names = { readonly address: string; readonly account: string; readonly netbios: string };

function personIn(entry: Entry, { address, account, netbios }: Names, words: readonly string[]): Person | Problem {
  const groups = [...new Set(words)].sort();
  if (address === "") {
    return problem(
      "no-address",
      "The account is enabled for Lync and has no SIP address (msRTCSIP-PrimaryUserAddress).",
    );
  }
  if (!ADDRESS.test(address) || address.length > MAX_NAME_CHARS) {
    return problem("bad-address", `Its SIP address ${shown(address)} cannot be used: it is sip:user@domain.`);
  }
  if (account === "") return problem("no-account", "The agent's account may not read its sAMAccountName.");
  if (groups.length > MAX_GROUPS) {
    const many = `Its groups and attributes make ${groups.length} words, and there can be ${MAX_GROUPS}.`;
    return problem("too-many-words", `${many} Name fewer in directory.groups and directory.attributes.`);
  }
  const upn = textOf(entry, "userPrincipalName") ?? null;
  return {
    ...{ sipUri: address, upn, account: `${netbios}\\${account}`, groups },
    displayName: line(textOf(entry, "displayName"), MAX_NAME_CHARS),
    mail: line(textOf(entry, "mail"), MAX_NAME_CHARS),
    mobile: line(textOf(entry, "mobile"), MAX_SHORT_CHARS),
    language: line(textOf(entry, "preferredLanguage"), MAX_SHORT_CHARS),
    pool: poolIn(textOf(entry, "msRTCSIP-PrimaryHomeServer") ?? ""),
    sid: sidText(bytesOf(entry, "objectSid") ?? Buffer.alloc(0)) ?? null,
  };
}

/**
 * The pool in the distinguished name of a home server, `CN=Lc Services,CN=Microsoft,CN=1:2,CN=Pools,CN=RTC Service,…`;
 * null: none that the gateway can take.
 */
export function poolIn(homeServer: string): string | null {
  const [, name = ""] = /(?:^|,)\s*CN=([^,]+),\s*CN=Pools,\s*CN=RTC Service,/i.exec(homeServer) ?? [];
  return POOL.test(name.trim()) ? name.trim().toLowerCase() : null;
}

const POOL = /^[a-z0-9][a-z0-9._:-]{0,252}$/i;

/** The rest of the shape the gateway judges. */
const ADDRESS = /^(sip:)?[^\s@]+@[^\s@]+$/i;

const problem = (code: string, message: string): Problem => ({ code, message });

/** Text as one line within a length; null where there is none. It is for people to read, so it may be cut. */
function line(text: string | undefined, most: number): string | null {
  const one = (text ?? "").replace(/[\p{Cc}\p{Cs}]+/gu, " ").trim();
  return one === "" ? null : [...one].slice(0, most).join("").slice(0, most);
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 80));

/** What the directory says of somebody who was read, at a time. An account ends without any change of its entry. */
export function stateAt(read: Read, now: number): State {
  if (read.disabled) return "disabled";
  return read.expiresAt !== undefined && read.expiresAt <= now ? "expired" : "in";
}

/** Whether the person can be told to Postern. */
export const isPerson = (of: Person | Problem): of is Person => "sipUri" in of;
