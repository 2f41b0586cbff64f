// Who left the directory, who of them is kept, and the erasure of more of them than go by themselves in a day (S-79).

import { openDatabase } from "../../store/database.ts";
import type { LinkedUser } from "../../store/directory-links.ts";
import { keepLeaver, type LeaverPlace, pageOfLeavers } from "../../store/leavers.ts";
import type { Call } from "../call.ts";
import { badCursor, cursorOf, paged, readCursor } from "../cursor.ts";
import { eraseSome } from "../leavers.ts";
import { done, operation } from "../operation.ts";
import { problem } from "../problem.ts";
import { aboutCommand, recordChange } from "../record.ts";
import { userParams } from "../schemas/common.ts";
import {
  type LeaverAnswer,
  leaverKept,
  leaversErased,
  leaversPage,
  leaversQuery,
  leaversToErase,
  leaverToKeep,
} from "../schemas/leavers.ts";
import { sourceOf } from "../user-answers.ts";
import { knownUser } from "../users.ts";

const DAY_MS = 86_400_000;
const madeByHand = problem("invalid", "The user comes from no directory, so nobody erases it by itself.", {
  errors: [{ path: "user", message: "It comes from no directory." }],
});

export const leaverOperations = [
  operation({
    ...{ id: "directory.leavers", method: "GET", path: "/v1/directory/leavers", scope: "read" },
    summary: "Lists the people whom a directory does not let in any more, the longest ago first",
    query: leaversQuery,
    answer: leaversPage,
    problems: ["unusable-query"],
    handle: async ({ env, config }: Call, { query }) => {
      const after = placeIn(query.after);
      if (after === null) return badCursor;
      const { items, more } = await pageOfLeavers(openDatabase(env.DB), { after, limit: query.limit });
      const last = items.at(-1);
      const next = more && last !== undefined ? cursorIn(last) : null;
      return done(
        paged(
          items,
          items.map((each) => leaverAnswer(each, config.leaversErasedAfterDays)),
          next,
          cursorIn,
        ),
      );
    },
  }),

  operation({
    ...{ id: "users.keep", method: "POST", path: "/v1/users/{user}/keep", scope: "admin" },
    summary: "Keeps a person of a directory from being erased after leaving, or ends that",
    params: userParams,
    body: leaverToKeep,
    answer: leaverKept,
    problems: ["no-such-user", "unusable-name", "invalid"],
    handle: async (call, { params, body: { keep, why } }) => {
      const found = await knownUser(call.env, params.user);
      if (!found.ok) return found;
      const user = found.value;
      if (!(await keepLeaver(openDatabase(call.env.DB), user.id, keep))) return madeByHand;
      await recordChange(call, "user-kept", { user, why, change: { after: { kept: keep } } });
      return done({ userId: user.id, sipUri: user.sipUri, kept: keep });
    },
  }),

  operation({
    ...{ id: "directory.erase-leavers", method: "POST", path: "/v1/directory/leavers/erase", scope: "admin" },
    summary: "Erases some of the people who are due, without waiting for the next days",
    description:
      "Five people at most in one request, which takes some seconds for each. The rules of the cron trigger hold: nobody who is kept, and nobody of a directory that is not in step.",
    body: leaversToErase,
    keepsNothing: true,
    answer: leaversErased,
    problems: ["unavailable"],
    handle: async (call, { body: { why } }) => {
      const by = { env: call.env, about: aboutCommand(call), by: call.actor.id, why };
      return done(await eraseSome(by, call.config, Number.POSITIVE_INFINITY, Date.now()));
    },
  }),
];

const cursorIn = ({ link }: LinkedUser): string => cursorOf(link.since, link.userId);

/** Undefined: the list begins. Null: the cursor belongs to another list. */
function placeIn(after: string): LeaverPlace | undefined | null {
  if (after === "") return undefined;
  const [since, userId] = readCursor(after, ["number", "string"]) ?? [];
  return typeof since === "number" && typeof userId === "string" ? { since, userId } : null;
}

function leaverAnswer({ user, link }: LinkedUser, days: number | undefined): LeaverAnswer {
  const { since, state, kept, key } = link;
  const never = days === undefined || kept || user.disabledAt === null;
  return {
    ...{ userId: user.id, sipUri: user.sipUri, displayName: user.displayName, source: sourceOf(key), state, kept },
    since: new Date(since).toISOString(),
    erasedFrom: never ? null : new Date(since + days * DAY_MS).toISOString(),
  };
}
