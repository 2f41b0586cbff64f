// The port through which Postern becomes the user at the Front-End without knowing the user's domain password. The
// answer is the credentials of exactly one request. The adapter for a real pool is connector.ts (Kerberos delegation);
// passive-sign-on.ts has the one with Postern's own token service; here are the one for the simulator and the one for
// nothing.

import { REQUEST_ID_HEADER } from "../core/http/request-id.ts";
import { ok, type Result, refuse } from "../core/result.ts";

/** Who signs on: the account as the directory knows it. */
export type SignOnUser = {
  readonly upn: string;
  /** Of the user's row. Null or absent: it is not known. */
  readonly sid?: string | null | undefined;
};

/**
 * `sts-not-configured`: there is no key that signs now. `sts-no-sid`: the user has no account for which a token may be
 * signed. `sts-sid-shared`: another user has the same SID, so it does not say who this is. `sts-no-soap`: a client that
 * speaks SOAP, at a pool that names no port for it. `sts-unreachable`: the pool does not answer.
 * `sts-redirect-unexpected`: it does not ask for a token, or not for one of ours. `sts-token-refused`: it gives
 * no session for the token. `sts-grant-refused`: it does not take its own session. `sts-user-unknown-to-pool`: it knows
 * nobody with this SID.
 */
export type PassiveSignOnFault =
  | "sts-not-configured"
  | "sts-no-sid"
  | "sts-sid-shared"
  | "sts-no-soap"
  | "sts-unreachable"
  | "sts-redirect-unexpected"
  | "sts-token-refused"
  | "sts-grant-refused"
  | "sts-user-unknown-to-pool";

/** `unknown-user`: the connector refuses this account. `unreachable`: no answer, or one that makes no sense. */
export type SignOnFault = "unknown-user" | "unreachable" | "not-configured" | PassiveSignOnFault;

/** For which request, and what the caller wants to know of it. */
export type SignOnOccasion = {
  /** Which token service the request is for. */
  readonly service?: "oauth" | "soap";
  /** The Front-End did not take the value of before, so what it was made from may be out of date. */
  readonly afterRejection: boolean;
  /** The id of the client's request; the connector's log names it. */
  readonly requestId?: string;
  /** Hears, for the trace, which connector was asked and what it answered: `dc1` or `dc1: 503 busy`. */
  readonly heard?: (connector: string) => void;
};

/** What makes one request to a token service the user's. */
export type RequestCredentials = {
  /** Lower-case names; nothing else that carries a credential goes along. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where these credentials are taken. Absent: at the address for which they were asked. */
  readonly path?: string;
  /** Makes the body from the one that Postern has worded: another grant, or the same order with a token beside it. */
  readonly body?: (worded: Uint8Array) => Uint8Array;
  /** A ticket that names an account must name this SID. Of the answer, the client gets no cookie. */
  readonly account?: string;
  /** The answer again; or why the Front-End does not take these credentials. Absent: by 401 alone. */
  readonly judge?: (answer: Response) => Promise<Result<Response, SignOnFault>>;
};

/** The same of Kerberos or the simulated connector: one value of `Authorization`. */
export const byAuthorization = (authorization: string): RequestCredentials => ({ headers: { authorization } });

/** Gets the credentials for one user and one request; never reused. */
export type SignOn = {
  /** The SID alone says whose sign-on it is, so nobody else may have it. */
  readonly bySid?: true;
  readonly credentialsFor: (
    user: SignOnUser,
    occasion: SignOnOccasion,
  ) => Promise<Result<RequestCredentials, SignOnFault>>;
  /** Whether the pool is ready for this way to sign on. Absent: ask for the credentials of nobody. */
  readonly ready?: () => Promise<Result<undefined, SignOnFault>>;
};

/**
 * The simulated connector of `npm start`: its tokens are accepted by the simulated Front-End only.
 * @param withinMs how long it may take; a sign-in waits for it
 */
export function simulatedSignOn(connector: Fetcher, secret: string, service: string, withinMs: number): SignOn {
  return {
    credentialsFor: async ({ upn }, { requestId, heard }) => {
      heard?.("simulated");
      try {
        const answer = await connector.fetch("https://connector/v1/authorization", {
          method: "POST",
          headers: { authorization: `Bearer ${secret}`, "content-type": "application/json", ...ofRequest(requestId) },
          body: JSON.stringify({ user: upn, service }),
          signal: AbortSignal.timeout(withinMs),
        });
        if (answer.status === 404) return refuse("unknown-user");
        const body: unknown = answer.ok ? await answer.json() : undefined;
        if (typeof body === "object" && body !== null && "authorization" in body) {
          if (typeof body.authorization === "string" && body.authorization.startsWith("Negotiate ")) {
            return ok(byAuthorization(body.authorization));
          }
        }
      } catch {
        // falls through: whatever went wrong, there is no token
      }
      return refuse("unreachable");
    },
  };
}

/** The header with the id of the client's request. */
export const ofRequest = (requestId: string | undefined): Readonly<Record<string, string>> =>
  requestId === undefined ? {} : { [REQUEST_ID_HEADER]: requestId };

/** For a trial of the edge before there is a connector: a proved password still signs nobody on. */
export const noSignOn: SignOn = { credentialsFor: async () => refuse("not-configured") };
