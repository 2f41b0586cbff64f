// Signs on with Postern's own token service, for a pool that trusts it and has no Kerberos delegation. Postern makes a
// token for the account of the user whose password was proved, and brings it to the pool itself (passive-visit.ts). For
// a client of OAuth it then asks for the ticket with the pool's cookies and the passive grant. A client of SOAP gets its
// ticket at a port that the pool's metadata names: the one that takes the cookies, or the one that takes the token in
// the message. A user without an account that may be signed for costs the pool nothing (S-94). Source: the grant is that
// of the UCWA documentation; the ports are those of MS-OCAUTHWS. No real pool has been seen to give a ticket so.

import { readWhole } from "../core/http/body.ts";
import type { FederationPort } from "../core/lync/federation-ports.ts";
import { soapFault } from "../core/lync/soap-fault.ts";
import { PASSIVE_GRANT_FORM } from "../core/lync/token-form.ts";
import { withSecurity } from "../core/lync/web-ticket.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import { cookieHeader } from "../core/sts/jar.ts";
import { signsAt, type TokenKey } from "../core/sts/keys.ts";
import { type IssuedToken, issueToken } from "../core/sts/response.ts";
import { securityHeader } from "../core/sts/security-header.ts";
import { maySign, type SidPolicy, type SignableSid } from "../core/sts/sids.ts";
import { type PortBook, portBook } from "./passive-ports.ts";
import { begin, bring, type Cookies, isOfUnknownUser, type Visit, type Visited, visitTo } from "./passive-visit.ts";
import type { PassiveSignOnFault, RequestCredentials, SignOn, SignOnOccasion, SignOnUser } from "./sign-on.ts";

/** The token service and the pool as the sign-on knows them. */
export type PassiveTarget = SidPolicy &
  Visited & {
    readonly issuer: string;
    readonly tokenMinutes: number;
    /** The first signs. Throws where a key is damaged. */
    readonly keys: () => Promise<readonly TokenKey[]>;
  };

/** For whom a token is made. */
type Holder = { readonly upn: string; readonly sid: SignableSid };

/** Longest fault of a pool that is read. */
const MAX_FAULT_BYTES = 64 * 1024;
/** The Front-End's numbers of an internal error, which says nothing of the credentials, and of an unknown account. */
const INTERNAL_ERROR = "28001";
const UNKNOWN_USER = "28000";

/** The sign-on for one pool. */
export function passiveSignOn(target: PassiveTarget, now: () => number = Date.now): SignOn {
  const book = portBook(now);
  return {
    bySid: true,
    ready: async () => {
      const visit = visitTo(target);
      const begun = await begin(visit);
      if (!begun.ok) return begun;
      const key = await signingKey(target, now());
      if (!key.ok) return key;
      const port = await book.portFor(visit, false);
      return port.ok ? ok(undefined) : port;
    },
    credentialsFor: async (user, occasion) => {
      const signed = await signOn(target, book, user, occasion, now);
      occasion.heard?.(signed.ok ? "sts" : `sts: ${signed.reason}`);
      return signed;
    },
  };
}

async function signOn(
  target: PassiveTarget,
  book: PortBook,
  user: SignOnUser,
  { service, requestId, afterRejection }: SignOnOccasion,
  now: () => number,
): Promise<Result<RequestCredentials, PassiveSignOnFault>> {
  const sid = user.sid == null ? undefined : maySign(user.sid, target);
  if (sid?.ok !== true) return refuse("sts-no-sid");
  const holder = { upn: user.upn, sid: sid.value };
  const visit = visitTo(target, requestId);
  if (service === "oauth") {
    const cookies = await sessionFor(target, visit, holder, now);
    if (!cookies.ok) return cookies;
    const body = () => Buffer.from(PASSIVE_GRANT_FORM);
    return ok({ ...withCookies(cookies.value), body, account: holder.sid, judge: judgeGrant });
  }
  const port = await book.portFor(visit, afterRejection);
  return port.ok ? atPort(target, visit, port.value, holder, now) : port;
}

/** At the port for sessions Postern's own request goes as it is; at the one for tokens it gets a header. */
async function atPort(
  target: PassiveTarget,
  visit: Visit,
  { kind, path }: FederationPort,
  holder: Holder,
  now: () => number,
): Promise<Result<RequestCredentials, PassiveSignOnFault>> {
  const there = { path, account: holder.sid, judge: judgeSoap };
  if (kind === "session") {
    const cookies = await sessionFor(target, visit, holder, now);
    return cookies.ok ? ok({ ...withCookies(cookies.value), ...there }) : cookies;
  }
  const from = now();
  const token = await tokenFor(target, holder, from);
  if (!token.ok) return token;
  const header = securityHeader(token.value.assertion, { from, until: token.value.expiresAt });
  const body = (own: Uint8Array) => Buffer.from(withSecurity(Buffer.from(own).toString("utf8"), header));
  return ok({ headers: {}, body, ...there });
}

const withCookies = (cookies: Cookies) => ({ headers: { cookie: cookieHeader(cookies) } });

/** The pool's session for a new token. */
async function sessionFor(
  target: PassiveTarget,
  visit: Visit,
  holder: Holder,
  now: () => number,
): Promise<Result<Cookies, PassiveSignOnFault>> {
  const begun = await begin(visit);
  if (!begun.ok) return begun;
  const token = await tokenFor(target, holder, now());
  return token.ok ? bring(visit, token.value.wresult, begun.value) : token;
}

async function tokenFor(
  target: PassiveTarget,
  holder: Holder,
  now: number,
): Promise<Result<IssuedToken, PassiveSignOnFault>> {
  const { issuer, expected, tokenMinutes: minutes } = target;
  const key = await signingKey(target, now);
  if (!key.ok) return key;
  const request = { issuer, audience: expected.realm, ...holder, method: "unspecified", minutes } as const;
  const issued = await issueToken({ ...request, authenticatedAt: now, now }, key.value);
  return issued.ok ? issued : refuse(issued.reason.startsWith("key-") ? "sts-not-configured" : "sts-no-sid");
}

/** The key that signs now. That one is damaged shows only here. */
async function signingKey(
  { keys }: Pick<PassiveTarget, "keys">,
  now: number,
): Promise<Result<TokenKey, "sts-not-configured">> {
  try {
    const [key] = await keys();
    return key === undefined || !signsAt(key, now) ? refuse("sts-not-configured") : ok(key);
  } catch {
    return refuse("sts-not-configured");
  }
}

/** Why the pool gives no ticket for its own session. */
async function judgeGrant(answer: Response): Promise<Result<Response, PassiveSignOnFault>> {
  if (isOfUnknownUser(answer)) return refusedBy(answer, "sts-user-unknown-to-pool");
  return answer.status >= 300 && answer.status < 500 ? refusedBy(answer, "sts-grant-refused") : ok(answer);
}

/**
 * The same at a SOAP service, which refuses by a fault, too. Its client would take the fault of a credential for its
 * own password's. An internal error says nothing of the credentials, so it is an answer like any other.
 */
async function judgeSoap(answer: Response): Promise<Result<Response, PassiveSignOnFault>> {
  if (answer.status !== 500 || isOfUnknownUser(answer)) return judgeGrant(answer);
  const { status, headers } = answer;
  try {
    const bytes = await readWhole(answer, MAX_FAULT_BYTES);
    if (bytes === undefined) return refuse("sts-grant-refused");
    const fault = soapFault(Buffer.from(bytes).toString("utf8"));
    if (fault?.errorId === UNKNOWN_USER) return refuse("sts-user-unknown-to-pool");
    if (fault !== undefined && fault.errorId !== INTERNAL_ERROR) return refuse("sts-grant-refused");
    return ok(new Response(bytes, { status, headers }));
  } catch {
    return refuse("sts-unreachable"); // it broke off
  }
}

async function refusedBy(answer: Response, fault: PassiveSignOnFault): Promise<Result<never, PassiveSignOnFault>> {
  await answer.body?.cancel();
  return refuse(fault);
}
