// The types of NTLM's messages after reading, and the reasons why reading, opening or verifying a message fails. The
// reasons are for the audit and for tests. To a client, each of them looks like a wrong password.

/** Why a message cannot be read. */
export type ParseFault =
  | "too-short"
  | "too-long"
  | "bad-signature"
  | "wrong-type"
  | "out-of-bounds"
  | "bad-string"
  | "bad-av-pairs"
  | "bad-base64"
  | "bad-der"
  | "bad-scheme"
  | "no-ntlm";

/** Why an authenticate message has no valid challenge of Postern in it. */
export type ChallengeFault =
  | "not-ntlm-v2"
  | "no-token"
  | "two-tokens"
  | "broken"
  | "unknown-key"
  | "expired"
  | "future";

/** Why an authenticate message proves nothing. */
export type VerifyFault =
  | "anonymous"
  | "ntlm-v1"
  | "lm-only"
  | "bad-response"
  | "wrong-proof"
  | "bad-session-key"
  | "mic-missing"
  | "mic-wrong";

/** The four names in a challenge: configured public names, never those of an inner machine (S-12). Empty: not shown. */
export type TargetNames = {
  readonly nbDomain: string;
  readonly nbComputer: string;
  readonly dnsDomain: string;
  readonly dnsComputer: string;
};

/**
 * MS-NLMP 2.2.1.1. The names are for the log only. They are absent if the client sent none, or if they are not ASCII.
 */
export type NegotiateMessage = {
  readonly flags: number;
  readonly domain?: string;
  readonly workstation?: string;
  /** Eight bytes, MS-NLMP 2.2.2.10. */
  readonly version?: Uint8Array;
};

/** MS-NLMP 2.2.1.2. */
export type ChallengeMessage = {
  readonly flags: number;
  readonly serverChallenge: Uint8Array;
  readonly targetName: string;
  /** The AV pairs as sent, with their terminator. */
  readonly targetInfo: Uint8Array;
  readonly version?: Uint8Array;
};

/** MS-NLMP 2.2.1.3. Byte fields are views into the message. */
export type AuthenticateMessage = {
  readonly flags: number;
  readonly user: string;
  readonly domain: string;
  readonly workstation: string;
  readonly lmResponse: Uint8Array;
  readonly ntResponse: Uint8Array;
  readonly encryptedSessionKey: Uint8Array;
  readonly version?: Uint8Array;
  /** Present if the payload leaves room for it. The AV pairs of the response say whether it must be right. */
  readonly mic?: Uint8Array;
};

/** MS-NLMP 2.2.2.1. */
export type AvPair = { readonly id: number; readonly value: Uint8Array };
