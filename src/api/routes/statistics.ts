// How many sign-ins each hour had.

import { openDatabase } from "../../store/database.ts";
import { completeHours, liveHour } from "../../store/statistics.ts";
import { done, operation } from "../operation.ts";
import { statistics, statisticsQuery } from "../schemas/statistics.ts";

export const statisticsOperations = [
  operation({
    ...{ id: "statistics", method: "GET", path: "/v1/statistics", scope: ["read", "metrics"] },
    summary: "Counts sign-ins, refusals and failures of each hour",
    description: `Complete hours are counted once and kept, so events that are deleted later still count. Guards send their events some
seconds late: the last two complete hours are counted again now and then.`,
    query: statisticsQuery,
    answer: statistics,
    problems: [],
    handle: async ({ env }, { query }) => {
      const db = openDatabase(env.DB);
      const now = Date.now();
      const [before, live] = await Promise.all([completeHours(db, query.hours - 1, now), liveHour(db, now)]);
      const hours = [...before.map((each) => ({ ...each, whole: true, complete: true })), { ...live, complete: false }];
      return done({
        at: new Date(now).toISOString(),
        hours: hours.map(({ hour, ...counts }) => ({ from: new Date(hour).toISOString(), ...counts })),
      });
    },
  }),
];
