// No cache may give one user's answer to another (S-35). Postern tells Cloudflare to keep nothing of what the Front-End
// says (origin/front-end.ts). Here it tells everybody between itself and the client, whatever the Front-End allowed
// them.

/** Headers that speak to CDNs alone (RFC 9213), and their forerunner. */
const FOR_CDNS = ["cdn-cache-control", "cloudflare-cdn-cache-control", "surrogate-control"];
/**
 * Directives that allow a shared cache to keep an answer, also one to a request with `Authorization` (RFC 9111, 3.5).
 */
const FOR_SHARED_CACHES = /^(?:public|s-maxage(?:\s*=.*)?)$/i;
const PRIVATE_ALREADY = /^(?:private|no-store)$/i;

/**
 * Makes an answer private to its client: browsers and phones may still keep what they keep for themselves. `method`: of
 * the request. An answer to a POST that says nothing of its lifetime stays as it is, because no cache keeps it (RFC
 * 9110, 9.3.3).
 */
export function keepFromSharedCaches(headers: Headers, method: string): void {
  for (const name of FOR_CDNS) headers.delete(name);
  const directives = splitDirectives(headers.get("cache-control") ?? "");
  if (directives.length === 0 && method === "POST" && !headers.has("expires")) return;
  const kept = directives.filter((directive) => !FOR_SHARED_CACHES.test(directive));
  // Neither `private="x-header"`, which speaks of one header, nor `no-cache`, with which a cache keeps an answer and
  // asks again, is enough.
  const isPrivate = kept.some((directive) => PRIVATE_ALREADY.test(directive));
  if (isPrivate && kept.length === directives.length) return;
  headers.set("cache-control", (isPrivate ? kept : ["private", ...kept]).join(", "));
}

/** Splits at the commas that are not inside a quoted list. */
function splitDirectives(value: string): readonly string[] {
  return (value.match(/(?:"[^"]*"|[^,"])+/g) ?? []).map((directive) => directive.trim()).filter((text) => text !== "");
}
