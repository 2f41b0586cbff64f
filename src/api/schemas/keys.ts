// The keys of a gateway and their change, as they stand in JSON.

import * as v from "valibot";
import { KEY_KINDS } from "../../store/key-ages.ts";
import { list, time } from "./common.ts";

const many = (description: string) => v.pipe(v.number(), v.description(description));

const sealed = v.pipe(
  v.object({
    appPasswords: many("Secrets of app passwords that sign somebody in, those before a renewal included."),
    ended: many("Secrets that are only recognised: revoked, run out or renewed."),
    waitingLinks: many("Links of invitations that wait in the mail. They end by themselves."),
    passphrases: v.pipe(
      v.nullable(v.number()),
      v.description(
        "People whose passphrase only they can make again, as the last walk found. Null: no walk has ended.",
      ),
    ),
    recoveryCodes: v.pipe(v.nullable(v.number()), v.description("The same of recovery codes.")),
    ticketsUntil: v.pipe(
      v.nullable(time),
      v.description("Until when tickets and challenges of clients are sealed under it. Null: it is the first key."),
    ),
  }),
  v.title("SealedUnderKey"),
);

const key = v.pipe(
  v.object({
    kind: v.picklist(KEY_KINDS),
    variable: v.pipe(v.string(), v.description("Where it is set.")),
    id: v.pipe(v.string(), v.description("It says nothing about the key.")),
    first: v.pipe(v.boolean(), v.description("The first key of its variable, which seals or signs.")),
    since: v.pipe(time, v.description("When the gateway saw it first.")),
    ends: v.pipe(v.nullable(time), v.description("The end of its certificate. Null: it has none.")),
    sealed: v.pipe(v.nullable(sealed), v.description("Only of SEALING_KEYS.")),
    removable: v.pipe(
      v.picklist(["yes", "not-yet", "in-use"]),
      v.description("Whether it may be taken out now. `in-use`: it is the only one, or the first."),
    ),
    why: v.pipe(v.array(v.string()), v.description("What stands against it, or what it would end, in words.")),
  }),
  v.title("KeyStatus"),
);

const walk = v.pipe(
  v.object({
    keyId: v.pipe(v.string(), v.description("The key with which everything is sealed again.")),
    startedAt: time,
    endedAt: v.pipe(v.nullable(time), v.description("Null: it goes on, with the next call.")),
    users: many("At how many users it has been."),
    resealed: many("How much was sealed again."),
    lost: many("How much no key of SEALING_KEYS opens: a key was taken out too early."),
  }),
  v.title("SealingWalk"),
);

/** `GET /v1/keys`. */
export const keys = v.pipe(
  v.object({
    at: time,
    keys: v.pipe(list(key), v.description("In the order of their variables.")),
    missing: v.pipe(
      list(v.pipe(v.object({ appPasswords: v.number(), ended: v.number() }), v.title("SealedUnderMissingKey"))),
      v.description("What is sealed under keys that SEALING_KEYS does not have: one row for each such key."),
    ),
    walk: v.pipe(v.nullable(walk), v.description("The last walk over all users. Null: there was none.")),
  }),
  v.title("Keys"),
);

/** `POST /v1/keys/reseal`. */
export const reseal = v.strictObject({
  again: v.optional(
    v.pipe(v.boolean(), v.description("Begin with the first user, even where a walk with this key has ended.")),
  ),
});

/** Its answer. */
export const resealed = v.pipe(
  v.object({ done: v.pipe(v.boolean(), v.description("False: call again.")), walk }),
  v.title("Resealed"),
);

export type KeysAnswer = v.InferOutput<typeof keys>;
export type ResealedAnswer = v.InferOutput<typeof resealed>;
