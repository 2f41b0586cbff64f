/** An expected failure is a value: what went right, or a stable reason. */
export type Result<T, R extends string> = { readonly ok: true; readonly value: T } | Refusal<R>;

/** The failing half of a {@link Result}. */
export type Refusal<R extends string> = { readonly ok: false; readonly reason: R };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const refuse = <R extends string>(reason: R): Refusal<R> => ({ ok: false, reason });
