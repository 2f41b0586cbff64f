// Which domain controller is asked first. MIT's programs wait ten seconds for a KDC that takes a connection and then says
// nothing, and ldapsearch waits as long as it may: both are killed before they try the next one. For one that cannot be
// connected to they wait a second before the next one, each time, and a ticket needs four connections. So a controller that was
// first when a program was killed, or took a second, comes last for the programs after it.

import type { RunCommand } from "./command.ts";

/** A little less than what MIT and ldapsearch give a connection; a program that is answered at once needs a twentieth. */
const HELD_UP_MS = 900;

/** The turn that all lists of controllers take together; they name the same machines. */
export class Turn {
  #passed = 0;
  readonly #onPass: () => Promise<void>;

  /** `onPass` ends before anything runs that counts on the new order. */
  constructor(onPass: () => Promise<void>) {
    this.#onPass = onPass;
  }

  /** A list in the order to ask in. */
  of(list: readonly string[]): readonly string[] {
    const first = this.#passed % Math.max(1, list.length);
    return [...list.slice(first), ...list.slice(0, first)];
  }

  /** Runs programs, and passes on when one was held up; several that the same controller held up pass on once. */
  watching(run: RunCommand, clock: () => number = () => performance.now()): RunCommand {
    return async (program, args, cache) => {
      const [asked, began] = [this.#passed, clock()];
      const ended = await run(program, args, cache);
      const heldUp = ended.kind === "killed" || clock() - began >= HELD_UP_MS;
      if (heldUp && asked === this.#passed) {
        this.#passed++;
        await this.#onPass();
      }
      return ended;
    };
  }
}
