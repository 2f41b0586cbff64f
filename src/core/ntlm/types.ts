// What the messages of NTLM say once they are read, and the reasons for which reading, opening or verifying one fails.
// The reasons are for the audit and for tests: outside, every one of them looks like a wrong password.

/** Why bytes are not the message they should be. */
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

/** Why an authenticate message carries no challenge of ours that is good here and now. */
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

/** The four names a challenge shows: public ones, as configured, never those of a machine behind (S-12). Empty: not shown. */
export type TargetNames = {
  readonly nbDomain: string;
  readonly nbComputer: string;
  readonly dnsDomain: string;
  readonly dnsComputer: string;
};

/** MS-NLMP 2.2.1.1. The names are for the log only; they are absent when not sent, and when not ASCII. */
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
  /** The AV pairs as sent, terminator included. */
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
  /** Present when the payload leaves room for it: whether it must be right is said by the AV pairs of the response. */
  readonly mic?: Uint8Array;
};

/** MS-NLMP 2.2.2.1. */
export type AvPair = { readonly id: number; readonly value: Uint8Array };
