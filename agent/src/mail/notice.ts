// A notice as the gateway gives it, checked, and every text in it made harmless.

import * as v from "valibot";

const MAX_VALUE_CHARS = 120;

const text = v.pipe(v.string(), v.maxLength(2_000));

const noticeSchema = v.object({
  ...{ id: text, kind: text, to: text, name: v.nullable(text), language: v.nullable(text) },
  facts: v.object({
    at: v.string(),
    user: v.optional(text),
    device: v.optional(text),
    network: v.optional(text),
    label: v.optional(text),
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

/**
 * A value fit for a text. A client names its own device, and somebody who stole an app password could let it be called
 * like a web address, which mail programs make a link of. So a dot in front of a letter gets a space behind it.
 */
export const harmless = (value: string): string =>
  value
    .replace(/[^\p{L}\p{N}\p{M} .,;:'’!?@#&()_+\-–]/gu, " ")
    .replace(/\.(?=\p{L})/gu, ". ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, MAX_VALUE_CHARS);
