// The page on the LAN. Kerberos proves who asks, at each request; there is no session, no cookie and no password field.
// A code is made by a form of the page itself, and for the person whom the ticket proves, whatever the form says.

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer as createPlainServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Acceptor } from "./accept.ts";
import { SCRIPT_TEXT, STYLE_TEXT } from "./files.ts";
import type { LookUp } from "./look-up.ts";
import { CODE, codePage, deniedPage, messagePage, SCRIPT, STYLE, signInPage, welcomePage } from "./page.ts";
import { newRate } from "./rate.ts";
import { type DeniedWord, type Words, wordsFor } from "./words.ts";

/** The link of a new invitation of a person, and when it ends (ms); or why the gateway makes none. */
export type Invite = (
  key: string,
) => Promise<
  | { readonly kind: "invited"; readonly link: string; readonly expiresAt: number }
  | { readonly kind: "not-synced" | "says-no" | "slow" }
>;

/** What the page asks. */
export type Asked = {
  /** The name by which browsers open the page, lower case. */
  readonly name: string;
  readonly scheme: "http" | "https";
  readonly accept: Acceptor;
  readonly lookUp: LookUp;
  readonly invite: Invite;
  /** Is told who asked and what became of it. It never gets a code. */
  readonly note: (outcome: string, principal: string | undefined, fault?: unknown) => void;
};

/** For so long a form is good, ms. */
const FORM_LIVES_MS = 10 * 60_000;
const MAX_FORM_BYTES = 1_024;
/** A Kerberos ticket with many groups has 48 KB, two thirds more in base64. */
const MAX_HEADER_BYTES = 96 * 1_024;
const REQUEST_WITHIN_MS = 10_000;
const MAX_CONNECTIONS = 256;

const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

/** An answer: status, body, and headers of its own. */
type Answer = readonly [status: number, body: string, headers?: Readonly<Record<string, string>>];

/** The server of the page. `tls`: certificate and key in PEM; without it the page is on this machine alone. */
export function enrolmentServer(asked: Asked, tls?: { readonly cert: string; readonly key: string }): Server {
  const secret = randomBytes(32);
  const mayMake = newRate();
  const options = {
    ...{ maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: REQUEST_WITHIN_MS, headersTimeout: REQUEST_WITHIN_MS },
    connectionsCheckingInterval: 1_000,
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void answer(request)
      .catch((fault: unknown): Answer => {
        asked.note("failed", undefined, fault);
        return [503, messagePage(wordsFor(request.headers["accept-language"]), wordsOf(request).failed, true)];
      })
      .then(([status, body, headers]) => {
        const type = { "content-type": "text/html; charset=utf-8" };
        response.writeHead(status, { ...HEADERS, ...type, ...headers }).end(request.method === "HEAD" ? "" : body);
      })
      .catch(() => response.destroy());
  };
  const server =
    tls === undefined
      ? createPlainServer(options, listener)
      : createTlsServer({ ...options, ...tls, minVersion: "TLSv1.2" }, listener);
  server.maxConnections = MAX_CONNECTIONS;
  return server;

  async function answer(request: IncomingMessage): Promise<Answer> {
    const t = wordsOf(request);
    const { method = "", url = "", headers } = request;
    // Another name leads here by DNS rebinding, or by an alias, for which browsers would ask another ticket.
    if (!isOurHost(request)) return [421, messagePage(t, t.host)];
    const [path] = url.split("?");
    if (path === STYLE || path === SCRIPT) return fileAt(path);
    const makes = path === CODE && method === "POST";
    if (!makes && (path !== "/" || (method !== "GET" && method !== "HEAD"))) {
      // Somebody who reloads in the wrong place begins anew.
      if (path === CODE && method === "GET") return [303, "", { location: "/" }];
      return [path === "/" || path === CODE ? 405 : 404, messagePage(t, t.notFound)];
    }
    const accepted = await asked.accept(headers.authorization);
    switch (accepted.kind) {
      case "none":
        return [401, signInPage(t), { "www-authenticate": "Negotiate" }];
      // No second challenge: the browser would ask its user for a password again and again.
      case "ntlm":
      case "malformed":
      case "refused":
        asked.note(accepted.kind, undefined);
        return [403, messagePage(t, accepted.kind === "ntlm" ? t.ntlm : t.refused, true)];
    }
    const { principal } = accepted;
    const proof = { "www-authenticate": `Negotiate${accepted.answer === undefined ? "" : ` ${accepted.answer}`}` };
    const [status, body, more] = await (makes ? make(request, t, principal) : welcome(t, principal));
    return [status, body, { ...proof, ...more }];
  }

  async function welcome(t: Words, principal: string): Promise<Answer> {
    const found = await asked.lookUp(principal);
    if (found.kind !== "person") return denied(t, principal, found.kind);
    return [200, welcomePage(t, { name: found.name, token: formToken(principal, Date.now() + FORM_LIVES_MS) })];
  }

  async function make(request: IncomingMessage, t: Words, principal: string): Promise<Answer> {
    const fields = isOwnForm(request) ? await formIn(request) : undefined;
    if (fields === undefined || !isFormToken(fields.get("token") ?? "", principal)) {
      asked.note("foreign-form", principal);
      return [403, messagePage(t, t.form, true)];
    }
    if (!mayMake(principal, Date.now())) {
      asked.note("slow", principal);
      return [429, messagePage(t, t.slow)];
    }
    // Looked up again: the page may have been open for a while.
    const found = await asked.lookUp(principal);
    if (found.kind !== "person") return denied(t, principal, found.kind);
    const made = await asked.invite(found.key);
    if (made.kind === "slow") {
      asked.note("slow", principal);
      return [429, messagePage(t, t.slow)];
    }
    if (made.kind !== "invited") return denied(t, principal, made.kind);
    asked.note("invited", principal);
    const seconds = Math.max(0, Math.floor((made.expiresAt - Date.now()) / 1_000));
    const token = formToken(principal, Date.now() + FORM_LIVES_MS + seconds * 1_000);
    // Without a script, the page goes away by itself when the code is over.
    return [
      200,
      codePage(t, { name: found.name, token, link: made.link, seconds }),
      { refresh: `${seconds + 60};url=/` },
    ];
  }

  function denied(t: Words, principal: string, why: DeniedWord): Answer {
    asked.note(why, principal);
    return [403, deniedPage(t, why)];
  }

  /** Binds a form to its person, and to a time. */
  function formToken(principal: string, until: number): string {
    return `${until}.${createHmac("sha256", secret).update(`${until} ${principal}`).digest("base64url")}`;
  }

  function isFormToken(token: string, principal: string): boolean {
    const until = Number(/^(\d{1,15})\./.exec(token)?.[1] ?? 0);
    const [given, right] = [Buffer.from(token), Buffer.from(formToken(principal, until))];
    return until > Date.now() && given.length === right.length && timingSafeEqual(given, right);
  }

  function isOurHost({ headers, socket }: IncomingMessage): boolean {
    const [host = "", port] = (headers.host ?? "").toLowerCase().split(":");
    return host === asked.name && (port === undefined || Number(port) === socket.localPort);
  }

  /** Every browser says with a post from where it comes. */
  function isOwnForm({ headers }: IncomingMessage): boolean {
    const site = headers["sec-fetch-site"];
    const own = `${asked.scheme}://${(headers.host ?? "").toLowerCase()}`;
    return headers.origin === own && (site === undefined || site === "same-origin");
  }
}

const wordsOf = ({ headers }: IncomingMessage): Words => wordsFor(headers["accept-language"]);

function fileAt(path: string): Answer {
  const isStyle = path === STYLE;
  const type = isStyle ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
  return [200, isStyle ? STYLE_TEXT : SCRIPT_TEXT, { "content-type": type }];
}

/** The fields of a form. Undefined: it is none, or too long. */
async function formIn(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  if (request.headers["content-type"]?.split(";")[0]?.trim() !== "application/x-www-form-urlencoded") return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_FORM_BYTES) return undefined;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}
