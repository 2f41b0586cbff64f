// The envelope in which a compact ticket (`cwt=`) travels outside. The Front-End's ticket never leaves in the clear.
// Postern reads in the envelope what it needs to judge a request, without a look-up: whose ticket it is, which one, and
// until when it is good.

import type { Keyring } from "../core/crypto/keyring.ts";
import { open, seal } from "../core/crypto/seal.ts";

/** What is inside an envelope. */
export type EnvelopedTicket = {
  /**
   * `user`: live only while the user's guard remembers `id`. `anonymous`: a meeting ticket, which opens meeting rows
   * only.
   */
  readonly kind: "user" | "anonymous";
  /** The user's SIP URI (normalised); empty for an anonymous ticket. */
  readonly sipUri: string;
  /** The id under which the guard remembers the ticket. */
  readonly id: string;
  /** ms */
  readonly expiresAt: number;
  /** The Front-End's ticket without `cwt=`. */
  readonly inner: string;
  /** The pool that gave it: "" for the first pool, the web host for others. */
  readonly pool: string;
};

const PURPOSE = "ticket";
const PLACE = "cwt";
/** Longest envelope text that is opened. */
export const MAX_ENVELOPE_CHARS = 32 * 1024;

/** The text that follows `cwt=`: base64url without padding. */
export function sealTicket(keyring: Keyring, ticket: EnvelopedTicket): string {
  const { kind, sipUri, id, expiresAt, inner, pool } = ticket;
  // The first pool has no mark: its envelopes are as they were when there was one pool only.
  const plain = JSON.stringify([kind, sipUri, id, expiresAt, inner, ...(pool === "" ? [] : [pool])]);
  return Buffer.from(seal(keyring, PURPOSE, PLACE, Buffer.from(plain, "utf8"))).toString("base64url");
}

/** The ticket in an envelope that Postern sealed; undefined for anything else. */
export function openTicket(keyring: Keyring, text: string): EnvelopedTicket | undefined {
  if (text.length > MAX_ENVELOPE_CHARS || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  const opened = open(keyring, PURPOSE, PLACE, Buffer.from(text, "base64url"));
  if (!opened.ok) return undefined;
  const [kind, sipUri, id, expiresAt, inner, pool = ""] = JSON.parse(Buffer.from(opened.value).toString("utf8")) as [
    EnvelopedTicket["kind"],
    string,
    string,
    number,
    string,
    string | undefined,
  ];
  return { kind, sipUri, id, expiresAt, inner, pool };
}
