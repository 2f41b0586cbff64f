// How a proved user is signed on to the Front-End: the part of the configuration that says so.

import type { KeyListFault } from "../core/crypto/key-list.ts";
import { parseSigningKeys, type SigningKey, signingKey } from "../core/crypto/signing-keys.ts";
import { splitAt, words } from "../core/text/words.ts";
import {
  boundConnector,
  type Connector,
  connectorSignOn,
  type OrderSigner,
  tunnelConnector,
} from "../origin/connector.ts";
import type { FrontEnd } from "../origin/front-end.ts";
import { passiveSignOn } from "../origin/passive-sign-on.ts";
import { noSignOn, type SignOn, simulatedSignOn } from "../origin/sign-on.ts";
import { signOrder } from "../origin/sign-on-order.ts";
import type { Env } from "./env.ts";
import { type Pool, SPN } from "./pools.ts";
import type { StsConfig } from "./sts.ts";

const KEYS_FAULTS: Record<KeyListFault, string> = {
  "no-key":
    "SIGN_ON_KEYS is missing. Make a key with `npx postern keys new --connector`, put it in place with `wrangler secret put SIGN_ON_KEYS`, and give its public half to the connectors.",
  "not-32-bytes-base64":
    "SIGN_ON_KEYS has something that is not a base64 key of 32 bytes. Separate keys by spaces, and make one with `npx postern keys new --connector`.",
  "key-twice": "SIGN_ON_KEYS names the same key twice. Remove one of the two.",
};

/** What the token service's sign-on needs of the other parts; absent where they have faults of their own. */
export type PassiveParts = {
  readonly sts?: StsConfig | undefined;
  /** In the order of the pools. */
  readonly frontEnds?: readonly FrontEnd[] | undefined;
};

const MAX_CONNECTORS = 2;
const CONNECTOR_NAME = /^[a-z0-9][a-z0-9.-]{0,62}$/;
const EXAMPLE = 'e.g. "connector-a=binding:CONNECTOR" or "connector-a=https://connector-a.contoso.net"';

/**
 * Reads `SIGN_ON` and what it needs; adds a sentence for every fault. The sign-on of each pool in their order, or
 * undefined with a fault. `withinMs`: how long a connector may take. `passive`: for the token service's sign-on.
 */
export function readSignOns(
  env: Env,
  pools: readonly Pool[],
  withinMs: number,
  faults: string[],
  passive: PassiveParts = {},
): readonly SignOn[] | undefined {
  switch (env.SIGN_ON) {
    case "none":
      return pools.map(() => noSignOn);
    case "simulated": {
      const { CONNECTOR: connector, CONNECTOR_SECRET: secret } = env;
      if (connector !== undefined && secret) {
        return pools.map(({ webHost }) => simulatedSignOn(connector, secret, `http/${webHost}`, withinMs));
      }
      faults.push(
        'SIGN_ON is "simulated", but the binding CONNECTOR or CONNECTOR_SECRET is missing. `npm start` sets both.',
      );
      return undefined;
    }
    case "sts":
      return readPassiveSignOns(env, pools, withinMs, faults, passive);
    case "connector":
      return readConnectors(env, pools, withinMs, faults);
    default:
      faults.push(
        `SIGN_ON must be "connector" (Kerberos delegation through a connector beside the pool, docs/sign-on.md), "sts" (Postern's own token service, docs/sign-on.md), "simulated" (local runs) or "none" (every sign-in ends in 503 after its password was verified).`,
      );
      return undefined;
  }
}

function readPassiveSignOns(
  env: Env,
  pools: readonly Pool[],
  withinMs: number,
  faults: string[],
  { sts, frontEnds }: PassiveParts,
): readonly SignOn[] | undefined {
  if ((env.STS_HOST ?? "").trim() === "") {
    faults.push(
      'SIGN_ON is "sts", but STS_HOST is not set, so there is no token service. Set STS_HOST and what goes with it (docs/passive.md), or choose another SIGN_ON.',
    );
    return undefined;
  }
  if (sts === undefined || frontEnds === undefined) return undefined; // with a fault of its own
  const { host, realms, issuer, tokenMinutes, domainSids, deniedSids, keys } = sts;
  const signOns = pools.flatMap(({ webHost }, at) => {
    const [realm, frontEnd] = [realms.get(webHost), frontEnds[at]];
    if (realm === undefined || frontEnd === undefined) return []; // with a fault of its own
    const expected = { host, ...realm, plainHttp: env.PLAIN_HTTP === "allow" };
    const of = { issuer, tokenMinutes, domainSids, deniedSids, keys, withinMs };
    return [passiveSignOn({ frontEnd, webHost, expected, ...of })];
  });
  return signOns.length === pools.length ? signOns : undefined;
}

function readConnectors(
  env: Env,
  pools: readonly Pool[],
  withinMs: number,
  faults: string[],
): readonly SignOn[] | undefined {
  const [{ webHost = "" } = {}] = pools;
  const before = faults.length;
  const keys = parseSigningKeys(env.SIGN_ON_KEYS ?? "");
  if (!keys.ok) faults.push(KEYS_FAULTS[keys.reason]);
  const others = [...words(env.SEALING_KEYS, false), ...words(env.ADMIN_KEYS, false)];
  if (words(env.SIGN_ON_KEYS, false).some((key) => others.includes(key))) {
    faults.push(
      "SIGN_ON_KEYS has a key of SEALING_KEYS or ADMIN_KEYS. Make one of its own with `npx postern keys new --connector`.",
    );
  }
  const given = (env.SIGN_ON_SERVICE ?? "").trim();
  const service = given || `HTTP/${webHost}`;
  // Without the variable the fault is that of the web host, which is said already.
  if (given !== "" && !SPN.test(service)) {
    faults.push(
      `SIGN_ON_SERVICE is "${service}", which is not a service principal name. Give one without a realm, e.g. "HTTP/web.contoso.com".`,
    );
  }
  const named = words(env.CONNECTORS, false).map((word) => splitAt(word, "="));
  if (named.length === 0)
    faults.push(`CONNECTORS is missing. Give one or two connectors, each with its name and address, ${EXAMPLE}.`);
  if (named.length > MAX_CONNECTORS) {
    faults.push(
      `CONNECTORS names ${named.length}; Postern asks at most ${MAX_CONNECTORS}. Keep the two nearest to a domain controller.`,
    );
  }
  if (new Set(named.map(([name]) => name)).size < named.length) {
    faults.push("CONNECTORS gives two connectors the same name. Give each its own, or an order could be used at both.");
  }
  if (new Set(named.map(([, where]) => where.toLowerCase())).size < named.length) {
    faults.push(
      "CONNECTORS gives two connectors the same address. The first one would get the second one's orders and refuse them. Give each its own.",
    );
  }
  const connectors = named.flatMap(([name, where]) => readConnector(env, name, where, faults) ?? []);
  const [seed] = keys.ok ? keys.value : [];
  if (faults.length > before || seed === undefined) return undefined;
  // Keeps the key, never the promise of it: a promise belongs to the request that made it.
  let key: SigningKey | undefined;
  const sign: OrderSigner = async (order) => {
    key ??= await signingKey(seed);
    return signOrder(key, order, Date.now());
  };
  const issuer = `https://${webHost}`; // of the gateway: a connector knows one, whatever pool the order is for
  return pools.map((pool) => connectorSignOn(connectors, sign, { issuer, service: pool.service, withinMs }));
}

function readConnector(env: Env, name: string, where: string, faults: string[]): Connector | undefined {
  if (!CONNECTOR_NAME.test(name)) {
    faults.push(
      `CONNECTORS has "${name}", which cannot be a connector's name. Give a name and an address, ${EXAMPLE}.`,
    );
    return undefined;
  }
  const [, bindingName] = /^binding:(.*)$/.exec(where) ?? [];
  if (bindingName !== undefined) {
    const binding =
      bindingName === "CONNECTOR" ? env.CONNECTOR : bindingName === "CONNECTOR_2" ? env.CONNECTOR_2 : undefined;
    if (binding !== undefined) return boundConnector(name, binding);
    faults.push(
      `CONNECTORS says that ${name} is at the binding "${bindingName}", which is not there. Add [[vpc_services]] binding = "CONNECTOR" (or "CONNECTOR_2") to wrangler.toml.`,
    );
    return undefined;
  }
  if (!/^https:\/\/[A-Za-z0-9.-]+(:\d+)?$/.test(where)) {
    faults.push(
      `CONNECTORS says that ${name} is at "${where}". Give a binding or an https host without a path, ${EXAMPLE}.`,
    );
    return undefined;
  }
  const { ACCESS_CLIENT_ID: clientId, ACCESS_CLIENT_SECRET: clientSecret } = env;
  if (clientId && clientSecret) return tunnelConnector(name, where, { clientId, clientSecret });
  faults.push(
    `CONNECTORS says that ${name} is at a tunnel host name, but ACCESS_CLIENT_ID or ACCESS_CLIENT_SECRET is missing. Make an Access service token and put both in place with \`wrangler secret put\`.`,
  );
  return undefined;
}
