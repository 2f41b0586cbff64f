// NTLM at the edge, one leg at a time. Nothing is kept between the legs: the challenge carries everything that its
// answer needs. Type 1 costs no storage and no Durable Object call. Type 3 is an attempt to sign in like any other.

import type { Evidence } from "../core/credentials/evidence.ts";
import { nameFromNtlm } from "../core/credentials/names.ts";
import { parseAuthenticate } from "../core/ntlm/authenticate.ts";
import { V1_RESPONSE_BYTES } from "../core/ntlm/constants.ts";
import { acceptedHeader, challengeHeader, type NtlmAuthorization, parseAuthorization } from "../core/ntlm/http.ts";
import { hasChannelBinding, relayFault } from "../core/ntlm/relay.ts";
import { issueChallenge, openChallenge } from "../core/ntlm/sealed-challenge.ts";
import type { AuthenticateMessage } from "../core/ntlm/types.ts";
import { versionText } from "../core/ntlm/wire.ts";
import { authenticate, unavailable } from "../http/answers.ts";
import type { Exchange } from "../http/exchange.ts";
import { heldBack } from "../http/refusal-floor.ts";
import { refusal } from "../trace/refusal.ts";
import { attemptSignIn, type ProvedUser } from "./attempt.ts";

/** Who has proved an app password. */
export type SignedIn = ProvedUser & {
  /** `WWW-Authenticate` of the final answer, which SPNEGO clients wait for. */
  readonly finalChallenge: string | undefined;
};

/** The handshake is over, or the client gets this next answer. */
export type Handshake =
  | { readonly kind: "signed-in"; readonly by: SignedIn }
  | { readonly kind: "answer"; readonly response: Response };

/** Takes the handshake one leg further. Every refusal is the same bare challenge (S-22). */
export async function handshake(exchange: Exchange): Promise<Handshake> {
  const header = exchange.request.headers.get("authorization");
  if (header === null) return { kind: "answer", response: authenticate(exchange.config.challenge) };
  const authorization = parseAuthorization(header);
  if (!authorization.ok) return refused(exchange);
  return authorization.value.kind === 1
    ? challenge(exchange, authorization.value)
    : verify(exchange, authorization.value);
}

/** Type 1: a challenge, in the form the client speaks. */
function challenge(exchange: Exchange, authorization: NtlmAuthorization): Handshake {
  const { keyring, names } = exchange.config;
  const { host } = exchange.target;
  const issued = issueChallenge({ keyring, host, now: Date.now(), names, negotiate: authorization.message });
  if (!issued.ok) return { kind: "answer", response: authenticate(exchange.config.challenge) };
  return { kind: "answer", response: authenticate(challengeHeader(authorization, issued.value)) };
}

/** Type 3: opens the challenge it answers, and lets the guards decide. */
async function verify(exchange: Exchange, authorization: NtlmAuthorization): Promise<Handshake> {
  const { config } = exchange;
  const parsed = parseAuthenticate(authorization.message);
  if (!parsed.ok) return refused(exchange);
  const message = parsed.value;
  const attempted = await attemptSignIn(exchange, {
    channel: authorization.scheme === "NTLM" ? "ntlm" : "negotiate",
    name: nameFromNtlm(message.user, message.domain, config.names.nbDomain),
    workstation: message.workstation,
    channelBinding: hasChannelBinding(message) ? "present" : "absent",
    ntlmVersion: message.version === undefined ? "" : versionText(message.version),
    evidence: evidenceIn(exchange, message, authorization.message),
  });
  switch (attempted.kind) {
    case "refused":
      return { kind: "answer", response: authenticate(config.challenge) };
    case "unavailable":
      return { kind: "answer", response: unavailable() };
    case "signed-in": {
      const { exportedSessionKey, kind: _kind, ...proved } = attempted;
      const finalChallenge = exportedSessionKey && acceptedHeader(authorization, message.flags, exportedSessionKey);
      return { kind: "signed-in", by: { ...proved, finalChallenge } };
    }
  }
}

/** What a Type 3 presents: an answer to a challenge of Postern's, or a reason why it proves nothing. */
function evidenceIn({ config, target }: Exchange, message: AuthenticateMessage, raw: Uint8Array): Evidence {
  if (message.ntResponse.length === 0) return { kind: "nothing", reason: "lm-only" };
  if (message.ntResponse.length === V1_RESPONSE_BYTES) return { kind: "nothing", reason: "ntlm-v1" };
  const { keyring, names } = config;
  // The time now, and not the time when the head came: a body that is held back must not keep a challenge alive (S-4).
  const opened = openChallenge({ keyring, host: target.host, now: Date.now(), message, names });
  if (!opened.ok) return { kind: "nothing", reason: `challenge-${opened.reason}` };
  const { id, expiresAt, serverChallenge, negotiate, challenge: sent } = opened.value;
  return {
    kind: "ntlm",
    challengeId: id,
    challengeExpiresAt: expiresAt,
    serverChallenge,
    negotiate,
    challenge: sent,
    authenticate: raw,
    relayFault: relayFault(message, config),
  };
}

/** A value that is not an NTLM message names nobody: it is refused like the others, and costs nothing. */
async function refused(exchange: Exchange): Promise<Handshake> {
  await heldBack(exchange);
  return { kind: "answer", response: refusal("not-an-ntlm-message", authenticate(exchange.config.challenge)) };
}
