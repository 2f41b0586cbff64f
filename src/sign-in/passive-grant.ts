// The grant `urn:microsoft.rtc:passive` at the OAuth token service: a ticket for who has signed in by the page. The
// pool's cookies go along only if they are those of this browser's own session (S-90), and the ticket must be for the
// account that the page's token named. Without a session the pool says where one signs in, and the client gets the
// public address of that page.

import type { EventContext } from "../audit/event.ts";
import type { Realm } from "../config/sts.ts";
import { keysOfName } from "../core/credentials/domains.ts";
import { normaliseName, sameSipUri } from "../core/credentials/names.ts";
import { passiveCredential } from "../core/credentials/passive-credential.ts";
import { placeOf } from "../core/device/by-place.ts";
import { MAX_TOKEN_ANSWER_BYTES, readText } from "../core/http/body.ts";
import { clientKey } from "../core/lockout/client-key.ts";
import { oauthError, passiveAddressIn, passiveGrantRefused } from "../core/lync/oauth-token.ts";
import { PASSIVE_GRANT_FORM } from "../core/lync/token-form.ts";
import type { PassiveSession } from "../core/sts/flow.ts";
import { cookieHeader } from "../core/sts/jar.ts";
import type { PassiveFault } from "../guards/passive-question.ts";
import { guardOf } from "../guards/route.ts";
import { aboutRequest } from "../http/about.ts";
import { tooManyRequests, unavailable } from "../http/answers.ts";
import { withinBudget } from "../http/budget.ts";
import type { Exchange } from "../http/exchange.ts";
import { askFrontEnd } from "../http/forward.ts";
import { heldBack } from "../http/refusal-floor.ts";
import { openDatabase } from "../store/database.ts";
import { findForSignIn } from "../store/directory.ts";
import { ownAnswer, refusal } from "../trace/refusal.ts";
import type { SignedIn } from "./handshake.ts";
import { issueTicketByCookies, type TicketReader } from "./issue.ts";
import { sessionOf, withoutSession, withSession } from "./passive-session.ts";
import { wordedForm } from "./worded.ts";

/** Answers one passive grant. */
export async function passiveGrant(exchange: Exchange, reader: TicketReader): Promise<Response> {
  const realm = exchange.config.sts?.realms.get(exchange.target.host);
  if (realm === undefined) return notSupported();
  if (!(await withinBudget(exchange, "services"))) return tooManyRequests();
  const held = sessionOf(exchange, Date.now());
  const about = aboutRequest(exchange.request, exchange.target.host, "passive");
  if (held.kind === "foreign") return refused(exchange, realm, held.session, about, "passive-other-cookies");
  if (held.kind === "none") return whereToSignIn(exchange, realm);
  const by = await provedByPage(exchange, held.session, about);
  if (typeof by === "string") return refused(exchange, realm, held.session, about, by);
  const order = wordedForm(exchange, PASSIVE_GRANT_FORM);
  let isOver = false;
  const response = await issueTicketByCookies(order, by, cookieHeader(held.cookies), reader, (where) => {
    isOver = where === "guard";
    return passiveRefused(realm.reply);
  });
  if (isOver) return withoutSession(response, exchange); // the pool would still show this browser that it is signed in
  return withSession(response, exchange, held.cookies, held.session);
}

/** The user of a session, as D1 has them now; or why they get no ticket. */
async function provedByPage(
  { env, config, stages }: Exchange,
  { userId, sipUri, sid, id: page }: PassiveSession,
  about: EventContext,
): Promise<SignedIn | PassiveFault> {
  const name = normaliseName(sipUri);
  if (!name.ok) return "user-disabled";
  const record = await stages.timed(
    "directory",
    () => findForSignIn(openDatabase(env.DB), keysOfName(name.value, config.domains), Date.now()),
    (found) => found?.as ?? "nobody",
  );
  const isSame = record?.user.id === userId && sameSipUri(record.user.sipUri, sipUri);
  if (record === undefined || !isSame || record.user.disabled) return "user-disabled";
  return {
    user: record.user,
    credentialId: passiveCredential(userId),
    about,
    profile: { subject: record.subject, policyVersion: record.policyVersion },
    place: placeOf(about.source, clientKey(config.keyring, about)),
    ntlmVersion: "",
    finalChallenge: undefined,
    ...{ sid, page },
  };
}

/** The same answer as without a session, and at the same time (S-22). The user's audit has the reason. */
async function refused(
  exchange: Exchange,
  realm: Realm,
  { userId, sipUri }: PassiveSession,
  about: EventContext,
  reason: PassiveFault,
): Promise<Response> {
  const told = { kind: "refuse", userId, about: { ...about, stages: exchange.stages.text() }, reason } as const;
  await exchange.stages.timed("user-guard", () => guardOf(exchange.env, sipUri).passive(told));
  await heldBack(exchange);
  return passiveRefused(realm.reply);
}

/** Asks the pool without cookies. Its address of the page becomes the public one; of its answer nothing else is kept. */
async function whereToSignIn(exchange: Exchange, realm: Realm): Promise<Response> {
  const { exchange: own, body } = wordedForm(exchange, PASSIVE_GRANT_FORM);
  const answer = await askFrontEnd(own, { body, answerIsRead: true });
  if (answer === undefined) return unavailable("front-end-unreachable");
  const text = await readText(answer, MAX_TOKEN_ANSWER_BYTES);
  const address = text.ok && answer.status === 400 ? passiveAddressIn(text.value.text) : undefined;
  if (address === undefined) return notSupported();
  return passiveRefused(publicAddress(address, realm.reply));
}

const passiveRefused = (address: string): Response => ownAnswer(passiveGrantRefused(address));

const notSupported = (): Response => refusal("grant-not-supported", oauthError("unsupported_grant_type"));

/** The page at the public host, with the path and the query that the pool has for it. */
function publicAddress(address: string, reply: string): string {
  const { origin } = new URL(reply);
  const inside = URL.parse(address, origin);
  return inside !== null && /^\/passiveauth\//i.test(inside.pathname)
    ? `${origin}${inside.pathname}${inside.search}`
    : reply;
}
