// The gateway's answers that the sync reads, as docs/api.md describes them. What else they have is not read.

import * as v from "valibot";

const text = v.nullable(v.string());
const state = v.picklist(["in", "disabled", "expired", "out", "deleted"]);

const known = v.object({
  ...{ key: v.string(), userId: v.string(), state, held: v.boolean(), disabled: v.boolean(), told: v.boolean() },
  ...{ sipUri: v.string(), upn: text, account: v.string(), displayName: text, mail: text, mobile: text, sid: text },
  ...{ language: text, pool: v.optional(text, null), groups: v.array(v.string()) },
});

/** `GET /v1/directory/people`. */
export const peoplePage = v.object({ items: v.array(known), next: text });

const status = v.picklist([
  ...(["created", "changed", "renamed", "enabled", "disabled", "adopted", "unchanged", "conflict", "failed"] as const),
]);

/** `POST /v1/directory/apply`. */
export const applied = v.object({
  rows: v.array(
    v.object({
      ...{ row: v.number(), key: v.string(), status },
      user: v.optional(v.object({ id: v.string(), sipUri: v.string() })),
      ...{ code: v.optional(v.string()), message: v.optional(v.string()) },
    }),
  ),
});

/** `GET /v1/directory`. */
export const directoryStatus = v.object({
  sources: v.array(v.object({ source: v.string(), cursor: v.optional(text), inStepAt: text })),
});

/** `PUT /v1/directory/{source}/report`. Nothing of it is needed. */
export const reported = v.object({});

export type Status = v.InferOutput<typeof status>;
