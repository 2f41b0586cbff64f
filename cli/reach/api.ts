// The gateway's API as commands use it: typed answers, and pages. In one place everything else becomes a fault with its
// fix. A POST has an Idempotency-Key, so it may be sent again when the gateway asks to wait.

import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { notTheApi, problemFault } from "./faults.ts";
import { bodyOf, type Question, sent, type Target } from "./http.ts";

type Query = Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>;
/** One page of a list, or several joined. */
export type Page<Row> = { readonly items: readonly Row[]; readonly next: string | null };
export type Paging = { readonly limit?: number; readonly all?: boolean };
type Extra = { readonly query?: Query; readonly ifMatch?: string };

/** The API of one target. `path` is made by {@link path}. */
export type Api = {
  readonly target: Target;
  readonly get: <T>(path: string, query?: Query) => Promise<T>;
  /** `body`: null when the operation takes none. */
  readonly post: <T>(path: string, body?: object | null, extra?: Extra) => Promise<T>;
  readonly put: <T>(path: string, body: unknown, extra?: Extra) => Promise<T>;
  readonly patch: <T>(path: string, body: unknown) => Promise<T>;
  readonly remove: <T>(path: string, body?: unknown) => Promise<T>;
  /** The rows of all pages, up to a limit. `page` is told how many there are so far. */
  readonly pages: <Row>(
    path: string,
    query: Query,
    paging: Paging,
    page?: (rows: number) => void,
  ) => Promise<Page<Row>>;
  /** The body of an answer, while it arrives. */
  readonly stream: (path: string, query: Query) => Promise<AsyncIterable<Uint8Array>>;
};

const DEFAULT_ROWS = 100;
const MAX_PAGE_ROWS = 500;
/** How often a command waits when the gateway says that it was asked too often, and how long at most. */
const MOST_WAITS = 20;
const LONGEST_WAIT_S = 60;

/** Makes a path of the API. Each value becomes one segment. */
export const path = (texts: TemplateStringsArray, ...values: readonly string[]): string =>
  texts.map((text, at) => text + (at < values.length ? encodeURIComponent(values[at] ?? "") : "")).join("");

/** The API that `target` reaches. */
export function apiOf(target: Target): Api {
  async function ask(question: Question): Promise<IncomingMessage> {
    const headers =
      question.method === "POST" ? { "idempotency-key": randomUUID(), ...question.headers } : question.headers;
    for (let waits = 0; ; waits++) {
      const answer = await sent(target, { ...question, ...(headers === undefined ? {} : { headers }) }).catch(() => {
        throw target.silent;
      });
      const seconds = Number(answer.headers["retry-after"] ?? Number.NaN);
      const wait = answer.statusCode === 429 && waits < MOST_WAITS && seconds <= LONGEST_WAIT_S;
      if (!wait) return answer;
      answer.resume();
      await pause(seconds * 1_000);
    }
  }
  async function value<T>(
    method: Question["method"],
    at: string,
    body?: unknown,
    { query, ifMatch }: Extra = {},
  ): Promise<T> {
    const answer = await ask({
      ...{ method, path: at + search(query) },
      ...(body === undefined ? {} : { body }),
      ...(ifMatch === undefined ? {} : { headers: { "if-match": ifMatch } }),
    });
    const text = await bodyOf(answer).catch(() => {
      throw target.silent;
    });
    const json = parsed(text);
    const status = answer.statusCode ?? 0;
    if (status === 204) return undefined as T; // a caller that expects no body says `void`
    if (status >= 200 && status < 300 && json !== undefined) return json as T;
    throw problemFault(status, json, target) ?? notTheApi(answer, target);
  }
  return {
    target,
    get: (at, query) => value("GET", at, undefined, query === undefined ? {} : { query }),
    post: (at, body = {}, extra) => value("POST", at, body ?? undefined, extra),
    put: (at, body, extra) => value("PUT", at, body, extra),
    patch: (at, body) => value("PATCH", at, body),
    remove: (at, body) => value("DELETE", at, body),
    async pages<Row>(
      at: string,
      query: Query,
      { limit = DEFAULT_ROWS, all = false }: Paging,
      page?: (rows: number) => void,
    ) {
      const most = all ? Number.POSITIVE_INFINITY : limit;
      const items: Row[] = [];
      let next: string | null = null;
      do {
        const rows = Math.min(MAX_PAGE_ROWS, most - items.length);
        const part: Page<Row> = await value("GET", at, undefined, {
          query: { ...query, limit: rows, after: next ?? undefined },
        });
        items.push(...part.items);
        next = part.next ?? null; // a list that comes in one piece has no `next`
        page?.(items.length);
      } while (next !== null && items.length < most);
      return { items, next };
    },
    async stream(at, query) {
      const answer = await ask({ method: "GET", path: at + search(query) });
      if (answer.statusCode === 200) return answer;
      throw problemFault(answer.statusCode ?? 0, parsed(await bodyOf(answer)), target) ?? notTheApi(answer, target);
    },
  };
}

function search(query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [value].flat().map((one): [string, string] => [name, String(one)]),
  );
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
