// `/live`: whether the Worker runs. It is answered on every host that belongs to nothing else, the admin host among
// them, so it does not tell which host is the API's (S-33, S-72). The public hosts do not have the path.

import type { Env } from "../config/env.ts";
import { hostOf } from "../core/http/canonical.ts";
import { words } from "../core/text/words.ts";
import { ownAnswer } from "../trace/refusal.ts";

/** The paths of the two questions. */
const PATHS = { "/live": "live", "/ready": "ready" } as const;
type ProbePath = (typeof PATHS)[keyof typeof PATHS];

/** Which of the two questions a request asks, if it asks one. */
export function probeOf(request: Request): ProbePath | undefined {
  if (request.method !== "GET" && request.method !== "HEAD") return undefined;
  if (!URL.canParse(request.url)) return undefined; // such as http://999.999.999.999/
  const { pathname } = new URL(request.url);
  return pathname === "/live" || pathname === "/ready" ? PATHS[pathname] : undefined;
}

/** One word. `ok`: 200, otherwise 503. */
export function probed(word: string, ok: boolean): Response {
  const headers = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
  return ownAnswer(
    new Response(`${word}\n`, ok ? { headers } : { status: 503, headers: { ...headers, "retry-after": "10" } }),
  );
}

/** The Worker runs. */
export const live = (): Response => probed("live", true);

/** `/live` while the configuration has faults: on every host that it does not name as public. */
export function liveWithoutConfiguration(
  request: Request,
  { PUBLIC_HOSTS }: Pick<Env, "PUBLIC_HOSTS">,
): Response | undefined {
  const host = hostOf(request.url);
  // A faulty configuration may have anything there.
  const hosts: unknown = PUBLIC_HOSTS;
  if (host === undefined || typeof hosts !== "string" || words(hosts).includes(host)) return undefined;
  return probeOf(request) === "live" ? live() : undefined;
}
