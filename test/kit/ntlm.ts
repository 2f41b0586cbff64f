// What the tests of NTLM share: keys, names, a user, and one whole handshake between a client of
// ntlm-client-profiles.ts and the verifier. Never deployed.

import { type Keyring, parseKeyring } from "../../src/core/crypto/keyring.ts";
import { parseAuthenticate } from "../../src/core/ntlm/authenticate.ts";
import { ntHash } from "../../src/core/ntlm/responses.ts";
import { issueChallenge, openChallenge } from "../../src/core/ntlm/sealed-challenge.ts";
import type { ChallengeFault, ParseFault, TargetNames, VerifyFault } from "../../src/core/ntlm/types.ts";
import { type Verified, verifyAuthenticate } from "../../src/core/ntlm/verify.ts";
import type { Result } from "../../src/core/result.ts";
import { type ClientProfile, clientAuthenticate, clientNegotiate } from "./ntlm-client.ts";

/** Takes the value of a result that has to be good. Otherwise the test fails with the reason. */
export function must<T>(result: Result<T, string>): T {
  if (!result.ok) throw new Error(`refused: ${result.reason}`);
  return result.value;
}

export const KEYRING: Keyring = must(parseKeyring(Buffer.alloc(32, 7).toString("base64")));
export const HOST = "web.contoso.test";
export const NOW = Date.UTC(2026, 9, 23, 12);
export const NAMES: TargetNames = {
  nbDomain: "CONTOSO",
  nbComputer: "POSTERN",
  dnsDomain: "corp.contoso.test",
  dnsComputer: "web.contoso.test",
};
export const ALICE = {
  user: "alice",
  domain: "CONTOSO",
  password: "k7m2-p9xq-w4tz-h3vn-r8cd",
  workstation: "DESKTOP-7F3K2QA",
};
export const ALICE_HASHES = [ntHash("not this one"), ntHash(ALICE.password)];

/** The three messages of one handshake, as bytes. */
export type Messages = { readonly type1: Uint8Array; readonly type2: Uint8Array; readonly type3: Uint8Array };

/** A client's side of a handshake, against a challenge issued at {@link NOW}. */
export function handshake(profile: ClientProfile, who: Partial<typeof ALICE> = {}): Messages {
  const type1 = clientNegotiate(profile);
  const type2 = must(issueChallenge({ keyring: KEYRING, host: HOST, now: NOW, names: NAMES, negotiate: type1 }));
  const type3 = clientAuthenticate(profile, { ...ALICE, ...who, type1, type2, now: NOW + 40 });
  return { type1, type2, type3 };
}

/** The server's side: reads, opens and verifies a Type 3, as a sign-in does. */
export function answer(
  type3: Uint8Array,
  ntHashes: readonly Uint8Array[] = ALICE_HASHES,
): Result<Verified, ParseFault | ChallengeFault | VerifyFault> {
  const message = parseAuthenticate(type3);
  if (!message.ok) return message;
  const opened = openChallenge({ keyring: KEYRING, host: HOST, now: NOW + 80, message: message.value, names: NAMES });
  if (!opened.ok) return opened;
  const { serverChallenge, negotiate, challenge } = opened.value;
  return verifyAuthenticate({ message: message.value, raw: type3, serverChallenge, negotiate, challenge, ntHashes });
}
