// The life of a request, from the outside in. Host and path are read once, the publish table gives the row, the row's
// limits apply, and the row's class says what to do. A path that is not published, in any spelling, ends here.

import { logEvent } from "../audit/log.ts";
import { type Config, configFor } from "../config/config.ts";
import type { Env } from "../config/env.ts";
import { BodyTooLarge, counted, declaredSize } from "../core/http/body.ts";
import { canonicalTarget } from "../core/http/canonical.ts";
import { isEncoded } from "../core/http/coding.ts";
import { withoutEmptyBody } from "../core/http/empty-body.ts";
import { isPostback } from "../core/http/postback.ts";
import { type PublishRow, publishRow, type SignInService, withSwitches } from "../core/http/publish.ts";
import { requestIdOf, sameRequest } from "../core/http/request-id.ts";
import { badRequest, bodyTooLarge, methodNotAllowed, notPublished, tooManyRequests } from "../http/answers.ts";
import { withinBudget } from "../http/budget.ts";
import { countAnswer, countFailure, type Noted } from "../http/count.ts";
import type { Exchange } from "../http/exchange.ts";
import { forwardOpen } from "../http/forward.ts";
import { Stages } from "../http/stages.ts";
import { anonymousTicketService } from "../sign-in/anonymous.ts";
import { certificateService } from "../sign-in/certificate.ts";
import { oauthTokenService } from "../sign-in/oauth-token-service.ts";
import { usernameTokenService, webTicketService } from "../sign-in/web-ticket-service.ts";
import { metadataService } from "./metadata.ts";
import { passiveService } from "./passive.ts";
import { isEventChannel } from "./purpose.ts";
import { ticketed } from "./ticketed.ts";

/** Answers one request to a public host of a pool, and counts it. */
export async function dataPlane(request: Request, env: Env, gateway: Config): Promise<Response> {
  const noted: Noted = { startedAt: Date.now() };
  try {
    const response = await answerTo(request, env, gateway, noted);
    countAnswer(noted, response, env);
    return response;
  } catch (fault) {
    countFailure(noted, env);
    throw fault;
  }
}

/** From the host on, the configuration is the one of its pool. */
async function answerTo(request: Request, env: Env, gateway: Config, noted: Noted): Promise<Response> {
  const target = canonicalTarget(request.url);
  if (!target.ok) return badRequest(target.reason);
  const config = configFor(gateway, target.value.host);
  const role = config.roles.get(target.value.host);
  if (role === undefined) return notPublished("no-such-host");
  const found = publishRow(target.value.key, role, config.sipDomains);
  if (found === undefined) return notPublished("not-published");
  const row = withSwitches(found, config);
  noted.row = row;
  noted.isPoll = row.access.kind === "ticket" && isEventChannel(target.value.key);
  if (row.access.kind === "closed") return notPublished("row-closed");
  // Over plain http only discovery is answered, because everybody on the way could read a ticket or a handshake.
  if (target.value.scheme === "http" && row.access.kind !== "open" && !config.plainHttp)
    return notPublished("plain-http");
  if (!row.methods.includes(request.method)) return methodNotAllowed(row.methods);
  if (!row.methods.includes("POST") && isPostback(target.value.query)) return badRequest("form-in-query");
  // the Front-End must read what Postern has judged
  if (isEncoded(request.headers.get("content-encoding"))) return badRequest("content-encoding");
  const bodiless = request.method === "GET" || request.method === "HEAD";
  const asked = bodiless ? await withoutEmptyBody(request) : request;
  if (asked === undefined) return badRequest("body-with-get");
  const admitted = withinLimit(asked, row.maxBody);
  if (admitted === undefined) return bodyTooLarge();
  const now = Date.now();
  const stages = new Stages(now);
  try {
    noted.stages = stages;
    return await serve({ ...admitted, target: target.value, env, config, now, stages }, row);
  } catch (fault) {
    if (admitted.bodyBroken?.aborted !== true) {
      logStages(request, target.value.host, stages);
      throw fault;
    }
    return admitted.bodyBroken.reason instanceof BodyTooLarge ? bodyTooLarge() : badRequest("body-broke-off");
  }
}

/** The part that failed is the last one for which the request waited. app.ts writes the line that says how it failed. */
function logStages(request: Request, host: string, stages: Stages): void {
  const waits = stages.taken().map(({ stage, at, ms, said = "" }) => `${stage} at ${at}+${ms} ms ${said}`.trimEnd());
  if (waits.length === 0) return;
  logEvent({ event: "unavailable", reason: "stages", requestId: requestIdOf(request), host, detail: waits.join(", ") });
}

async function serve(exchange: Exchange, row: PublishRow): Promise<Response> {
  switch (row.access.kind) {
    case "open":
      if (!(await withinBudget(exchange, row.access.budget))) return tooManyRequests();
      if (row.access.metadata !== undefined) return metadataService(exchange, row.access.metadata, row.maxBody);
      return forwardOpen(row.access.query ? exchange : withoutParameters(exchange));
    case "sign-in":
      return signIn(exchange, row.access.service, row.maxBody);
    case "ticket":
      return ticketed(exchange, row, row.access);
    case "closed":
      return notPublished("row-closed");
  }
}

/** The request without its query and its cookies, because ASP.NET would look for the fields of a form there (S-45). */
function withoutParameters(exchange: Exchange): Exchange {
  const target = { ...exchange.target, query: "" };
  if (!exchange.request.headers.has("cookie")) return { ...exchange, target };
  const request = sameRequest(new Request(exchange.request), exchange.request);
  request.headers.delete("cookie");
  return { ...exchange, target, request };
}

function signIn(exchange: Exchange, service: SignInService, maxBody: number): Response | Promise<Response> {
  switch (service) {
    case "web-ticket":
      return webTicketService(exchange, maxBody);
    case "oauth-token":
      return oauthTokenService(exchange, maxBody);
    case "anonymous-ticket":
      return anonymousTicketService(exchange, maxBody);
    case "username-token":
      return usernameTokenService(exchange, maxBody);
    case "certificate":
      return certificateService(exchange, maxBody);
    case "passive":
      return passiveService(exchange, maxBody);
  }
}

/** The request, if its body keeps the row's limit. A body of unknown length is counted as it streams. */
function withinLimit(request: Request, limit: number): Pick<Exchange, "request" | "bodyBroken"> | undefined {
  if (request.body === null) return { request };
  switch (declaredSize(request.headers, limit)) {
    case "within":
      return { request };
    case "too-large":
      return undefined;
    case "unknown": {
      const { body, broken } = counted(request.body, limit);
      return { request: sameRequest(new Request(request, { body }), request), bodyBroken: broken };
    }
  }
}
