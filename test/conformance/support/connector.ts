// A connector without a directory behind it. Its listener, its judgement of orders and its lists are the real ones
// (connector/src). It makes tokens of the simulated Front-End.

import type { Server } from "node:http";
import { type Authority, authorize } from "../../../connector/src/authorize.ts";
import { readKeys } from "../../../connector/src/keys.ts";
import { type Order, verifyOrder } from "../../../connector/src/order.ts";
import { UsedOrders } from "../../../connector/src/replay.ts";
import { ok, refuse } from "../../../connector/src/result.ts";
import { close, listen, orderListener } from "../../../connector/src/server.ts";
import { NegotiateTokens } from "../../../simulator/negotiate-token.ts";

/** What a connector shares with the gateway and with the Front-End. */
export type TestConnectorOptions = {
  /** The audience of its orders. */
  readonly name: string;
  /** One key, or all keys during a change. */
  readonly publicJwk: unknown;
  /** The simulator's `signOnKey`. */
  readonly tokenKey: Uint8Array;
  /** UPNs that its directory does not know. */
  readonly unknown?: readonly string[];
};

/** A running connector. */
export type TestConnector = {
  readonly url: string;
  /** Orders that were verified, whatever their outcome. */
  readonly orders: Order[];
  /** The orders as they came. */
  readonly received: string[];
  /** The lines of its log. */
  readonly lines: Readonly<Record<string, unknown>>[];
  /** The tokens handed out. */
  readonly tokens: string[];
  /**
   * `dead`: connections are cut. `stale`: tokens are for another service, unless a fresh one is asked for. `mixed`:
   * tokens are bob's, whichever user they should be for.
   */
  mode: "good" | "dead" | "no-directory" | "stale" | "useless" | "mixed";
  readonly stop: () => Promise<void>;
};

const LISTS = {
  services: ["HTTP/web.contoso.test"],
  userDomains: ["contoso.test"],
  allowUsers: [],
  denyUsers: [],
};

export async function startTestConnector(options: TestConnectorOptions): Promise<TestConnector> {
  const faults: string[] = [];
  const keys = await readKeys([options.publicJwk].flat(), faults);
  if (keys === undefined) throw new Error(faults.join("\n"));
  const rules = { issuer: "https://web.contoso.test", audience: options.name, keys };
  const used = new UsedOrders(Date.now() - 60_000);
  const mints = new NegotiateTokens(options.tokenKey, Date.now);
  const tokenFor = (user: string, anew: boolean): string => {
    const wrong = connector.mode === "useless" || (connector.mode === "stale" && !anew);
    const whose = connector.mode === "mixed" ? "bob@contoso.test" : user;
    return mints.mint(whose, wrong ? "http/elsewhere.contoso.test" : "http/web.contoso.test");
  };
  let anew = false;
  const server: Server = orderListener({
    authorize: async (jws, request) => {
      if (connector.mode === "dead") return refuse("stopping"); // to nobody: the connection is cut
      connector.received.push(jws);
      if (connector.mode === "no-directory") return refuse("kdc-unreachable");
      const order = await verifyOrder(jws, rules, Date.now());
      if (order.ok) connector.orders.push(order.value);
      anew = order.ok && order.value.anew;
      const parts = {
        rules,
        used,
        lists: LISTS,
        tickets: {
          use: ({ user, service }, act) =>
            options.unknown?.includes(user)
              ? Promise.resolve(refuse("user-unknown"))
              : act({ cache: "", principal: user, service, useUntil: 0 }),
          drop: () => undefined,
        },
        mint: async ({ principal }) => ok(tokenFor(principal, anew)),
        log: (event: string, fields = {}) => void connector.lines.push({ event, ...fields }),
        count: () => undefined,
        now: Date.now,
      } satisfies Authority;
      const answer = await authorize(jws, parts, request);
      if (answer.ok) connector.tokens.push(answer.value);
      return answer;
    },
    onNoOrder: (reason) => {
      throw new Error(`the gateway sent no order: ${reason}`);
    },
    ready: async () => ok(true),
    metrics: async () => "",
  });
  server.prependListener("request", (request) => {
    if (connector.mode === "dead") request.socket.destroy();
  });
  const url = await listen(server, { host: "127.0.0.1", port: 0 }, "listen");
  const connector: TestConnector = {
    url,
    orders: [],
    received: [],
    lines: [],
    tokens: [],
    mode: "good",
    stop: () => close(server),
  };
  return connector;
}
