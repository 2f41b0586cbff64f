// Tokens, people who administrate, and who called, as they stand in JSON.

import * as v from "valibot";
import { API_SCOPES, ROLES } from "../../core/credentials/api-scopes.ts";
import { readNetworkRange } from "../../core/policy/network-range.ts";
import { KEY_KINDS } from "../../store/key-ages.ts";
import { WARNINGS } from "../warning-codes.ts";
import { actor } from "./audit.ts";
import { page, time, why } from "./common.ts";
import { delivery } from "./notices.ts";

/** The longest life of a token, days. */
export const MAX_TOKEN_DAYS = 400;
const DEFAULT_TOKEN_DAYS = 90;
const MAX_NAME_CHARS = 100;

const scope = v.pipe(v.picklist(API_SCOPES), v.description("What it may do: docs/api.md has the table."));
const name = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, "Give it a name."),
  v.maxLength(MAX_NAME_CHARS, `It may have ${MAX_NAME_CHARS} characters.`),
  v.check((text) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(text), "It must be on one line, without control characters."),
);

/** The most networks of one token. */
const MAX_NETWORKS = 20;
const range = v.pipe(
  v.string(),
  v.trim(),
  v.check(
    (text) => readNetworkRange(text).ok,
    "Write an address or a network such as 203.0.113.0/24 or 2001:db8::/32: its first address, and no part of an IPv6 /64.",
  ),
);
const networks = v.pipe(
  v.nullable(
    v.pipe(v.array(range), v.minLength(1), v.maxLength(MAX_NETWORKS, `It may have ${MAX_NETWORKS} networks.`)),
  ),
  v.description("The networks in CIDR from which alone it opens anything. Null: from everywhere."),
);

const shownToken = {
  ...{ id: v.string(), name: v.string(), scope },
  ...{ createdAt: time, createdBy: actor, expiresAt: time },
  lastUsedAt: v.pipe(v.nullable(time), v.description("The last hour in which it was used. Null: never.")),
  ...{ revokedAt: v.nullable(time), revokedBy: v.nullable(actor) },
  networks: v.pipe(v.nullable(v.array(v.string())), v.description("Where alone it opens anything. Null: everywhere.")),
};

/** A token without its secret. */
export const token = v.pipe(v.object(shownToken), v.title("Token"));

/** A token that was just made. */
export const madeToken = v.pipe(
  v.object({ ...shownToken, token: v.pipe(v.string(), v.description("`pt_…`. It is shown now and never again.")) }),
  v.title("MadeToken"),
);

/** `GET /v1/tokens`. */
export const tokens = v.pipe(page(token), v.title("Tokens"));

/** `POST /v1/tokens`. */
export const tokenToMake = v.strictObject({
  name: v.pipe(name, v.description("The program or the person it is for.")),
  scope,
  expiresInDays: v.pipe(
    v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_TOKEN_DAYS)), DEFAULT_TOKEN_DAYS),
    v.description("After how many days it ends by itself."),
  ),
  networks: v.optional(networks, null),
  why,
});

/** `{token}` in a path. */
export const tokenParams = v.strictObject({ token: v.pipe(v.string(), v.description("`t_…`")) });

const role = v.picklist(Object.keys(ROLES) as (keyof typeof ROLES)[]);
const email = v.pipe(
  v.string(),
  v.trim(),
  v.toLowerCase(),
  v.maxLength(254, "It may have 254 characters."),
  v.regex(/^[!-?A-~]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, "It must be an email address."),
);

/** Somebody who administrates. */
export const administrator = v.pipe(
  v.object({
    ...{ id: v.string(), name: v.string(), email: v.string(), role },
    ...{ createdAt: time, createdBy: actor },
    source: v.pipe(
      v.picklist(["invited", "oidc", "access"]),
      v.description("Who vouched for the person first: another administrator, or a provider of identities."),
    ),
    disabledAt: v.pipe(v.nullable(time), v.description("Since when the person may not administrate; null: may.")),
    revision: v.pipe(v.number(), v.description("The ETag is `r` and this number.")),
  }),
  v.title("Administrator"),
);

/** `GET /v1/administrators`. */
export const administrators = v.pipe(page(administrator), v.title("Administrators"));

/** `POST /v1/administrators`. */
export const administratorToAdd = v.strictObject({ name, email, role, why });

/** `PATCH /v1/administrators/{administrator}`. */
export const administratorToChange = v.strictObject({
  name: v.optional(name),
  role: v.optional(role),
  disabled: v.optional(v.boolean()),
  why,
});

/** `{administrator}` in a path. */
export const administratorParams = v.strictObject({
  administrator: v.pipe(v.string(), v.description("`a_…`")),
});

/** `GET /v1/whoami`. */
export const whoami = v.pipe(
  v.object({
    ...{ id: v.string(), name: v.string(), kind: v.picklist(["key", "token", "administrator"]), scope },
    ...{ email: v.nullable(v.string()), role: v.pipe(v.nullable(role), v.description("Of an administrator.")) },
    expiresAt: v.pipe(v.nullable(time), v.description("Null: it does not end by itself.")),
    version: v.pipe(v.string(), v.description("The gateway's release.")),
  }),
  v.title("Whoami"),
);

const check = v.pipe(v.string(), v.description("`ok`, `not configured`, or `failing` with what is wrong."));

const keyAge = v.pipe(
  v.object({
    kind: v.picklist(KEY_KINDS),
    id: v.string(),
    since: v.pipe(time, v.description("When the gateway saw it first.")),
    ends: v.pipe(v.nullable(time), v.description("The end of its certificate. Null: it has none.")),
  }),
  v.title("KeyAge"),
);
const warning = v.pipe(
  v.object({
    code: v.pipe(v.picklist(WARNINGS), v.description("Stable.")),
    detail: v.string(),
    fix: v.pipe(v.string(), v.description("What to do.")),
  }),
  v.title("Warning"),
);

/** `GET /v1/health`. */
export const health = v.pipe(
  v.object({
    status: v.pipe(v.picklist(["ok", "failing"]), v.description("`failing`: at least one of the checks fails.")),
    at: time,
    version: v.string(),
    checks: v.object({ configuration: check, database: check, frontEnd: check, connector: check }),
    clocks: v.object({
      frontEndS: v.pipe(
        v.nullable(v.number()),
        v.description("How far the Front-End's clock is ahead of the gateway's, s. Null: it did not say."),
      ),
    }),
    migrations: v.object({
      needed: v.pipe(v.string(), v.description("The last migration of D1 that this version needs.")),
      applied: v.pipe(v.nullable(v.string()), v.description("The last one that was applied. Null: D1 does not say.")),
    }),
    keys: v.pipe(
      v.object({
        sealing: v.pipe(v.array(v.string()), v.description("Ids of SEALING_KEYS. The first key seals; all keys open.")),
        admin: v.pipe(v.array(v.string()), v.description("Ids of ADMIN_KEYS.")),
        tokensEndingSoon: v.pipe(v.number(), v.description("Tokens that end within 14 days.")),
        ages: v.pipe(v.array(keyAge), v.description("Empty while D1 fails.")),
      }),
      v.title("HealthKeys"),
    ),
    mail: v.pipe(
      v.nullable(
        v.object({
          delivery,
          waiting: v.pipe(v.number(), v.description("How many notices are not sent yet.")),
          oldestUnsentAt: v.pipe(
            v.nullable(time),
            v.description("When the oldest of them was made. Null: none waits."),
          ),
        }),
      ),
      v.description("Null while D1 fails."),
    ),
    probe: v.pipe(
      v.nullable(
        v.pipe(
          v.object({
            at: v.pipe(time, v.description("When the last one ended.")),
            ok: v.boolean(),
            ms: v.pipe(v.number(), v.description("How long it took.")),
            runs: v.pipe(v.number(), v.description("How many there were. It does not fall.")),
            failed: v.pipe(v.number(), v.description("How many of them failed. It does not fall.")),
            fault: v.pipe(
              v.nullable(v.string()),
              v.description("Stage and reason of the last failure. Null: the last one went well."),
            ),
          }),
          v.title("HealthProbe"),
        ),
      ),
      v.description("The Worker's own synthetic sign-ins. Null: PROBE_ACCOUNT is not set, or D1 fails."),
    ),
    warnings: v.pipe(v.array(warning), v.description("What is not a fault, and somebody should look at all the same.")),
    endingTokens: v.pipe(
      v.nullable(v.array(v.object({ id: v.string(), name: v.string(), expiresAt: time }))),
      v.description("Tokens that end within 14 days, 20 at most; null for a caller that may not list tokens."),
    ),
    unknown: v.pipe(v.array(v.string()), v.description("What the gateway cannot know, in words.")),
  }),
  v.title("Health"),
);

export type TokenAnswer = v.InferOutput<typeof token>;
export type MadeTokenAnswer = v.InferOutput<typeof madeToken>;
export type AdministratorAnswer = v.InferOutput<typeof administrator>;
export type WhoamiAnswer = v.InferOutput<typeof whoami>;
export type HealthAnswer = v.InferOutput<typeof health>;
