// What the organisation's authority says of a device, as it stands in JSON.

import * as v from "valibot";
import { list, time } from "./common.ts";

/** The last answer about a device. */
export const authorityAnswer = v.pipe(
  v.nullable(
    v.object({
      words: v.pipe(list(v.string()), v.description("Empty: the authority knows nothing of the device.")),
      askedAt: time,
      until: v.pipe(time, v.description("The answer holds until then.")),
      holds: v.boolean(),
    }),
  ),
  v.description("The last answer of the organisation's authority. Null: it has given none."),
);

/** When the authority is asked about a device. */
export const inquiry = v.pipe(
  v.object({
    configured: v.pipe(v.boolean(), v.description("Whether the gateway has an authority to ask.")),
    silence: v.pipe(
      v.picklist(["allow", "block"]),
      v.description("`devices.authoritySilence` of the policy: what happens to a device without an answer that holds."),
    ),
    triedAt: v.pipe(v.nullable(time), v.description("When it was last asked. Null: never.")),
    nextAt: v.pipe(v.nullable(time), v.description("When it is asked next. Null: when the device comes again.")),
    fault: v.pipe(
      v.nullable(v.string()),
      v.description(
        "Why the last question got no answer: `timeout`, `unreachable`, `redirect`, `too-large`, `malformed`, `status-…`, `held-off` or `database`. Null: it got one.",
      ),
    ),
  }),
  v.title("Inquiry"),
);

export type InquiryAnswer = v.InferOutput<typeof inquiry>;
