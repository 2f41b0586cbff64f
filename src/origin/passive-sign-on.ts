// Signs on with Postern's own token service, for a pool that trusts it and has no Kerberos delegation. Postern makes a
// token for the account of the user whose password was proved, and brings it to the pool itself: it asks the pool's
// page, reads the redirect, posts the token, and has the pool's cookies for one request. The cookies are in memory for
// this one sign-on only (S-93). A user without an account that may be signed for costs the pool nothing (S-94).
// Source: MS-MWBF 2.2.2 and 2.2.4; the grant of the request that follows is that of the UCWA documentation.

import { REQUEST_ID_HEADER } from "../core/http/request-id.ts";
import { PASSIVE_GRANT_FORM } from "../core/lync/token-form.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import { cookieHeader, cookiesAfter, cookiesSet } from "../core/sts/jar.ts";
import type { TokenKey } from "../core/sts/keys.ts";
import { type Expected, readRedirect } from "../core/sts/redirect.ts";
import { replyForm } from "../core/sts/reply-form.ts";
import { issueToken } from "../core/sts/response.ts";
import { maySign, type SidPolicy, type SignableSid } from "../core/sts/sids.ts";
import type { FrontEnd } from "./front-end.ts";
import type { PassiveSignOnFault, RequestCredentials, SignOn, SignOnOccasion, SignOnUser } from "./sign-on.ts";

/** The token service and the pool as the sign-on knows them. */
export type PassiveTarget = SidPolicy & {
  readonly frontEnd: FrontEnd;
  /** The Host that the Front-End must see. */
  readonly webHost: string;
  readonly expected: Expected;
  readonly issuer: string;
  readonly tokenMinutes: number;
  /** The first signs. Throws where a key is damaged. */
  readonly keys: () => Promise<readonly TokenKey[]>;
  /** How long the page and the post together may take, ms; a sign-in waits for it. */
  readonly withinMs: number;
};

/** What the pool's page asked for, and the cookies that came with it. */
type Begun = { readonly wctx: string; readonly cookies: ReturnType<typeof cookiesAfter> };

const FORM = { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" };
/** `X-Ms-diagnostics` of an account that is not enabled for Lync. */
const UNKNOWN_USER = /^\s*28000\b/;

/** The sign-on for one pool. */
export function passiveSignOn(target: PassiveTarget, now: () => number = Date.now): SignOn {
  return {
    bySid: true,
    ready: async () => {
      const begun = await begin(visitTo(target));
      return begun.ok ? ok(undefined) : refuse(begun.reason);
    },
    credentialsFor: async (user, occasion) => {
      const signed = await signOn(target, user, occasion, now);
      occasion.heard?.(signed.ok ? "sts" : `sts: ${signed.reason}`);
      return signed;
    },
  };
}

async function signOn(
  target: PassiveTarget,
  user: SignOnUser,
  { service, requestId }: SignOnOccasion,
  now: () => number,
): Promise<Result<RequestCredentials, PassiveSignOnFault>> {
  if (service !== "oauth") return refuse("sts-no-soap");
  const sid = user.sid == null ? undefined : maySign(user.sid, target);
  if (sid?.ok !== true) return refuse("sts-no-sid");
  const visit = visitTo(target, requestId);
  const begun = await begin(visit);
  if (!begun.ok) return begun;
  const token = await tokenFor(target, user.upn, sid.value, now());
  if (!token.ok) return token;
  const cookies = await bring(visit, token.value, begun.value);
  if (!cookies.ok) return cookies;
  return ok({
    headers: { cookie: cookieHeader(cookies.value) },
    body: Buffer.from(PASSIVE_GRANT_FORM),
    account: sid.value,
    refused: judgeGrant,
  });
}

async function tokenFor(
  { keys, issuer, expected, tokenMinutes: minutes }: PassiveTarget,
  upn: string,
  sid: SignableSid,
  now: number,
): Promise<Result<string, PassiveSignOnFault>> {
  try {
    const [key] = await keys();
    if (key === undefined) return refuse("sts-not-configured");
    const request = { issuer, audience: expected.realm, upn, sid, method: "unspecified", minutes } as const;
    const issued = await issueToken({ ...request, authenticatedAt: now, now }, key);
    if (issued.ok) return ok(issued.value.wresult);
    return refuse(issued.reason.startsWith("key-") ? "sts-not-configured" : "sts-no-sid");
  } catch {
    return refuse("sts-not-configured"); // a damaged key shows only now
  }
}

/** One request to the pool's page within the time of this sign-on. Undefined: no answer. */
type Visit = {
  readonly target: PassiveTarget;
  readonly ask: (
    method: "GET" | "POST",
    headers: Readonly<Record<string, string>>,
    body?: string,
  ) => Promise<Response | undefined>;
};

function visitTo(target: PassiveTarget, requestId?: string): Visit {
  const { frontEnd, webHost: host, expected, withinMs } = target;
  const signal = AbortSignal.timeout(withinMs);
  const { pathname: pathAndQuery } = new URL(expected.reply);
  const usual = {
    ...{ accept: "text/html", "accept-encoding": "identity" },
    ...(requestId === undefined ? {} : { [REQUEST_ID_HEADER]: requestId }),
  };
  return {
    target,
    ask: async (method, more, body) => {
      const headers = { ...usual, ...more };
      try {
        const answer = await frontEnd.fetch({
          ...{ host, pathAndQuery, method, headers, signal },
          body: body === undefined ? null : Buffer.from(body),
        });
        await answer.body?.cancel(); // nothing of a page is read
        return answer;
      } catch {
        return undefined;
      }
    },
  };
}

/** Asks the pool's page, as a browser without a session does. */
async function begin({ target, ask }: Visit): Promise<Result<Begun, PassiveSignOnFault>> {
  const page = await ask("GET", {});
  if (page === undefined || isGatewayFault(page)) return refuse("sts-unreachable");
  if (page.status !== 302) return refuse("sts-redirect-unexpected");
  const asked = readRedirect(page.headers.get("location") ?? "", target.expected);
  if (!asked.ok) return refuse("sts-redirect-unexpected");
  return ok({ wctx: asked.value.wctx, cookies: cookiesAfter([], page.headers.getSetCookie()) });
}

/** Posts the token. The pool accepts it by giving a session. */
async function bring(
  { ask }: Visit,
  wresult: string,
  { wctx, cookies }: Begun,
): Promise<Result<Begun["cookies"], PassiveSignOnFault>> {
  const jar: Readonly<Record<string, string>> = cookies.length === 0 ? {} : { cookie: cookieHeader(cookies) };
  const answer = await ask("POST", { ...FORM, ...jar }, replyForm(wresult, wctx));
  if (answer === undefined || isGatewayFault(answer)) return refuse("sts-unreachable");
  if (isOfUnknownUser(answer)) return refuse("sts-user-unknown-to-pool");
  const lines = answer.headers.getSetCookie();
  if (answer.status >= 400 || cookiesSet(lines).set.length === 0) return refuse("sts-token-refused");
  return ok(cookiesAfter(cookies, lines));
}

/** Why the pool gives no ticket for its own session. */
function judgeGrant(answer: Response): "sts-user-unknown-to-pool" | "sts-grant-refused" | undefined {
  if (isOfUnknownUser(answer)) return "sts-user-unknown-to-pool";
  return answer.status >= 300 && answer.status < 500 ? "sts-grant-refused" : undefined;
}

const isOfUnknownUser = ({ headers }: Response): boolean => UNKNOWN_USER.test(headers.get("x-ms-diagnostics") ?? "");

/** A tunnel without a pool behind it. */
const isGatewayFault = ({ status }: Response): boolean => status >= 502 && status <= 504;
