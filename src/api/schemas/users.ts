// Changes of users, as they stand in JSON.

import * as v from "valibot";
import { time, why } from "./common.ts";

/** A user that was disabled, enabled or changed. */
export const userChanged = v.pipe(
  v.object({ user: v.pipe(v.string(), v.description("SIP URI.")), changed: v.boolean() }),
  v.title("UserChanged"),
);

/** `POST /v1/users/{user}/settings`; `settings.ts` reads what is in it. */
export const userSettings = v.strictObject({
  groups: v.optional(v.unknown()),
  enrolment: v.optional(v.unknown()),
  maxDevices: v.optional(v.unknown()),
  windowMinutes: v.optional(v.unknown()),
  upn: v.optional(v.unknown()),
  why,
});

/** `POST /v1/users/{user}/window`. */
export const windowToOpen = v.strictObject({
  minutes: v.pipe(v.optional(v.unknown()), v.description("Default: as the policy says; 0 closes it.")),
  why,
});

/** A user's enrolment window. */
export const windowOpened = v.pipe(
  v.object({
    user: v.string(),
    openUntil: v.pipe(v.nullable(time), v.description("Null when the window is closed.")),
    mode: v.pipe(
      v.picklist(["open", "window", "approval", "closed"]),
      v.description("The user's enrolment mode. A window opens something in mode `window` only."),
    ),
  }),
  v.title("EnrolmentWindow"),
);

export type UserChangedAnswer = v.InferOutput<typeof userChanged>;
export type WindowAnswer = v.InferOutput<typeof windowOpened>;
