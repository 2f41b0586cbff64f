// The people who administrate, each with a role. When somebody leaves, the row stays, because the audit needs the name.

import * as v from "valibot";
import { ROLES } from "../../core/credentials/api-scopes.ts";
import {
  type Administrator,
  addAdministrator,
  administratorById,
  changeAdministrator,
  hasOtherAdmin,
  listAdministrators,
} from "../../store/administrators.ts";
import { openDatabase } from "../../store/database.ts";
import { newAdministratorId } from "../../store/ids.ts";
import { endInvitationsOf } from "../../store/invitations.ts";
import { endWebSessionsOf } from "../../store/web-sessions.ts";
import { actorsOf } from "../actors.ts";
import type { Call } from "../call.ts";
import { paged } from "../cursor.ts";
import { type Done, done, operation } from "../operation.ts";
import { type Problem, problem } from "../problem.ts";
import { recordChange } from "../record.ts";
import type { ActorAnswer } from "../schemas/audit.ts";
import { onlyWhy, paging } from "../schemas/common.ts";
import {
  type AdministratorAnswer,
  administrator,
  administratorParams,
  administrators,
  administratorToAdd,
  administratorToChange,
} from "../schemas/tokens.ts";

type Change = Partial<Pick<Administrator, "name" | "role" | "disabledAt">>;

const taken = problem("email-taken", "Another administrator has this email address. Nothing was changed.");
const nobody = problem("no-such-administrator", "Nobody who administrates has this id.");

export const administratorOperations = [
  operation({
    ...{ id: "administrators.list", method: "GET", path: "/v1/administrators", scope: "admin" },
    summary: "Lists administrators, former ones included",
    query: v.strictObject(paging),
    answer: administrators,
    problems: [],
    handle: async ({ env }, { query }) => {
      const db = openDatabase(env.DB);
      const page = await listAdministrators(db, query);
      const who = await actorsOf(
        db,
        page.map(({ createdBy }) => createdBy),
      );
      const next = page.length < query.limit ? null : (page.at(-1)?.id ?? null);
      const items = page.map((row) => answerOf(row, who));
      return done(paged(page, items, next, ({ id }) => id));
    },
  }),

  operation({
    ...{ id: "administrators.create", method: "POST", path: "/v1/administrators", scope: "admin", status: 201 },
    summary: "Adds an administrator",
    body: administratorToAdd,
    answer: administrator,
    problems: ["email-taken"],
    handle: async (call, { body: { why, ...given } }) => {
      const row = { id: newAdministratorId(), ...given, createdAt: Date.now(), createdBy: call.actor.id };
      const added = { ...row, disabledAt: null, revision: 0, source: "invited", subject: null } as const;
      const outcome = await addAdministrator(openDatabase(call.env.DB), added);
      if (!outcome.ok) return taken;
      await recordChange(call, "administrator-created", { why, change: { after: { id: row.id, ...given } } });
      return done(
        answerOf(added, () => call.actor),
        { etag: versionOf(added) },
      );
    },
  }),

  operation({
    ...{ id: "administrators.get", method: "GET", path: "/v1/administrators/{administrator}", scope: "admin" },
    summary: "Shows somebody who administrates",
    ...{ params: administratorParams, answer: administrator },
    problems: ["no-such-administrator"],
    handle: async ({ env }, { params }) => {
      const db = openDatabase(env.DB);
      const row = await administratorById(db, params.administrator);
      if (row === undefined) return nobody;
      return done(answerOf(row, await actorsOf(db, [row.createdBy])), { etag: versionOf(row) });
    },
  }),

  operation({
    ...{ id: "administrators.change", method: "PATCH", path: "/v1/administrators/{administrator}", scope: "admin" },
    summary: "Changes an administrator's name or role, or disables or enables the person",
    ...{ params: administratorParams, body: administratorToChange, answer: administrator },
    ifMatch: "optional",
    problems: ["no-such-administrator", "email-taken", "last-admin"],
    handle: async (call, { params, body: { why, name, role, disabled }, precondition }) => {
      const before = await administratorById(openDatabase(call.env.DB), params.administrator);
      if (before === undefined) return nobody;
      const change: Change = {
        ...(name === undefined ? {} : { name }),
        ...(role === undefined ? {} : { role }),
        ...(disabled === undefined ? {} : { disabledAt: disabled ? (before.disabledAt ?? Date.now()) : null }),
      };
      return precondition(versionOf(before)) ?? changed(call, before, change, why);
    },
  }),

  operation({
    ...{ id: "administrators.delete", method: "DELETE", path: "/v1/administrators/{administrator}", scope: "admin" },
    summary: "Removes an administrator; the name stays for the audit",
    ...{ params: administratorParams, body: onlyWhy, answer: administrator },
    ifMatch: "optional",
    problems: ["no-such-administrator", "last-admin"],
    handle: async (call, { params, body, precondition }) => {
      const before = await administratorById(openDatabase(call.env.DB), params.administrator);
      if (before === undefined) return nobody;
      const change = { disabledAt: before.disabledAt ?? Date.now() };
      return precondition(versionOf(before)) ?? changed(call, before, change, body.why);
    },
  }),
];

async function changed(
  call: Call,
  before: Administrator,
  change: Change,
  why: string,
): Promise<Done<AdministratorAnswer> | Problem> {
  const db = openDatabase(call.env.DB);
  const { admin } = call.config;
  const unlessLast = isAdmin(before) && !isAdmin({ ...before, ...change }) && (admin?.keys.length ?? 0) === 0;
  const outcome = await changeAdministrator(db, before, change, unlessLast);
  if (!outcome.ok) return taken;
  const after = outcome.value;
  if (after === undefined && unlessLast && !(await hasOtherAdmin(db, before.id))) {
    return problem("last-admin", "This is the last administrator with the role admin, and ADMIN_KEYS has no key.", {
      fix: "Give somebody else the role admin first.",
    });
  }
  if (after === undefined) {
    return problem("changed-meanwhile", "Somebody changed it at this moment. Nothing was changed by you: try again.");
  }
  const { id } = after;
  // A session of somebody who is disabled opens nothing. It must not open anything when the person comes back either.
  if (after.disabledAt !== before.disabledAt) await Promise.all([endWebSessionsOf(db, id), endInvitationsOf(db, id)]);
  const shown = ({ name, role, disabledAt }: Administrator) => ({ name, role, disabled: disabledAt !== null });
  const gone = after.disabledAt !== null && before.disabledAt === null;
  await recordChange(call, gone ? "administrator-deleted" : "administrator-changed", {
    why: why === "" ? id : `${id}: ${why}`,
    change: { before: shown(before), after: shown(after) },
  });
  return done(answerOf(after, await actorsOf(db, [after.createdBy])), { etag: versionOf(after) });
}

const isAdmin = ({ role, disabledAt }: Administrator): boolean => ROLES[role] === "admin" && disabledAt === null;

const versionOf = ({ revision }: Administrator): string => `r${revision}`;

function answerOf(row: Administrator, who: (id: string) => ActorAnswer): AdministratorAnswer {
  const { createdAt, createdBy, disabledAt, subject, ...rest } = row;
  return {
    ...{ ...rest, createdBy: who(createdBy), createdAt: new Date(createdAt).toISOString() },
    disabledAt: disabledAt === null ? null : new Date(disabledAt).toISOString(),
  };
}
