// The user and domain as they enter NTOWFv2: UPPER(user) and then the domain, in UTF-16 (MS-NLMP 3.3.2). A server with
// the hash but without the client's code has to guess which upper case and which domain the client took, so this file
// lists the few that clients are known to take.

import { concat, encodeUtf16 } from "./wire.ts";

/** Letters whose upper case in Unicode is another than in the table Windows and Samba use, which leaves these alone. */
const LEFT_ALONE_BY_WINDOWS = new Set(["\u00b5", "\u0131", "\u017f"]);

/** Upper case as Windows has it: each UTF-16 code unit by itself, and never longer ("ß" stays). */
export function upperCase(text: string): string {
  let upper = "";
  for (let index = 0; index < text.length; index++) {
    const unit = text.charAt(index);
    const candidate = unit.toUpperCase();
    upper += candidate.length === 1 && !LEFT_ALONE_BY_WINDOWS.has(unit) ? candidate : unit;
  }
  return upper;
}

/** Upper case of a-z alone: what curl does, whatever the alphabet of the name. */
export const upperCaseAscii = (text: string): string => text.replace(/[a-z]/g, (letter) => letter.toUpperCase());

/** The bytes that NTOWFv2 hashes, for a user and domain as they stand in the message. */
export const identityBytes = (user: string, domain: string): Uint8Array =>
  concat(encodeUtf16(upperCase(user)), encodeUtf16(domain));

/**
 * Every identity a client may have hashed, each once: the domain as sent, in upper case (Firefox), and empty; each with
 * the user in Windows' and in curl's upper case. At most six, for nearly all names two.
 */
export function identityCandidates(user: string, domain: string): readonly Uint8Array[] {
  const texts = new Set<string>();
  for (const name of [upperCase(user), upperCaseAscii(user)]) {
    for (const place of [domain, upperCase(domain), ""]) texts.add(name + place);
  }
  return Array.from(texts, encodeUtf16);
}
