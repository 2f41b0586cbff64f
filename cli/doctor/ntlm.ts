// What the doctor reads of a challenge, and an answer to it that is wrong for everybody: it names a user who does not
// exist, and is made with a random key in place of a password's hash.

import { randomBytes } from "node:crypto";
import { parseAvPairs } from "../../src/core/ntlm/av-pairs.ts";
import { parseChallenge } from "../../src/core/ntlm/challenge.ts";
import { authenticateMessage } from "../../src/core/ntlm/client.ts";
import { AV_DNS_TREE_NAME, CHALLENGE_BYTES, DIGEST_BYTES } from "../../src/core/ntlm/constants.ts";
import { decodeUtf16 } from "../../src/core/ntlm/wire.ts";

/** The shortest text that can be a sealed challenge: base64url of a nonce, a tag, a version and a time. */
const LEAST_TOKEN_CHARS = 50;

/** A challenge. */
export type Challenge = {
  readonly message: Uint8Array;
  /** The NetBIOS name of the domain. */
  readonly targetName: string;
  /** The text in which Postern keeps its state; undefined where there is none. */
  readonly token: string | undefined;
};

/** Reads a challenge. Undefined: it is none, or cut off. */
export function readChallenge(base64: string): Challenge | undefined {
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const message = new Uint8Array(Buffer.from(base64, "base64"));
  const parsed = parseChallenge(message);
  if (!parsed.ok) return undefined;
  const { targetName, targetInfo } = parsed.value;
  const pairs = parseAvPairs(targetInfo);
  if (!pairs.ok) return undefined;
  const tree = pairs.value.find(({ id }) => id === AV_DNS_TREE_NAME);
  const text = tree === undefined ? undefined : decodeUtf16(tree.value);
  const sealed = text?.ok === true && text.value.length >= LEAST_TOKEN_CHARS && /^[\w-]+$/.test(text.value);
  return { message, targetName, token: sealed ? text.value : undefined };
}

/** The wrong answer of `user` for that host. Undefined: the challenge is too weak to answer. */
export const wrongAnswer = (
  { message: challenge, targetName: domain }: Challenge,
  { negotiate, user, host, now }: { negotiate: Uint8Array; user: string; host: string; now: number },
): Uint8Array | undefined =>
  authenticateMessage({
    ...{ negotiate, challenge, user, domain, workstation: "POSTERN-DOCTOR", targetName: `HTTP/${host}`, now },
    ...{ ntHash: randomBytes(DIGEST_BYTES), clientChallenge: randomBytes(CHALLENGE_BYTES) },
  });

/** A value for the header Authorization. */
export const authorization = (scheme: string, message: Uint8Array): string =>
  `${scheme} ${Buffer.from(message).toString("base64")}`;

/** The message in a challenge of that scheme; undefined where the header has none. */
export const messageIn = (header: string, scheme: string): string | undefined =>
  new RegExp(`^${scheme} +(\\S+)$`, "i").exec(header.trim())?.[1];
