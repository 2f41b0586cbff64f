// What the last sign-in of a user read in D1, for half a minute, in memory. Guesses over the budget of a familiar place are
// held against it, so that they read nothing (S-43). Its secrets stay sealed.

import type { SignInAttempt } from "../guards/sign-in-question.ts";

/**
 * How old it may be, ms. An app password that was made since is not in it, so that for half a minute a new one may be refused
 * in a familiar place where somebody guesses; then the next attempt reads D1, whoever makes it.
 */
export const RECENT_FOR_MS = 30_000;

export class RecentRecord {
  #read: { readonly user: SignInAttempt["user"]; readonly at: number } | undefined;

  keep(user: SignInAttempt["user"], now: number): void {
    this.#read = { user, at: now };
  }

  /** Undefined: D1 has to be asked. */
  at(now: number): SignInAttempt["user"] | undefined {
    return this.#read !== undefined && now - this.#read.at < RECENT_FOR_MS ? this.#read.user : undefined;
  }

  /** An administrator has changed something. */
  forget(): void {
    this.#read = undefined;
  }
}
