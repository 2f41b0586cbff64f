// Postern's own answers, and the trace that a refusal leaves. The trace is one line in the log with the reason and the
// request's id. The answer carries the same id, so somebody who reads the log can help the person who was refused
// (`postern why --request ID`). The code that makes an answer gives its reason. app.ts writes the line, once, when the
// answer leaves.

import { logRefusal } from "../audit/log.ts";
import type { HostRole } from "../core/http/publish.ts";
import { REQUEST_ID_HEADER, requestIdOf } from "../core/http/request-id.ts";
import { networkOf } from "../core/lockout/network.ts";
import { LineLimit } from "./line-limit.ts";
import { loggedPath } from "./logged-path.ts";
import { isOfTicket, type RefusalReason } from "./reasons.ts";

/**
 * Why. Undefined when the audit has the reason, or when nothing was refused, as with the challenge that begins a
 * sign-in.
 */
type Said = { readonly reason?: RefusalReason; readonly detail?: string };

/** The answers that Postern makes itself. Answers of the Front-End are not among them. */
const said = new WeakMap<Response, Said>();

const limit = new LineLimit();

/** An answer of Postern that does not refuse, or a refusal for which the audit has an event. */
export function ownAnswer(response: Response): Response {
  said.set(response, {});
  return response;
}

/** A refusal, and why. `detail`: a stable word that says more. */
export function refusal(reason: RefusalReason, response: Response, detail?: string): Response {
  said.set(response, { reason, ...(detail === undefined ? {} : { detail }) });
  return response;
}

/** Why this answer refuses; undefined when it does not, or when the audit says why. */
export const reasonOf = (response: Response): RefusalReason | undefined => said.get(response)?.reason;

/**
 * Gives an answer its request's id, and writes the line of a refusal. Answers of the Front-End get the id as well, in
 * the place of any that the Front-End wrote. `host`: undefined when it has none.
 */
export function traced(
  response: Response,
  request: Request,
  { host = "", role }: { readonly host?: string | undefined; readonly role?: HostRole | undefined },
): Response {
  const own = said.get(response);
  // A page of the console or the portal has none: it is no answer of the pool's.
  if (own === undefined && role === undefined) return response;
  const requestId = requestIdOf(request);
  response.headers.set(REQUEST_ID_HEADER, requestId);
  const { reason, detail } = own ?? {};
  if (reason === undefined) return response;
  const source = networkOf(request.headers.get("cf-connecting-ip"));
  const now = Date.now();
  const { written, leftOut } = limit.admit(source, reason, now);
  if (!written) return response;
  logRefusal(
    {
      event: isOfTicket(reason) ? "ticket-refused" : "request-refused",
      ...{ requestId, reason, status: response.status, method: request.method, host },
      path: loggedPath(request.url, role === "meet" || role === "dial-in"),
      source,
      userAgent: request.headers.get("user-agent") ?? "",
      ...(detail === undefined ? {} : { detail }),
      ...(leftOut === 0 ? {} : { leftOut }),
    },
    now,
  );
  return response;
}
