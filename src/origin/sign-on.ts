// The port through which Postern becomes the user at the Front-End without knowing the user's domain password. The
// answer is the credentials of exactly one request. The adapter for a real pool is connector.ts (Kerberos delegation);
// here are the one for the simulator and the one for nothing.

import { REQUEST_ID_HEADER } from "../core/http/request-id.ts";
import { ok, type Result, refuse } from "../core/result.ts";

/** Who signs on: the account as the directory knows it. */
export type SignOnUser = { readonly upn: string };

/** `unknown-user`: the connector refuses this account. `unreachable`: no answer, or one that makes no sense. */
export type SignOnFault = "unknown-user" | "unreachable" | "not-configured";

/** For which request, and what the caller wants to know of it. */
export type SignOnOccasion = {
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
  /** Replaces the body: another grant than the client's. */
  readonly body?: Uint8Array;
};

/** The same of Kerberos or the simulated connector: one value of `Authorization`. */
export const byAuthorization = (authorization: string): RequestCredentials => ({ headers: { authorization } });

/** Gets the credentials for one user and one request; never reused. */
export type SignOn = {
  readonly credentialsFor: (
    user: SignOnUser,
    occasion: SignOnOccasion,
  ) => Promise<Result<RequestCredentials, SignOnFault>>;
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
