// Changes of users, as they stand in JSON.

import * as v from "valibot";
import { MAX_WINDOW_MINUTES } from "../../core/policy/read.ts";
import { time, why } from "./common.ts";

/** A user that was disabled or enabled. */
export const userChanged = v.pipe(
  v.object({
    user: v.pipe(v.string(), v.description("SIP URI.")),
    changed: v.pipe(v.boolean(), v.description("False: it was so already.")),
    revokeCertificates: v.pipe(
      v.nullable(v.string()),
      v.description(
        "After disabling: the PowerShell command that ends the client certificates for SIP. Postern does not see their use.",
      ),
    ),
  }),
  v.title("UserSwitched"),
);

/** `POST /v1/users/{user}/window`. */
export const windowToOpen = v.strictObject({
  minutes: v.pipe(
    v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_WINDOW_MINUTES))),
    v.description("How many minutes the window stays open. Default: as the policy says. 0 closes it."),
  ),
  why,
});

/** A user's enrolment window. */
export const windowOpened = v.pipe(
  v.object({
    user: v.string(),
    openUntil: v.pipe(v.nullable(time), v.description("Null when the window is closed.")),
    mode: v.pipe(
      v.picklist(["open", "window", "self", "approval", "closed"]),
      v.description("The user's enrolment mode. A window has an effect only in mode `window`."),
    ),
  }),
  v.title("EnrolmentWindow"),
);

export type UserChangedAnswer = v.InferOutput<typeof userChanged>;
export type WindowAnswer = v.InferOutput<typeof windowOpened>;
