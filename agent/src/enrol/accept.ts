// Whom a Kerberos ticket proves. The library checks the ticket with the key of one service principal, whatever other
// keys the keytab has. A ticket is accepted once: the library's replay cache knows it, and so does this process.

/// <reference path="../kerberos.d.ts" />

import { createHash } from "node:crypto";
import type { EnrolmentSettings } from "./settings.ts";
import { negotiated } from "./spnego.ts";

/** `answer`: what `WWW-Authenticate` says back, so that the browser knows that it is this service. */
export type Proved = { readonly principal: string; readonly answer: string | undefined };
/** `refused`: the ticket is not for this service, is too old, was used before, or does not open. */
export type Accepted =
  | ({ readonly kind: "proved" } & Proved)
  | { readonly kind: "none" | "ntlm" | "malformed" | "refused" };

/** Decides about the value of an `Authorization` header. */
export type Acceptor = (authorization: string | undefined) => Promise<Accepted>;

/** One context of the Kerberos library. */
export type Context = {
  readonly username: string;
  readonly contextComplete: boolean;
  step(token: string): Promise<string | null>;
};

/** After so long a ticket is too old for the library itself: the clock skew of Kerberos, twice, ms. */
const REMEMBERED_FOR_MS = 15 * 60_000;
/**
 * One for each request with a ticket. When there are more, the oldest is forgotten, and the library's own cache is
 * left.
 */
const MAX_REMEMBERED = 50_000;

/** An account and its realm, without the escapes that the library writes for odd characters. Not a service. */
const USER = /^[^@/\\\p{Cc}]+@[A-Z0-9.-]+$/u;

/** `name`: of the host, lower case. `open`: a new context for the service. `now` in ms. */
export function acceptorOver(name: string, open: () => Promise<Context>, now: () => number = Date.now): Acceptor {
  const seen = new Map<string, number>();

  /** Whether this token comes for the first time. */
  function isNew(token: string): boolean {
    const at = now();
    for (const [digest, until] of seen) {
      if (until > at && seen.size < MAX_REMEMBERED) break;
      seen.delete(digest);
    }
    const digest = createHash("sha256").update(Buffer.from(token, "base64")).digest("base64");
    if (seen.has(digest)) return false;
    seen.set(digest, at + REMEMBERED_FOR_MS);
    return true;
  }

  return async (authorization) => {
    const sent = negotiated(authorization);
    if (sent.kind !== "kerberos") return sent;
    if (sent.service.toLowerCase() !== `http/${name}` || !isNew(sent.token)) return { kind: "refused" };
    const context = await open();
    let answer: string | null;
    try {
      answer = await context.step(sent.token);
    } catch {
      return { kind: "refused" };
    }
    // Kerberos needs one step. Whatever needs more is something else.
    if (!context.contextComplete || !USER.test(context.username)) return { kind: "refused" };
    return { kind: "proved", principal: context.username, answer: answer ?? undefined };
  };
}

/** Opens contexts with the keytab of the configuration. Rejects where it has no key of the service principal. */
export function kerberosOf({ name, keytabFile, krb5ConfFile }: EnrolmentSettings): () => Promise<Context> {
  return async () => {
    // The library reads these, and nothing else in the agent uses Kerberos.
    process.env.KRB5_KTNAME = `FILE:${keytabFile}`;
    if (krb5ConfFile !== undefined) process.env.KRB5_CONFIG = krb5ConfFile;
    delete process.env.KRB5RCACHETYPE; // "none" would switch the replay cache off
    // The native part is loaded when the page is wanted, so an agent without it needs no Kerberos on its machine.
    const { initializeServer } = await import("kerberos");
    return initializeServer(`HTTP@${name}`);
  };
}
