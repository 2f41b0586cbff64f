// Who and what waits, as it stands in JSON.

import * as v from "valibot";
import { list, time } from "./common.ts";

const lockout = v.pipe(
  v.picklist(["enforce", "report"]),
  v.description("`enforce`: attempts are really refused. `report` (dry-run): refusals are only counted."),
);

const pair = v.pipe(
  v.object({
    source: v.pipe(v.string(), v.description("The network: an IPv4 address, an IPv6 /64, or `unknown`.")),
    familiar: v.pipe(
      v.boolean(),
      v.description(
        "The user signed in lately from this network with this client. They have a budget of their own, which strangers cannot use up.",
      ),
    ),
    failures: v.pipe(v.number(), v.integer(), v.description("Failures that still count.")),
    lastFailureAt: v.nullable(time),
    lastSuccessAt: v.nullable(time),
    waitUntil: v.pipe(
      v.nullable(time),
      v.description("Until when its attempts are refused without a look. Null: it may try now."),
    ),
    waitReason: v.nullable(v.string()),
  }),
  v.title("LockPair"),
  v.description(
    "What counts against one network for one user. For a familiar client there, what counts against the client.",
  ),
);

/** `GET /v1/locks/users/{user}`. */
export const userLocks = v.pipe(
  v.object({
    lockout,
    user: v.pipe(v.string(), v.description("SIP URI.")),
    pairs: v.pipe(list(pair), v.description("Those that wait come first.")),
    morePairs: v.pipe(v.number(), v.integer(), v.description("How many more there are than fit into this answer.")),
    strangers: v.pipe(
      v.object({ level: v.number(), capacity: v.number(), fullUntil: v.nullable(time) }),
      v.description("All networks together that have never signed the user in."),
    ),
  }),
  v.title("UserLocks"),
);

/** `GET /v1/locks/networks/{network}`. */
export const networkLock = v.pipe(
  v.object({
    lockout,
    source: v.string(),
    level: v.pipe(v.number(), v.description("Failures that still count, under any name.")),
    capacity: v.number(),
    waitUntil: v.nullable(time),
    familiarUsers: v.pipe(
      v.number(),
      v.integer(),
      v.description("Users who signed in from there lately. They need not wait when the network has to."),
    ),
  }),
  v.title("NetworkLock"),
);

/** `GET /v1/locks`. */
export const locks = v.pipe(
  v.object({
    lockout,
    at: time,
    users: v.pipe(list(userLocks), v.description("Only networks and clients that wait.")),
    networks: list(networkLock),
    cut: v.pipe(
      v.object({ users: v.boolean(), networks: v.boolean() }),
      v.description("Whether there may be more users or networks that wait than this answer asked about."),
    ),
  }),
  v.title("Locks"),
);

/** `POST /v1/locks/users/{user}/clear`. */
export const userCleared = v.pipe(
  v.object({
    user: v.string(),
    cleared: v.pipe(list(v.string()), v.description("Networks whose failures for this user are forgotten.")),
  }),
  v.title("UserLocksCleared"),
);

/** `POST /v1/locks/networks/{network}/clear`. */
export const networkCleared = v.pipe(v.object({ source: v.string() }), v.title("NetworkLockCleared"));

/** `{network}` in a path. */
export const networkParams = v.strictObject({
  network: v.pipe(v.string(), v.description("An IPv4 address, an IPv6 address or its /64, or `unknown`.")),
});

/** Whether attempts are really refused (S-26). */
export type LockoutMode = v.InferOutput<typeof lockout>;
export type PairAnswer = v.InferOutput<typeof pair>;
export type UserLocksAnswer = v.InferOutput<typeof userLocks>;
export type NetworkLockAnswer = v.InferOutput<typeof networkLock>;
export type LocksAnswer = v.InferOutput<typeof locks>;
export type UserClearedAnswer = v.InferOutput<typeof userCleared>;
export type NetworkClearedAnswer = v.InferOutput<typeof networkCleared>;
