// Asking a running gateway through its admin API, because only its Durable Objects have the answer. Files in
// `.postern/` say where the gateway of `npm start` is; environment variables name the deployed gateway and its key.
// Every failure becomes one sentence and one fix. The key never appears in an argument, a URL or a message.

import { type IncomingHttpHeaders, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { join } from "node:path";
import type { ProblemAnswer, ProblemCode } from "../src/api/problem.ts";
import { CliFault } from "./fault.ts";
import { keptOrMade, textIn } from "./local-keys.ts";
import { newSealingKey } from "./sealing-keys.ts";
import type { Target } from "./wrangler.ts";

/** `path` is absolute, with its query if it has one, all parts percent-encoded. `body` is sent as JSON. */
export type AdminRequest = { readonly method: "GET" | "POST"; readonly path: string; readonly body?: unknown };

/** What the API said: the value of a 200, or the code and sentence of anything else. */
export type AdminAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: { readonly code: ProblemCode; readonly message: string } };

/** The port behind which HTTP stands. Throws a fault when no answer of the API comes back. */
export type AskAdmin = (request: AdminRequest) => Promise<AdminAnswer>;

/** Where the API is, and what opens it. */
type Door = {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** What to do when nobody answers there. */
  readonly silent: CliFault;
  /** What to do when the key opens nothing. */
  readonly refused: CliFault;
};

const TIMEOUT_MS = 30_000;
/** The longest answer is `lock list`: a hundred users with 500 networks each, some 200 bytes a network. Others come in pages. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** The key of the local gateway's admin API, made on first use; `state` is the `.postern` directory. */
export function localAdminKey(state: string): string {
  return keptOrMade(join(state, "admin.json"), "adminKey", newSealingKey());
}

/** The admin API of the target's gateway. */
export function adminThrough(
  target: Target,
  state: string,
  environment: Readonly<Record<string, string | undefined>>,
): AskAdmin {
  return async (request) => {
    const door = target.kind === "local" ? localDoor(state) : deployedDoor(environment);
    return read(await exchange(door, request), door);
  };
}

function localDoor(state: string): Door {
  const silent = new CliFault(
    "failure",
    "the local gateway is not running",
    'Start it with "npm start" and leave it running, or name the deployed one with --remote.',
  );
  const demo = join(state, "demo.json");
  const [gateway, host] = [textIn(demo, "gateway"), textIn(demo, "adminHost")];
  const key = textIn(join(state, "admin.json"), "adminKey");
  if (gateway === undefined || host === undefined || key === undefined) throw silent;
  return {
    url: new URL(gateway),
    headers: { host, authorization: `Bearer ${key}` },
    silent,
    refused: new CliFault(
      "failure",
      `what answers at ${gateway} does not accept the key in ${join(state, "admin.json")}`,
      'Stop the gateway and start it again with "npm start".',
    ),
  };
}

function deployedDoor(environment: Readonly<Record<string, string | undefined>>): Door {
  const host = given(
    environment,
    "POSTERN_ADMIN_HOST",
    "to the Worker's ADMIN_HOST, such as postern-admin.contoso.com",
  );
  const key = given(environment, "POSTERN_ADMIN_KEY", "to one of the keys in the Worker's secret ADMIN_KEYS");
  if (!/^[a-z0-9_.-]+$/i.test(host)) {
    throw new CliFault(
      "failure",
      `POSTERN_ADMIN_HOST is ${JSON.stringify(host)}, which is not a host name`,
      "Give the name only, without https:// and without a port.",
    );
  }
  const { POSTERN_ACCESS_CLIENT_ID: id = "", POSTERN_ACCESS_CLIENT_SECRET: secret = "" } = environment;
  const access = id === "" ? {} : { "cf-access-client-id": id, "cf-access-client-secret": secret };
  return {
    url: new URL(`https://${host}`),
    headers: { host, authorization: `Bearer ${key}`, ...access },
    silent: new CliFault(
      "failure",
      `https://${host} does not answer`,
      "Check POSTERN_ADMIN_HOST and the network. The name needs a route to the Worker: docs/deploy.md.",
    ),
    refused: new CliFault(
      "failure",
      `https://${host} does not accept POSTERN_ADMIN_KEY, or is not the gateway's ADMIN_HOST`,
      "Set both to what the Worker has: its variable ADMIN_HOST, and one of the keys in its secret ADMIN_KEYS.",
    ),
  };
}

function given(environment: Readonly<Record<string, string | undefined>>, name: string, to: string): string {
  const value = environment[name]?.trim() ?? "";
  if (value !== "" && !/[^\x21-\x7e]/.test(value)) return value;
  throw new CliFault(
    "failure",
    `${name} is ${value === "" ? "not set" : "not usable"}`,
    `Set it in the environment ${to}.`,
  );
}

type Answered = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string };

/** One request, redirects not followed: the key is for this host only. */
function exchange({ url, headers: own, silent }: Door, { method, path, body }: AdminRequest): Promise<Answered> {
  const content = body === undefined ? undefined : JSON.stringify(body);
  const headers = content === undefined ? own : { ...own, "content-type": "application/json" };
  const send = url.protocol === "https:" ? tlsRequest : plainRequest;
  const { hostname, port } = url;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(silent);
    const outgoing = send({ hostname, port, method, path, headers, signal, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) outgoing.destroy(new Error("the answer is too long"));
      });
      response.on("error", fail);
      response.on("end", () => {
        const { statusCode: status = 0, headers: answered } = response;
        resolve({ status, headers: answered, body: Buffer.concat(chunks).toString("utf8") });
      });
    });
    outgoing.on("error", fail);
    outgoing.end(content);
  });
}

function read({ status, headers, body }: Answered, door: Door): AdminAnswer {
  const value = parsed(body);
  if (status === 200 && value !== undefined) return { ok: true, value };
  if (isProblem(value)) return { ok: false, error: { code: value.code, message: value.detail } };
  if (status === 404) throw door.refused;
  // Access redirects unknown callers to its log-in page, or answers 403.
  if (status === 403 || /\.cloudflareaccess\.com\//.test(headers.location ?? "")) {
    throw new CliFault(
      "failure",
      `Cloudflare Access does not let this through to ${door.url.host}`,
      "Set POSTERN_ACCESS_CLIENT_ID and POSTERN_ACCESS_CLIENT_SECRET to a service token that its policy accepts.",
    );
  }
  if (status === 503) {
    throw new CliFault(
      "failure",
      "the gateway cannot answer now",
      'Try again; its log says why ("event": "configuration" or "unavailable").',
    );
  }
  throw new CliFault(
    "failure",
    `${door.url.host} answered ${status}, which is no answer of the admin API`,
    "Check that the host is the gateway's own, and nothing else answers in front of it.",
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isProblem = (value: unknown): value is ProblemAnswer =>
  typeof value === "object" && value !== null && "code" in value && "detail" in value && "requestId" in value;
