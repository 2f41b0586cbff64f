// A request to the API whose caller is known.

import type { Config } from "../config/config.ts";
import type { Env } from "../config/env.ts";
import type { ApiScope } from "../core/credentials/api-scopes.ts";

/** Who calls. The audit keeps the id, and shows all three. */
export type Actor = {
  /** `t_…`, `a_…`, or the eight digits of a key of ADMIN_KEYS. */
  readonly id: string;
  readonly name: string;
  /** `key`: one of ADMIN_KEYS. */
  readonly kind: ActorKind;
};
export type ActorKind = "key" | "token" | "administrator";

/** One request, after the API has recognised its caller. */
export type Call = {
  readonly env: Env;
  readonly config: Config;
  readonly actor: Actor;
  /** What the caller may do. */
  readonly scope: ApiScope;
  /** The admin host. */
  readonly host: string;
  /** The caller's network. */
  readonly source: string;
  readonly requestId: string;
  /** The port in the request's address, where it names one. */
  readonly port?: string;
};
