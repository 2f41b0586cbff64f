// What this isolate knows of tickets it has seen: what was read in them, and the guard's last good verdict. What was
// read is kept as long as the ticket is in use, because a ticket does not change in its eight hours. A verdict is kept
// for VERDICT_REUSE_MS at most, and only for the purpose that was judged. So a client's burst costs one guard call, and
// a revocation is complete within that time.

import { BoundedMap, bytesOfText } from "../core/text/bounded-map.ts";

/** How long an isolate may reuse a verdict. */
export const VERDICT_REUSE_MS = 3_000;
/**
 * What all known tickets may take, in bytes: an eighth of an isolate's memory. The ticket that was confirmed longest
 * ago goes first. A ticket takes about a kilobyte, a SAML ticket some five. The holder of a live ticket may write it in
 * as many ways as XML allows, and each takes room.
 */
const MAX_BYTES = 16 * 1024 * 1024;

/** A ticket that its guard remembers, or an anonymous envelope of Postern's. */
export type ReadTicket = {
  /** Normalised; empty in an anonymous envelope. In a SAML ticket it is what the ticket says itself. */
  readonly sipUri: string;
  /** The id under which the guard remembers it. */
  readonly id: string;
  /** ms */
  readonly expiresAt: number;
  /** Opens meeting rows only. */
  readonly anonymous: boolean;
  /** The Front-End's compact ticket without `cwt=`; undefined for a SAML ticket, which travels as it is. */
  readonly inner: string | undefined;
};

/**
 * A good verdict. `until`: when the guard has to be asked again, ms. `provisional`: the device has named itself, and
 * its guard has to hear when the Front-End has accepted the request.
 */
export type Verdict = { readonly live: ReadTicket; readonly until: number; readonly provisional?: boolean };

type Known = { readonly live: ReadTicket; readonly scope: string; until: number };

const bytesOf = ({ live, scope }: Known): number =>
  [live.sipUri, live.id, live.inner ?? "", scope].reduce((sum, text) => sum + bytesOfText(text), OBJECT_BYTES);
/** The two objects of an entry. */
const OBJECT_BYTES = 200;

/** Tickets by the form and the exact text in which they are presented. */
export class Verdicts {
  readonly #known = new BoundedMap<Known>(MAX_BYTES, bytesOf);

  /** What they take, in bytes. */
  get bytes(): number {
    return this.#known.bytes;
  }

  /** A ticket with a good verdict that may be reused now for the use `scope`, and until when. */
  get(name: string, scope: string, now: number): Verdict | undefined {
    const known = this.#known.get(name);
    if (known === undefined) return undefined;
    if (now < known.until) return known.scope === scope ? known : undefined;
    known.until = 0; // once the verdict is too old it stays so, even if the clock goes back
    return undefined;
  }

  /** What was read in the ticket when it was last found good. Its guard has to be asked again. */
  reading(name: string): ReadTicket | undefined {
    return this.#known.get(name)?.live;
  }

  /** @param askedAt when the guard was asked: the verdict is as old as the question */
  keep(name: string, scope: string, live: ReadTicket, askedAt: number): Verdict {
    const until = Math.min(askedAt + VERDICT_REUSE_MS, live.expiresAt);
    const known = this.#known.get(name);
    if (known?.live === live && known.scope === scope) {
      // Most requests: the ticket was read before, and is used for the same. Its bytes are counted already.
      known.until = until;
      this.#known.touch(name);
    } else {
      this.#known.set(name, { live, scope, until });
    }
    return { live, until };
  }

  /** The guard has to be asked again, even if the verdict has time left. */
  doubt(name: string): void {
    const known = this.#known.get(name);
    if (known !== undefined) known.until = 0;
  }

  forget(name: string): void {
    this.#known.delete(name);
  }
}
