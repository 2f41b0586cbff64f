// Whether tickets live, asked of a user's guard for many at once: however many forged ones name a user who has signed in from a
// crowded network, that user's guard is asked a few times a second, and a good one among them waits a moment and passes.

/** How long questions about one user gather after the last one was asked, ms. */
const ASK_EVERY_MS = 250;
/** Questions about one user that gather; what comes on top is refused. */
const MAX_TICKETS = 500;
/** Users about whom questions gather at a time. */
const MAX_USERS = 200;

/** Asks one user's guard which of these tickets it remembers. */
type Ask = (sipUri: string, ids: readonly string[]) => Promise<readonly string[]>;

type Gathering = { readonly ids: Set<string>; readonly answer: Promise<ReadonlySet<string>> };

export class AskedTogether {
  readonly #ask: Ask;
  readonly #gathering = new Map<string, Gathering>();
  /** Until when users were asked about so lately that questions gather, ms. */
  readonly #gatherUntil = new Map<string, number>();

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** Whether the user's guard remembers this ticket. */
  async lives(sipUri: string, id: string, now: number): Promise<boolean> {
    let gathering = this.#gathering.get(sipUri);
    if (gathering === undefined) {
      this.#forgetBefore(now);
      if (this.#gathering.size + this.#gatherUntil.size >= MAX_USERS) return false;
      const ids = new Set<string>();
      gathering = { ids, answer: this.#answer(sipUri, ids, (this.#gatherUntil.get(sipUri) ?? now) - now) };
      this.#gathering.set(sipUri, gathering);
    }
    if (gathering.ids.size >= MAX_TICKETS && !gathering.ids.has(id)) return false;
    gathering.ids.add(id);
    return (await gathering.answer).has(id);
  }

  async #answer(sipUri: string, ids: ReadonlySet<string>, after: number): Promise<ReadonlySet<string>> {
    await scheduler.wait(Math.max(0, after));
    this.#gathering.delete(sipUri);
    this.#gatherUntil.set(sipUri, Date.now() + ASK_EVERY_MS);
    return new Set(await this.#ask(sipUri, [...ids]));
  }

  #forgetBefore(now: number): void {
    for (const [sipUri, until] of this.#gatherUntil) {
      if (until <= now) this.#gatherUntil.delete(sipUri);
    }
  }
}
