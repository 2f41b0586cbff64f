// Changes of users, and the end of their app passwords. When a change is answered, it is in force and stands in D1 and
// in the audit.

import * as v from "valibot";
import { DEFAULT_POLICY } from "../../core/policy/read.ts";
import { openDatabase } from "../../store/database.ts";
import { currentPolicy } from "../../store/policies.ts";
import { revokeCertificates } from "../certificates.ts";
import { certificatesOf, deviceAnswer } from "../device-answer.ts";
import { changeSettings, commanding, revokePassword, untilVerdictsAreOld } from "../devices.ts";
import { switchByHand, syncedFields } from "../directory/by-hand.ts";
import { done, operation } from "../operation.ts";
import { problem } from "../problem.ts";
import { onlyWhy, userParams } from "../schemas/common.ts";
import { passwordRevoked } from "../schemas/devices.ts";
import { userToChange, wholeUser } from "../schemas/directory.ts";
import { userChanged, windowOpened, windowToOpen } from "../schemas/users.ts";
import { readChange, readSettings, reasonOf } from "../settings.ts";
import { versionOfUser } from "../user-answers.ts";
import { knownUser } from "../users.ts";
import { wholeAnswer } from "./directory.ts";

const NOT_FOUND = ["no-such-user", "unusable-name"] as const;

export const userOperations = [
  ...(["disable", "enable"] as const).map((verb) =>
    operation({
      ...{ id: `users.${verb}`, method: "POST", path: `/v1/users/{user}/${verb}`, scope: "helpdesk" },
      summary: verb === "disable" ? "Stops a user signing in, and ends what is open" : "Lets a user sign in again",
      params: userParams,
      body: onlyWhy,
      answer: userChanged,
      problems: verb === "disable" ? NOT_FOUND : [...NOT_FOUND, "directory-says-no"],
      handle: async (call, { params, body }) => {
        const user = await knownUser(call.env, params.user);
        if (!user.ok) return user;
        const changed = await switchByHand(commanding(call, body.why), user.value, `${verb}d`);
        if (!changed.ok) return changed;
        if (verb === "disable") await untilVerdictsAreOld();
        const ends = verb === "disable" ? revokeCertificates(user.value.sipUri) : null;
        return done({ user: user.value.sipUri, changed: changed.value, revokeCertificates: ends });
      },
    }),
  ),

  operation({
    ...{ id: "users.change", method: "PATCH", path: "/v1/users/{user}", scope: "admin" },
    summary: "Changes a user's display name, UPN, mail, groups, and how the user's devices are judged",
    description: "Of a user who comes from a directory, only how devices are judged.",
    ...{ params: userParams, body: userToChange, answer: wholeUser },
    ifMatch: "optional",
    problems: [...NOT_FOUND, "bad-settings", "name-taken", "synced-field"],
    handle: async (call, { params, body, precondition, conditional }) => {
      const user = await knownUser(call.env, params.user);
      if (!user.ok) return user;
      const stale = precondition(versionOfUser(user.value));
      if (stale !== undefined) return stale;
      const locked = await syncedFields(call, user.value, body);
      if (locked !== undefined) return locked;
      const { why, ...given } = body;
      const change = readChange(given, Date.now());
      if (!change.ok) return problem("bad-settings", change.reason);
      const revision = conditional ? user.value.revision : undefined;
      const by = commanding(call, why);
      const changed = await changeSettings(by, user.value, change.value, reasonOf(change.value), revision);
      if (!changed.ok) {
        return changed.reason === "name-taken"
          ? problem("name-taken", "The UPN is another user's name already. Nothing was changed.")
          : problem("changed-meanwhile", "Somebody changed the user at this moment. Nothing was changed by you.");
      }
      if (body.groups !== undefined) await untilVerdictsAreOld(); // the rules of the policy match on groups
      const after = await knownUser(call.env, user.value.id);
      return after.ok ? wholeAnswer(call, after.value) : after;
    },
  }),

  operation({
    ...{ id: "users.window", method: "POST", path: "/v1/users/{user}/window", scope: "helpdesk" },
    summary: "Opens a window in which a new device of the user may enrol, or closes it",
    params: userParams,
    body: windowToOpen,
    answer: windowOpened,
    problems: [...NOT_FOUND, "bad-settings"],
    handle: async (call, { params, body }) => {
      const user = await knownUser(call.env, params.user);
      if (!user.ok) return user;
      const policy = (await currentPolicy(openDatabase(call.env.DB)))?.policy ?? DEFAULT_POLICY;
      const now = Date.now();
      const settings = readSettings({ windowMinutes: body.minutes ?? policy.enrolment.windowMinutes }, now);
      if (!settings.ok) return problem("bad-settings", settings.reason);
      const change = { settings: settings.value };
      await changeSettings(commanding(call, body.why), user.value, change, reasonOf(change));
      const { windowUntil: until = null } = settings.value;
      const openUntil = until === null || until <= now ? null : new Date(until).toISOString();
      return done({ user: user.value.sipUri, openUntil, mode: user.value.enrolment ?? policy.enrolment.mode });
    },
  }),

  operation({
    ...{ id: "passwords.revoke", method: "POST", path: "/v1/users/{user}/passwords/{password}/revoke" },
    scope: "helpdesk",
    summary: "Revokes an app password, and ends the tickets that it got",
    params: v.strictObject({ user: userParams.entries.user, password: v.string() }),
    body: onlyWhy,
    answer: passwordRevoked,
    problems: [...NOT_FOUND, "no-such-password"],
    handle: async (call, { params, body }) => {
      const user = await knownUser(call.env, params.user);
      if (!user.ok) return user;
      const { password: id } = params;
      const revoked = await revokePassword(commanding(call, body.why), user.value.id, id);
      if (revoked === undefined) return problem("no-such-password", "The user has no app password of that id.");
      const { revokedAt, outcome } = revoked;
      await untilVerdictsAreOld();
      const bound = outcome.ok ? outcome.value.partnership : undefined;
      return done({
        ...{ user: user.value.sipUri, id, revokedAt: new Date(revokedAt).toISOString() },
        device: bound === undefined ? null : deviceAnswer(bound),
        revokeCertificates: certificatesOf(user.value, bound),
      });
    },
  }),
];
