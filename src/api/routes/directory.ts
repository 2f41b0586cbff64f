// The users: listed, shown, added, and changed many at once.

import { addUsers } from "../../store/add-users.ts";
import { openDatabase } from "../../store/database.ts";
import { namesOfUser, type User } from "../../store/directory.ts";
import { pageOfUsers } from "../../store/user-list.ts";
import type { Call } from "../call.ts";
import { paged } from "../cursor.ts";
import { type Done, done, operation } from "../operation.ts";
import { recordChange } from "../record.ts";
import { userParams } from "../schemas/common.ts";
import {
  batch,
  batchReport,
  newUser,
  usersPage,
  usersQuery,
  type WholeUserAnswer,
  wholeUser,
} from "../schemas/directory.ts";
import { notAdded, userAnswers, versionOfUser } from "../user-answers.ts";
import { carryOut, identityOf } from "../user-batch.ts";
import { knownUser } from "../users.ts";

/** The longest body of a batch, bytes: every row, with the longest names. */
const MAX_BATCH_BYTES = 1024 * 1024;

export const directoryOperations = [
  operation({
    ...{ id: "users.list", method: "GET", path: "/v1/users", scope: ["read", "directory"] },
    summary: "Lists users by SIP address, or finds some of them",
    description: `With \`origin\`, and where thousands of people have every word of \`q\`, one page looks at 2,000 users at most: it may have fewer items
than \`limit\`, even none, and still a \`next\`.`,
    query: usersQuery,
    answer: usersPage,
    problems: ["unusable-query"],
    handle: async ({ env, config }: Call, { query }) => {
      const { q, state, group, origin, after, limit } = query;
      const filter = { q, group, origin, disabled: state === undefined ? undefined : state === "disabled" };
      const page = { after: after === "" ? undefined : after, limit };
      const db = openDatabase(env.DB);
      const { items, next } = await pageOfUsers(db, filter, page);
      return done(paged(items, await userAnswers(db, items, config.pools), next, ({ sipUri }) => sipUri));
    },
  }),

  operation({
    ...{ id: "users.create", method: "POST", path: "/v1/users", scope: "admin", status: 201 },
    summary: "Adds a user",
    description: "The user can sign in as soon as there is an app password.",
    body: newUser,
    answer: wholeUser,
    problems: ["invalid", "name-taken"],
    handle: async (call, { body }) => {
      const { why, ...given } = body;
      const db = openDatabase(call.env.DB);
      const [added] = await addUsers(db, [{ ...given, createdBy: call.actor.id }], Date.now());
      if (added === undefined) throw new Error("one row, one report");
      if (!added.ok) return notAdded(added.reason, added.taken);
      const user = added.value;
      await recordChange(call, "user-created", { user, why, change: { after: identityOf(user) } });
      return wholeAnswer(call, user);
    },
  }),

  operation({
    ...{ id: "users.batch", method: "POST", path: "/v1/users/batch", scope: "admin" },
    summary: "Adds, changes, disables, enables and deletes many users",
    description:
      "Each row is judged by itself: when it fails, the others are still carried out, and the report says why. Rows about one " +
      "user are carried out in their order, and so are rows before and after those that add users. After a 503, or for rows with the code `unavailable`, send " +
      "the same rows again; rows that were done before are then `unchanged` or `name-taken`.",
    body: batch,
    maxBodyBytes: MAX_BATCH_BYTES,
    answer: batchReport,
    problems: ["invalid"],
    handle: async (call, { body: { rows, dryRun, why } }) => done(await carryOut(call, rows, { dryRun, why })),
  }),

  operation({
    ...{ id: "users.get", method: "GET", path: "/v1/users/{user}", scope: ["read", "directory"] },
    summary: "Shows a user with all names",
    params: userParams,
    answer: wholeUser,
    problems: ["no-such-user", "unusable-name"],
    handle: async (call, { params }) => {
      const user = await knownUser(call.env, params.user);
      return user.ok ? wholeAnswer(call, user.value) : user;
    },
  }),
];

/** A user with all names, and the ETag. */
export async function wholeAnswer({ env, config }: Call, user: User): Promise<Done<WholeUserAnswer>> {
  const db = openDatabase(env.DB);
  const names = await namesOfUser(db, user.id);
  const [answer] = await userAnswers(db, [user], config.pools);
  if (answer === undefined) throw new Error("one user, one answer");
  return done({ ...answer, names }, { etag: versionOfUser(user) });
}
