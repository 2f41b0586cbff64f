// User and domain as they enter NTOWFv2: UPPER(user) and then the domain, in UTF-16 (MS-NLMP 3.3.2). Clients differ in
// how they make the upper case and which domain they take, and a server has to guess. This file lists the few ways that
// known clients use.

import { concat, encodeUtf16 } from "./wire.ts";

/** Letters that have an upper case in Unicode, but not in the table of Windows and Samba. */
const LEFT_ALONE_BY_WINDOWS = new Set(["\u00b5", "\u0131", "\u017f"]);

/** Upper case as Windows makes it: each UTF-16 code unit alone, so a text never gets longer ("ß" stays). */
export function upperCase(text: string): string {
  let upper = "";
  for (let index = 0; index < text.length; index++) {
    const unit = text.charAt(index);
    const candidate = unit.toUpperCase();
    upper += candidate.length === 1 && !LEFT_ALONE_BY_WINDOWS.has(unit) ? candidate : unit;
  }
  return upper;
}

/** Upper case of only a-z, which is what curl does. */
export const upperCaseAscii = (text: string): string => text.replace(/[a-z]/g, (letter) => letter.toUpperCase());

/** The bytes that NTOWFv2 hashes for a user and domain as they are in the message. */
export const identityBytes = (user: string, domain: string): Uint8Array =>
  concat(encodeUtf16(upperCase(user)), encodeUtf16(domain));

/**
 * Every identity that a client may have hashed, each once. The domain is tried as sent, in upper case (Firefox), and
 * empty. The user is tried in the upper case of Windows and of curl. There are at most six, and two for nearly all
 * names.
 */
export function identityCandidates(user: string, domain: string): readonly Uint8Array[] {
  const texts = new Set<string>();
  for (const name of [upperCase(user), upperCaseAscii(user)]) {
    for (const place of [domain, upperCase(domain), ""]) texts.add(name + place);
  }
  return Array.from(texts, encodeUtf16);
}
