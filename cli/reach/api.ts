// The gateway's API as commands use it: typed answers, pages, and one place where what is no answer becomes a fault
// with its fix. A POST carries an Idempotency-Key, so it may be sent again when the gateway asks to wait.

import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { type Query, search } from "../../src/core/text/api-address.ts";
import { CliFault } from "../fault.ts";
import { jsonIn } from "../files.ts";
import { notTheApi, problemFault } from "./faults.ts";
import { bodyOf, type Method, NoAnswerInTime, sent, type Target } from "./http.ts";

/** One page of a list, or several joined. */
export type Page<Row> = { readonly items: readonly Row[]; readonly next: string | null };
export type Paging = { readonly limit?: number; readonly all?: boolean };
type Progress = (text: string) => void;
type Extra = { readonly query?: Query; readonly ifMatch?: string };

const DEFAULT_ROWS = 100;
const MAX_PAGE_ROWS = 500;
/** How often, and how long at most, a command waits when the gateway says that it asks too often. */
const MOST_WAITS = 20;
const LONGEST_WAIT_S = 60;

export type Api = ReturnType<typeof apiOf>;

/** The API that `target` reaches. Paths are made by `path` of `src/core/text/api-address.ts`. */
export function apiOf(target: Target) {
  /** The answer's head and its body still to come. Throws a fault where it is not a 2xx of the API. */
  async function asked(method: Method, at: string, body?: object, { query, ifMatch }: Extra = {}) {
    const question = {
      ...{ method, path: at + search(query), body },
      headers: {
        ...(method === "POST" ? { "idempotency-key": randomUUID() } : {}),
        ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
      },
    };
    for (let waits = 0; ; waits++) {
      const answer = await sent(target, question).catch(silent);
      const { statusCode: status = 0, headers } = answer;
      if (status >= 200 && status < 300) return answer;
      const seconds = Number(headers["retry-after"] ?? Number.NaN);
      if (status !== 429 || waits === MOST_WAITS || !(seconds <= LONGEST_WAIT_S)) {
        throw problemFault(status, jsonIn(await bodyOf(answer).catch(silent)), target) ?? notTheApi(answer, target);
      }
      answer.resume();
      await pause(seconds * 1_000);
    }
  }
  const silent = (fault: unknown): never => {
    if (fault instanceof NoAnswerInTime) {
      throw new CliFault(
        "failure",
        `${target.url.origin} gave no answer within a minute`,
        "It may have done what was asked. Look, and give the command again: it does what is left.",
      );
    }
    throw target.silent;
  };
  async function ask<T>(method: Method, at: string, body?: object, extra?: Extra): Promise<T> {
    const answer = await asked(method, at, body, extra);
    const json = jsonIn(await bodyOf(answer).catch(silent));
    if (json === undefined) throw notTheApi(answer, target);
    return json as T; // who asks knows what the operation answers
  }
  const get = <T>(at: string, query?: Query): Promise<T> =>
    ask("GET", at, undefined, query === undefined ? {} : { query });
  return {
    ...{ target, ask, get },
    post: <T>(at: string, body?: object, extra?: Extra): Promise<T> => ask("POST", at, body, extra),
    /** Rows of all pages up to a limit. `progress` hears how many there are so far. */
    async pages<Row>(at: string, query: Query, { limit = DEFAULT_ROWS, all = false }: Paging, progress?: Progress) {
      const most = all ? Number.POSITIVE_INFINITY : limit;
      const items: Row[] = [];
      let next: string | null = null;
      do {
        const rows = Math.min(MAX_PAGE_ROWS, most - items.length);
        const part: Page<Row> = await get(at, { ...query, limit: rows, after: next ?? undefined });
        items.push(...part.items);
        next = part.next ?? null; // a list that comes whole has none
        progress?.(`${items.length} rows`);
      } while (next !== null && items.length < most);
      progress?.("");
      return { items, next };
    },
    /** The body of an answer as it comes. */
    stream: async (at: string, query: Query): Promise<AsyncIterable<Uint8Array>> =>
      asked("GET", at, undefined, { query }),
  };
}
