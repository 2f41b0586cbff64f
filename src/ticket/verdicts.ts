// What this isolate knows of tickets it has seen: how they read, and the guard's good verdict of the last moments. Reading is
// kept as long as the ticket is in use, because a ticket reads the same for eight hours; a verdict never longer than
// VERDICT_REUSE_MS, and only for what was judged, so that a client's burst costs one guard call and a revocation is complete
// within that time.

import { BoundedMap, bytesOfText } from "../core/text/bounded-map.ts";

/** How long an isolate may reuse a verdict. */
export const VERDICT_REUSE_MS = 3_000;
/**
 * What all known tickets may take, in bytes: an eighth of an isolate's memory. The one longest unconfirmed goes first. About a
 * kilobyte each, a SAML ticket some five; whoever has a live one may write it in as many ways as XML has.
 */
const MAX_BYTES = 16 * 1024 * 1024;

/** A ticket that its guard remembers, or an anonymous envelope of Postern's. */
export type ReadTicket = {
  /** Normalised; empty in an anonymous envelope. Of a SAML ticket, what it says itself. */
  readonly sipUri: string;
  /** Under which the guard remembers it. */
  readonly id: string;
  /** ms */
  readonly expiresAt: number;
  /** Opens meeting rows only. */
  readonly anonymous: boolean;
  /** The Front-End's compact ticket without `cwt=`; undefined of a SAML ticket, which travels as it is. */
  readonly inner: string | undefined;
};

/**
 * A good verdict. `until`: when the guard has to be asked again, ms. `provisional`: of a device that has named itself; its guard
 * has to hear when the Front-End has accepted the request.
 */
export type Verdict = { readonly live: ReadTicket; readonly until: number; readonly provisional?: boolean };

type Known = { readonly live: ReadTicket; readonly scope: string; until: number };

const bytesOf = ({ live, scope }: Known): number =>
  [live.sipUri, live.id, live.inner ?? "", scope].reduce((sum, text) => sum + bytesOfText(text), OBJECT_BYTES);
/** The two objects of an entry. */
const OBJECT_BYTES = 200;

/** Tickets by the form and exact text in which they are presented. */
export class Verdicts {
  readonly #known = new BoundedMap<Known>(MAX_BYTES, bytesOf);

  /** What they take, in bytes. */
  get bytes(): number {
    return this.#known.bytes;
  }

  /** A ticket whose good verdict on this use of it, `scope`, may be reused now, and until when. */
  get(name: string, scope: string, now: number): Verdict | undefined {
    const known = this.#known.get(name);
    if (known === undefined) return undefined;
    if (now < known.until) return known.scope === scope ? known : undefined;
    known.until = 0; // too old once is too old for good, whatever the clock does
    return undefined;
  }

  /** How a ticket read when it was last found good: its guard has to be asked again. */
  reading(name: string): ReadTicket | undefined {
    return this.#known.get(name)?.live;
  }

  /** @param askedAt when the guard was asked: the verdict is as old as the question */
  keep(name: string, scope: string, live: ReadTicket, askedAt: number): Verdict {
    const until = Math.min(askedAt + VERDICT_REUSE_MS, live.expiresAt);
    this.#known.set(name, { live, scope, until });
    return { live, until };
  }

  /** The guard has to be asked again, whatever time is left. */
  doubt(name: string): void {
    const known = this.#known.get(name);
    if (known !== undefined) known.until = 0;
  }

  forget(name: string): void {
    this.#known.delete(name);
  }
}
