// How many sign-ins each hour had, as it stands in JSON.

import * as v from "valibot";
import { MAX_HOURS } from "../../store/statistics.ts";
import { list, time } from "./common.ts";

const DEFAULT_HOURS = 24;
const many = (description: string) => v.pipe(v.number(), v.description(description));

/** `GET /v1/statistics`. */
export const statisticsQuery = v.strictObject({
  hours: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(MAX_HOURS),
      v.description("How many hours, the one that goes on included."),
    ),
    DEFAULT_HOURS,
  ),
});

const hour = v.pipe(
  v.object({
    from: v.pipe(time, v.description("When the hour begins.")),
    signedIn: many("Sign-ins that succeeded, guests' included."),
    refused: many("Attempts that were refused. An event that stands for several counts as so many."),
    failed: many("Sign-ins that failed behind the gateway, although the user was proved."),
    locked: many("How many of the refused ones had to wait after failures."),
    devicesWaiting: many("Devices that began to wait for an approval."),
    complete: v.pipe(v.boolean(), v.description("False: the hour goes on.")),
    whole: v.pipe(
      v.boolean(),
      v.description("False: the hour that goes on has more events than are counted at once, so there are more."),
    ),
  }),
  v.title("HourOfStatistics"),
);

export const statistics = v.pipe(
  v.object({ at: time, hours: v.pipe(list(hour), v.description("The oldest first.")) }),
  v.title("Statistics"),
);

export type StatisticsAnswer = v.InferOutput<typeof statistics>;
