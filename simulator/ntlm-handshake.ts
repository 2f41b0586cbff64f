// The two steps of NTLM at a server that keeps its state on the connection (MS-NLMP 1.3.1.1), as IIS does. It answers
// the Type 1 with a random challenge, and compares the proof in the Type 3 with the directory password. It uses
// Postern's own code for the messages (src/core/ntlm), but it keeps the challenge itself. The names in the challenge
// are internal, as in IIS.

import { parseAuthenticate } from "../src/core/ntlm/authenticate.ts";
import { buildChallenge } from "../src/core/ntlm/challenge.ts";
import { challengeHeader, type NtlmAuthorization, parseAuthorization } from "../src/core/ntlm/http.ts";
import { parseNegotiate } from "../src/core/ntlm/negotiate.ts";
import { ntHash } from "../src/core/ntlm/responses.ts";
import { mechListMic } from "../src/core/ntlm/session-security.ts";
import { NTLM_MECH_LIST, wrapAccepted } from "../src/core/ntlm/spnego.ts";
import { verifyAuthenticate } from "../src/core/ntlm/verify.ts";
import { internalNames } from "./hosts.ts";
import type { Directory, SimulatedUser } from "./users.ts";

/** What a connection remembers between the two steps. */
export interface PendingNtlm {
  readonly serverChallenge: Uint8Array;
  readonly negotiate: Uint8Array;
  readonly challenge: Uint8Array;
  readonly mechList: Uint8Array;
}

/** The NTLM message in an Authorization value. Undefined if it has none. */
export function readNtlmHeader(value: string): NtlmAuthorization | undefined {
  const parsed = parseAuthorization(value);
  return parsed.ok ? parsed.value : undefined;
}

/** Answers a Type 1. Undefined if it cannot be read. `header`: the WWW-Authenticate value. */
export function answerNegotiate(
  authorization: NtlmAuthorization,
  serverChallenge: Uint8Array,
  now: number,
): { header: string; pending: PendingNtlm } | undefined {
  const negotiate = parseNegotiate(authorization.message);
  if (!negotiate.ok) return undefined;
  const challenge = buildChallenge({
    clientFlags: negotiate.value.flags,
    serverChallenge,
    names: {
      nbDomain: internalNames.netbiosDomain,
      nbComputer: internalNames.netbiosComputer,
      dnsDomain: internalNames.dnsDomain,
      dnsComputer: internalNames.frontEnd,
    },
    dnsTreeName: internalNames.dnsDomain,
    time: now,
  });
  const mechList = authorization.spnego.mechList ?? NTLM_MECH_LIST;
  return {
    header: challengeHeader(authorization, challenge),
    pending: { serverChallenge, negotiate: authorization.message, challenge, mechList },
  };
}

/** The outcome of a Type 3. Without `user` the proof was wrong, or there was no challenge to answer. */
export interface NtlmOutcome {
  /** As the client spelt it, `DOMAIN\user`. */
  readonly name: string;
  /** The NT response, which differs for each guess at a password. */
  readonly proof: Uint8Array;
  readonly user?: SimulatedUser;
  /** The last token, for a SPNEGO client. */
  readonly header?: string;
}

/** Verifies a Type 3 against the directory password of the user it names. */
export function verifyNtlm(
  users: Directory,
  authorization: NtlmAuthorization,
  pending: PendingNtlm | undefined,
): NtlmOutcome {
  const raw = authorization.message;
  const parsed = parseAuthenticate(raw);
  if (!parsed.ok) return { name: "", proof: raw };
  const message = parsed.value;
  const name = message.domain === "" ? message.user : `${message.domain}\\${message.user}`;
  const proof = message.ntResponse;
  const user = users.byNtlmName(message.user, message.domain);
  if (!pending || !user) return { name, proof };
  const ntHashes = [ntHash(user.directoryPassword)];
  const { serverChallenge, negotiate, challenge, mechList } = pending;
  const verified = verifyAuthenticate({ message, raw, serverChallenge, negotiate, challenge, ntHashes });
  if (!verified.ok) return { name, proof };
  if (authorization.spnego.form === "raw") return { name, proof, user };
  const key = verified.value.exportedSessionKey;
  const mic = authorization.spnego.mechListMic && mechListMic(message.flags, key, "server-to-client", mechList);
  const header = `${authorization.scheme} ${Buffer.from(wrapAccepted(mic)).toString("base64")}`;
  return { name, proof, user, header };
}
