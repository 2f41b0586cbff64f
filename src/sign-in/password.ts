// A password that comes in the clear, over any channel, ends here. Postern makes it into the NT hash by which it keeps
// app passwords, and the same guards try it like an NTLM proof. Postern writes the request that goes on itself, so it
// contains no password (S-19).

import type { Channel } from "../audit/event.ts";
import { canonicalAppPassword } from "../core/credentials/app-password.ts";
import { readTypedWithCode } from "../core/credentials/code-password.ts";
import type { Evidence } from "../core/credentials/evidence.ts";
import { nameFromNtlm } from "../core/credentials/names.ts";
import { ntHash } from "../core/ntlm/responses.ts";
import type { Exchange } from "../http/exchange.ts";
import { type Attempted, attemptSignIn, type ClaimedUser } from "./attempt.ts";
import type { SignedIn } from "./handshake.ts";

/** Longest password tried, in UTF-16 code units: the most that Windows allows. */
export const MAX_PASSWORD_LENGTH = 256;

/** Name and password as they were typed. */
export type TypedCredentials = { readonly name: string; readonly password: string };

/**
 * How it ended. `refused` and `unavailable` are answered in the channel's own form. A refusal has been held back until
 * the refusal floor.
 */
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

/** The name that is claimed with a password. A bare user name belongs to `defaultDomain`, as in NTLM. */
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
  const withCode = readTypedWithCode(password);
  if (withCode !== undefined) return { kind: "password", ntHash: ntHash(withCode.whole), bare: ntHash(withCode.bare) };
  // Text that cannot be an app password belongs to nobody. It is hashed anyway, so it is counted and takes the same
  // time.
  return { kind: "password", ntHash: ntHash(canonical.ok ? canonical.value : password) };
}
