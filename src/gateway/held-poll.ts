// Keeps one poll of a client open for as long as the client asked, although Cloudflare ends an origin that is silent
// for 100 s. Before that, Postern ends the silent request and sends it again, inside the client's one request. No event
// is lost: an event is acknowledged by the next `ack`, and the request that is sent again has the same one
// (docs/design/0036-polls.md).

import type { Result } from "../core/result.ts";
import { POLL_FAILED_WITHIN_MS, POLL_SILENCE_MS } from "./poll-times.ts";

/** So many failures in a row are the end. */
const MAX_FAILURES = 3;
/** The wait after the first failure, ms; after the second twice as long. */
const AFTER_FAILURE_MS = 1_000;

/** What Cloudflare and proxies say when an origin was silent, broke off or is away. */
const CUT: ReadonlySet<number> = new Set([502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 530]);

/** A poll as its loop sees it. `Verdict`: what its guard said. */
export type HeldPoll<Verdict, Fault extends string> = {
  /** When the client's time is over, ms. */
  readonly endsAt: number;
  /** Sends the request. Throws when no Front-End answers, and when `signal` ends it. */
  readonly ask: (verdict: Verdict, signal: AbortSignal) => Promise<Response>;
  /** Asks the guard again. */
  readonly admit: () => Promise<Result<Verdict, Fault>>;
  /** Whether no newer poll took its place. */
  readonly isNewest: () => boolean;
  /** Its client is still there. */
  readonly alive: () => void;
};

/**
 * How a poll ends. `silent`: the client's time is over. `unreachable`: no Front-End answers. `refused`: by the guard.
 */
export type PollEnd<Verdict, Fault> =
  | { readonly kind: "answered"; readonly answer: Response; readonly verdict: Verdict }
  | { readonly kind: "silent"; readonly verdict: Verdict }
  | { readonly kind: "unreachable"; readonly fault: unknown }
  | { readonly kind: "refused"; readonly reason: Fault }
  | { readonly kind: "replaced" };

/** What came of one request to the Front-End. */
type Heard = { readonly answer: Response } | { readonly fault: unknown };

/**
 * Asks until there is an answer, or until the client's time is over. Throws when the guard cannot be asked. When the
 * client goes away, the platform ends the whole invocation, and with it the request to the Front-End.
 */
export async function holdPoll<Verdict, Fault extends string>(
  poll: HeldPoll<Verdict, Fault>,
  admitted: Verdict,
): Promise<PollEnd<Verdict, Fault>> {
  let verdict = admitted;
  for (let failures = 0, first = true; ; first = false) {
    const begun = Date.now();
    const { ask } = poll;
    const judged = verdict;
    const sent = new Sent((signal) => ask(judged, signal));
    const early = await sent.heardWithin(Math.min(POLL_SILENCE_MS, poll.endsAt - begun));
    if (early !== undefined && !isCut(early)) return ended(early, verdict);
    failures = early !== undefined && Date.now() - begun < POLL_FAILED_WITHIN_MS ? failures + 1 : 0;
    if (early !== undefined && failures >= (first ? 1 : MAX_FAILURES)) return ended(early, verdict);
    if (failures > 0) await scheduler.wait(failures * AFTER_FAILURE_MS);
    // The silent request stays open while the guard is asked. If an answer comes meanwhile, it is good.
    const again = await sent.unlessItThrows(poll.admit);
    if (again.ok && sent.heard !== undefined && !isCut(sent.heard)) return ended(sent.heard, again.value);
    sent.end();
    if (!again.ok) return { kind: "refused", reason: again.reason };
    verdict = again.value;
    if (Date.now() >= poll.endsAt) return { kind: "silent", verdict };
    if (!poll.isNewest()) return { kind: "replaced" };
    poll.alive();
  }
}

const isCut = (heard: Heard): boolean => "fault" in heard || CUT.has(heard.answer.status);

const ended = <Verdict>(heard: Heard, verdict: Verdict): PollEnd<Verdict, never> =>
  "answer" in heard ? { kind: "answered", answer: heard.answer, verdict } : { kind: "unreachable", fault: heard.fault };

/** One request to the Front-End. */
class Sent {
  readonly #ended = new AbortController();
  readonly #settled: Promise<Heard>;
  /** What came of it so far. */
  heard: Heard | undefined;

  constructor(ask: (signal: AbortSignal) => Promise<Response>) {
    this.#settled = ask(this.#ended.signal).then(
      (answer) => this.#keep({ answer }),
      (fault: unknown) => this.#keep({ fault }),
    );
  }

  /** What came of it within this time (ms); undefined if nothing did. */
  async heardWithin(ms: number): Promise<Heard | undefined> {
    const timer = new AbortController();
    const over = scheduler.wait(Math.max(0, ms), { signal: timer.signal }).catch(() => undefined);
    try {
      return await Promise.race([this.#settled, over.then(() => undefined)]);
    } finally {
      timer.abort();
    }
  }

  /** Waits for `work`, and ends the request if it throws. */
  async unlessItThrows<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (fault) {
      this.end();
      throw fault;
    }
  }

  /** Ends it. Nobody reads its answer, if there is one or one is on its way. */
  end(): void {
    this.#ended.abort();
    discard(this.heard);
  }

  #keep(heard: Heard): Heard {
    this.heard = heard;
    if (this.#ended.signal.aborted) discard(heard);
    return heard;
  }
}

function discard(heard: Heard | undefined): void {
  if (heard !== undefined && "answer" in heard) heard.answer.body?.cancel().catch(() => undefined);
}
