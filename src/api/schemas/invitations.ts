// Invitations of users, as they stand in JSON.

import * as v from "valibot";
import { actor } from "./audit.ts";
import { list, time, userParams, why } from "./common.ts";

/** Three days: over a weekend. */
const MAX_MINUTES = 72 * 60;
/** What a page on the LAN shows, somebody scans at once. */
const MAX_DIRECTORY_MINUTES = 10;
const MAX_KEY_CHARS = 200;

const minutes = (most: number) =>
  v.pipe(
    v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most, `It may be ${most} minutes at most.`)),
      most,
    ),
    v.description("For how many minutes it is good."),
  );

/** `POST /v1/users/{user}/invitations`. */
export const invitationToMake = v.strictObject({
  minutes: minutes(MAX_MINUTES),
  mail: v.optional(
    v.pipe(v.boolean(), v.description("Sends the link to the person's mail address as well, through the agent.")),
    false,
  ),
  why,
});

/** `POST /v1/directory/invitations`. */
export const directoryInvitation = v.strictObject({
  key: v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(MAX_KEY_CHARS, `It may have ${MAX_KEY_CHARS} characters.`),
    v.description("The person's key in the directory, such as `ad:` and the objectGUID."),
  ),
  minutes: minutes(MAX_DIRECTORY_MINUTES),
});

/** One that was just made. */
export const madeInvitation = v.pipe(
  v.object({
    id: v.pipe(v.string(), v.description("`i_…`")),
    user: v.pipe(v.string(), v.description("SIP URI.")),
    link: v.pipe(
      v.string(),
      v.description("Where the person opens it. The code stands behind its `#`. No other answer has it."),
    ),
    expiresAt: time,
    mailed: v.pipe(v.boolean(), v.description("A mail with the link waits to be sent to the person.")),
  }),
  v.title("NewUserInvitation"),
);

const invitation = v.pipe(
  v.object({
    id: v.string(),
    state: v.pipe(
      v.picklist(["open", "used", "ended", "expired"]),
      v.description(
        "`ended`: it was withdrawn, a newer one took its place, or the user was disabled or renamed. `expired`: nobody used it in time.",
      ),
    ),
    createdAt: time,
    createdBy: actor,
    expiresAt: time,
    usedAt: v.nullable(time),
    endedAt: v.pipe(v.nullable(time), v.description("When it ended before its time.")),
  }),
  v.title("UserInvitation"),
);

/** `GET /v1/users/{user}/invitations`: the newest first. */
export const userInvitations = v.pipe(
  v.object({ user: v.pipe(v.string(), v.description("SIP URI.")), items: list(invitation) }),
  v.title("UserInvitations"),
);

/** `{user}` and `{invitation}` in a path. */
export const invitationParams = v.strictObject({
  ...userParams.entries,
  invitation: v.pipe(v.string(), v.description("The invitation's id (`i_…`).")),
});

/** `POST …/withdraw`. */
export const withdrawnInvitation = v.pipe(v.object({ user: v.string(), invitation }), v.title("WithdrawnInvitation"));

export type MadeUserInvitationAnswer = v.InferOutput<typeof madeInvitation>;
export type UserInvitationAnswer = v.InferOutput<typeof invitation>;
export type UserInvitationsAnswer = v.InferOutput<typeof userInvitations>;
export type WithdrawnInvitationAnswer = v.InferOutput<typeof withdrawnInvitation>;
