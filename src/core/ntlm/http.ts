// NTLM in HTTP headers (RFC 4559). Reads the raw NTLM message from an Authorization value, and writes a challenge into
// a WWW-Authenticate value in the form that the client used. Sizes are checked before anything is decoded.

import { timingSafeEqual } from "node:crypto";
import { ok, type Result, refuse } from "../result.ts";
import {
  DIGEST_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_SPNEGO_BYTES,
  MESSAGE_AUTHENTICATE,
  MESSAGE_NEGOTIATE,
} from "./constants.ts";
import { type Direction, mechListMic } from "./session-security.ts";
import { NTLM_MECH_LIST, type Unwrapped, unwrap, wrapAccepted, wrapChallenge } from "./spnego.ts";
import type { ParseFault } from "./types.ts";
import { messageType, startsWithSignature } from "./wire.ts";

/** The schemes that carry NTLM. */
type NtlmScheme = "NTLM" | "Negotiate";

/** An NTLM message from an Authorization header. */
export type NtlmAuthorization = {
  readonly scheme: NtlmScheme;
  /** The raw message, without the SPNEGO frame. */
  readonly message: Uint8Array;
  readonly kind: typeof MESSAGE_NEGOTIATE | typeof MESSAGE_AUTHENTICATE;
  /** The frame around the message. `form` is "raw" if there was none. */
  readonly spnego: Unwrapped;
};

/** Scheme, one or more spaces, base64 with its padding (RFC 9110 11.4: token68). */
const CREDENTIALS = /^(NTLM|Negotiate) +([A-Za-z0-9+/]+={0,2})$/i;
const LONGEST_SCHEME = "Negotiate ".length;

const base64Chars = (bytes: number): number => 4 * Math.ceil(bytes / 3);

/** Reads an Authorization value. `bad-scheme`: the value is not NTLM at all. */
export function parseAuthorization(headerValue: string): Result<NtlmAuthorization, ParseFault> {
  if (headerValue.length > LONGEST_SCHEME + base64Chars(MAX_SPNEGO_BYTES)) return refuse("too-long");
  const [, word, text] = CREDENTIALS.exec(headerValue.trim()) ?? [];
  if (word === undefined || text === undefined) return refuse("bad-scheme");
  const scheme = word.toLowerCase() === "ntlm" ? "NTLM" : "Negotiate";
  if (text.length % 4 !== 0) return refuse("bad-base64");
  const frame = unwrapScheme(scheme, new Uint8Array(Buffer.from(text, "base64")));
  if (!frame.ok) return frame;
  const kind = messageType(frame.value.ntlm);
  if (kind !== MESSAGE_NEGOTIATE && kind !== MESSAGE_AUTHENTICATE) return refuse("wrong-type");
  return ok({ scheme, message: frame.value.ntlm, kind, spnego: frame.value });
}

function unwrapScheme(scheme: NtlmScheme, bytes: Uint8Array): Result<Unwrapped, ParseFault> {
  if (scheme === "Negotiate") return unwrap(bytes);
  if (bytes.length > MAX_MESSAGE_BYTES) return refuse("too-long");
  return startsWithSignature(bytes) ? ok({ ntlm: bytes, form: "raw" }) : refuse("bad-signature");
}

/** The WWW-Authenticate value with a challenge message, in the scheme and form of the Type 1 that it answers. */
export function challengeHeader(authorization: NtlmAuthorization, challenge: Uint8Array): string {
  const token = authorization.spnego.form === "raw" ? challenge : wrapChallenge(challenge);
  return `${authorization.scheme} ${Buffer.from(token).toString("base64")}`;
}

/**
 * The WWW-Authenticate value of a success for a client that spoke SPNEGO. Other clients get none. If the client's
 * mechListMIC is right for a list with NTLM alone, Postern answers with its own. gss-ntlmssp has such a list. Postern
 * remembers no other list and needs none: the MIC protects the choice of the mechanism, and here is no choice.
 */
export function acceptedHeader(
  authorization: NtlmAuthorization,
  flags: number,
  exportedSessionKey: Uint8Array,
): string | undefined {
  const { form, mechListMic: theirs } = authorization.spnego;
  if (form === "raw") return undefined;
  const micFor = (direction: Direction) => mechListMic(flags, exportedSessionKey, direction, NTLM_MECH_LIST);
  const answered = theirs?.length === DIGEST_BYTES && timingSafeEqual(theirs, micFor("client-to-server"));
  const token = answered ? wrapAccepted(micFor("server-to-client")) : wrapAccepted();
  return `${authorization.scheme} ${Buffer.from(token).toString("base64")}`;
}
