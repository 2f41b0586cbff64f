// The outcome of a step: a value, or one of the reasons of reasons.ts, perhaps with a detail for the log.

import type { Reason } from "./reasons.ts";

/** `detail` goes only into the log. It never has a token, a JWS or a key in it. */
export type Refusal = { readonly ok: false; readonly reason: Reason; readonly detail?: string };

export type Result<T> = { readonly ok: true; readonly value: T } | Refusal;

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const refuse = (reason: Reason, detail?: string): Refusal =>
  detail === undefined ? { ok: false, reason } : { ok: false, reason, detail };
