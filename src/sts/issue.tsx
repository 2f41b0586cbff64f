// Makes the token (S-91): for somebody whose session of this host has fresh factors, whom the guard of the user lets
// through, and for an account for which tokens may be made at all. The guard keeps the token's id, so the edge lets it
// through once; the pool gets the very bytes that are sealed here.

import { askGuard } from "../api/devices.ts";
import { auditEvent, type EventContext } from "../audit/event.ts";
import { logEvent } from "../audit/log.ts";
import type { Env } from "../config/env.ts";
import { hashOf, ISSUED_LASTS_MS, sealIssued } from "../core/sts/flow.ts";
import { issueToken } from "../core/sts/response.ts";
import type { PassiveVerdict } from "../guards/passive-question.ts";
import type { PortalSession } from "../guards/portal-question.ts";
import { guardOf } from "../guards/route.ts";
import { aboutRequest } from "../http/about.ts";
import { openDatabase } from "../store/database.ts";
import type { User } from "../store/directory.ts";
import { localeOf } from "../web/locale.ts";
import { AnswerPage } from "./answer.tsx";
import { ownSid } from "./may-issue.ts";
import type { Flow } from "./request.ts";
import type { StsContext } from "./site.ts";

/**
 * The page with the token; undefined: there is none for this user now. Every attempt ends in one event of the audit,
 * whatever comes of it.
 */
export async function issue(
  c: StsContext,
  { start }: Flow,
  { user, session }: { readonly user: User; readonly session: PortalSession },
): Promise<Response | undefined> {
  const { env, config, sts, host } = c.env;
  const about = aboutRequest(c.req.raw, host, "passive");
  const sid = await ownSid(openDatabase(env.DB), user, sts);
  if (!sid.ok) {
    await guardOf(env, user.sipUri).passive({ kind: "refuse", userId: user.id, about, reason: sid.reason });
    return undefined;
  }
  // A private half that is damaged shows when it is imported. The log says so; the person sees what everybody sees who
  // gets no token.
  const [key] = await sts.keys().catch((fault: unknown) => {
    logEvent({ event: "unavailable", reason: "token", detail: String(fault), user: user.sipUri });
    return [];
  });
  if (key === undefined) return noToken(env, user, about);
  const now = Date.now();
  const factors = session.how === "passkey" ? "passkey" : "two-factors";
  const token = await issueToken(
    {
      ...{
        issuer: sts.issuer,
        audience: start.realm,
        upn: user.upn ?? user.sipUri.replace(/^sip:/, ""),
        sid: sid.value,
      },
      ...{ method: factors, authenticatedAt: session.freshAt, now, minutes: sts.tokenMinutes },
    },
    key,
  );
  if (!token.ok) {
    logEvent({ event: "unavailable", reason: "token", detail: token.reason, user: user.sipUri });
    return noToken(env, user, about);
  }
  const { wresult, id, expiresAt: tokenUntil } = token.value;
  const until = Math.min(now + ISSUED_LASTS_MS, tokenUntil);
  const decision = { outcome: "changed", reason: "passive-token-issued", why: id } as const;
  const event = auditEvent(about, { ...decision, userId: user.id, user: user.sipUri }, now);
  const verdict = await askGuard<Exclude<PassiveVerdict, { readonly kind: "moved" }>>(
    env,
    user.id,
    async (guard, profile) => {
      const said = await guard.passive({ kind: "issue", id, until, profile, event });
      return said.kind === "moved" ? "moved" : said;
    },
    { known: user },
  );
  if (verdict.kind !== "agreed") return undefined;
  const { sipUri, id: userId } = user;
  const wctx = sealIssued(config.keyring, {
    ...{ start, digest: hashOf(wresult), userId, sipUri, sid: sid.value, id, factors, tokenUntil, until },
  });
  c.set("postsTo", start.reply);
  return c.html(<AnswerPage {...{ locale: localeOf(c), reply: start.reply, wresult, wctx }} />);
}

/** Tells the audit that no token could be made. The log says why. */
async function noToken(env: Env, { id: userId, sipUri: user }: User, about: EventContext): Promise<undefined> {
  const event = auditEvent(about, { outcome: "failed", reason: "passive-no-token", userId, user }, Date.now());
  await guardOf(env, user).recordEnd(event);
}
