// Windows integrated authentication as IIS does it on the external web site. Kerberos (here a connector's token) signs
// on one request. NTLM signs on the TCP connection: IIS takes the next request on it for the same user, even if
// somebody else sent it. So a gateway that lets NTLM through to a shared connection mixes up its users, and it does so
// here too. Behind a trusted proxy (trusted-proxy.ts) only the proxy can sign users on. Other attempts are recorded and
// refused.

import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { Answer, Exchange, HeaderLine } from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import { unauthorized } from "./iis-headers.ts";
import { ledgerDigest } from "./ledger.ts";
import { answerNegotiate, type PendingNtlm, readNtlmHeader, verifyNtlm } from "./ntlm-handshake.ts";
import { signOnByProxy } from "./trusted-proxy.ts";
import type { SimulatedUser } from "./users.ts";

/** Either the signed-in user, or the answer that asks the client to sign in. */
export type WindowsSignOn =
  | { readonly ok: true; readonly user: SimulatedUser; readonly headers: readonly HeaderLine[] }
  | { readonly ok: false; readonly answer: Answer };

interface ConnectionState {
  pending?: PendingNtlm;
  user?: SimulatedUser;
}

const connections = new WeakMap<Socket, ConnectionState>();

/** Both schemes, each on a separate line, as IIS offers them. */
const offer: readonly HeaderLine[] = [
  ["WWW-Authenticate", "Negotiate"],
  ["WWW-Authenticate", "NTLM"],
];

/** Signs on a request, or answers with the challenge that comes next. `extra`: further header lines of that answer. */
export function signOnWindows(
  frontEnd: FrontEnd,
  exchange: Exchange,
  extra: readonly HeaderLine[] = [],
): WindowsSignOn {
  const challenge = (lines: readonly HeaderLine[]): WindowsSignOn => ({
    ok: false,
    answer: unauthorized([...lines, ...extra]),
  });
  if (frontEnd.trustedProxy !== undefined) {
    const proxied = signOnByProxy(frontEnd.trustedProxy, frontEnd.users, exchange.header);
    if (proxied?.ok) return kerberosSignOn(frontEnd, exchange, proxied.user, "trusted-proxy");
    if (proxied !== undefined) frontEnd.ledger.note("refusedSignOns", exchange.entry, { reason: proxied.reason });
  }
  const [scheme = "", credentials = ""] = (exchange.header("authorization") ?? "").trim().split(/ +/);
  const state = connectionState(exchange.socket);
  switch (scheme.toLowerCase()) {
    case "":
      return state.user ? signedOn(exchange, state.user) : challenge(offer);
    case "basic":
      noteBasic(frontEnd, exchange, credentials);
      return challenge(offer);
    case "negotiate": {
      const token = Buffer.from(credentials, "base64");
      if (frontEnd.negotiateTokens.claims(token)) return redeem(frontEnd, exchange, token) ?? challenge(offer);
      return ntlmLeg(frontEnd, exchange, state, challenge);
    }
    case "ntlm":
      return ntlmLeg(frontEnd, exchange, state, challenge);
    default:
      return challenge(offer);
  }
}

function connectionState(socket: Socket): ConnectionState {
  const known = connections.get(socket) ?? {};
  connections.set(socket, known);
  return known;
}

function signedOn(exchange: Exchange, user: SimulatedUser, headers: readonly HeaderLine[] = []): WindowsSignOn {
  exchange.entry.identity = user.sipUri;
  return { ok: true, user, headers };
}

function kerberosSignOn(frontEnd: FrontEnd, exchange: Exchange, user: SimulatedUser, service: string): WindowsSignOn {
  frontEnd.ledger.note("signOns", exchange.entry, { user: user.sipUri, service });
  return signedOn(exchange, user);
}

function redeem(frontEnd: FrontEnd, exchange: Exchange, token: Uint8Array): WindowsSignOn | undefined {
  if (frontEnd.trustedProxy !== undefined) {
    frontEnd.ledger.note("refusedSignOns", exchange.entry, { reason: "not-by-the-trusted-proxy" });
    return undefined;
  }
  const redeemed = frontEnd.negotiateTokens.redeem(token, `http/${frontEnd.hosts.web}`);
  if (!redeemed.ok) {
    frontEnd.ledger.note("refusedSignOns", exchange.entry, { reason: redeemed.reason });
    return undefined;
  }
  const user = frontEnd.users.admit(redeemed.user); // whom another pool's connector knows, this directory knows, too
  if (!user?.enabled) {
    frontEnd.ledger.note("refusedSignOns", exchange.entry, { reason: "unknown-user" });
    return undefined;
  }
  return kerberosSignOn(frontEnd, exchange, user, redeemed.service);
}

/** One step of a handshake on this connection. It answers a Type 1 with a random challenge, and verifies a Type 3. */
function ntlmLeg(
  frontEnd: FrontEnd,
  exchange: Exchange,
  state: ConnectionState,
  challenge: (lines: readonly HeaderLine[]) => WindowsSignOn,
): WindowsSignOn {
  const message = readNtlmHeader(exchange.header("authorization") ?? "");
  delete state.user;
  if (message === undefined) return challenge(offer);
  if (message.kind === 1) {
    const begun = answerNegotiate(message, randomBytes(8), frontEnd.now());
    if (!begun) return challenge(offer);
    state.pending = begun.pending;
    return challenge([["WWW-Authenticate", begun.header]]);
  }
  const { pending } = state;
  // A challenge takes one answer, right or wrong.
  delete state.pending;
  const result = verifyNtlm(frontEnd.users, message, pending);
  const accepted = result.user?.enabled === true && frontEnd.acceptDirectoryPasswords;
  frontEnd.ledger.note("directoryPasswordAttempts", exchange.entry, {
    channel: "ntlm",
    user: result.name,
    accepted,
    secret: ledgerDigest(result.proof),
  });
  if (!accepted || !result.user) return challenge(offer);
  state.user = result.user;
  return signedOn(exchange, result.user, result.header === undefined ? [] : [["WWW-Authenticate", result.header]]);
}

/** Records a password in Basic. Basic is not offered, but the password has left the client, so it counts as tried. */
function noteBasic(frontEnd: FrontEnd, exchange: Exchange, credentials: string): void {
  const text = Buffer.from(credentials, "base64").toString("utf8");
  const colon = text.indexOf(":");
  frontEnd.ledger.note("directoryPasswordAttempts", exchange.entry, {
    channel: "basic",
    user: text.slice(0, Math.max(0, colon)),
    accepted: false,
    secret: ledgerDigest(text.slice(colon + 1)),
  });
}
