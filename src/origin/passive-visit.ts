// What Postern asks of a pool to be signed on there with a token of its own: the pool's page, which says for whom a
// token should be, and the page again with the token. The pool's cookies are in memory for this one sign-on only (S-93).
// Source: MS-MWBF 2.2.2 and 2.2.4.

import { REQUEST_ID_HEADER } from "../core/http/request-id.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import { cookieHeader, cookiesAfter, cookiesSet } from "../core/sts/jar.ts";
import { type Expected, readRedirect } from "../core/sts/redirect.ts";
import { replyForm } from "../core/sts/reply-form.ts";
import type { FrontEnd } from "./front-end.ts";
import type { PassiveSignOnFault } from "./sign-on.ts";

/** Which pool, and what its page should ask for. */
export type Visited = {
  readonly frontEnd: FrontEnd;
  /** The Host that the Front-End must see. */
  readonly webHost: string;
  readonly expected: Expected;
  /** How long everything before the request for the ticket may take together, ms; a sign-in waits for it. */
  readonly withinMs: number;
};

/** One request. Nothing else goes along than these headers and what makes an answer readable. */
export type Asked = {
  /** Default: the pool's page. */
  readonly path?: string;
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** The requests of one sign-on, which share their time. */
export type Visit = {
  readonly expected: Expected;
  /** Undefined: no answer, or what `read` wants of it does not come. */
  readonly ask: <Read>(asked: Asked, read: (answer: Response) => Promise<Read>) => Promise<Read | undefined>;
};

/** The pool's cookies of one sign-on. */
export type Cookies = ReturnType<typeof cookiesAfter>;

/** What the pool's page asked for, and the cookies that came with it. */
type Begun = { readonly wctx: string; readonly cookies: Cookies };

const FORM = { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" };
/** `X-Ms-diagnostics` of an account that is not enabled for Lync. */
const UNKNOWN_USER = /^\s*28000\b/;

/** Begins now: from here on the time counts. */
export function visitTo({ frontEnd, webHost: host, expected, withinMs }: Visited, requestId?: string): Visit {
  const signal = AbortSignal.timeout(withinMs);
  const ended = new Promise<undefined>((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  const { pathname: page } = new URL(expected.reply);
  const usual = {
    ...{ accept: "text/html", "accept-encoding": "identity" },
    ...(requestId === undefined ? {} : { [REQUEST_ID_HEADER]: requestId }),
  };
  return {
    expected,
    ask: ({ path: pathAndQuery = page, method, headers, body }, read) => {
      const fetched = async () => {
        try {
          const answer = await frontEnd.fetch({
            ...{ host, pathAndQuery, method, headers: { ...usual, ...headers }, signal },
            body: body === undefined ? null : Buffer.from(body),
          });
          return await read(answer);
        } catch {
          return undefined;
        }
      };
      return Promise.race([fetched(), ended]); // an answer that begins and does not end is none
    },
  };
}

/** Nothing of a page is read. */
async function head(answer: Response): Promise<Response> {
  await answer.body?.cancel();
  return answer;
}

/** Asks the pool's page, as a browser without a session does. */
export async function begin({ expected, ask }: Visit): Promise<Result<Begun, PassiveSignOnFault>> {
  const page = await ask({ method: "GET" }, head);
  if (page === undefined || isGatewayFault(page)) return refuse("sts-unreachable");
  if (page.status !== 302) return refuse("sts-redirect-unexpected");
  const asked = readRedirect(page.headers.get("location") ?? "", expected);
  if (!asked.ok) return refuse("sts-redirect-unexpected");
  return ok({ wctx: asked.value.wctx, cookies: cookiesAfter([], page.headers.getSetCookie()) });
}

/**
 * Posts the token. The pool accepts it by giving a session. An error page with a cookie looks like one here, and that
 * loses nothing: the cookies go to the same pool alone, and the request for the ticket fails with them. Its fault is
 * `sts-grant-refused` then.
 */
export async function bring(
  { ask }: Visit,
  wresult: string,
  { wctx, cookies }: Begun,
): Promise<Result<Cookies, PassiveSignOnFault>> {
  const jar: Readonly<Record<string, string>> = cookies.length === 0 ? {} : { cookie: cookieHeader(cookies) };
  const answer = await ask({ method: "POST", headers: { ...FORM, ...jar }, body: replyForm(wresult, wctx) }, head);
  if (answer === undefined || isGatewayFault(answer)) return refuse("sts-unreachable");
  if (isOfUnknownUser(answer)) return refuse("sts-user-unknown-to-pool");
  const lines = answer.headers.getSetCookie();
  if (answer.status >= 400 || cookiesSet(lines).set.length === 0) return refuse("sts-token-refused");
  return ok(cookiesAfter(cookies, lines));
}

/** Whether the pool says that it knows nobody with this SID. */
export const isOfUnknownUser = ({ headers }: Response): boolean =>
  UNKNOWN_USER.test(headers.get("x-ms-diagnostics") ?? "");

/** A tunnel without a pool behind it. */
export const isGatewayFault = ({ status }: Response): boolean => status >= 502 && status <= 504;
