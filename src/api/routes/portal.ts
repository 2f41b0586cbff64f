// How users sign in to the portal: shown, taken away, and signed out.

import type { Call } from "../call.ts";
import { type Done, done, operation } from "../operation.ts";
import { endSessions, portalOf, resetPortal } from "../portal.ts";
import { type Problem, problem } from "../problem.ts";
import { onlyWhy, userParams } from "../schemas/common.ts";
import { portalChanged, portalOfUser } from "../schemas/portal.ts";
import { knownUser } from "../users.ts";

const PATH = "/v1/users/{user}/portal";

const noPortal = problem("no-portal", "This gateway has no portal, so nobody signs in to it.", {
  fix: "Set PORTAL_HOST and its route, and deploy: docs/configuration.md, The portal.",
});

export const portalOperations = [
  operation({
    ...{ id: "portal.get", method: "GET", path: PATH, scope: "read" },
    summary: "Shows with what a user signs in to the portal, and the live sessions",
    params: userParams,
    answer: portalOfUser,
    problems: ["no-portal", "no-such-user", "unusable-name"],
    handle: async (call, { params }) => {
      const { portal } = call.config;
      if (portal === undefined) return noPortal;
      const user = await knownUser(call.env, params.user);
      return user.ok ? done(await portalOf(call, user.value, portal.idleMs)) : user;
    },
  }),

  operation({
    ...{ id: "portal.reset", method: "POST", path: `${PATH}/reset`, scope: "helpdesk" },
    summary: "Takes away everything with which a user signs in to the portal, for somebody who has lost it",
    description:
      "Passkeys, passphrase, authenticator app and recovery codes go, all sessions end, and so does an invitation that nobody has used. App passwords and devices stay. The person gets in again by a new invitation or by the identity provider.",
    params: userParams,
    body: onlyWhy,
    answer: portalChanged,
    problems: ["no-portal", "no-such-user", "unusable-name"],
    handle: (call, { params, body: { why } }) => changing(call, params.user, (user) => resetPortal(call, user, why)),
  }),

  operation({
    ...{ id: "portal.sign-out", method: "POST", path: `${PATH}/sign-out`, scope: "helpdesk" },
    summary: "Ends all sessions of a user in the portal",
    params: userParams,
    body: onlyWhy,
    answer: portalChanged,
    problems: ["no-portal", "no-such-user", "unusable-name"],
    handle: (call, { params, body: { why } }) => changing(call, params.user, (user) => endSessions(call, user, why)),
  }),
];

type Change<Answer> = (user: Parameters<typeof endSessions>[1]) => Promise<Answer>;

async function changing<Answer>(call: Call, name: string, change: Change<Answer>): Promise<Done<Answer> | Problem> {
  if (call.config.portal === undefined) return noPortal;
  const user = await knownUser(call.env, name);
  return user.ok ? done(await change(user.value)) : user;
}
