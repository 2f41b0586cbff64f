// One operation of the API: everything that the registry, the OpenAPI document and the table of roles have to know of it,
// in one place. `mount.ts` serves operations, `scripts/openapi.ts` describes them.

import type * as v from "valibot";
import type { Call } from "./call.ts";
import type { Problem, ProblemCode } from "./problem.ts";
import type { Needed } from "./roles.ts";

/** Any schema that answers at once. */
export type Schema = v.GenericSchema<unknown, unknown>;
/** A schema of an object: of a path's parameters, or of a query. Its fields may be texts, numbers, booleans. */
export type Fields = Schema & { readonly entries: v.ObjectEntries };

/** What went right. `etag`: the version of what is shown, without quotes, such as `r3`. */
export type Done<Value> = {
  readonly ok: true;
  readonly value: Value;
  readonly etag?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** An answer of 200, or of the operation's `status`. */
export const done = <Value>(value: Value, rest: Omit<Done<Value>, "ok" | "value"> = {}): Done<Value> => ({
  ...{ ok: true, value },
  ...rest,
});

/** What a handler gets beside the call. */
export type Input<P, Q, B> = {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** The caller sent `If-Match` with a version: the change must be made to that version only. */
  readonly conditional: boolean;
  /**
   * Whether the caller knows what it changes: undefined when it may, a problem when the version it has seen is not
   * `current` any more. Without `If-Match` it may.
   */
  readonly precondition: (current: string) => Problem | undefined;
};

type Output<S> = S extends Schema ? v.InferOutput<S> : undefined;

/** What is common to all operations, whatever their schemas. */
type Described = {
  /** Stable, such as `users.list`: the operation's id in OpenAPI. */
  readonly id: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With its parameters in braces, as in OpenAPI. */
  readonly path: `/v1/${string}`;
  readonly scope: Needed;
  /** A sentence without a full stop. */
  readonly summary: string;
  readonly description?: string;
  /** Default: 200. */
  readonly status?: 200 | 201;
  /** The problems of its own; those that every operation may have are added. */
  readonly problems: readonly ProblemCode[];
  /** The longest body that is read, bytes; default 16 KiB. */
  readonly maxBodyBytes?: number;
  /** `If-Match` is honoured, or even demanded. */
  readonly ifMatch?: "optional" | "required";
  /** It may be made again at any time, and its answer names somebody who is gone: nothing is kept for a key. */
  readonly keepsNothing?: boolean;
  /** The answer has a secret that is shown once. It is not kept for a replay, and how often it is made is limited. */
  readonly secret?: boolean;
  /** The answer is a stream of these media types, made by the handler, and not JSON. */
  readonly streams?: readonly string[];
};

/** An operation as it is written down. */
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

/** An operation whose schemas nobody needs to know any more. */
export type Operation = Described & {
  readonly params?: Fields | undefined;
  readonly query?: Fields | undefined;
  readonly body?: Schema | undefined;
  readonly answer: Schema;
  readonly handle: (call: Call, input: Input<never, never, never>) => Promise<Done<unknown> | Problem | Response>;
};

/** Writes an operation down; the compiler holds its handler to its schemas. */
export const operation = <
  A extends Schema,
  P extends Fields | undefined = undefined,
  Q extends Fields | undefined = undefined,
  B extends Schema | undefined = undefined,
>(
  spec: Spec<P, Q, B, A>,
): Operation => spec;
