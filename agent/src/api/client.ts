// The gateway's admin API as the agent uses it: typed answers, and attempts again while the reason may pass. What does
// not pass becomes an `ApiFault` with its fix.

import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import * as v from "valibot";
import type { Config } from "../config/config.ts";
import { ApiFault, faultOf } from "./fault.ts";
import { type Answer, type Question, type Transport, transportTo } from "./transport.ts";
import { isPassing, waitBefore } from "./wait.ts";

/** How long one attempt may take, ms. An answer to a change takes three seconds and more. */
const ATTEMPT_MS = 60_000;
const ATTEMPTS = 5;

/** How a question is asked. */
export type Asking = {
  /**
   * The gateway must not carry it out twice, so it goes with an idempotency key. Leave it out for what may come twice,
   * and for an answer with a secret, which the gateway does not keep.
   */
  readonly once?: boolean;
  /** How many attempts there may be. Default: 5. */
  readonly attempts?: number;
  /** Ends the question, and the waiting for another attempt. */
  readonly signal?: AbortSignal;
};

/** Is told of each attempt: how it ended, and how many seconds it took. */
export type OnAttempt = (operation: string, outcome: string, seconds: number) => void;

type Query = Readonly<Record<string, string | number | undefined>>;
type Schema<T> = v.GenericSchema<unknown, T>;

/** Asks the gateway. All reject with an `ApiFault`, or when `signal` says so. */
export interface Api {
  get<T>(path: string, query: Query, schema: Schema<T>, asking?: Asking): Promise<T>;
  post<T>(path: string, body: object, schema: Schema<T>, asking?: Asking): Promise<T>;
  put<T>(path: string, body: object, schema: Schema<T>, asking?: Asking): Promise<T>;
}

/** The API at the gateway of the configuration. */
export function apiAt({ gateway, secrets }: Pick<Config, "gateway" | "secrets">, onAttempt: OnAttempt): Api {
  const url = new URL(gateway.url);
  const headers = {
    authorization: `Bearer ${secrets.token.reveal()}`,
    "user-agent": "postern-agent",
    ...(gateway.host !== undefined && { host: gateway.host }),
    ...(secrets.access && {
      "cf-access-client-id": secrets.access.id.reveal(),
      "cf-access-client-secret": secrets.access.secret.reveal(),
    }),
  };
  return apiOver(transportTo({ url, headers }), url.host, onAttempt);
}

/** The API over a transport. `host`: for sentences. */
export function apiOver(
  transport: Transport,
  host: string,
  onAttempt: OnAttempt,
  waiting: (ms: number, signal: AbortSignal | undefined) => Promise<unknown> = (ms, signal) =>
    pause(ms, undefined, signal === undefined ? {} : { signal }),
): Api {
  async function answerTo(question: Question, { attempts = ATTEMPTS, signal }: Asking): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await once(question, signal);
      if (!(outcome instanceof ApiFault) && outcome.status >= 200 && outcome.status < 300) return outcome;
      const fault =
        outcome instanceof ApiFault ? outcome : faultOf(outcome.status, outcome.json, host, outcome.headers.location);
      const passing = outcome instanceof ApiFault || isPassing(outcome.status);
      const after = outcome instanceof ApiFault ? undefined : outcome.headers["retry-after"];
      const wait = passing && attempt < attempts ? waitBefore(attempt, after, Date.now(), Math.random()) : undefined;
      if (wait === undefined) throw fault;
      await waiting(wait, signal);
    }
  }

  /** One attempt: an answer of whatever status, or why there was none. */
  async function once(question: Question, signal: AbortSignal | undefined): Promise<Answer | ApiFault> {
    const limit = AbortSignal.timeout(ATTEMPT_MS);
    const [start, operation] = [performance.now(), operationOf(question)];
    const ended = (outcome: string): void => onAttempt(operation, outcome, (performance.now() - start) / 1_000);
    try {
      const answer = await transport(question, signal === undefined ? limit : AbortSignal.any([limit, signal]));
      ended(String(answer.status));
      return answer;
    } catch (cause) {
      ended("no-answer");
      signal?.throwIfAborted();
      const why = limit.aborted ? "no answer in time" : reasonOf(cause);
      const fix = "Check gateway.url, and that this machine reaches it: its name, its route, a proxy (README.md).";
      return new ApiFault("unreachable", `${host} does not answer: ${why}`, fix, { cause });
    }
  }

  async function ask<T>(question: Question, schema: Schema<T>, asking: Asking = {}): Promise<T> {
    const headers = asking.once === true ? { "idempotency-key": randomUUID() } : {};
    const { json } = await answerTo({ ...question, headers }, asking);
    const read = v.safeParse(schema, json);
    if (read.success) return read.output;
    const [issue] = read.issues;
    const where = issue.path?.map(({ key }) => String(key)).join(".") ?? "";
    throw new ApiFault(
      "unreadable",
      `the gateway's answer to ${question.method} ${operationOf(question)} has another shape than the agent knows (${where}: ${issue.expected ?? "?"})`,
      "Use the agent of the same release as the gateway.",
    );
  }

  return {
    get: (path, query, schema, asking) => ask({ method: "GET", path: `${path}${search(query)}` }, schema, asking),
    post: (path, body, schema, asking) => ask({ method: "POST", path, body }, schema, asking),
    put: (path, body, schema, asking) => ask({ method: "PUT", path, body }, schema, asking),
  };
}

/** The path without its query: a word for logs and metrics, in which no person is named. */
const operationOf = ({ path }: Question): string => path.replace(/\?.*$/, "");

/** What Node says of a connection that failed; never what was sent. */
const reasonOf = (cause: unknown): string => {
  const { code, message } = cause as NodeJS.ErrnoException;
  return code ?? message;
};

function search(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
}
