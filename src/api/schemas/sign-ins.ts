// How people who administrate sign in to the console, as it stands in JSON: invitations, passkeys, sessions.

import * as v from "valibot";
import { list, time } from "./common.ts";

/** All of a person's: there is no second page. */
const whole = <S extends v.GenericSchema>(item: S) =>
  v.object({ items: list(item), next: v.pipe(v.null(), v.description("There is never a second page.")) });

/** `POST /v1/administrators/{administrator}/invitation`. */
export const invitation = v.pipe(
  v.object({
    id: v.string(),
    link: v.pipe(v.string(), v.description("Shown now and never again. It works once.")),
    expiresAt: time,
  }),
  v.title("Invitation"),
);

const passkey = v.pipe(
  v.object({
    id: v.pipe(v.string(), v.description("The credential id, base64url.")),
    name: v.string(),
    deviceType: v.pipe(
      v.picklist(["singleDevice", "multiDevice"]),
      v.description("`multiDevice`: its owner's devices share it."),
    ),
    backedUp: v.boolean(),
    rpId: v.pipe(v.string(), v.description("The name for which it was made. It works for no other.")),
    usable: v.pipe(v.boolean(), v.description("Whether that is the console's RP ID now.")),
    createdAt: time,
    lastUsedAt: v.nullable(time),
  }),
  v.title("Passkey"),
);

/** `GET /v1/administrators/{administrator}/passkeys`. */
export const passkeys = v.pipe(whole(passkey), v.title("Passkeys"));

/** `{administrator}` and `{passkey}` in a path. */
export const passkeyParams = v.strictObject({
  administrator: v.pipe(v.string(), v.description("`a_…`")),
  passkey: v.pipe(v.string(), v.description("The credential id, base64url.")),
});

const session = v.pipe(
  v.object({
    ...{ id: v.string(), createdAt: time, seenAt: time, expiresAt: time },
    how: v.pipe(v.picklist(["passkey", "oidc", "access"]), v.description("How the person signed in.")),
    source: v.pipe(v.string(), v.description("The network from which the person signed in.")),
    userAgent: v.string(),
  }),
  v.title("Session"),
);

/** `GET /v1/administrators/{administrator}/sessions`. */
export const sessions = v.pipe(whole(session), v.title("Sessions"));

/** `{administrator}` and `{session}` in a path. */
export const sessionParams = v.strictObject({
  administrator: v.pipe(v.string(), v.description("`a_…`")),
  session: v.pipe(v.string(), v.description("`s_…`")),
});

/** What ends sessions. */
export const sessionsEnded = v.pipe(
  v.object({ sessionsEnded: v.pipe(v.number(), v.description("How many sessions of the person were ended.")) }),
  v.title("SessionsEnded"),
);

export type InvitationAnswer = v.InferOutput<typeof invitation>;
export type PasskeysAnswer = v.InferOutput<typeof passkeys>;
export type SessionsAnswer = v.InferOutput<typeof sessions>;
export type PasskeyAnswer = v.InferOutput<typeof passkey>;
export type SessionAnswer = v.InferOutput<typeof session>;
export type SessionsEndedAnswer = v.InferOutput<typeof sessionsEnded>;
