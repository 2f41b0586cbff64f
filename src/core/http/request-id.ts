// One id for one request, in the answer, in the log, in the audit, at the Front-End and at the connector: Cloudflare's
// ray id, or a random one without Cloudflare. Behind Cloudflare a client cannot choose it. Without Cloudflare it can, so
// the id is checked before it is sent back.

/**
 * The header that carries the request id: in answers, to the Front-End and to the connector. A header of this name that
 * a client or a Front-End sends goes no further.
 */
export const REQUEST_ID_HEADER = "x-request-id";

const RAY = /^[\w-]{1,64}$/;

/** Random ids of requests without a ray id. A weak map, so an id goes away with its request. */
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

/** Marks the copy of a request as the same request: it gets the same id. */
export function sameRequest(copy: Request, original: Request): Request {
  ids.set(copy, requestIdOf(original));
  return copy;
}

/** A ray id, and the airport's code of the place that answered. */
const RAY_AND_PLACE = /^([0-9a-f]{16})-[a-z]{3}$/;

/**
 * The form of an id in which all its spellings are equal. In an answer's `CF-Ray` the ray id is followed by the code of
 * a data centre. On Cloudflare's error pages and in some of its logs it stands alone. Somebody who reads it out over
 * the telephone does not tell the case of its letters.
 */
export const idWithoutPlace = (id: string): string => id.toLowerCase().replace(RAY_AND_PLACE, "$1");
