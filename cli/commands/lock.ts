// `postern lock …`: who is made to wait after failed sign-ins, why and until when, and making the gateway forget it. The
// database knows what happened; the gateway's guards know what counts now.

import { networkNamed } from "../../src/core/lockout/network.ts";
import { command, flag, WHY } from "../define.ts";
import { usage } from "../fault.ts";
import { userIn } from "../names.ts";
import type * as A from "../reach/answers.ts";
import { path } from "../reach/api.ts";
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
  USER: "user",
  NETWORK: "network",
  "WAITS UNTIL": "until",
  FAILURES: "failures",
  WHY: "why",
};
const NETWORK_FAILED = "this network failed too often, whatever the names";

export const list = command({
  options: { csv: flag("comma-separated values on standard output") },
  examples: ["lock list"],
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

export const show = command({
  help: `For a user: each network that failed or signed in lately, whether it has to wait and until when, its failures, and
whether it is familiar; and whether all strange networks together have to wait. For a network: its failures at all names.`,
  words: ["USER_OR_NETWORK"],
  examples: ["lock show alice@contoso.test", "lock show 203.0.113.7"],
  async run({ words: [given], api }) {
    const json = await api().get<A.UserLocksAnswer | A.NetworkLockAnswer>(lockPath(given));
    return { text: withMode("user" in json ? userText(json) : networkText(json), json), json };
  },
});

export const clear = command({
  help: `For a user: forgets the failures of all networks at this user, so that they may try again at once. For a network:
forgets its failures at all names together; its failures at a single user are cleared with that user. Familiar places
stay familiar.`,
  words: ["USER_OR_NETWORK"],
  options: WHY,
  examples: ["lock clear alice@contoso.test"],
  changes: true,
  async run({ words: [given], options, api }) {
    const json = await api().post<A.UserClearedAnswer | A.NetworkClearedAnswer>(`${lockPath(given)}/clear`, options);
    return { text: "user" in json ? userCleared(json) : networkCleared(json), json };
  },
});

/** Of a network or a user: an address never is a name, for it has no domain. */
function lockPath(given: string): string {
  const network = networkNamed(given);
  // Without its /64: some proxies open an encoded slash.
  if (network !== undefined) return path`/v1/locks/networks/${network.replace(/\/64$/, "")}`;
  if (networkNamed(given.replace(/\/\d+$/, "")) !== undefined) {
    throw usage(
      `failures are not counted for ${JSON.stringify(given)}`,
      "Name one IPv4 address, or an IPv6 /64 or any address in it.",
    );
  }
  return path`/v1/locks/users/${userIn(given, "USER or NETWORK")}`;
}
