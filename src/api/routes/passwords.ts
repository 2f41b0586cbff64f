// A user's app passwords: they are listed, made, changed and renewed. One operation lists those that run out soon.

import { changeAppPassword, passwordsRunningOut } from "../../store/app-passwords.ts";
import { openDatabase } from "../../store/database.ts";
import type { User } from "../../store/directory.ts";
import type { Call } from "../call.ts";
import { paged } from "../cursor.ts";
import { commandGuard } from "../devices.ts";
import { type Done, done, operation } from "../operation.ts";
import { CODE_REQUIRED, codeAsked, codeHindrance } from "../password-code.ts";
import { DAY_MS, endOf, MAX_LIVE, makePassword, renewPassword, sameLife, shownPasswords } from "../passwords.ts";
import { type Problem, problem } from "../problem.ts";
import { recordChange } from "../record.ts";
import { userParams } from "../schemas/common.ts";
import {
  changedPassword,
  madePassword,
  newPassword,
  type PasswordAnswer,
  passwordChange,
  passwordParams,
  passwords,
  renewal,
  runningOut,
  runningOutQuery,
} from "../schemas/passwords.ts";
import { knownUser } from "../users.ts";

const noPassword = problem("no-such-password", "The user has no live app password of this id.");

const tooMany = problem("too-many-passwords", `A user may have ${MAX_LIVE} app passwords.`, {
  fix: "Revoke those that nobody uses; `lastUsedAt` tells which.",
});

const PATH = "/v1/users/{user}/passwords";

/** One live app password of a user, in the shape in which the API shows it. */
async function livePassword(
  { env }: Call,
  params: { readonly user: string; readonly id: string },
): Promise<Done<{ readonly user: User; readonly before: PasswordAnswer }> | Problem> {
  const user = await knownUser(env, params.user);
  if (!user.ok) return user;
  const all = await shownPasswords(openDatabase(env.DB), user.value.id, Date.now());
  const before = all.find(({ id, state }) => id === params.id && state !== "revoked");
  return before === undefined ? noPassword : done({ user: user.value, before });
}

async function shownAgain({ env }: Call, { id: userId }: User, id: string): Promise<PasswordAnswer> {
  const found = (await shownPasswords(openDatabase(env.DB), userId, Date.now())).find((each) => each.id === id);
  if (found === undefined) throw new Error("the app password is gone");
  return found;
}

export const passwordOperations = [
  operation({
    ...{ id: "passwords.list", method: "GET", path: PATH, scope: "read" },
    summary: "Lists a user's app passwords, revoked ones included, oldest first",
    params: userParams,
    answer: passwords,
    problems: ["no-such-user", "unusable-name"],
    handle: async ({ env }: Call, { params }) => {
      const user = await knownUser(env, params.user);
      if (!user.ok) return user;
      const items = await shownPasswords(openDatabase(env.DB), user.value.id, Date.now());
      return done({ user: user.value.sipUri, items });
    },
  }),

  operation({
    ...{ id: "passwords.create", method: "POST", path: PATH, scope: "helpdesk", status: 201, secret: true },
    summary: "Makes an app password for one device of a user",
    description: "The answer is the only one that has the password. Give it to its user, and keep it nowhere.",
    params: userParams,
    body: newPassword,
    answer: madePassword,
    problems: [
      ...(["code-not-allowed", "code-required", "invalid", "no-authenticator-app", "no-such-user"] as const),
      ...(["too-many-passwords", "unusable-name"] as const),
    ],
    handle: async (call, { params, body }) => {
      const user = await knownUser(call.env, params.user);
      if (!user.ok) return user;
      const now = Date.now();
      const end = endOf(body, now);
      if (!end.ok) return end;
      const { id: userId, sipUri, disabledAt } = user.value;
      const asked = codeAsked(call.config.codes, body.code);
      if (!asked.ok) return asked;
      const all = await shownPasswords(openDatabase(call.env.DB), userId, now);
      const others = all.filter(({ revokedAt }) => revokedAt === null);
      if (others.length >= MAX_LIVE) return tooMany;
      const asksCode = asked.value;
      const hindrance = asksCode ? await codeHindrance(call.env, user.value, others) : undefined;
      if (hindrance !== undefined) return hindrance;
      const { label, why } = body;
      const made = await makePassword(call, user.value, { label, expiresAt: end.value ?? undefined, asksCode }, now);
      if (made === "too-many") return tooMany;
      const shown = await shownAgain(call, user.value, made.id);
      const after = { label, expiresAt: shown.expiresAt, ...(asksCode && { asksCode }) };
      const about = { user: user.value, why, credentialId: made.id };
      await recordChange(call, "password-created", { ...about, change: { after } });
      return done({ ...shown, user: sipUri, password: made.password, userDisabled: disabledAt !== null });
    },
  }),

  operation({
    ...{ id: "passwords.change", method: "PATCH", path: `${PATH}/{id}`, scope: "helpdesk" },
    summary: "Changes the name or the end of an app password",
    params: passwordParams,
    body: passwordChange,
    answer: changedPassword,
    problems: ["invalid", "no-such-password", "no-such-user", "unusable-name"],
    handle: async (call, { params, body }) => {
      const found = await livePassword(call, params);
      if (!found.ok) return found;
      const { user, before } = found.value;
      const end = endOf(body, Date.now());
      if (!end.ok) return end;
      const { label, why } = body;
      if (label === undefined && end.value === undefined) {
        return problem("invalid", "Nothing is given to be changed.", { errors: [] });
      }
      const change = { label, expiresAt: end.value };
      if (!(await changeAppPassword(openDatabase(call.env.DB), user.id, before.id, change))) return noPassword;
      const after = await shownAgain(call, user, before.id);
      await tellGuard(call, user, after);
      await recordChange(call, "password-changed", {
        ...{ user, why, credentialId: before.id },
        change: { before: endAndLabel(before), after: endAndLabel(after) },
      });
      return done({ ...after, user: user.sipUri });
    },
  }),

  operation({
    ...{ id: "passwords.renew", method: "POST", path: `${PATH}/{id}/renew`, scope: "helpdesk", secret: true },
    summary: "Gives an app password a new secret, and leaves the old one good for a while",
    description:
      "The app password keeps its id and its device. The answer is the only one that has the new secret. If you give no end, " +
      "the app password gets as many days again as it had when its last secret was made.",
    params: passwordParams,
    body: renewal,
    answer: madePassword,
    problems: ["code-required", "invalid", "no-such-password", "no-such-user", "unusable-name"],
    handle: async (call, { params, body }) => {
      const found = await livePassword(call, params);
      if (!found.ok) return found;
      const { user, before } = found.value;
      if (call.config.codes.mode === "required" && !before.asksCode) return CODE_REQUIRED;
      const now = Date.now();
      const end = endOf(body, now);
      if (!end.ok) return end;
      const expiresAt = end.value === undefined ? sameLife(inMs(before), now) : end.value;
      const oldUntil = now + body.oldForDays * DAY_MS;
      const password = await renewPassword(call, user, before, { renewedAt: now, expiresAt, oldUntil });
      if (password === undefined) return noPassword;
      const { why } = body;
      const after = await shownAgain(call, user, before.id);
      await tellGuard(call, user, after);
      await recordChange(call, "password-renewed", {
        ...{ user, why, credentialId: before.id },
        change: { before: endAndLabel(before), after: { ...endAndLabel(after), oldUntil: after.oldUntil } },
      });
      return done({ ...after, user: user.sipUri, password, userDisabled: user.disabledAt !== null });
    },
  }),

  operation({
    ...{ id: "passwords.running-out", method: "GET", path: "/v1/passwords", scope: "read" },
    summary: "Lists live app passwords that run out before a time, the first to run out first",
    query: runningOutQuery,
    answer: runningOut,
    problems: ["unusable-query"],
    handle: async ({ env }: Call, { query }) => {
      const { expiresBefore, expiresAfter, limit } = query;
      const from = expiresAfter === undefined ? Date.now() : Date.parse(expiresAfter);
      const after = query.after === "" ? undefined : cursorIn(query.after);
      if (query.after !== "" && after === undefined) {
        return problem("unusable-query", "after: It must be `next` of the page before.");
      }
      const page = { from, after, limit: limit + 1 };
      const found = await passwordsRunningOut(openDatabase(env.DB), Date.parse(expiresBefore), page);
      const shown = found.slice(0, limit);
      const items = shown.map(({ sipUri, expiresAt, lastUsedAt, ...rest }) => ({
        ...{ ...rest, user: sipUri, expiresAt: new Date(expiresAt).toISOString() },
        lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
      }));
      const cursor = ({ expiresAt, id }: (typeof shown)[number]): string => `${expiresAt}-${id}`;
      const last = found.length > limit ? shown.at(-1) : undefined;
      return done(paged(shown, items, last === undefined ? null : cursor(last), cursor));
    },
  }),
];

/** The guard may still know the old end, and may have tickets that would live too long. */
async function tellGuard(call: Call, user: User, { id, expiresAt }: PasswordAnswer): Promise<void> {
  const until = expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt);
  await commandGuard({ call, why: "" }, user.id, { kind: "limit-password", credentialId: id, until });
}

const inMs = ({ expiresAt, renewedAt, createdAt }: PasswordAnswer) => ({
  expiresAt: expiresAt === null ? null : Date.parse(expiresAt),
  renewedAt: renewedAt === null ? null : Date.parse(renewedAt),
  createdAt: Date.parse(createdAt),
});

const endAndLabel = ({ label, expiresAt }: PasswordAnswer) => ({ label, expiresAt });

function cursorIn(text: string) {
  const [, at, id] = /^(\d{1,15})-(p_\w{1,40})$/.exec(text) ?? [];
  return at === undefined || id === undefined ? undefined : { expiresAt: Number(at), id };
}
