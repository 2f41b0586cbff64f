// One id for one request, in the answer, in the log and in the audit: Cloudflare's ray id, or a random one where there is no
// Cloudflare. A client behind Cloudflare cannot choose it; elsewhere it can, so it is looked at before it is sent back.

/** The header of an answer of Postern's own with the id of its request. */
export const REQUEST_ID_HEADER = "x-request-id";

const RAY = /^[\w-]{1,64}$/;

/** Random ids of requests without a ray id. Weak: an id goes with its request. */
const ids = new WeakMap<Request, string>();

/** The id of a request. */
export function requestIdOf(request: Request): string {
  const ray = request.headers.get("cf-ray") ?? "";
  if (RAY.test(ray)) return ray;
  const known = ids.get(request);
  if (known !== undefined) return known;
  const id = crypto.randomUUID();
  ids.set(request, id);
  return id;
}

/** The copy of a request, as the same request. */
export function sameRequest(copy: Request, original: Request): Request {
  ids.set(copy, requestIdOf(original));
  return copy;
}
