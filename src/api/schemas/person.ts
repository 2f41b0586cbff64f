// Everything that is kept of a person, as it stands in JSON.

import * as v from "valibot";
import { list, time, why } from "./common.ts";
import { device } from "./devices.ts";
import { comesBack, directoryLink } from "./directory-sync.ts";
import { contest } from "./policy.ts";

const row = v.record(v.string(), v.unknown());

/** `GET /v1/users/{user}/export`: everything except the events of the audit, which come in pages. */
export const person = v.pipe(
  v.object({
    exportedAt: time,
    user: v.pipe(row, v.description("The row in D1.")),
    names: list(v.object({ name: v.string(), kind: v.string() })),
    identities: v.pipe(
      list(v.object({ issuer: v.string(), subject: v.string() })),
      v.description("What the identity provider of the portal calls the person."),
    ),
    directory: directoryLink,
    appPasswords: list(
      v.looseObject({ id: v.string(), label: v.string(), createdAt: time, revokedAt: v.nullable(time) }),
    ),
    devices: list(device),
    invitations: v.pipe(
      list(
        v.object({
          ...{ id: v.string(), createdAt: time, createdBy: v.string(), expiresAt: time },
          ...{ usedAt: v.nullable(time), withdrawnAt: v.nullable(time) },
        }),
      ),
      v.description("Invitations of the last 30 days; never their codes."),
    ),
    contests: v.pipe(list(contest), v.description("Device ids that both this user and another one have named.")),
    notices: v.pipe(list(row), v.description("Mail about the person, without the secret of a link.")),
    policies: v.pipe(list(v.number()), v.description("Versions of the policy that name the person.")),
    guard: v.pipe(v.record(v.string(), list(row)), v.description("The user's guard, table by table.")),
    networks: v.pipe(
      list(v.object({ network: v.string(), signedInAt: list(time) })),
      v.description("Networks whose guards know that the user has signed in from there."),
    ),
    leftOut: v.pipe(v.record(v.string(), v.string()), v.description("What this answer leaves out, and why.")),
  }),
  v.title("PersonExport"),
);

/** `GET /v1/users/{user}/export/audit`: a page of the person's events, each field as docs/audit.md has it. */
export const personAudit = v.pipe(
  v.object({
    events: list(v.looseObject({ id: v.string(), at: time, waitUntil: v.nullable(time) })),
    next: v.nullable(v.string()),
  }),
  v.title("PersonAudit"),
);

/** `POST /v1/users/{user}/erase`. */
export const personToErase = v.strictObject({
  audit: v.pipe(
    v.picklist(["pseudonymise", "purge"], 'It must be "pseudonymise" or "purge".'),
    v.description("What becomes of the person's events."),
  ),
  pseudonym: v.exactOptional(
    v.pipe(v.string(), v.regex(/^x_[a-z2-7]{16}$/, "It must be the one of the answer before, or absent.")),
  ),
  why,
});

/** What was erased. */
export const personErased = v.pipe(
  v.object({
    user: v.string(),
    events: v.pipe(v.number(), v.description("How many events were deleted, or lost the user's name.")),
    more: v.pipe(v.boolean(), v.description("Not finished: ask again, with this pseudonym.")),
    pseudonym: v.pipe(v.string(), v.description("The text that stands for the user in the audit.")),
    networks: v.pipe(v.number(), v.description("How many networks' guards were told.")),
    networksLeft: v.pipe(
      v.number(),
      v.description("How many networks' guards were not told. They keep the hash of a name for 30 days at most."),
    ),
    policies: v.pipe(list(v.number()), v.description("Versions of the policy that still name the person.")),
    comesBack,
    revokeCertificates: v.string(),
  }),
  v.title("PersonErased"),
);

/** `POST /v1/audit/purge`. */
export const auditToPurge = v.strictObject({
  before: v.pipe(v.string(), v.description("A time in ISO 8601 that has passed.")),
  why,
});

/** How many events were deleted. */
export const auditPurged = v.pipe(
  v.object({
    ...{ before: time, deleted: v.number() },
    more: v.pipe(v.boolean(), v.description("There are more: ask again.")),
  }),
  v.title("AuditPurged"),
);

export type PersonAnswer = v.InferOutput<typeof person>;
export type PersonAuditAnswer = v.InferOutput<typeof personAudit>;
export type ErasedAnswer = v.InferOutput<typeof personErased>;
export type AuditPurgedAnswer = v.InferOutput<typeof auditPurged>;
