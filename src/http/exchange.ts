// What every step of a request needs to know of the gateway it runs in.

import type { Config } from "../config/config.ts";
import type { Env } from "../config/env.ts";
import type { CanonicalTarget } from "../core/http/canonical.ts";
import type { Stages } from "./stages.ts";

/** One request on its way: the request itself, its canonical target, and the gateway around it. */
export type Exchange = {
  readonly request: Request;
  /** For a body of unknown length: aborts when the body breaks off or grows over its limit. */
  readonly bodyBroken?: AbortSignal;
  readonly target: CanonicalTarget;
  readonly env: Env;
  readonly config: Config;
  /** When its head came, ms. The body may come much later. */
  readonly now: number;
  /** How long each part took that this request waited for. */
  readonly stages: Stages;
};
