// The two NTLM messages that the doctor sends, and what it reads of the one that comes back. It knows no password: the
// proof in its answer is random, so the answer is wrong for everybody, and the user that it names does not exist.

import { randomBytes } from "node:crypto";
import { parseAvPairs } from "../../src/core/ntlm/av-pairs.ts";
import { parseChallenge } from "../../src/core/ntlm/challenge.ts";
import {
  AV_DNS_TREE_NAME,
  CHALLENGE_BYTES,
  DIGEST_BYTES,
  MESSAGE_AUTHENTICATE,
  MESSAGE_NEGOTIATE,
  NEGOTIATE_ALWAYS_SIGN,
  NEGOTIATE_EXTENDED_SESSIONSECURITY,
  NEGOTIATE_NTLM,
  NEGOTIATE_TARGET_INFO,
  NEGOTIATE_UNICODE,
  REQUEST_TARGET,
  SIGNATURE,
} from "../../src/core/ntlm/constants.ts";
import { ntlmV2Blob } from "../../src/core/ntlm/responses.ts";
import { concat, decodeUtf16, encodeUtf16, fileTimeOf, viewOf, writeField } from "../../src/core/ntlm/wire.ts";

const FLAGS =
  NEGOTIATE_UNICODE |
  REQUEST_TARGET |
  NEGOTIATE_NTLM |
  NEGOTIATE_ALWAYS_SIGN |
  NEGOTIATE_EXTENDED_SESSIONSECURITY |
  NEGOTIATE_TARGET_INFO;
const TYPE_1_BYTES = 32;
const TYPE_3_BYTES = 64;
/** The shortest text that can be a sealed challenge: base64url of a nonce, a tag, a version and a time. */
const LEAST_TOKEN_CHARS = 50;

/** The first message: it names nobody, and the gateway keeps nothing of it. */
export function firstMessage(): Uint8Array {
  const bytes = new Uint8Array(TYPE_1_BYTES);
  bytes.set(SIGNATURE);
  viewOf(bytes).setUint32(8, MESSAGE_NEGOTIATE, true);
  viewOf(bytes).setUint32(12, FLAGS >>> 0, true);
  return bytes;
}

/** A challenge as a client needs it. */
export type Challenge = {
  readonly targetName: string;
  readonly targetInfo: Uint8Array;
  /** The text in which Postern keeps its state; undefined where there is none. */
  readonly token: string | undefined;
};

/** Reads a challenge. Undefined: it is none, or cut off. */
export function readChallenge(base64: string): Challenge | undefined {
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const parsed = parseChallenge(new Uint8Array(Buffer.from(base64, "base64")));
  if (!parsed.ok) return undefined;
  const { targetName, targetInfo } = parsed.value;
  const pairs = parseAvPairs(targetInfo);
  if (!pairs.ok) return undefined;
  const tree = pairs.value.find(({ id }) => id === AV_DNS_TREE_NAME);
  const text = tree === undefined ? undefined : decodeUtf16(tree.value);
  const token = text?.ok === true && /^[\w-]+$/.test(text.value) ? text.value : undefined;
  return { targetName, targetInfo, token: (token?.length ?? 0) < LEAST_TOKEN_CHARS ? undefined : token };
}

/** The answer of a user who does not exist, with a proof that nobody computed. */
export function wrongAnswer({ targetName, targetInfo }: Challenge, user: string, now: number): Uint8Array {
  const blob = ntlmV2Blob(fileTimeOf(now), randomBytes(CHALLENGE_BYTES), targetInfo);
  const [lm, nt] = [new Uint8Array(24), concat(randomBytes(DIGEST_BYTES), blob)];
  const [domain, name, workstation] = [encodeUtf16(targetName), encodeUtf16(user), encodeUtf16("POSTERN-DOCTOR")];
  const fixed = new Uint8Array(TYPE_3_BYTES);
  fixed.set(SIGNATURE);
  viewOf(fixed).setUint32(8, MESSAGE_AUTHENTICATE, true);
  let offset = TYPE_3_BYTES;
  const fields: readonly (readonly [at: number, bytes: Uint8Array])[] = [
    ...([[28, domain], [36, name], [44, workstation], [12, lm], [20, nt], [52, new Uint8Array(0)]] as const),
  ];
  for (const [at, bytes] of fields) {
    writeField(fixed, at, bytes.length, offset);
    offset += bytes.length;
  }
  viewOf(fixed).setUint32(60, FLAGS >>> 0, true);
  return concat(fixed, ...fields.map(([, bytes]) => bytes));
}

/** A value for the header Authorization. */
export const authorization = (scheme: string, message: Uint8Array): string =>
  `${scheme} ${Buffer.from(message).toString("base64")}`;

/** The message in a challenge of that scheme; undefined where the header has none. */
export const messageIn = (header: string, scheme: string): string | undefined =>
  new RegExp(`^${scheme} +(\\S+)$`, "i").exec(header.trim())?.[1];
