// `Idempotency-Key`: when the connection breaks, a client may send its POST again, and Postern carries it out only
// once. Postern keeps only answers of success. A refused request changed nothing, so its key is free again.

import { createHash } from "node:crypto";
import { openDatabase } from "../store/database.ts";
import { beginKeyed, dropKeyed, endKeyed, type KeptRequest, type Keyed } from "../store/idempotency.ts";
import { logFailure } from "../store/log-failure.ts";
import { ownAnswer } from "../trace/refusal.ts";
import type { Call } from "./call.ts";
import { type Problem, problem, problemResponse } from "./problem.ts";

const KEY = /^[\x21-\x7e]{1,128}$/;

/** The key that the client sent; undefined when it sent none. */
export function readKey(request: Request): string | Problem | undefined {
  const key = request.headers.get("idempotency-key");
  if (key === null || KEY.test(key)) return key ?? undefined;
  return problem("unusable-header", "Idempotency-Key must be 1 to 128 printable characters without spaces.");
}

/**
 * Carries a request out once. `secret`: the answer has a secret, so only the id of what was made is kept. When `act`
 * throws, this frees the key and throws the same error.
 */
export async function once(
  call: Call,
  request: { readonly key: string; readonly method: string; readonly url: string; readonly text: string },
  secret: boolean,
  act: () => Promise<Response>,
): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const said = `${request.method}\n${pathname}${search}\n${request.text}`;
  const requestHash = createHash("sha256").update(said).digest("hex");
  const keyed: Keyed = { caller: call.actor.id, key: request.key, requestHash };
  const db = openDatabase(call.env.DB);
  const before = await beginKeyed(db, keyed, Date.now());
  if (before !== "begun") return again(before, keyed, secret, call.requestId);
  let response: Response;
  try {
    response = await act();
  } catch (fault) {
    await dropKeyed(db, keyed);
    throw fault;
  }
  if (!response.ok) {
    await dropKeyed(db, keyed);
    return response;
  }
  const body = await response.clone().text();
  try {
    await endKeyed(db, keyed, response.status, secret ? JSON.stringify({ id: idIn(body) }) : body);
  } catch (fault) {
    logFailure("admin", fault); // it was carried out, so the client must get the answer
  }
  return response;
}

function again(before: KeptRequest, { requestHash }: Keyed, secret: boolean, requestId: string): Response {
  const { status, body } = before;
  const refuse = (said: Problem): Response => problemResponse(said, requestId);
  if (before.requestHash !== requestHash) {
    return refuse(
      problem("idempotency-key-reused", "Another request was made with this idempotency key.", {
        fix: "Use a new key for each thing that is to be done.",
      }),
    );
  }
  if (status === null || body === null) {
    const headers = { "retry-after": "1" };
    return refuse(problem("still-running", "The request is being carried out. Ask again in a second.", { headers }));
  }
  if (secret) {
    const id = idIn(body);
    return refuse(
      problem("already-done", `It was made before: ${id}. Its secret was in the answer of that request.`, {
        fix: "If that answer is lost, revoke what was made, and make another one with a new key.",
        more: { id },
      }),
    );
  }
  const headers = { "cache-control": "no-store", "content-type": "application/json", "idempotency-replayed": "true" };
  return ownAnswer(new Response(body, { status, headers }));
}

function idIn(body: string): string {
  const value: unknown = JSON.parse(body);
  return typeof value === "object" && value !== null && "id" in value ? String(value.id) : "";
}
