// A request to the API whose caller is known.

import type { Config } from "../config/config.ts";
import type { Env } from "../config/env.ts";
import type { ApiScope } from "../core/credentials/api-scopes.ts";

/** Who calls. The audit keeps the id. People are shown all three fields. */
export type Actor = {
  /** `t_…` for a token, `a_…` for an administrator, or the eight digits that name a key of ADMIN_KEYS. */
  readonly id: string;
  readonly name: string;
  /** `key`: the caller has a key of ADMIN_KEYS. */
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
