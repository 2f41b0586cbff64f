// Asks an identity provider: within a time, for an answer of bounded size, and over https.

import { readWhole } from "../../core/http/body.ts";
import { isLoopback } from "../../core/http/loopback.ts";

/** The part of `fetch` that is used, so that tests can stand in for the provider. */
export type Fetch = (url: string, init: FetchInit) => Promise<Response>;

/** What a request to a provider has. */
export type FetchInit = {
  readonly method?: string;
  readonly headers?: Headers | Record<string, string>;
  readonly body?: URLSearchParams | undefined;
  readonly signal?: AbortSignal | undefined;
};

/**
 * The provider cannot be reached, takes too long, or answers with too much. `message` names the address, never a
 * secret.
 */
export class ProviderUnreachable extends Error {
  override readonly name = "ProviderUnreachable";
}

/** The discovery document and the key set of a large provider have some 20 KB. */
const MAX_ANSWER_BYTES = 256 * 1024;
/** A person is waiting; a healthy provider answers in less than a second. */
const WITHIN_MS = 5_000;
/** A response with one of these has no body (Fetch, "null body status"). */
const WITHOUT_BODY: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** The platform's own. It follows no redirect: a provider that moved is told to the administrator, not followed. */
export const platformFetch: Fetch = (url, { method = "GET", headers = {}, body = null, signal = null }) =>
  fetch(url, { method, headers, body, signal, redirect: "manual" });

/** As `fetch`, bounded. `plainHttp`: http is allowed to this machine, for local runs. */
export function boundedFetch(ask: Fetch, plainHttp: boolean): Fetch {
  return async (url, init) => {
    const { protocol, host, pathname } = new URL(url);
    if (!mayBeAsked(url, plainHttp)) throw new ProviderUnreachable(`${protocol}//${host} is not https`);
    try {
      const signal = init.signal ?? AbortSignal.timeout(WITHIN_MS);
      const answer = await ask(url, { ...init, signal });
      const body = await readWhole(answer, MAX_ANSWER_BYTES);
      if (body === undefined) throw new ProviderUnreachable(`${host}${pathname} answered with too much`);
      const headers = new Headers();
      for (const name of ["content-type", "www-authenticate"]) {
        const value = answer.headers.get(name);
        if (value !== null) headers.set(name, value);
      }
      return new Response(WITHOUT_BODY.has(answer.status) ? null : body, { status: answer.status, headers });
    } catch (fault) {
      if (fault instanceof ProviderUnreachable) throw fault;
      throw new ProviderUnreachable(`${host}${pathname}: ${fault instanceof Error ? fault.message : "no answer"}`);
    }
  };
}

/** Whether a provider may be at that address. */
export function mayBeAsked(url: string, plainHttp: boolean): boolean {
  const parsed = URL.parse(url);
  if (parsed === null) return false;
  return parsed.protocol === "https:" || (plainHttp && parsed.protocol === "http:" && isLoopback(parsed.hostname));
}
