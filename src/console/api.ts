// The API as the console uses it: the same operations as under the admin host, in this isolate, with the signed-in
// person as the caller. So the console can do nothing that the API does not allow this role, and the audit has the
// person.

import { answerCall } from "../api/app.ts";
import type { Call } from "../api/call.ts";
import type { ProblemAnswer } from "../api/problem.ts";
import { type Query, search } from "../core/text/api-address.ts";

export type Extra = {
  readonly query?: Query;
  /** The version that the person has seen. */
  readonly ifMatch?: string | undefined;
  /** The idempotency key of a form whose answer shows a secret. */
  readonly once?: string | undefined;
};

/** What the API answered. `etag`: the version, as `If-Match` takes it. */
export type Outcome<Answer> =
  | { readonly ok: true; readonly value: Answer; readonly etag: string | undefined }
  | ({ readonly ok: false } & ProblemAnswer);

export type ConsoleApi = {
  readonly get: <Answer>(path: string, query?: Query) => Promise<Outcome<Answer>>;
  /** `null`: an operation that takes no body. */
  readonly post: <Answer>(path: string, body?: object | null, extra?: Extra) => Promise<Outcome<Answer>>;
  readonly put: <Answer>(path: string, body: object, extra?: Extra) => Promise<Outcome<Answer>>;
  readonly patch: <Answer>(path: string, body: object, extra?: Extra) => Promise<Outcome<Answer>>;
  readonly remove: <Answer>(path: string, body?: object, extra?: Extra) => Promise<Outcome<Answer>>;
  /** An answer in another format than JSON, such as an export, as it comes. */
  readonly stream: (path: string, query?: Query) => Promise<Response>;
};

/** The API for one caller. */
export function apiAs(call: Call): ConsoleApi {
  const ask = (method: string, at: string, body?: object, { query, ifMatch, once }: Extra = {}): Promise<Response> => {
    const headers = new Headers(body === undefined ? {} : { "content-type": "application/json" });
    if (ifMatch !== undefined) headers.set("if-match", headerText(ifMatch));
    if (once !== undefined) headers.set("idempotency-key", headerText(once));
    const url = `https://${call.host}${at}${search(filled(query))}`;
    return answerCall(
      new Request(url, { method, headers, body: body === undefined ? null : JSON.stringify(body) }),
      call,
    );
  };
  async function value<Answer>(...asked: Parameters<typeof ask>): Promise<Outcome<Answer>> {
    const response = await ask(...asked);
    const json: unknown = await response.json();
    // The API's own answers, by its own schemas.
    if (response.ok) return { ok: true, value: json as Answer, etag: response.headers.get("etag") ?? undefined };
    return { ok: false, ...(json as ProblemAnswer) };
  }
  return {
    get: (at, query) => value("GET", at, undefined, query === undefined ? {} : { query }),
    post: (at, body = {}, extra) => value("POST", at, body ?? undefined, extra),
    put: (at, body, extra) => value("PUT", at, body, extra),
    patch: (at, body, extra) => value("PATCH", at, body, extra),
    remove: (at, body, extra) => value("DELETE", at, body, extra),
    stream: (at, query) => ask("GET", at, undefined, query === undefined ? {} : { query }),
  };
}

/** What a form has may be anything, and a header takes no line break. The API refuses an empty one and says why. */
const headerText = (text: string): string => (/^[\x20-\x7e]*$/.test(text) ? text : "");

/** A form sends its empty fields too, and an empty field is no filter. */
const filled = (query: Query = {}): Query =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ""));
