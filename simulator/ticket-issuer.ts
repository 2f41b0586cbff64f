// Issues both kinds of web ticket, and recognises them when they come back. The pool's own key proves that a ticket is
// genuine. The ticket book knows whether it still counts.

import { randomBytes } from "node:crypto";
import { openCompactTicket, sealCompactTicket } from "./cwt.ts";
import { type AssertionSigner, issueAssertion, openAssertion } from "./saml.ts";
import { type IssuedTicket, TicketBook, type TicketIdentity } from "./ticket-book.ts";
import { parseXml, type XmlElement } from "./xml.ts";

/** A genuine ticket, or why a text is not one. Only an assertion has a `proofKey`. */
export type Recognised =
  | { readonly ok: true; readonly ticket: IssuedTicket; readonly proofKey?: () => Uint8Array }
  | { readonly ok: false; readonly reason: "forged" | "expired" | "unknown" | "no-such-partner" };

export class TicketIssuer {
  readonly book = new TicketBook();
  readonly #signer: AssertionSigner;
  readonly #macKey = randomBytes(32);
  readonly #now: () => number;

  constructor(signer: AssertionSigner, now: () => number) {
    this.#signer = signer;
    this.#now = now;
  }

  /** Issues a compact ticket. The text begins with `cwt=`. */
  issueCompact(identity: TicketIdentity, lifetimeMs: number): { text: string; ticket: IssuedTicket } {
    const issuedAt = this.#now();
    const expiresAt = issuedAt + lifetimeMs;
    const sid = identity.kind === "user" ? identity.user.sid : undefined;
    const [text, id] = sealCompactTicket(this.#macKey, sid, expiresAt);
    const ticket: IssuedTicket = { id, form: "cwt", identity, issuedAt, expiresAt };
    this.book.add(ticket);
    return { text: `cwt=${text}`, ticket };
  }

  /** Issues an assertion for the service for which the client asked. It has the proof key that both sides computed. */
  issueAssertion(
    identity: TicketIdentity,
    lifetimeMs: number,
    request: { audience: string; proofKey: Uint8Array },
  ): { xml: string; ticket: IssuedTicket } {
    const issuedAt = this.#now();
    const expiresAt = issuedAt + lifetimeMs;
    const sipUri = identity.kind === "user" ? identity.user.sipUri : ANONYMOUS_SIP_URI;
    const { xml, id } = issueAssertion(this.#signer, { sipUri, issuedAt, expiresAt, ...request });
    const ticket: IssuedTicket = { id, form: "saml", identity, issuedAt, expiresAt };
    this.book.add(ticket);
    return { xml, ticket };
  }

  /** Recognises the text after `cwt=`: a compact ticket, or an assertion in base64, as in some samples. */
  recogniseCompact(text: string): Recognised {
    if (text.startsWith("PHNhbWw6QXNzZXJ0aW9u")) return this.recogniseOpaque(text);
    const opened = openCompactTicket(this.#macKey, text);
    return opened ? this.#lookUp(opened.id) : { ok: false, reason: "forged" };
  }

  /** Recognises the text after `opaque=`: an assertion in base64. */
  recogniseOpaque(base64: string): Recognised {
    const assertion = parseXml(Buffer.from(base64, "base64").toString("utf8"));
    return assertion ? this.recogniseAssertion(assertion) : { ok: false, reason: "forged" };
  }

  recogniseAssertion(assertion: XmlElement): Recognised {
    const opened = openAssertion(this.#signer, assertion);
    if (!opened) return { ok: false, reason: "forged" };
    const found = this.#lookUp(opened.id);
    return found.ok ? { ...found, proofKey: opened.proofKey } : found;
  }

  #lookUp(id: string): Recognised {
    const ticket = this.book.find(id, this.#now());
    if (ticket === undefined) return { ok: false, reason: "unknown" };
    return ticket === "expired" ? { ok: false, reason: "expired" } : { ok: true, ticket };
  }
}

const ANONYMOUS_SIP_URI = "sip:anonymous@anonymous.invalid";
