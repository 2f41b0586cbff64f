// A notice as the gateway gives it, checked.

import * as v from "valibot";

const text = v.pipe(v.string(), v.maxLength(2_000));

const noticeSchema = v.object({
  ...{ id: text, kind: text, to: text, name: v.nullable(text), language: v.nullable(text) },
  facts: v.object({
    at: v.string(),
    user: v.optional(text),
    device: v.optional(text),
    network: v.optional(text),
    label: v.optional(text),
    number: v.optional(text),
    what: v.optional(text),
    portal: v.optional(text),
    expiresAt: v.optional(v.string()),
    count: v.optional(v.number()),
    helpdesk: v.optional(v.boolean()),
  }),
  link: v.optional(text),
  createdAt: v.string(),
});

/** `POST /v1/notices/take`. */
export const takenSchema = v.object({ notices: v.array(noticeSchema) });
/** `POST /v1/notices/end`. */
export const endedSchema = v.object({ ended: v.number() });

/** One notice. */
export type Notice = v.InferOutput<typeof noticeSchema>;
