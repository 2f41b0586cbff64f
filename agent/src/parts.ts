// What a part of the agent is. The agent starts the parts that the configuration has, each by itself: a part that
// cannot work says so in `ready`, goes on trying, and stops no other.

import type { Api } from "./api/client.ts";
import type { Config } from "./config/config.ts";
import type { Directory } from "./ldap/directory.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";

/** What every part gets. */
export type Context = {
  readonly config: Config;
  readonly api: Api;
  readonly directory: Directory;
  readonly log: Log;
  readonly metrics: Metrics;
};

/** A part that was started. */
export type Running = {
  /** Ends what is under way, within some seconds. */
  stop(): Promise<void>;
  /** True, or why the part cannot do its work now: a sentence. */
  ready(): true | string;
};

/** One part: the sync, the enrolment page, the mail. */
export type Part = {
  readonly name: string;
  /** Whether the configuration has it. */
  wanted(config: Config): boolean;
  start(context: Context): Running | Promise<Running>;
  /** What `agent check` says of it: each thing that must work, tried once. */
  check(context: Context): Promise<readonly Finding[]>;
};

/** One line of `agent check`. Without `fix` it is well. */
export type Finding = { readonly what: string; readonly detail: string; readonly fix?: string };
