// Describes one operation of the API in one place, for the server, the OpenAPI document and the table of roles.
// `mount.ts` serves the operations; `scripts/openapi.ts` writes the document.

import type * as v from "valibot";
import type { Call } from "./call.ts";
import type { Problem, ProblemCode } from "./problem.ts";
import type { Needed } from "./roles.ts";

/** Any schema that answers without a promise. */
export type Schema = v.GenericSchema<unknown, unknown>;
/** The schema of a path's parameters, or of a query. Its fields may be texts, numbers or booleans. */
export type Fields = Schema & { readonly entries: v.ObjectEntries };

/** A success. `etag`: the version of what is shown, without quotes, such as `r3`. */
export type Done<Value> = {
  readonly ok: true;
  readonly value: Value;
  readonly etag?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Answers 200, or the operation's `status`. */
export const done = <Value>(value: Value, rest: Omit<Done<Value>, "ok" | "value"> = {}): Done<Value> => ({
  ...{ ok: true, value },
  ...rest,
});

/** What a handler gets besides the call. */
export type Input<P, Q, B> = {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Whether the caller named a version in `If-Match`. If so, only that version may be changed. */
  readonly conditional: boolean;
  /**
   * Checks that the caller knows the `current` version. Undefined: the caller may change it. Without `If-Match` every
   * caller may.
   */
  readonly precondition: (current: string) => Problem | undefined;
};

type Output<S> = S extends Schema ? v.InferOutput<S> : undefined;

/** What all operations have in common, whatever their schemas. */
type Described = {
  /** The operation's id in OpenAPI, such as `users.list`. It never changes. */
  readonly id: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** The path with its parameters in braces, as OpenAPI writes it. */
  readonly path: `/v1/${string}`;
  readonly scope: Needed;
  /** One sentence without a full stop. */
  readonly summary: string;
  readonly description?: string;
  /** The status of a success. Default: 200. */
  readonly status?: 200 | 201;
  /** The problems of this operation. Those that every operation may have are added automatically. */
  readonly problems: readonly ProblemCode[];
  /** The longest body, bytes. Default: 16 KiB. */
  readonly maxBodyBytes?: number;
  /** The operation honours `If-Match`, or demands it. */
  readonly ifMatch?: "optional" | "required";
  /**
   * The answer names a deleted person, so no answer is kept for an `Idempotency-Key`. The request may be made again at
   * any time.
   */
  readonly keepsNothing?: boolean;
  /** The answer has a secret that is shown once. So the answer is not kept, and callers may ask only so often. */
  readonly secret?: boolean;
  /** The handler answers with a stream of one of these media types instead of JSON. */
  readonly streams?: readonly string[];
};

/** An operation as its file in `routes/` writes it down. */
type Spec<
  P extends Fields | undefined,
  Q extends Fields | undefined,
  B extends Schema | undefined,
  A extends Schema,
> = Described & {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly answer: A;
  readonly handle: (
    call: Call,
    input: Input<Output<P>, Output<Q>, Output<B>>,
  ) => Promise<Done<v.InferOutput<A>> | Problem | Response>;
};

/** An operation for callers that need not know its schemas. */
export type Operation = Described & {
  readonly params?: Fields | undefined;
  readonly query?: Fields | undefined;
  readonly body?: Schema | undefined;
  readonly answer: Schema;
  readonly handle: (call: Call, input: Input<never, never, never>) => Promise<Done<unknown> | Problem | Response>;
};

/** Makes an operation. The compiler holds the handler to the operation's schemas. */
export const operation = <
  A extends Schema,
  P extends Fields | undefined = undefined,
  Q extends Fields | undefined = undefined,
  B extends Schema | undefined = undefined,
>(
  spec: Spec<P, Q, B, A>,
): Operation => spec;
