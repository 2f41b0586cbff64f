// NTLM at the edge, one leg at a time. Nothing is kept between the legs: the challenge carries all that the answer needs.
// Type 1 costs no storage and no Durable Object call; Type 3 costs one D1 read and one call to the user's guard.

import { logEvent } from "../audit/log.ts";
import { nameFromNtlm } from "../credentials/names.ts";
import { authenticate, unavailable } from "../edge/answers.ts";
import type { Exchange } from "../edge/exchange.ts";
import { guardOf, strangersGuardOf } from "../guard/route.ts";
import { parseAuthenticate } from "../ntlm/authenticate.ts";
import { acceptedHeader, challengeHeader, type NtlmAuthorization, parseAuthorization } from "../ntlm/http.ts";
import { issueChallenge, openChallenge } from "../ntlm/sealed-challenge.ts";
import { openDatabase } from "../store/database.ts";
import { findForSignIn, type SignInUser } from "../store/directory.ts";

/** Who has proved an app password. */
export type SignedIn = {
  readonly user: SignInUser;
  readonly credentialId: string;
  /** `WWW-Authenticate` of the final answer, which SPNEGO clients wait for. */
  readonly finalChallenge: string | undefined;
};

/** Either the handshake is over, or here is the next answer to the client. */
export type Handshake =
  | { readonly kind: "signed-in"; readonly by: SignedIn }
  | { readonly kind: "answer"; readonly response: Response };

/** Takes the handshake one leg further. Every refusal is the same bare challenge (S-22). */
export async function handshake(exchange: Exchange): Promise<Handshake> {
  const header = exchange.request.headers.get("authorization");
  if (header === null) return { kind: "answer", response: authenticate(exchange.config.challenge) };
  const authorization = parseAuthorization(header);
  if (!authorization.ok) return refused(exchange, authorization.reason);
  return authorization.value.kind === 1
    ? challenge(exchange, authorization.value)
    : verify(exchange, authorization.value);
}

/** Type 1: a challenge, in the form the client speaks. */
function challenge(exchange: Exchange, authorization: NtlmAuthorization): Handshake {
  const { keyring, names } = exchange.config;
  const { host } = exchange.target;
  const issued = issueChallenge({ keyring, host, now: exchange.now, names, negotiate: authorization.message });
  if (!issued.ok) return refused(exchange, issued.reason);
  return { kind: "answer", response: authenticate(challengeHeader(authorization, issued.value)) };
}

/** Type 3: opens the challenge it answers, finds the user, and lets the user's guard decide. */
async function verify(exchange: Exchange, authorization: NtlmAuthorization): Promise<Handshake> {
  const { config, env, now, target } = exchange;
  const message = parseAuthenticate(authorization.message);
  if (!message.ok) return refused(exchange, message.reason);
  const opened = openChallenge({
    keyring: config.keyring,
    host: target.host,
    now,
    message: message.value,
    names: config.names,
  });
  if (!opened.ok) return refused(exchange, opened.reason);
  const name = nameFromNtlm(message.value.user, message.value.domain, config.names.nbDomain);
  if (!name.ok) return refused(exchange, `name-${name.reason}`);
  const record = await findForSignIn(openDatabase(env.DB), name.value);
  const guard = record === undefined ? strangersGuardOf(env, name.value) : guardOf(env, record.user.sipUri);
  const verdict = await guard.signIn({
    challengeId: opened.value.id,
    challengeExpiresAt: opened.value.expiresAt,
    serverChallenge: opened.value.serverChallenge,
    negotiate: opened.value.negotiate,
    challenge: opened.value.challenge,
    authenticate: authorization.message,
    user: record && { id: record.user.id, disabled: record.user.disabled, credentials: [...record.credentials] },
  });
  switch (verdict.kind) {
    case "refused":
      return refused(exchange, verdict.reason, record?.user.sipUri);
    case "unavailable":
      logEvent({ event: "unavailable", reason: verdict.reason, ...(record && { user: record.user.sipUri }) });
      return { kind: "answer", response: unavailable() };
    case "signed-in": {
      if (record === undefined) return refused(exchange, "unknown-user");
      const finalChallenge = acceptedHeader(authorization, message.value.flags, verdict.exportedSessionKey);
      return {
        kind: "signed-in",
        by: { user: record.user, credentialId: verdict.credentialId, finalChallenge },
      };
    }
  }
}

/** @param user only of a user there is: people type passwords into the name field, and a log keeps them (S-16) */
function refused(exchange: Exchange, reason: string, user?: string): Handshake {
  logEvent({ event: "sign-in", reason, host: exchange.target.host, ...(user === undefined ? {} : { user }) });
  return { kind: "answer", response: authenticate(exchange.config.challenge) };
}
