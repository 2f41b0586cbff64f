// `postern lock …`: who is made to wait after failed sign-ins, why and until when, and making the gateway forget it. The
// database knows what happened; the gateway's guards know what counts now.

import { command, flag } from "../define.ts";
import type * as A from "../reach/answers.ts";
import { asking } from "../shapes.ts";
import { type Columns, listed } from "../text/answer.ts";
import {
  ALL_STRANGERS,
  filled,
  networkCleared,
  networkText,
  reasonOf,
  userCleared,
  userText,
  withMode,
} from "../text/lock.ts";

type Wait = Readonly<Record<"user" | "network" | "until" | "failures" | "why", string | null>>;

const COLUMNS: Columns<Wait> = {
  ...{ USER: "user", NETWORK: "network", "WAITS UNTIL": "until", FAILURES: "failures", WHY: "why" },
};
const NETWORK_FAILED = "this network failed too often, whatever the names";

export const list = command({
  options: { csv: flag("comma-separated values on standard output") },
  examples: "lock list",
  async run({ api }) {
    const locks = await api().get<A.LocksAnswer>("/v1/locks");
    const { users, networks, cut } = locks;
    const items: Wait[] = [
      ...users.flatMap(({ user, strangers: { fullUntil: until, level, capacity } }) => {
        const failures = filled(level, capacity);
        return until === null ? [] : [{ user, network: "strange ones", until, failures, why: ALL_STRANGERS }];
      }),
      ...users.flatMap(({ user, pairs }) =>
        pairs.map((pair) => {
          const { source: network, waitUntil: until } = pair;
          return { user, network, until, failures: String(pair.failures), why: reasonOf(pair) };
        }),
      ),
      ...networks.map(({ source: network, waitUntil: until, level, capacity }) => {
        return { user: "everybody", network, until, failures: filled(level, capacity), why: NETWORK_FAILED };
      }),
    ];
    const cutOff = (["users", "networks"] as const).filter((what) => cut[what]).join(" and ");
    const below = cutOff === "" ? "" : `There are more ${cutOff} than were asked about: "lock show" answers for each.`;
    const answer = listed({ items, next: null }, COLUMNS, { empty: "Nobody waits.", below });
    return { ...answer, text: withMode(answer.text, locks), json: locks };
  },
});

export const show = asking({
  help: `For a user: each network that failed or signed in lately, whether it has to wait and until when, its failures, and
whether it is familiar; and whether all strange networks together have to wait. For a network: its failures at all names.`,
  words: ["USER_OR_NETWORK"],
  examples: ["lock show alice@contoso.test", "lock show 203.0.113.7"],
  ask: "GET /v1/locks/{USER_OR_NETWORK}",
  said: (json: A.UserLocksAnswer | A.NetworkLockAnswer) =>
    withMode("user" in json ? userText(json) : networkText(json), json),
});

export const clear = asking({
  help: `For a user: forgets the failures of all networks at this user, so that they may try again at once. For a network:
forgets its failures at all names together; its failures at a single user are cleared with that user. Familiar places
stay familiar.`,
  words: ["USER_OR_NETWORK"],
  examples: "lock clear alice@contoso.test",
  ask: "POST /v1/locks/{USER_OR_NETWORK}/clear",
  said: (json: A.UserClearedAnswer | A.NetworkClearedAnswer) =>
    "user" in json ? userCleared(json) : networkCleared(json),
});
