// Which gateway a command asks: `--target`, then POSTERN_TARGET, then POSTERN_URL with POSTERN_TOKEN, then the one that
// `target use` chose, then the one that `npm start` runs.

import { join } from "node:path";
import { failure, usage } from "../fault.ts";
import { localTokenFile, textIn } from "../local-keys.ts";
import type { Surroundings } from "../surroundings.ts";
import type { Target } from "./http.ts";
import { type KeptTarget, LOCAL, readTargets } from "./targets.ts";

type Where = Pick<Surroundings, "env" | "state">;

/** The gateway to ask. Throws a fault where the target cannot be used. */
export function chosenTarget(where: Where, given: string | undefined): Target {
  const { POSTERN_TARGET: named = "", POSTERN_URL: url = "", POSTERN_TOKEN: token = "" } = where.env;
  if (given !== undefined) return namedTarget(where, given);
  if (named !== "" && url !== "") {
    throw usage("POSTERN_TARGET and POSTERN_URL are both set", "Unset one, or give --target NAME.");
  }
  if (named !== "") return namedTarget(where, named);
  if (url !== "") return fromEnvironment(where, url, token);
  return namedTarget(where, readTargets(where).use ?? LOCAL);
}

/** The target of that name, which has no name of its own in the environment. */
export function namedTarget(where: Where, name: string): Target {
  if (name === LOCAL) return localTarget(where.state);
  const kept = readTargets(where).targets[name];
  if (kept !== undefined) return deployed(name, kept);
  throw usage(
    `there is no target ${JSON.stringify(name)}`,
    "See: npx postern target list\nAdd it: npx postern target add NAME https://HOST",
  );
}

/** The address of a gateway. Throws a fault for an address that a token must not be sent to. */
export function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(url.hostname);
  const bare = url !== undefined && url.pathname === "/" && url.search === "" && url.hash === "" && url.username === "";
  if (bare && (url.protocol === "https:" || (url.protocol === "http:" && loopback))) return url;
  throw usage(
    `${JSON.stringify(text)} is not the address of a gateway's API`,
    "Give https:// and the Worker's ADMIN_HOST, such as https://postern-admin.contoso.com",
  );
}

/** Such a text can be sent in a header. */
export const isToken = (text: string): boolean => /^[\x21-\x7e]{16,512}$/.test(text);

function fromEnvironment({ env }: Where, url: string, token: string): Target {
  if (!isToken(token)) {
    throw usage(
      `POSTERN_TOKEN is ${token === "" ? "not set" : "not a token"}`,
      "Set it to a token of the gateway at POSTERN_URL: npx postern token create --help",
    );
  }
  const { POSTERN_ACCESS_CLIENT_ID: id = "", POSTERN_ACCESS_CLIENT_SECRET: secret = "" } = env;
  return deployed(addressOf(url).host, { url, token, ...(id === "" ? {} : { access: { id, secret } }) });
}

/** A gateway somewhere, by what is kept of it. */
export function deployed(name: string, { url: text, token, access }: KeptTarget): Target {
  const url = addressOf(text);
  return {
    ...{ name, url },
    headers: {
      authorization: `Bearer ${token}`,
      ...(access === undefined ? {} : { "cf-access-client-id": access.id, "cf-access-client-secret": access.secret }),
    },
    silent: failure(
      `${url.origin} (target ${name}) does not answer`,
      "Check the address and the network. The name needs a route to the Worker: docs/deploy.md.",
    ),
    refused: failure(
      `${url.origin} (target ${name}) does not accept the token, or is not the gateway's ADMIN_HOST`,
      "The token may have expired or been revoked. Give the target another one: npx postern target add --help",
    ),
  };
}

function localTarget(state: string): Target {
  const silent = failure(
    "the local gateway is not running",
    'Start it with "npm start" and leave it running, or name another target with --target.',
  );
  const demo = join(state, "demo.json");
  const [gateway, host] = [textIn(demo, "gateway"), textIn(demo, "adminHost")];
  const kept = textIn(localTokenFile(state), "token");
  const token = kept ?? textIn(join(state, "admin.json"), "adminKey"); // the bootstrap key, where nothing else is there
  if (gateway === undefined || host === undefined || token === undefined) throw silent;
  const url = new URL(gateway);
  return {
    ...{ name: LOCAL, url, silent },
    // With the port: links that the gateway makes lead to it.
    headers: { host: url.port === "" ? host : `${host}:${url.port}`, authorization: `Bearer ${token}` },
    refused: failure(
      `what answers at ${gateway} does not accept the ${kept === undefined ? "key in admin.json" : "token in token.json"} of ${state}`,
      'Stop the gateway and start it again with "npm start".',
    ),
  };
}
