// Turns everything that is not a success of the API into a fault: a problem that the gateway names, or an answer of
// something else.

import type { IncomingMessage } from "node:http";
import type { ProblemAnswer } from "../../src/api/problem.ts";
import { CliFault, type FaultKind, failure } from "../fault.ts";
import type { Target } from "./http.ts";

/** The command that says more about a problem. */
const SEE: Readonly<Record<string, string>> = {
  "no-such-user": "user list",
  "no-such-device": "device list USER",
  "several-such-devices": "device list USER",
  "no-such-password": "password list USER",
  "name-taken": "user show NAME",
  "no-such-token": "token list",
  "no-such-administrator": "admin list",
  "no-such-version": "policy history",
  "device-id-in-use": "device list",
  "policy-changed": "policy diff",
  "changed-meanwhile": "policy diff",
  "forbidden-scope": "whoami",
};

/** The fault for a problem. Undefined: the body is not a problem. */
export function problemFault(status: number, body: unknown, target: Target): CliFault | undefined {
  if (!isProblem(body)) return undefined;
  const { code, title, detail, fix, errors = [], requestId } = body;
  const [see, places] = [SEE[code], errors.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`))];
  const remedy = [
    ...places,
    ...(fix === undefined ? [] : [fix]),
    ...(see === undefined ? [] : [`See: npx postern ${see}`]),
  ];
  return new CliFault(
    kindOf(status),
    (detail ?? title).replace(/\.$/, ""),
    remedy.length > 0 ? remedy.join("\n") : `The gateway's log says more of it: ${requestId ?? "see there"}.`,
    { code, target: target.name, errors, requestId },
  );
}

/** The fault when something other than the gateway answers. */
export function notTheApi({ statusCode: status = 0, headers }: IncomingMessage, target: Target): CliFault {
  const { host } = target.url;
  if (status === 404) return target.refused;
  // Access sends unknown callers to its log-in page, or answers 403.
  if (status === 403 || /\.cloudflareaccess\.com\//.test(headers.location ?? "")) {
    return failure(
      `Cloudflare Access does not let this through to ${host}`,
      "Give the target a service token that the policy of Access accepts: npx postern target add --help",
    );
  }
  if (status === 503) {
    return failure(
      "the gateway cannot answer now",
      'Try again; its log says why ("event": "configuration" or "unavailable").',
    );
  }
  return failure(
    `${host} answered ${status}, which is no answer of the API`,
    "Check that the address is the gateway's ADMIN_HOST, and nothing else answers in front of it.",
  );
}

function kindOf(status: number): FaultKind {
  if (status === 404) return "notFound";
  if (status === 409 || status === 412) return "conflict";
  if (status === 401 || status === 403) return "forbidden";
  return status >= 400 && status < 500 && status !== 429 ? "usage" : "failure";
}

const isProblem = (value: unknown): value is ProblemAnswer =>
  typeof value === "object" && value !== null && "code" in value && "title" in value && typeof value.code === "string";
