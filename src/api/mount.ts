// Serves the operations. Each path and method is mounted once, and roles, limits, schemas and problems are handled here
// for all. So a handler does only the work of its own operation.

import type { Hono } from "hono";
import * as v from "valibot";
import { logEvent } from "../audit/log.ts";
import { ownAnswer } from "../trace/refusal.ts";
import type { Call } from "./call.ts";
import { changedMeanwhile, etagOf, readIfMatch } from "./etag.ts";
import { once, readKey } from "./idempotency.ts";
import { parseBody, readBody, readFields } from "./input.ts";
import { type Done, done, type Input, type Operation } from "./operation.ts";
import { type Problem, problem, problemResponse } from "./problem.ts";
import { mayMakeSecret, tooMany } from "./rate.ts";
import { allowedScopes, mayDo } from "./roles.ts";

type Routes = Hono<{ Bindings: Call }>;

/** Adds every operation. For other methods of their paths the answer is 405. */
export function mount(routes: Routes, operations: readonly Operation[]): void {
  const methods = new Map<string, string[]>();
  for (const operation of operations) {
    const path = honoPath(operation.path);
    methods.set(path, [...(methods.get(path) ?? []), operation.method]);
    routes.on(operation.method, path, async (c) => {
      const { env: call } = c;
      return perform(operation, call, c.req.raw, c.req.param());
    });
  }
  // Fixed paths come first: "/v1/users/batch" would match "/v1/users/:user" as well.
  for (const [path, allowed] of [...methods].toSorted(([a], [b]) => a.split(":").length - b.split(":").length)) {
    const allow = [...new Set(allowed)].join(", ");
    routes.all(path, (c) =>
      problemResponse(
        problem("method-not-allowed", `This takes ${allow} only.`, { headers: { allow } }),
        c.env.requestId,
      ),
    );
  }
}

/** The path in the spelling of Hono. */
const honoPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ":$1");

async function perform(
  operation: Operation,
  call: Call,
  request: Request,
  path: Readonly<Record<string, string>>,
): Promise<Response> {
  const read = await readRequest(operation, call, request, path);
  if (!read.ok) return problemResponse(read, call.requestId);
  const { input, text, key } = read.value;
  const act = async (): Promise<Response> => {
    if (operation.secret === true && !(await mayMakeSecret(call))) return problemResponse(tooMany, call.requestId);
    // The operation's own schemas have read this input.
    const outcome = await operation.handle(call, input as Input<never, never, never>);
    if (outcome instanceof Response) return ownAnswer(outcome);
    return outcome.ok ? answer(operation, outcome, request) : problemResponse(outcome, call.requestId);
  };
  if (key === undefined || operation.method !== "POST" || operation.keepsNothing === true) return act();
  return once(call, { key, text, method: request.method, url: request.url }, operation.secret === true, act);
}

type ReadRequest = {
  readonly input: Input<unknown, unknown, unknown>;
  readonly text: string;
  readonly key: string | undefined;
};

/** Everything that can be wrong with a request, checked before anything is done. */
async function readRequest(
  operation: Operation,
  call: Call,
  request: Request,
  path: Readonly<Record<string, string>>,
): Promise<Done<ReadRequest> | Problem> {
  if (!mayDo(call.scope, operation.scope)) return forbidden(operation, call);
  const params = readFields(operation.params, Object.entries(path));
  if (!params.ok) return params;
  const query = readFields(operation.query, new URL(request.url).searchParams);
  if (!query.ok) return query;
  const seen = readIfMatch(request.headers.get("if-match"));
  if (typeof seen === "object" && "ok" in seen) return seen;
  if (seen === undefined && operation.ifMatch === "required") {
    return problem("precondition-required", "Two people may change this at once.", {
      fix: "Get it, and send the ETag of that answer as If-Match.",
    });
  }
  const key = readKey(request);
  if (typeof key === "object") return key;
  const text = await readBody(request, operation);
  if (!text.ok) return text;
  const body = parseBody(operation.body, text.value);
  if (!body.ok) return body;
  const input: Input<unknown, unknown, unknown> = {
    ...{ params: params.value, query: query.value, body: body.value },
    conditional: Array.isArray(seen),
    precondition: (current) => changedMeanwhile(seen, current),
  };
  return done({ input, text: text.value, key });
}

function forbidden({ id, scope }: Operation, call: Call): Problem {
  return problem("forbidden-scope", `This needs one of the scopes ${allowedScopes(scope).join(", ")}.`, {
    fix: `Use a token that may do ${id}; this one has the scope ${call.scope}.`,
  });
}

/** An answer has only the fields that its schema describes. A further field of a handler does not get out. */
function answer(operation: Operation, { value, etag, headers }: Done<unknown>, request: Request): Response {
  const shaped = v.safeParse(operation.answer, value);
  if (!shaped.success) {
    // An older release may have stored a row in another shape. An administrator needs to see it all the same.
    const path = v.getDotPath(shaped.issues[0]) ?? "";
    logEvent({ event: "unavailable", reason: "answer-not-as-described", detail: `${operation.id}: ${path}` });
  }
  const own = { "cache-control": "no-store", ...(etag === undefined ? {} : { etag: etagOf(etag) }) };
  const body = JSON.stringify(shaped.success ? shaped.output : value);
  if (etag !== undefined && request.method === "GET" && request.headers.get("if-none-match") === etagOf(etag)) {
    return ownAnswer(new Response(null, { status: 304, headers: { ...headers, ...own } }));
  }
  const init = { status: operation.status ?? 200, headers: { ...headers, ...own, "content-type": "application/json" } };
  return ownAnswer(new Response(body, init));
}
