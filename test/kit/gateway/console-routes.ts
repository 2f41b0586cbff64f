// Every route of the console or the portal, and every name of a field or a query that the console's code reads, so that
// an attack on each covers what is added later.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A route: its method, and its path as Hono has it. */
export type ConsoleRoute = { readonly method: "GET" | "POST"; readonly path: string };

/** What of an `app.tsx` is read here. */
type Router = { readonly routes: { readonly routes: readonly { readonly method: string; readonly path: string }[] } };

const SOURCES = new URL("../../../src/console/", import.meta.url).pathname;

/** The routes, from the router itself. The test that asks replaces `cloudflare:workers`, which Node does not have. */
export const consoleRoutes = (): Promise<readonly ConsoleRoute[]> => routesIn(`${SOURCES}app.tsx`);

/** The same of the portal. */
export const portalRoutes = (): Promise<readonly ConsoleRoute[]> =>
  routesIn(new URL("../../../src/portal/app.tsx", import.meta.url).pathname);

async function routesIn(app: string): Promise<readonly ConsoleRoute[]> {
  // Not a literal: the types of this module are those of a Worker, which tests in Node do not have.
  const { routes } = (await import(/* @vite-ignore */ app)) as Router;
  const all = new Map<string, ConsoleRoute>();
  for (const { method, path } of routes.routes) {
    if (method === "GET" || method === "POST") all.set(`${method} ${path}`, { method, path });
  }
  return [...all.values()];
}

const READ =
  /(?:\b(?:form|query|searchParams|typed)\.(?:get|getAll|has)|\.query|\b(?:typed|given|text|of|days))\(\s*"([\w-]+)"/g;
const NAMED = /\bname(?:=|: )"([\w-]+)"/g;

/** The names of fields and of what stands behind `?`, out of the sources. */
export function consoleNames(): readonly string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((name) =>
    /(?<!\.test)\.tsx?$/.test(name),
  );
  const names = files.flatMap((name) => {
    const source = readFileSync(join(SOURCES, name), "utf8");
    return [READ, NAMED].flatMap((pattern) => [...source.matchAll(pattern)].map(([, found = ""]) => found));
  });
  return [...new Set(names)].filter((name) => name !== "csrf").toSorted();
}
