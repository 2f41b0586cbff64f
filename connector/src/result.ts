// What a step of an order came to: a value, or one of the reasons of reasons.ts and perhaps a word about it for the log.

import type { Reason } from "./reasons.ts";

/** `detail` goes into the log and nowhere else; it never holds a token, a JWS or a key. */
export type Refusal = { readonly ok: false; readonly reason: Reason; readonly detail?: string };

export type Result<T> = { readonly ok: true; readonly value: T } | Refusal;

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const refuse = (reason: Reason, detail?: string): Refusal =>
  detail === undefined ? { ok: false, reason } : { ok: false, reason, detail };
