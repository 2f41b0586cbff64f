// Serves the operations: each path and method once, roles, limits, schemas and problems in one place. A handler only
// does what its operation is for.

import type { Hono } from "hono";
import * as v from "valibot";
import { logEvent } from "../audit/log.ts";
import { ownAnswer } from "../trace/refusal.ts";
import type { Call } from "./call.ts";
import { changedMeanwhile, etagOf, readIfMatch } from "./etag.ts";
import { parseBody, readBody, readFields } from "./input.ts";
import type { Done, Input, Operation } from "./operation.ts";
import { type Problem, problem, problemResponse } from "./problem.ts";
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
      const outcome = await perform(operation, call, c.req.raw, c.req.param());
      if (outcome instanceof Response) return outcome;
      return outcome.ok ? answer(operation, outcome, c.req.raw) : problemResponse(outcome, call.requestId);
    });
  }
  // Fixed paths first: "/v1/users/batch" is one of "/v1/users/:user" as well.
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

/** As Hono writes a path. */
const honoPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ":$1");

async function perform(
  operation: Operation,
  call: Call,
  request: Request,
  path: Readonly<Record<string, string>>,
): Promise<Done<unknown> | Problem | Response> {
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
  const text = await readBody(request, operation);
  if (!text.ok) return text;
  const body = parseBody(operation.body, text.value);
  if (!body.ok) return body;
  const input: Input<unknown, unknown, unknown> = {
    ...{ params: params.value, query: query.value, body: body.value },
    precondition: (current) => changedMeanwhile(seen, current),
  };
  return operation.handle(call, input as Input<never, never, never>); // as its schemas have read it
}

function forbidden({ id, scope }: Operation, call: Call): Problem {
  return problem("forbidden-scope", `This needs one of the scopes ${allowedScopes(scope).join(", ")}.`, {
    fix: `Use a token that may do ${id}; this one has the scope ${call.scope}.`,
  });
}

/** Only what the schema describes leaves, so a field that a handler has too many of stays inside. */
function answer(operation: Operation, { value, etag, headers }: Done<unknown>, request: Request): Response {
  const shaped = v.safeParse(operation.answer, value);
  if (!shaped.success) {
    // A row that an older release wrote may be of another shape. An administrator needs it all the same.
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
