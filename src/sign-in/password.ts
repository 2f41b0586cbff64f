// A password in the clear, from whichever channel, ends here: it is made into the NT hash that app passwords are kept by, and
// tried like an NTLM proof, by the same guards. What goes on to the Front-End is worded afresh, so no password is in it (S-19).

import type { Channel } from "../audit/event.ts";
import { canonicalAppPassword } from "../core/credentials/app-password.ts";
import type { Evidence } from "../core/credentials/evidence.ts";
import { nameFromNtlm } from "../core/credentials/names.ts";
import { ntHash } from "../core/ntlm/responses.ts";
import type { Exchange } from "../http/exchange.ts";
import { type Attempted, attemptSignIn, type ClaimedUser } from "./attempt.ts";
import type { SignedIn } from "./handshake.ts";

/** Longest password tried, in UTF-16 code units: what Windows lets anybody have. */
export const MAX_PASSWORD_LENGTH = 256;

/** Name and password as they were typed. */
export type TypedCredentials = { readonly name: string; readonly password: string };

/** How it ended. `refused` and `unavailable` are answered in the dialect; a refusal has been held back. */
export type PasswordSignIn =
  | { readonly kind: "signed-in"; readonly by: SignedIn }
  | Exclude<Attempted, { kind: "signed-in" }>;

/** Tries a password. */
export async function signInWithPassword(
  exchange: Exchange,
  channel: Channel,
  typed: TypedCredentials,
): Promise<PasswordSignIn> {
  const attempted = await attemptSignIn(exchange, passwordClaim(channel, typed, exchange.config.names.nbDomain));
  if (attempted.kind !== "signed-in") return attempted;
  const { exportedSessionKey: _none, kind, ...proved } = attempted;
  return { kind, by: { ...proved, finalChallenge: undefined } };
}

/** What is claimed with a password. A bare user name is of `defaultDomain`, as in NTLM. */
export function passwordClaim(channel: Channel, typed: TypedCredentials, defaultDomain: string): ClaimedUser {
  return {
    channel,
    name: nameFromNtlm(typed.name, "", defaultDomain),
    workstation: "",
    ntlmVersion: "",
    evidence: evidenceIn(typed.password),
  };
}

function evidenceIn(password: string): Evidence {
  if (password.length > MAX_PASSWORD_LENGTH) return { kind: "nothing", reason: "password-too-long" };
  const canonical = canonicalAppPassword(password);
  // What is no app password is no user's: it is hashed all the same, to be counted and to take as long.
  return { kind: "password", ntHash: ntHash(canonical.ok ? canonical.value : password) };
}
