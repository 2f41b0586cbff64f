// Notices, the mail for people and for the help desk, as they stand in JSON.

import * as v from "valibot";
import { isMailAddress } from "../../notices/address.ts";
import { list, page, paging, time, why } from "./common.ts";

const MAX_TAKEN = 50;
const MAX_ID_CHARS = 200;
const MAX_DETAIL_CHARS = 200;

const kind = v.pipe(v.string(), v.description("Which text: a word of docs/notices.md."));

/** Who delivers mail. */
export const delivery = v.pipe(
  v.picklist(["agent", "email", "webhook"]),
  v.description("Who delivers: an agent, or the gateway itself by Cloudflare's mail or by a webhook."),
);

/** `POST /v1/notices/take`, what is sent. */
export const noticesToTake = v.strictObject({
  max: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_TAKEN), v.description("How many at most.")),
    MAX_TAKEN,
  ),
});

const takenNotice = v.object({
  ...{ id: v.pipe(v.string(), v.description("The same each time it is taken.")), kind },
  to: v.pipe(v.string(), v.description("A mail address.")),
  name: v.pipe(v.nullable(v.string()), v.description("The name of whom it is about. Null: not known, or many people.")),
  language: v.pipe(v.nullable(v.string()), v.description("Such as `de`. Null: not known.")),
  facts: v.object({
    at: time,
    user: v.optional(v.pipe(v.string(), v.description("The SIP address of whom it is about."))),
    device: v.optional(v.pipe(v.string(), v.description("What the device tells of itself, such as `iPhoneLync 5.8`."))),
    network: v.optional(v.pipe(v.string(), v.description("The network from which the device came."))),
    label: v.optional(v.pipe(v.string(), v.description("The name of the app password."))),
    number: v.optional(
      v.pipe(v.string(), v.description("Four digits to compare, of a device that its user approves.")),
    ),
    what: v.optional(v.pipe(v.string(), v.description("What a passkey is called, or what a person reports."))),
    portal: v.optional(v.pipe(v.string(), v.description("The address of the portal. No link that does anything."))),
    expiresAt: v.optional(v.pipe(time, v.description("When the app password or the invitation ends."))),
    count: v.optional(v.pipe(v.number(), v.description("It stands for so many, beyond those of their day."))),
    helpdesk: v.optional(v.pipe(v.boolean(), v.description("It is for the help desk, and about somebody else."))),
  }),
  link: v.optional(v.pipe(v.string(), v.description("With a secret. Never write it down."))),
  takes: v.pipe(v.number(), v.description("How often it was taken, with this time.")),
  createdAt: time,
});

/** `POST /v1/notices/take`. */
export const takenNotices = v.pipe(v.object({ notices: list(takenNotice) }), v.title("TakenNotices"));

/** `POST /v1/notices/end`, what is sent. */
export const noticesToEnd = v.strictObject({
  ended: v.pipe(
    v.array(
      v.strictObject({
        id: v.pipe(v.string(), v.maxLength(MAX_ID_CHARS)),
        end: v.pipe(
          v.picklist(["sent", "undeliverable", "later"]),
          v.description(
            "`sent`: the relay has it. `undeliverable`: it refused for good. `later`: try again after a while.",
          ),
        ),
        detail: v.optional(
          v.pipe(
            v.string(),
            v.maxLength(MAX_DETAIL_CHARS, `It may have ${MAX_DETAIL_CHARS} characters.`),
            v.description("Why, in the relay's words."),
          ),
        ),
      }),
    ),
    v.minLength(1),
    v.maxLength(MAX_TAKEN, `There may be ${MAX_TAKEN}.`),
  ),
});

/** `POST /v1/notices/end`. */
export const noticesEnded = v.pipe(
  v.object({ ended: v.pipe(v.number(), v.description("How many of them still waited.")) }),
  v.title("NoticesEnded"),
);

/** `GET /v1/notices`, the query. */
export const noticesQuery = v.strictObject({
  ...paging,
  state: v.optional(
    v.pipe(v.picklist(["waiting", "ended"]), v.description("`ended`: what became of it, the last first.")),
    "waiting",
  ),
});

const notice = v.pipe(
  v.object({
    ...{ id: v.string(), kind, audience: v.picklist(["person", "helpdesk"]) },
    user: v.pipe(v.nullable(v.string()), v.description("The SIP address of whom it is about.")),
    ...{ createdAt: time, dueAt: v.pipe(time, v.description("When it may be taken next.")), expiresAt: time },
    takes: v.pipe(v.number(), v.description("How often somebody tried to send it.")),
    endedAt: v.nullable(time),
    end: v.pipe(
      v.nullable(v.string()),
      v.description("`sent`, or why it was not. Of one that waits: why it could not be sent the last time."),
    ),
  }),
  v.title("Notice"),
);

/** `GET /v1/notices`. */
export const noticesPage = v.pipe(page(notice), v.title("Notices"));

/** `GET /v1/notices/status`. */
export const noticesStatus = v.pipe(
  v.object({
    kinds: v.pipe(list(v.string()), v.description("What NOTICES lets through.")),
    helpdeskKinds: v.pipe(list(v.string()), v.description("Of which of them the help desk is told, too.")),
    delivery,
    helpdesk: v.pipe(v.nullable(v.string()), v.description("The address of the help desk. Null: it gets no mail.")),
    waiting: v.number(),
    oldestUnsentAt: v.pipe(
      v.nullable(time),
      v.description("When the oldest was made that is not sent yet. Null: none."),
    ),
    oldestDueAt: v.pipe(v.nullable(time), v.description("Since when the oldest waits to be taken. Null: none does.")),
    lastSentAt: v.nullable(time),
    failedOfADay: v.pipe(v.number(), v.description("How many could not be sent in the last 24 hours.")),
    peopleWithoutAddress: v.pipe(
      v.number(),
      v.description("How many people who may sign in have no mail address, and so get no mail."),
    ),
  }),
  v.title("NoticesStatus"),
);

/** `POST /v1/notices/test`, what is sent. */
export const noticeToTest = v.strictObject({
  to: v.optional(
    v.pipe(
      v.string(),
      v.trim(),
      v.check(isMailAddress, "Write one mail address, such as alice@contoso.com."),
      v.description("Where it goes. Default: NOTICE_HELPDESK."),
    ),
  ),
  why,
});

/** `POST /v1/notices/test`. */
export const noticeTested = v.pipe(
  v.object({
    ...{ id: v.string(), to: v.string() },
    end: v.pipe(
      v.nullable(v.string()),
      v.description("`sent`, or why not. Null: it waits for the agent, or somebody else has it just now."),
    ),
  }),
  v.title("NoticeTested"),
);

export type TakenNoticesAnswer = v.InferOutput<typeof takenNotices>;
export type NoticeAnswer = v.InferOutput<typeof notice>;
export type NoticesStatusAnswer = v.InferOutput<typeof noticesStatus>;
export type NoticeTestedAnswer = v.InferOutput<typeof noticeTested>;
