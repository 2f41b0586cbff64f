// One visit to a pool's relying party: its page, the form with a token, the token service and its metadata. Cookies are
// kept in memory, for one visit. A token goes to nobody but the host that was named, over a connection whose certificate
// is right.

import { PASSIVE_GRANT_FORM } from "../../src/core/lync/token-form.ts";
import { SYMMETRIC_KEY, tokenRequest, withSecurity } from "../../src/core/lync/web-ticket.ts";
import { cookieHeader, cookiesAfter } from "../../src/core/sts/jar.ts";
import { replyForm } from "../../src/core/sts/reply-form.ts";
import { securityHeader } from "../../src/core/sts/security-header.ts";
import { type Answer, type Question, send, type Way } from "../doctor/wire.ts";

/** Where a pool is. */
export type PoolAt = {
  /** The Host that the Front-End must see. */
  readonly webHost: string;
  /** The path of the page of its relying party. */
  readonly page: string;
  readonly way: Way;
};

/** Cookies, as a browser has them after some answers. */
export type Cookies = readonly (readonly [name: string, value: string])[];
export const NO_COOKIES: Cookies = [];

/** What can be asked of a pool. */
export type PoolVisit = ReturnType<typeof visitTo>;

/** How long a Front-End may take that has just been started, ms. */
const WITHIN_MS = 30_000;
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const TOKEN_SERVICE = "/WebTicket/oauthtoken";
const SOAP_SERVICE = "/WebTicket/WebTicketService.svc";
const SAML_11 = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1";
const LIFE_MS = 5 * 60_000;

/** The visit. */
export function visitTo({ webHost, page, way }: PoolAt) {
  let requests = 0;
  const ask = (question: Omit<Question, "host">, cookies: Cookies = NO_COOKIES): Promise<Answer> => {
    requests += 1;
    const jar: Readonly<Record<string, string>> = cookies.length === 0 ? {} : { cookie: cookieHeader(cookies) };
    const headers = { accept: "text/html, application/json, text/xml", ...question.headers, ...jar };
    return send({ ...question, host: webHost, headers, secret: true }, way, WITHIN_MS);
  };
  return {
    webHost,
    /** How many requests were sent. */
    sent: () => requests,
    /** The page of the relying party. `query` with its `?`. */
    openPage: (cookies?: Cookies, query = "") => ask({ path: page + query }, cookies),
    bring: (wresult: string, wctx: string, cookies?: Cookies) =>
      ask({ path: page, method: "POST", headers: FORM, body: replyForm(wresult, wctx) }, cookies),
    grant: (cookies?: Cookies) =>
      ask({ path: TOKEN_SERVICE, method: "POST", headers: FORM, body: PASSIVE_GRANT_FORM }, cookies),
    metadata: () => ask({ path: `${SOAP_SERVICE}/mex` }),
    /** A desktop's request for a ticket, at the path of a port. `assertion`: what stands in its header. */
    orderTicket: (path: string, of: { readonly sipUri: string; readonly assertion?: string }, cookies?: Cookies) => {
      const body = orderOf(webHost, of.sipUri, of.assertion, Date.now());
      const headers = { "content-type": "text/xml; charset=utf-8", soapaction: '""' };
      return ask({ path, method: "POST", headers, body }, cookies);
    },
  };
}

/** What a browser has after an answer. */
export const after = (before: Cookies, answer: Answer): Cookies =>
  answer.kind === "silent" ? before : cookiesAfter(before, setCookies(answer));

/** The lines with which an answer sets cookies. */
export const setCookies = (answer: Answer): readonly string[] =>
  answer.kind === "silent" ? [] : answer.headers.flatMap(([name, value]) => (name === "set-cookie" ? [value] : []));

function orderOf(webHost: string, sipUri: string, assertion: string | undefined, now: number): string {
  const entropy = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64");
  const order = { tokenType: SAML_11, keyType: SYMMETRIC_KEY, context: undefined, entropy };
  const appliesTo = `https://${webHost}/CertProv/CertProvisioningService.svc`;
  const envelope = tokenRequest(order, { sipUri, appliesTo, now });
  if (assertion === undefined) return envelope;
  return withSecurity(envelope, securityHeader(assertion, { from: now, until: now + LIFE_MS }));
}
