// App passwords as they stand in JSON. The password itself is in the answer that makes it, and nowhere else.

import * as v from "valibot";
import { actor } from "./audit.ts";
import { list, page, paging, time, userParams, why } from "./common.ts";

/** The longest name of an app password. */
const MAX_LABEL_CHARS = 100;
/** The latest end of an app password, days from now. */
export const MAX_DAYS = 3_650;
/** How long the secret before a renewal may stay good, days. */
const MAX_OLD_DAYS = 30;
/** How many days the old secret of a renewed app password stays good, unless somebody says otherwise. */
export const DEFAULT_OLD_DAYS = 14;

const label = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(MAX_LABEL_CHARS, `It may have ${MAX_LABEL_CHARS} characters.`),
  v.check((text) => !/[\p{Cc}\p{Cs}]/u.test(text), "It must be on one line, without control characters."),
  v.description("The name that its owner gives it, such as the device it is for."),
);

const days = (most: number, least: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most, `It may be ${most} days at most.`));

/** When an app password runs out: as a time, or as days from now. */
const ending = {
  expiresAt: v.optional(
    v.pipe(v.nullable(time), v.description("From when on it is refused. Null: it never runs out.")),
  ),
  expiresInDays: v.optional(
    v.pipe(days(MAX_DAYS, 1), v.description("Its end in days from now. Give this or `expiresAt`.")),
  ),
};

/** `POST /v1/users/{user}/passwords`. */
export const newPassword = v.strictObject({
  label: v.optional(label, ""),
  ...ending,
  code: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        "It asks for a code: at each sign-in the person types the six digits of the authenticator app behind it. Absent: as PASSWORD_CODE says.",
      ),
    ),
  ),
  why,
});

/** `PATCH /v1/users/{user}/passwords/{id}`. */
export const passwordChange = v.strictObject({ label: v.optional(label), ...ending, why });

/** `POST /v1/users/{user}/passwords/{id}/renew`. */
export const renewal = v.strictObject({
  ...ending,
  oldForDays: v.optional(
    v.pipe(
      days(MAX_OLD_DAYS, 1),
      v.description(
        "How many days the old secret stays good. If somebody else may have that secret, revoke the app password instead.",
      ),
    ),
    DEFAULT_OLD_DAYS,
  ),
  why,
});

/** `{user}` and `{id}` in a path. */
export const passwordParams = v.strictObject({
  ...userParams.entries,
  id: v.pipe(v.string(), v.description("The app password's id (`p_…`).")),
});

const shown = {
  id: v.string(),
  label: v.string(),
  state: v.pipe(
    v.picklist(["live", "expired", "revoked", "device-blocked"]),
    v.description("`device-blocked`: it opens nothing, because the device that is bound to it is blocked."),
  ),
  asksCode: v.pipe(
    v.boolean(),
    v.description("It asks for a code: it works only with the six digits of the person's authenticator app behind it."),
  ),
  createdAt: time,
  createdBy: v.pipe(v.nullable(actor), v.description("Who made it. Null: it was made before Postern kept this.")),
  renewedAt: v.nullable(time),
  expiresAt: v.nullable(time),
  runsOutSoon: v.pipe(v.boolean(), v.description("It is live, and runs out within 14 days.")),
  oldUntil: v.pipe(
    v.nullable(time),
    v.description("Until when the secret before the last renewal is good. Null: there is no such secret."),
  ),
  lastUsedAt: v.pipe(v.nullable(time), v.description("When it last signed somebody in, to the hour. Null: never.")),
  revokedAt: v.nullable(time),
  device: v.pipe(v.nullable(v.string()), v.description("The id of the partnership that is bound to it.")),
};

/** An app password, without its secret. */
export const password = v.pipe(v.object(shown), v.title("AppPassword"));

/** All app passwords of one user. */
export const passwords = v.pipe(
  v.object({ user: v.pipe(v.string(), v.description("SIP URI.")), items: list(password) }),
  v.title("AppPasswords"),
);

/** One that was just made or renewed. */
export const madePassword = v.pipe(
  v.object({
    ...shown,
    user: v.pipe(v.string(), v.description("SIP URI.")),
    password: v.pipe(v.string(), v.description("The secret. No other answer has it.")),
    userDisabled: v.pipe(v.boolean(), v.description("The user is disabled, so the app password opens nothing yet.")),
  }),
  v.title("NewAppPassword"),
);

/** `PATCH`. */
export const changedPassword = v.pipe(v.object({ ...shown, user: v.string() }), v.title("ChangedAppPassword"));

/** The query of `GET /v1/passwords`. */
export const runningOutQuery = v.strictObject({
  ...paging,
  expiresBefore: v.pipe(time, v.description("Only app passwords that run out before this time.")),
  expiresAfter: v.optional(
    v.pipe(time, v.description("Only app passwords that run out at this time or later. Absent: from now on.")),
  ),
});

/** `GET /v1/passwords`. */
export const runningOut = v.pipe(
  page(
    v.pipe(
      v.object({
        ...{ id: v.string(), label: v.string(), userId: v.string() },
        user: v.pipe(v.string(), v.description("SIP URI.")),
        expiresAt: time,
        lastUsedAt: v.nullable(time),
      }),
      v.title("RunningOutPassword"),
    ),
  ),
  v.title("RunningOutPasswords"),
);

export type PasswordAnswer = v.InferOutput<typeof password>;
export type PasswordsAnswer = v.InferOutput<typeof passwords>;
export type MadePasswordAnswer = v.InferOutput<typeof madePassword>;
export type RunningOutAnswer = v.InferOutput<typeof runningOut>;
export type ChangedPassword = v.InferOutput<typeof changedPassword>;
export type EndingPassword = RunningOutAnswer["items"][number];
