// How a person signs in to the portal, as it stands in JSON. No secret is in it.

import * as v from "valibot";
import { list, time } from "./common.ts";

const since = v.pipe(v.nullable(time), v.description("Since when the person has it. Null: the person has none."));

const passkey = v.pipe(
  v.object({
    name: v.string(),
    synced: v.pipe(v.boolean(), v.description("Whether it can be on several devices. Otherwise it is bound to one.")),
    createdAt: time,
    lastUsedAt: v.nullable(time),
  }),
  v.title("PortalPasskey"),
);

const session = v.pipe(
  v.object({
    id: v.pipe(v.string(), v.description("`s_…`")),
    how: v.picklist(["passkey", "code", "recovery-code", "provider", "invitation", "approval"]),
    createdAt: time,
    seenAt: v.pipe(time, v.description("The last request, exact to a minute.")),
    expiresAt: time,
    source: v.pipe(v.string(), v.description("The network in which it began.")),
    userAgent: v.string(),
  }),
  v.title("PortalSession"),
);

/** `GET /v1/users/{user}/portal`. */
export const portalOfUser = v.pipe(
  v.object({
    user: v.pipe(v.string(), v.description("SIP URI.")),
    complete: v.pipe(v.boolean(), v.description("Whether the person can sign in without help: with two factors.")),
    passkeys: list(passkey),
    passphraseSince: since,
    authenticatorSince: since,
    recoveryCodesLeft: v.pipe(v.nullable(v.number()), v.description("Of ten. Null: none were ever made.")),
    identities: v.pipe(
      list(v.object({ issuer: v.string(), subject: v.string() })),
      v.description("What the organisation's identity provider calls the person."),
    ),
    sessions: list(session),
  }),
  v.title("PortalOfUser"),
);

/** `POST /v1/users/{user}/portal/reset`, `POST /v1/users/{user}/portal/sign-out`. */
export const portalChanged = v.pipe(
  v.object({
    user: v.pipe(v.string(), v.description("SIP URI.")),
    sessionsEnded: v.pipe(v.number(), v.description("How many sessions of the portal ended.")),
  }),
  v.title("PortalChanged"),
);

export type PortalOfUserAnswer = v.InferOutput<typeof portalOfUser>;
export type PortalChangedAnswer = v.InferOutput<typeof portalChanged>;
