// Shows who waits after failed sign-ins, and lets an administrator end the wait.

import { networkNamed } from "../../core/lockout/network.ts";
import type { Call } from "../call.ts";
import { clearNetwork, clearUser, lockOfNetwork, locksAt, locksOfUser } from "../locks.ts";
import { done, operation } from "../operation.ts";
import { problem } from "../problem.ts";
import { recordChange } from "../record.ts";
import { onlyWhy, userParams } from "../schemas/common.ts";
import { locks, networkCleared, networkLock, networkParams, userCleared, userLocks } from "../schemas/locks.ts";
import { knownUser } from "../users.ts";

const noNetwork = problem(
  "unusable-network",
  "A network is an IPv4 address, an IPv6 address or its /64, or `unknown`.",
);

export const lockOperations = [
  operation({
    ...{ id: "locks.list", method: "GET", path: "/v1/locks", scope: "read" },
    summary: "Lists the users and networks that have to wait now",
    answer: locks,
    problems: [],
    handle: async ({ env }: Call) => done(await locksAt(env, Date.now())),
  }),

  operation({
    ...{ id: "locks.user", method: "GET", path: "/v1/locks/users/{user}", scope: "read" },
    summary: "Says what counts against a user's sign-ins",
    params: userParams,
    answer: userLocks,
    problems: ["no-such-user", "unusable-name"],
    handle: async ({ env }, { params }) => {
      const user = await knownUser(env, params.user);
      return user.ok ? done(await locksOfUser(env, user.value.sipUri)) : user;
    },
  }),

  operation({
    ...{ id: "locks.clear-user", method: "POST", path: "/v1/locks/users/{user}/clear", scope: "helpdesk" },
    summary: "Forgets a user's failures, so that the user may try again",
    params: userParams,
    body: onlyWhy,
    answer: userCleared,
    problems: ["no-such-user", "unusable-name"],
    handle: async (call, { params, body }) => {
      const user = await knownUser(call.env, params.user);
      if (!user.ok) return user;
      const cleared = await clearUser(call.env, user.value);
      const change = { before: { networks: cleared.cleared }, after: { networks: [] } };
      await recordChange(call, "locks-cleared", { user: user.value, why: body.why, change });
      return done(cleared);
    },
  }),

  operation({
    ...{ id: "locks.network", method: "GET", path: "/v1/locks/networks/{network}", scope: "read" },
    summary: "Says what counts against a network",
    params: networkParams,
    answer: networkLock,
    problems: ["unusable-network"],
    handle: async ({ env }, { params }) => {
      const source = networkNamed(params.network);
      return source === undefined ? noNetwork : done(await lockOfNetwork(env, source));
    },
  }),

  operation({
    ...{ id: "locks.clear-network", method: "POST", path: "/v1/locks/networks/{network}/clear", scope: "helpdesk" },
    summary: "Forgets a network's failures",
    params: networkParams,
    body: onlyWhy,
    answer: networkCleared,
    problems: ["unusable-network"],
    handle: async (call, { params, body }) => {
      const source = networkNamed(params.network);
      if (source === undefined) return noNetwork;
      const { level } = await lockOfNetwork(call.env, source);
      await clearNetwork(call.env, source);
      const why = body.why === "" ? source : `${source}: ${body.why}`;
      await recordChange(call, "locks-cleared", { why, change: { before: { level }, after: { level: 0 } } });
      return done({ source });
    },
  }),
];
