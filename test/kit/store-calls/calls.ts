// A call of each query of `src/store/`, so that a test can ask D1 how it carries the query out. What a file of that
// room exports does not compile here until it is called.

import type { Database } from "../../../src/store/database.ts";

export type Call = (db: Database) => PromiseLike<unknown>;

/** A call, or several, of every query that a file exports. */
export type Calls<Module> = {
  readonly [Name in keyof Module as Module[Name] extends Asks ? Name : never]: Call | Call[];
};
// biome-ignore lint/suspicious/noExplicitAny: which parameters a query takes does not matter here
type Asks = (db: Database, ...rest: any[]) => Promise<unknown>;

/** When the calls are made, ms. */
export const NOW = 1_795_000_000_000;
