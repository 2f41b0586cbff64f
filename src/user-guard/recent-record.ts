// What a user's last sign-in read in D1, kept in memory for half a minute. When a familiar place is over its budget,
// the guard compares its guesses with this record instead of reading D1 (S-43). The record's secrets stay sealed.

import type { SignInAttempt } from "../guards/sign-in-question.ts";

/**
 * How old the record may be, ms. It lacks app passwords that were made since. So a new app password may be refused for
 * half a minute at a familiar place where somebody guesses. The first attempt after that reads D1.
 */
export const RECENT_FOR_MS = 30_000;

export class RecentRecord {
  #read: { readonly user: SignInAttempt["user"]; readonly at: number } | undefined;

  keep(user: SignInAttempt["user"], now: number): void {
    this.#read = { user, at: now };
  }

  /** The record. Undefined: D1 has to be asked. */
  at(now: number): SignInAttempt["user"] | undefined {
    return this.#read !== undefined && now - this.#read.at < RECENT_FOR_MS ? this.#read.user : undefined;
  }

  /** Forgets the record, because an administrator has changed something. */
  forget(): void {
    this.#read = undefined;
  }
}
