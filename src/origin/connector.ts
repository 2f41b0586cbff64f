// Signs on through one or two connectors. Postern signs a separate order for each, and asks the next connector when one
// does not answer. A connector that failed is asked last for a while, so that a sign-in does not wait for it again and
// again; it is still asked when there is no other, and so comes back by itself.

import { logEvent } from "../audit/log.ts";
import { MAX_TOKEN_ANSWER_BYTES, readText } from "../core/http/body.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import { byAuthorization, ofRequest, type SignOn, type SignOnFault } from "./sign-on.ts";
import type { SignOnOrder } from "./sign-on-order.ts";

/** A connector, however it is reached. Throws when it cannot be. */
export type Connector = {
  /** As its own configuration has it: the audience of its orders. */
  readonly name: string;
  readonly fetch: (init: RequestInit) => Promise<Response>;
};

/** Signs one order. */
export type OrderSigner = (order: SignOnOrder) => Promise<string>;

/** What all orders have in common. */
export type SignOnTarget = Pick<SignOnOrder, "issuer" | "service"> & {
  /** How long all connectors together may take, ms; a sign-in waits for it. */
  readonly withinMs: number;
};

/** How long a connector that failed is asked last. */
const AVOID_FOR_MS = 30_000;

const PATH = "/v1/authorization";
/** RFC 4559, 4.1; anything else might not even be a header's value. */
const NEGOTIATE = /^Negotiate [A-Za-z0-9+/]+={0,2}$/;
/** What a connector gives as a reason, and what goes into the log; a stranger in its place may say anything. */
const CODE = /^[a-z-]{1,40}$/;

/** Behind a Workers VPC service: the binding decides where it connects. */
export function boundConnector(name: string, binding: Fetcher): Connector {
  return { name, fetch: (init) => binding.fetch(`http://${name}${PATH}`, init) };
}

/** Behind a tunnel host name with Cloudflare Access in front. `origin`: `https://` and a host. */
export function tunnelConnector(
  name: string,
  origin: string,
  token: { readonly clientId: string; readonly clientSecret: string },
): Connector {
  return {
    name,
    fetch: (init) => {
      const headers = new Headers(init.headers);
      headers.set("cf-access-client-id", token.clientId);
      headers.set("cf-access-client-secret", token.clientSecret);
      return fetch(`${origin}${PATH}`, { ...init, headers });
    },
  };
}

/** The sign-on through these connectors, asked in this order. */
export function connectorSignOn(
  connectors: readonly Connector[],
  sign: OrderSigner,
  { withinMs, ...target }: SignOnTarget,
  now: () => number = Date.now,
): SignOn {
  const avoidUntil = new Map<string, number>();
  const avoided = ({ name }: Connector): boolean => now() < (avoidUntil.get(name) ?? 0);
  return {
    credentialsFor: async ({ upn }, { afterRejection, requestId, heard }) => {
      const order = { ...target, user: upn, anew: afterRejection };
      const line = [...connectors.filter((each) => !avoided(each)), ...connectors.filter(avoided)];
      const end = now() + withinMs;
      for (const [at, connector] of line.entries()) {
        // The connectors that have not been asked yet keep an equal share of the time.
        const within = Math.max(1, Math.floor((end - now()) / (line.length - at)));
        const answer = await askOne(connector, () => sign({ ...order, connector: connector.name }), within, requestId);
        heard?.(answer.ok ? connector.name : `${connector.name}: ${answer.said}`);
        if (answer.ok || answer.reason === "unknown-user") {
          avoidUntil.delete(connector.name);
          return answer.ok ? ok(byAuthorization(answer.value)) : refuse("unknown-user");
        }
        const detail = `${connector.name}: ${answer.detail}`;
        logEvent({ event: "unavailable", reason: "connector", ...(requestId && { requestId }), detail });
        if (answer.reason === "failed") avoidUntil.set(connector.name, now() + AVOID_FOR_MS);
      }
      return refuse("unreachable");
    },
  };
}

/** `failed` and `busy` differ in whether the connector is avoided for a while. */
type ConnectorAnswer =
  | Extract<Result<string, SignOnFault>, { ok: true }>
  | {
      readonly ok: false;
      readonly reason: "unknown-user" | "failed" | "busy";
      /** Its status and its code, or that there was no answer. Nothing else of what it said. */
      readonly said: string;
      /** The same for the log, with the fault. */
      readonly detail: string;
    };

async function askOne(
  connector: Connector,
  sign: () => Promise<string>,
  withinMs: number,
  requestId: string | undefined,
): Promise<ConnectorAnswer> {
  try {
    const answer = await connector.fetch({
      method: "POST",
      headers: { "content-type": "application/jwt", ...ofRequest(requestId) },
      body: await sign(),
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(withinMs),
    });
    const said = await readConnectorAnswer(answer);
    if (answer.status === 200) {
      return said.authorization !== undefined ? ok(said.authorization) : failed("failed", "200 without a token");
    }
    const detail = `${answer.status} ${said.error ?? "without a reason"}`;
    if (answer.status === 404 && said.error === "unknown-user") return failed("unknown-user", detail);
    return failed(said.error === "busy" ? "busy" : "failed", detail);
  } catch (fault) {
    return failed("failed", "no answer", String(fault));
  }
}

const failed = (
  reason: Extract<ConnectorAnswer, { ok: false }>["reason"],
  said: string,
  detail = said,
): ConnectorAnswer => ({ ok: false, reason, said, detail });

/** What an answer says, if it is text; a tunnel's own error page says nothing. */
async function readConnectorAnswer(
  answer: Response,
): Promise<{ readonly authorization?: string; readonly error?: string }> {
  const text = await readText(answer, MAX_TOKEN_ANSWER_BYTES);
  let body: unknown;
  try {
    body = text.ok ? JSON.parse(text.value.text) : undefined;
  } catch {
    return {};
  }
  if (typeof body !== "object" || body === null) return {};
  const { authorization, error } = body as { readonly authorization?: unknown; readonly error?: unknown };
  return {
    ...(typeof authorization === "string" && NEGOTIATE.test(authorization) ? { authorization } : {}),
    ...(typeof error === "string" && CODE.test(error) ? { error } : {}),
  };
}
