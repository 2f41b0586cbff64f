// Asks a user's guard about many tickets at once, whether they live. Somebody in a crowded network may send many forged
// tickets that name a user who has signed in from there. That user's guard is then asked only a few times a second, and
// a good ticket among them waits a moment and passes.

/** How long questions about one user gather after the last one was asked, ms. */
const ASK_EVERY_MS = 250;
/** How many questions about one user may gather. One more is refused. */
const MAX_TICKETS = 500;
/** About how many users questions may gather at one time. */
const MAX_USERS = 200;

/** Asks one user's guard which of these tickets it remembers. */
type Ask = (sipUri: string, ids: readonly string[]) => Promise<readonly string[]>;

type Gathering = { readonly ids: Set<string>; readonly answer: Promise<ReadonlySet<string>> };

export class AskedTogether {
  readonly #ask: Ask;
  readonly #gathering = new Map<string, Gathering>();
  /** Users about whom somebody asked a moment ago. Questions about a user gather until this time (ms). */
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
