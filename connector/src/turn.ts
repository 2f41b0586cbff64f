// Decides which domain controller is asked first. If a KDC accepts a connection and then says nothing, MIT's programs
// wait ten seconds. ldapsearch waits without a limit. So the connector kills both before they try the next controller.
// If a controller cannot be reached, they wait a second before they try the next one. They do so for each connection,
// and a ticket needs four. So if a program was killed or took a second, the controller that it asked first is asked
// last from then on.

import type { RunCommand } from "./command.ts";

/**
 * A little less than MIT and ldapsearch wait for a connection. A program that is answered at once needs a twentieth.
 */
const HELD_UP_MS = 900;

/** The position at which all lists of controllers begin. The lists name the same machines. */
export class Turn {
  #passed = 0;
  readonly #onPass: () => Promise<void>;

  /**
   * `onPass` is called when another controller is to be asked first. No program runs in the new order before it ends.
   */
  constructor(onPass: () => Promise<void>) {
    this.#onPass = onPass;
  }

  /** Returns the list in the order in which to ask. */
  of(list: readonly string[]): readonly string[] {
    const first = this.#passed % Math.max(1, list.length);
    return [...list.slice(first), ...list.slice(0, first)];
  }

  /**
   * Returns a runner that goes on to the next controller when a program was held up. If one controller holds up several
   * programs, it goes on once.
   */
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
