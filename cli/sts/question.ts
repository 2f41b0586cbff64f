// What `sts probe` asks a pool. A question sends something, sees what comes back and concludes. The numbers are those of
// the list of what only a real pool can tell, in docs/passive.md.

import type { Result } from "../../src/core/result.ts";
import { cookiesSet } from "../../src/core/sts/jar.ts";
import type { TokenKey } from "../../src/core/sts/keys.ts";
import type { IssuedToken, TokenFault } from "../../src/core/sts/response.ts";
import type { SignableSid } from "../../src/core/sts/sids.ts";
import type { Answer } from "../doctor/wire.ts";
import type { Account } from "./at-hand.ts";
import { type Cookies, type PoolVisit, setCookies } from "./pool.ts";

/** What came of a question. */
export type Outcome =
  /** It is known now. */
  | { readonly kind: "answered"; readonly said: string }
  /** Nobody can sign in by passive, or not everybody, until that is put right. */
  | { readonly kind: "wrong"; readonly said: string; readonly fix: string }
  /** It was not asked, or what came says nothing. */
  | { readonly kind: "open"; readonly said: string; readonly fix: string }
  /** A program cannot ask it. `fix`: how a person does. */
  | { readonly kind: "by hand"; readonly said: string; readonly fix: string };

export const answered = (said: string): Outcome => ({ kind: "answered", said });
export const wrong = (said: string, fix: string): Outcome => ({ kind: "wrong", said, fix });
export const open = (said: string, fix: string): Outcome => ({ kind: "open", said, fix });

/** One question. */
export type PoolQuestion = {
  /** Stable, for `--only` and for scripts. */
  readonly id: string;
  /** The question of docs/passive.md that it belongs to. */
  readonly of: 1 | 2 | 3 | 4 | 5 | 6 | 7;
  readonly asks: string;
  /** What is sent, in words. */
  readonly sends: string;
  /** Those that must not be wrong or open before it can be asked. */
  readonly needs: readonly string[];
  readonly ask: (probe: Probe) => Promise<Outcome>;
};

/** What differs from the token that should be good. */
export type TokenChanges = {
  readonly key?: TokenKey;
  readonly sid?: SignableSid;
  readonly audience?: string;
  /** The moment at which it says it was made, ms. */
  readonly now?: number;
  readonly minutes?: number;
};

/** What the questions share. */
export type Probe = {
  readonly visit: PoolVisit;
  /** Visits to other Front-Ends of the pool, by their addresses. */
  readonly others: readonly { readonly at: string; readonly visit: PoolVisit }[];
  /** Accounts in other states, by a word for the state. */
  readonly accounts: readonly { readonly label: string; readonly sid: SignableSid }[];
  readonly account: Account;
  readonly sipUri: string;
  /** The token service, as pools should know it. */
  readonly stsHost: string;
  readonly realm: string;
  readonly reply: string;
  readonly keys: readonly [TokenKey, ...TokenKey[]];
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<void>;
  /** Makes a test token. */
  readonly token: (changes?: TokenChanges) => Promise<Result<IssuedToken, TokenFault>>;
  /** What earlier questions found. */
  readonly found: Found;
};

/** What one question tells the next. */
export type Found = {
  /** What the pool sent along with its redirect. */
  wctx?: string;
  /** The cookies of the redirect. */
  begun?: Cookies;
  /** The parameters of the redirect, decoded. */
  asked?: readonly (readonly [name: string, value: string])[];
  /** How far the pool's clock is ahead, ms. */
  aheadMs?: number;
  /** The cookies of a session that the pool has given, and the lines that set them. */
  session?: Cookies;
  sessionLines?: readonly string[];
  /** The address of each port of the metadata, by its name. */
  ports?: ReadonlyMap<string, string>;
};

/** The status of an answer, in words for a report. */
export const statusOf = (answer: Answer): string => (answer.kind === "silent" ? answer.fault : `HTTP ${answer.status}`);

/** The pool took the token: it gave cookies and no error. */
export const isAccepted = (answer: Answer): boolean =>
  answer.kind === "heard" && answer.status < 400 && cookiesSet(setCookies(answer)).set.length > 0;
