// A browser brings a token from Postern's page. The edge lets it through to the pool only if it is, byte for byte, the
// token that Postern has made (S-88), if this browser began the sign-in (S-89), and if the user's guard agrees: once,
// and only while the user may come in. The token itself is never parsed. From the pool's answer on, the pool's cookies in
// this browser belong to this user, and Postern seals that into a cookie of its own (S-90).

import { auditEvent, type EventContext } from "../audit/event.ts";
import type { AuditReason } from "../audit/reasons.ts";
import type { Realm } from "../config/sts.ts";
import { readText } from "../core/http/body.ts";
import { contentTypeInUtf8 } from "../core/http/charset.ts";
import { headersForClient } from "../core/http/headers.ts";
import { hashOf, type Issued, openIssued, sameHash } from "../core/sts/flow.ts";
import { cookieHeader, cookiesAfter, cookiesIn, cookiesSet } from "../core/sts/jar.ts";
import { isSignedIn, staysAt } from "../core/sts/redirect.ts";
import { readReplyForm, replyForm } from "../core/sts/reply-form.ts";
import type { PassiveFault } from "../guards/passive-question.ts";
import { guardOf } from "../guards/route.ts";
import { aboutRequest } from "../http/about.ts";
import { unreadable } from "../http/answers.ts";
import type { Exchange } from "../http/exchange.ts";
import { askFrontEnd, relay } from "../http/forward.ts";
import { heldBack } from "../http/refusal-floor.ts";
import { type Cookies, hasNonce, withoutNonce, withSession } from "../sign-in/passive-session.ts";
import { wordedGet, wordedReply } from "../sign-in/worded.ts";
import type { RefusalReason } from "../trace/reasons.ts";
import { stopped } from "./passive-stopped.ts";

/** The pool's relying party, and the path of its reply address. */
export type ReplyAddress = Realm & { readonly path: string };

/** Answers a POST. */
export async function passiveReply(exchange: Exchange, to: ReplyAddress, maxBody: number): Promise<Response> {
  const { request, target, config, env, stages } = exchange;
  const body = await readText(request, maxBody);
  if (!body.ok) return unreadable(body.reason);
  const form = readReplyForm(contentTypeInUtf8(request.headers.get("content-type") ?? ""), body.value.text);
  if (!form.ok) return refused(exchange, "passive-not-a-reply");
  const now = Date.now();
  const issued = openIssued(config.keyring, form.value.wctx, 0); // one that came too late says whose it was, too
  if (!issued.ok) return refused(exchange, "passive-not-ours");
  const about = aboutRequest(request, target.host, "passive");
  const fault = issued.value.until > now ? faultOf(exchange, to, issued.value, form.value.wresult) : "passive-expired";
  const { id, userId, sipUri, start, tokenUntil } = issued.value;
  const soFar = { ...about, stages: stages.text() };
  const question =
    fault === undefined
      ? ({ kind: "consume", id, userId, tokenUntil, about: soFar } as const)
      : ({ kind: "refuse", userId, about: soFar, reason: fault } as const);
  const verdict = await stages.timed(
    "user-guard",
    () => guardOf(env, sipUri).passive(question),
    ({ kind }) => kind,
  );
  if (verdict.kind !== "agreed") return refused(exchange, verdict.kind === "moved" ? "passive-not-ours" : undefined);
  return toPool(exchange, to, issued.value, replyForm(form.value.wresult, start.wctx), about);
}

/** Why the token is not let through, as far as the request itself tells. */
function faultOf(exchange: Exchange, to: ReplyAddress, { start, digest }: Issued, wresult: string) {
  const { target, config } = exchange;
  if (!sameHash(hashOf(wresult), digest)) return "passive-altered" satisfies PassiveFault;
  const isHere = start.webHost === target.host && start.pool === config.pool;
  const isConfigured = start.realm === to.realm && start.reply === to.reply;
  const isOwn = isHere && isConfigured && hasNonce(exchange, start.nonceHash);
  return isOwn ? undefined : ("passive-other-browser" satisfies PassiveFault);
}

/**
 * Sends the token on in Postern's words. The pool has accepted it only if it gives cookies, and if its own page takes
 * the browser for signed in by them: an error page may have the status 200, and a load balancer gives cookies as well.
 */
async function toPool(
  exchange: Exchange,
  to: ReplyAddress,
  issued: Issued,
  form: string,
  about: EventContext,
): Promise<Response> {
  const { start, id, userId, sipUri, sid, factors, tokenUntil: until } = issued;
  const jar = (start.jar && cookiesIn(exchange.request.headers.get("cookie") ?? "", start.jar)) ?? [];
  const order = wordedReply(exchange, to.path, form);
  const answer = await askFrontEnd(order.exchange, {
    body: order.body,
    ...(jar.length > 0 && { credentials: { cookie: cookieHeader(jar) } }),
  });
  if (answer === undefined) return failed(exchange, issued, about, "front-end-unreachable");
  const lines = answer.headers.getSetCookie();
  const isGiven = answer.status < 400 && cookiesSet(lines).set.length > 0;
  const isHere = staysAt(locationFor(exchange, answer), new URL(to.reply).origin);
  if (!isGiven || !isHere || !(await isSession(exchange, to, cookiesAfter(jar, lines)))) {
    await answer.body?.cancel();
    return failed(exchange, issued, about, "passive-not-accepted");
  }
  const { webHost, pool, again = 0 } = start;
  const session = { ...{ webHost, pool, userId, sipUri, sid, id, factors, until }, at: Date.now(), again };
  const response = withSession(relay(answer, exchange), exchange, jar, session);
  response.headers.append("set-cookie", withoutNonce(exchange, start.nonceHash));
  response.headers.set("cache-control", "no-cache, no-store");
  return response;
}

/** Whether the pool's page takes these cookies for a session. */
async function isSession(exchange: Exchange, { path, reply }: ReplyAddress, cookies: Cookies): Promise<boolean> {
  const page = await askFrontEnd(wordedGet(exchange, path), { credentials: { cookie: cookieHeader(cookies) } });
  if (page === undefined) return false;
  await page.body?.cancel();
  return isSignedIn(page.status, locationFor(exchange, page), new URL(reply).origin);
}

/** Where an answer of the pool would send the browser. */
const locationFor = ({ config }: Exchange, { headers }: Response): string | null =>
  headersForClient(headers, config.internalDomains).get("location");

/** All refusals are one page, and leave at the same time (S-22). `reason`: absent when the audit has it. */
async function refused(exchange: Exchange, reason?: RefusalReason): Promise<Response> {
  await heldBack(exchange);
  return stopped(403, reason);
}

async function failed(
  { env, stages }: Exchange,
  { userId, sipUri }: Issued,
  about: EventContext,
  reason: AuditReason,
): Promise<Response> {
  const soFar = { ...about, stages: stages.text() };
  const event = auditEvent(soFar, { outcome: "failed", reason, userId, user: sipUri }, Date.now());
  await stages.timed("user-guard", () => guardOf(env, sipUri).recordEnd(event));
  return stopped(503);
}
