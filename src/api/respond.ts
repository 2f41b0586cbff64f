// What the routes of the admin API share: who calls, reading JSON within a limit, writing JSON, and the audit of
// changes that no guard decides.

import type { Context } from "hono";
import { auditEvent } from "../audit/event.ts";
import { logAudited } from "../audit/log.ts";
import type { AuditReason } from "../audit/reasons.ts";
import type { Env } from "../config/env.ts";
import { type NameFault, normaliseName } from "../core/credentials/names.ts";
import { readText } from "../core/http/body.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import { insertEvents } from "../store/audit.ts";
import { openDatabase } from "../store/database.ts";
import { showUser, type User } from "../store/directory.ts";
import { refusal } from "../trace/refusal.ts";
import type { AdminErrorAnswer, AdminErrorCode } from "./answers.ts";

/** A request with a right key. */
export type Call = {
  readonly env: Env;
  /** The id of the key. */
  readonly keyId: string;
  /** The admin host. */
  readonly host: string;
  readonly source: string;
  readonly requestId: string;
};

/** Hono's context of a call. */
export type CallContext = Context<{ Bindings: Call }>;

const NO_STORE = { "cache-control": "no-store" };

export const answer = (value: unknown): Response => Response.json(value, { headers: NO_STORE });

export function error(
  status: number,
  code: AdminErrorCode,
  message: string,
  headers: Record<string, string> = {},
): Response {
  const body: AdminErrorAnswer = { error: { code, message } };
  return refusal("admin-request", Response.json(body, { status, headers: { ...NO_STORE, ...headers } }), code);
}

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

/** The user that a typed name leads to. */
export async function knownUser(env: Env, text: string): Promise<Result<User, NameFault | "nobody">> {
  const name = normaliseName(text);
  if (!name.ok) return name;
  const user = await showUser(openDatabase(env.DB), name.value);
  return user === undefined ? refuse("nobody") : ok(user);
}

export function noUser(reason: NameFault | "nobody"): Response {
  return reason === "nobody"
    ? error(404, "no-such-user", "Nobody has this name.")
    : error(400, "unusable-name", `This is not usable as a name: ${reason}.`);
}

/**
 * Writes an administrative change into the audit that no guard writes. When this returns, it is in the audit and in the
 * log (S-39).
 */
export async function recordChange(
  { env, keyId: by, host, source, requestId }: Call,
  reason: AuditReason,
  about: { readonly user?: User; readonly why?: string },
): Promise<void> {
  const { user, why } = about;
  const request = { requestId, channel: "command", host, source, userAgent: "", workstation: "" } as const;
  const decision = { outcome: "changed", reason, userId: user?.id, user: user?.sipUri, by, why } as const;
  const event = auditEvent(request, decision, Date.now());
  await insertEvents(openDatabase(env.DB), [event]);
  logAudited(event);
}
