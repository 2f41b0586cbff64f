// Which domain controller is asked first. MIT's programs wait ten seconds for a KDC that takes a connection and then says
// nothing, and ldapsearch waits as long as it may: both are killed before they try the next one. So a controller that was first
// when a program was killed comes last for the programs after it.

import type { RunCommand } from "./command.ts";

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

  /** Runs programs, and passes on when one is killed; several that were killed by the same controller pass on once. */
  watching(run: RunCommand): RunCommand {
    return async (program, args, cache) => {
      const asked = this.#passed;
      const ended = await run(program, args, cache);
      if (ended.kind === "killed" && asked === this.#passed) {
        this.#passed++;
        await this.#onPass();
      }
      return ended;
    };
  }
}
