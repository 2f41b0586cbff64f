// The number that waits on the page for its person (S-91). What the page has to know travels sealed in a cookie, for a
// real user and for nobody alike, so nobody learns whether a name is somebody's.

import { waitUntil } from "cloudflare:workers";
import { randomInt } from "node:crypto";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { EventContext } from "../../audit/event.ts";
import { logEvent } from "../../audit/log.ts";
import type { AuditReason } from "../../audit/reasons.ts";
import { open, seal } from "../../core/crypto/seal.ts";
import { clientKey } from "../../core/lockout/client-key.ts";
import { APPROVAL_LASTS_MS, APPROVAL_NUMBERS, COLLECT_WITHIN_MS } from "../../guards/approvals.ts";
import type { Settlement, Who } from "../../guards/network-question.ts";
import type { PortalPending, PortalRefused, PortalSignedIn } from "../../guards/portal-question.ts";
import { sourceGuardOf, strangersGuardOf, whoKey } from "../../guards/route.ts";
import { keysOfUser } from "../../guards/user-keys.ts";
import { aboutRequest } from "../../http/about.ts";
import { openDatabase } from "../../store/database.ts";
import { type User, userById } from "../../store/directory.ts";
import { hashOfSecret, newSecret } from "../../web/secret.ts";
import { browserHashOf, COOKIE_OPTIONS } from "../browser.ts";
import { denialOf } from "../may-issue.ts";
import { type Drawn, drawSession } from "../session.ts";
import type { StsContext } from "../site.ts";
import { askPage, namesOf, userNamed } from "./attempt.ts";

const COOKIE = "postern-wait";
const PURPOSE = "passive-approval";
const MAX_CHARS = 2_048;
/** How long the text in the cookie always is, in characters. Its length would tell whether somebody waits (S-22). */
const PLAIN_CHARS = 384;

/** What a page waits for. */
type Waiting = {
  /** The request's secret, of which the guard has the hash. */
  readonly secret: string;
  /** Empty: there is nobody who could approve it. */
  readonly userId: string;
  readonly number: number;
  /** ms */
  readonly until: number;
  /** The key under which the network counted it, and whether it did. */
  readonly name: string;
  readonly counted: boolean;
};

/** What came of it. */
export type Collected =
  | { readonly kind: "pending"; readonly number: number }
  | { readonly kind: "refused" }
  | { readonly kind: "signed-in"; readonly user: User; readonly signedIn: PortalSignedIn; readonly drawn: Drawn };

/** Asks for the approval of whom somebody named. Whatever comes of it, the browser then waits with a number. */
export async function askForApproval(c: StsContext, typed: string): Promise<void> {
  const visit = c.env;
  const { env, config, source } = visit;
  const about = aboutRequest(visit.request, visit.host, "passive");
  const names = namesOf(visit, typed);
  const who: Who = { name: whoKey(names[0]), client: clientKey(config.keyring, about) };
  const network = sourceGuardOf(env, source);
  const admission = await network.reserve(about, who);
  const waiting = {
    ...{ secret: newSecret(), number: randomInt(APPROVAL_NUMBERS.from, APPROVAL_NUMBERS.to + 1) },
    ...{ until: visit.now + APPROVAL_LASTS_MS, name: who.name },
  };
  let userId = "";
  const counted = admission.kind === "admitted" && admission.counted;
  if (admission.kind !== "refused") {
    const wouldRefuse = admission.kind === "admitted" ? admission.wouldRefuse : undefined;
    try {
      const user = await userNamed(visit, names);
      if (user === undefined) {
        await strangersGuardOf(env, names[0]).living([]);
        await network.recordStranger(about, who, wouldRefuse);
      } else {
        const answer = await askUser(c, user, waiting, { about, client: who.client, wouldRefuse });
        if (answer.kind === "pending") userId = user.id;
        else if (answer.until !== undefined) {
          const owner = { userId: user.id, user: user.sipUri };
          await network.settle(about, who, { kind: "held", until: answer.until }, { counted, owner });
        }
      }
    } catch (fault) {
      waitUntil(noteEnd(network.settle(about, who, { kind: "not-counted" }, { counted })));
      throw fault;
    }
  }
  keep(c, { ...waiting, userId, counted });
}

const askUser = (
  c: StsContext,
  user: User,
  { secret, number }: Pick<Waiting, "secret" | "number">,
  asking: { readonly about: EventContext; readonly client: string; readonly wouldRefuse: AuditReason | undefined },
): Promise<PortalPending | PortalRefused> => {
  const { about, client, wouldRefuse } = asking;
  return askPage(c.env, user, {
    ...{ kind: "ask-approval", number, about, client },
    ...{ secretHash: hashOfSecret(secret) ?? "", browserHash: browserHashOf(c) },
    ...denialOf(user, c.env.sts),
    ...(wouldRefuse !== undefined && { wouldRefuse }),
  });
};

/** Whether the page has to come: its person has approved it, or its time is over. Changes nothing. */
export async function hasEnded(c: StsContext): Promise<boolean> {
  const waiting = waitingOf(c);
  if (waiting === undefined || isOver(waiting, c.env.now)) return true;
  const { user, hashes } = await whoWaits(c, waiting);
  if (user === undefined) return false;
  return (await askPage(c.env, user, { kind: "look-at-approval", ...hashes })).kind === "approved";
}

/** Comes for the answer. What is over is forgotten. */
export async function collect(c: StsContext): Promise<Collected> {
  const waiting = waitingOf(c);
  if (waiting === undefined) return { kind: "refused" };
  const { number, until } = waiting;
  const { user, hashes } = await whoWaits(c, waiting);
  // Whoever was refused waits until the end, as for a name that nobody has.
  const notYet = (): Collected => (c.env.now < until ? { kind: "pending", number } : forgotten(c));
  if (user === undefined) return notYet();
  const about = aboutRequest(c.req.raw, c.env.host, "passive");
  const drawn = drawSession(c.env);
  const step = { kind: "collect-approval", about, session: drawn.session, ...hashes } as const;
  const answer = await askPage(c.env, user, { ...step, ...denialOf(user, c.env.sts) });
  if (answer.kind === "pending") return { kind: "pending", number };
  if (answer.kind === "refused") return notYet();
  settle(c, waiting, user, answer, about);
  deleteCookie(c, COOKIE, COOKIE_OPTIONS);
  return { kind: "signed-in", user, signedIn: answer, drawn };
}

function forgotten(c: StsContext): Collected {
  deleteCookie(c, COOKIE, COOKIE_OPTIONS);
  return { kind: "refused" };
}

/** Tells the network's guard, which counted it when it came. */
function settle(c: StsContext, { name, counted }: Waiting, user: User, signedIn: PortalSignedIn, about: EventContext) {
  const { env, config, source } = c.env;
  const who: Who = { name, client: clientKey(config.keyring, about) };
  const { forgiven } = signedIn;
  const end: Settlement = { kind: "signed-in", forgiven, names: keysOfUser(user, config.domains) };
  const owner = { userId: user.id, user: user.sipUri };
  waitUntil(noteEnd(sourceGuardOf(env, source).settle(about, who, end, { counted, owner })));
}

/** A network that does not hear of a success counts one failure too many, until its count drains. */
async function noteEnd(settling: Promise<void>): Promise<void> {
  try {
    await settling;
  } catch {
    logEvent({ event: "unavailable", reason: "settle" });
  }
}

/**
 * Whose page waits. For nobody a guard is asked as well, but D1 less: somebody's profile and policy are read, too. The
 * answer's time does not tell, because all answers but the token's leave at a multiple of the refusal floor (S-22).
 */
async function whoWaits(c: StsContext, { userId, secret }: Waiting) {
  const { env } = c.env;
  const user = await userById(openDatabase(env.DB), userId === "" ? "u_nobody" : userId);
  if (user === undefined) await strangersGuardOf(env, secret).living([]);
  return { user, hashes: { secretHash: hashOfSecret(secret) ?? "", browserHash: browserHashOf(c) } };
}

const isOver = ({ until }: Waiting, now: number): boolean => now >= until;

function keep(c: StsContext, waiting: Waiting): void {
  const plain = Buffer.from(JSON.stringify(waiting).padEnd(PLAIN_CHARS), "utf8");
  const sealed = Buffer.from(seal(c.env.config.keyring, PURPOSE, browserHashOf(c), plain)).toString("base64url");
  setCookie(c, COOKIE, sealed, { ...COOKIE_OPTIONS, maxAge: (APPROVAL_LASTS_MS + COLLECT_WITHIN_MS) / 1_000 });
}

/** What was sealed for this very browser; undefined for anything else. */
function waitingOf(c: StsContext): Waiting | undefined {
  const text = getCookie(c, COOKIE, "host") ?? "";
  if (text.length > MAX_CHARS || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  const opened = open(c.env.config.keyring, PURPOSE, browserHashOf(c), Buffer.from(text, "base64url"));
  return opened.ok ? (JSON.parse(Buffer.from(opened.value).toString("utf8")) as Waiting) : undefined;
}
