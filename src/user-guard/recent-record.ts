// What the last sign-in of a user read in D1, kept in memory for half a minute. When a familiar place is over its
// budget, its guesses are compared with this record, so that they cost no read of D1 (S-43). Its secrets stay sealed.

import type { SignInAttempt } from "../guards/sign-in-question.ts";

/**
 * How old the record may be, ms. It lacks app passwords that were made since. So a familiar place where somebody
 * guesses may be refused with a new app password for half a minute. The first attempt after that reads D1.
 */
export const RECENT_FOR_MS = 30_000;

export class RecentRecord {
  #read: { readonly user: SignInAttempt["user"]; readonly at: number } | undefined;

  keep(user: SignInAttempt["user"], now: number): void {
    this.#read = { user, at: now };
  }

  /** The record; undefined when D1 has to be asked. */
  at(now: number): SignInAttempt["user"] | undefined {
    return this.#read !== undefined && now - this.#read.at < RECENT_FOR_MS ? this.#read.user : undefined;
  }

  /** An administrator has changed something, so the record is forgotten. */
  forget(): void {
    this.#read = undefined;
  }
}
