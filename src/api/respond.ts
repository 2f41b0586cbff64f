// What the routes share that are not operations yet.

import type { Context } from "hono";
import { readText } from "../core/http/body.ts";
import { ownAnswer } from "../trace/refusal.ts";
import type { Call } from "./call.ts";
import { type ProblemCode, problem, problemResponse } from "./problem.ts";

/** Hono's context of a call. */
export type CallContext = Context<{ Bindings: Call }>;

const NO_STORE = { "cache-control": "no-store" };

export const answer = (value: unknown): Response => ownAnswer(Response.json(value, { headers: NO_STORE }));

export const error = (_status: number, code: ProblemCode, message: string): Response =>
  problemResponse(problem(code, message), "");

/**
 * The JSON object of a request's body. Empty where there is no body; undefined when the body is not an object or is
 * longer than `limit` bytes.
 */
export async function bodyOf(request: Request, limit: number): Promise<Readonly<Record<string, unknown>> | undefined> {
  const read = await readText(request, limit);
  if (!read.ok) return undefined;
  if (read.value.text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(read.value.text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
