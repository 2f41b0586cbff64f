// Traced sign-ins, as they stand in JSON.

import * as v from "valibot";
import { PASSWORD_STATES, TRACE_PARTS, TRACE_RESULTS } from "../../audit/trace-shapes.ts";
import { auditEventSchema, auditFilter, eventQuery, explainedEvent } from "./audit.ts";
import { list } from "./common.ts";
import { judgement } from "./devices.ts";

/** The most sign-ins of one answer. */
const MAX_SIGN_INS = 10;

/** `GET /v1/trace`. */
export const traceQuery = v.strictObject({
  user: auditFilter.user,
  source: auditFilter.source,
  request: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[\w-]{1,64}$/, "It is not the id of a request."),
      v.description("The sign-in with this request, or the one with which the device came that made it."),
    ),
  ),
  event: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(64),
      v.description("The sign-in with this event, `e_…`, or the one before it in the same way."),
    ),
  ),
  since: auditFilter.since,
  last: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(MAX_SIGN_INS),
      v.description("So many of the newest sign-ins that match."),
    ),
    1,
  ),
  language: eventQuery.entries.language,
});

const step = v.object({
  part: v.picklist(TRACE_PARTS),
  result: v.pipe(
    v.picklist(TRACE_RESULTS),
    v.description("`decided`: the sign-in ended here, or a device was judged."),
  ),
  at: v.pipe(v.nullable(v.number()), v.description("ms after the request came; null where nobody measured it.")),
  ms: v.pipe(v.nullable(v.number()), v.description("How long the request waited for the part.")),
  detail: v.string(),
});

const password = v.object({
  ...{ id: v.string(), label: v.string(), asksCode: v.boolean() },
  state: v.pipe(v.picklist(PASSWORD_STATES), v.description("What it was at that moment.")),
  used: v.pipe(v.boolean(), v.description("The credential was this one.")),
  detail: v.pipe(v.string(), v.description("Why it was this one, or why not.")),
});

const tracedDevice = v.object({
  id: v.pipe(v.string(), v.description("`d_…`")),
  judgement: v.pipe(judgement, v.description("The verdict on a request that comes now from where it was last seen.")),
  steps: list(
    v.object({ step: v.string(), outcome: v.picklist(["passed", "decided", "not-reached"]), detail: v.string() }),
  ),
});

const tracedSignIn = v.pipe(
  v.object({
    event: auditEventSchema,
    explained: explainedEvent.pipe[0].entries.explained,
    steps: list(step),
    passwords: v.pipe(list(password), v.description("The app passwords that the person had then.")),
    later: v.pipe(
      list(auditEventSchema),
      v.description("The decisions about devices that followed from that network."),
    ),
    device: v.pipe(
      v.nullable(tracedDevice),
      v.description("How the policy judges the device that came with it, now, step by step. Null: none is known."),
    ),
  }),
  v.title("TracedSignIn"),
);

/** `GET /v1/trace`: the newest first. */
export const traceAnswer = v.pipe(v.object({ signIns: list(tracedSignIn) }), v.title("Trace"));
export type TraceAnswer = v.InferOutput<typeof traceAnswer>;
export type TracedSignInAnswer = v.InferOutput<typeof tracedSignIn>;
