// Events of the audit, as they stand in JSON, and the filters of its lists.

import * as v from "valibot";
import { STAGES } from "../../audit/stages.ts";
import { networkNamed } from "../../core/lockout/network.ts";
import { page, paging, time } from "./common.ts";

const OUTCOMES = ["signed-in", "refused", "failed", "allowed", "quarantined", "blocked", "changed"] as const;
const text = (most: number, description: string) =>
  v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(most), v.description(description)));
const orNull = v.nullable(v.string());

/** Who made a change. */
export const actor = v.pipe(
  v.object({
    id: v.pipe(
      v.string(),
      v.description("`t_…` of a token, `a_…` of an administrator, a key of ADMIN_KEYS, or `self`."),
    ),
    name: v.pipe(orNull, v.description("Null: nothing is known of the id any more.")),
    kind: v.picklist(["token", "administrator", "key", "policy", "invitation", "person", "unknown"]),
  }),
  v.title("Actor"),
);

/** For what a request waited. */
export const stageTaken = v.object({
  stage: v.picklist(STAGES),
  at: v.pipe(v.number(), v.description("When the wait began, in ms after the request came.")),
  ms: v.number(),
  said: v.pipe(
    orNull,
    v.description("What the part answered, in a word: `admitted`, `nobody`, `200`. `failed`: it could not be asked."),
  ),
});

/** Of a sign-in: for what its request waited, until the part decided that wrote the event. */
const eventStages = v.pipe(
  v.object({
    began: v.pipe(time, v.description("When the request came.")),
    ticketUntil: v.pipe(v.nullable(time), v.description("When the ticket ends that the client got.")),
    taken: v.array(stageTaken),
  }),
  v.title("Stages"),
);

/** One event; docs/audit.md explains each field and reason. */
export const auditEventSchema = v.pipe(
  v.object({
    ...{ id: v.string(), at: time, requestId: v.string(), channel: v.string(), host: v.string(), source: v.string() },
    ...{ userAgent: v.string(), workstation: v.string(), outcome: v.picklist(OUTCOMES), reason: v.string() },
    ...{ userId: orNull, user: orNull, credentialId: orNull, waitUntil: v.nullable(time), wouldRefuse: orNull },
    ...{ repeats: v.nullable(v.number()), device: orNull, deviceKey: orNull, channelBinding: orNull },
    ...{ country: orNull, city: orNull },
    by: v.pipe(v.nullable(actor), v.description("Who made the change, if the event is one.")),
    why: orNull,
    change: v.pipe(
      v.nullable(v.record(v.string(), v.unknown())),
      v.description("What a change changed: the fields that differ, `before` and `after`."),
    ),
    stages: v.pipe(v.nullable(eventStages), v.description("Null: it is no sign-in, or older than this field.")),
  }),
  v.title("AuditEvent"),
);

/** `{event}` in a path. */
export const eventParams = v.strictObject({ event: v.pipe(v.string(), v.description("`e_…`")) });

/** `GET /v1/audit/events/{event}`. */
export const eventQuery = v.strictObject({
  language: v.optional(v.pipe(v.picklist(["en", "de"]), v.description("Of the explanation.")), "en"),
});

/** One event with what it means. */
export const explainedEvent = v.pipe(
  v.object({
    event: auditEventSchema,
    explained: v.object({
      said: v.pipe(v.string(), v.description("What happened, in a sentence or two.")),
      fix: v.pipe(orNull, v.description("What to do; null where there is nothing to do.")),
    }),
  }),
  v.title("ExplainedEvent"),
);

const timeOrAbsent = (description: string) => v.optional(v.pipe(time, v.description(description)));

/** Which events. */
export const auditFilter = {
  user: text(1_024, "The user's id (`u_…`, also that of a deleted user), or any name of the user."),
  source: v.optional(
    v.pipe(
      v.string(),
      v.check(
        (given) => networkNamed(given) !== undefined,
        "It must be an IPv4 address, an IPv6 address or its /64, or `unknown`.",
      ),
      v.description("The client's network."),
    ),
  ),
  outcome: v.optional(v.picklist(OUTCOMES)),
  reason: text(64, "A reason of docs/audit.md, or the code of a rule."),
  device: text(64, "The id of a partnership (`d_…`)."),
  by: text(64, "Who made the change: the id of a token, an administrator or a key."),
  request: text(255, "The id of a request. No index has it: give a time as well."),
  since: timeOrAbsent("At this time or later."),
  until: timeOrAbsent("Before this time."),
};

/** The longest that a client may wait, seconds. */
const MAX_WAIT_S = 25;

/** `GET /v1/audit`. */
export const auditQuery = v.strictObject({
  ...auditFilter,
  order: v.optional(v.pipe(v.picklist(["desc", "asc"]), v.description("`desc`: the newest first.")), "desc"),
  wait: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(0),
      v.maxValue(MAX_WAIT_S),
      v.description(
        "Follow the audit: give events in the order in which they come, and wait up to so many seconds for one. Without `after` and `since`, only new events come. `next` is never null.",
      ),
    ),
  ),
  ...paging,
});

/** `GET /v1/audit/export`. */
export const auditExportQuery = v.strictObject({
  ...auditFilter,
  format: v.optional(v.picklist(["csv", "jsonl"]), "jsonl"),
});

export const auditPage = v.pipe(page(auditEventSchema), v.title("AuditEvents"));
export type ActorAnswer = v.InferOutput<typeof actor>;
export type AuditEventAnswer = v.InferOutput<typeof auditEventSchema>;
export type ExplainedEventAnswer = v.InferOutput<typeof explainedEvent>;
export type AuditEventsAnswer = v.InferOutput<typeof auditPage>;
