// What stands between a gateway and its Front-End may end a request that is silent for too long. Cloudflare does: the
// client gets 524 where a tunnel has a host name, and a connection that ends through a VPC service. A test orders it.

/** `524`: the answer of a proxy that has waited too long. `closed`: the connection ends. */
export type SilenceEnd = "524" | "closed";

/** The end that was ordered for one silent request. */
export type OrderedEnd = { readonly how: SilenceEnd; readonly at: AbortSignal };

export class Silence {
  #ordered: { readonly afterMs: number; readonly how: SilenceEnd; times: number } | undefined;

  /** Orders it for the next `times` event requests. False when something is missing or unknown. */
  order(afterMs: number, how: string | undefined, times: number): boolean {
    if (!(afterMs >= 0) || !(times > 0) || (how !== "524" && how !== "closed")) return false;
    this.#ordered = { afterMs, how, times };
    return true;
  }

  /** For a request that begins to wait: when it is ended. Undefined: it may wait as long as it likes. */
  begin(): OrderedEnd | undefined {
    const ordered = this.#ordered;
    if (ordered === undefined) return undefined;
    if (--ordered.times <= 0) this.#ordered = undefined;
    return { how: ordered.how, at: AbortSignal.timeout(ordered.afterMs) };
  }

  clear(): void {
    this.#ordered = undefined;
  }
}
