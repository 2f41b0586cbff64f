// `postern lock …`: shows who has to wait after failed sign-ins, why and until when, and makes the gateway forget it.
// The database knows what happened. The guards know what still counts.

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

type Wait = readonly [user: string, network: string, until: string | null, failures: string, why: string];

const COLUMNS: Columns<Wait> = {
  USER: ([user]) => user,
  NETWORK: ([, network]) => network,
  "WAITS UNTIL": ([, , until]) => until,
  FAILURES: ([, , , failures]) => failures,
  WHY: ([, , , , why]) => why,
};

export const list = command({
  options: { csv: flag("comma-separated values on standard output") },
  examples: ["lock list"],
  async run({ api }) {
    const locks = await api().get<A.LocksAnswer>("/v1/locks");
    const { users, networks, cut } = locks;
    const pairs = users.flatMap(({ user, pairs }) =>
      pairs.map((pair): Wait => [user, pair.source, pair.waitUntil, String(pair.failures), reasonOf(pair)]),
    );
    const held = users.flatMap(({ user, strangers: { fullUntil, level, capacity } }): Wait[] =>
      fullUntil === null ? [] : [[user, "strange ones", fullUntil, filled(level, capacity), ALL_STRANGERS]],
    );
    const whole = networks.map(
      ({ source, waitUntil, level, capacity }): Wait => [
        ...(["everybody", source, waitUntil, filled(level, capacity)] as const),
        "this network failed too often, whatever the names",
      ],
    );
    const cutOff = [cut.users ? "users" : "", cut.networks ? "networks" : ""]
      .filter((what) => what !== "")
      .join(" and ");
    const below = cutOff === "" ? "" : `There are more ${cutOff} than were asked about: "lock show" answers for each.`;
    const waits = { items: [...held, ...pairs, ...whole], next: null };
    const answer = listed(waits, COLUMNS, { empty: "Nobody waits.", below });
    return { ...answer, text: withMode(answer.text, locks), json: locks };
  },
});

export const show = command({
  help: `For a user: each network that failed or signed in lately, whether it has to wait and until when, its failures, and
whether it is familiar; and whether all strange networks together have to wait. For a network: its failures at all names.`,
  words: ["USER_OR_NETWORK"],
  examples: ["lock show alice@contoso.test", "lock show 203.0.113.7"],
  async run({ words: [given], api }) {
    const at = lockPath(given);
    if (at.startsWith("/v1/locks/users/")) {
      const json = await api().get<A.UserLocksAnswer>(at);
      return { text: withMode(userText(json), json), json };
    }
    const json = await api().get<A.NetworkLockAnswer>(at);
    return { text: withMode(networkText(json), json), json };
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
    const at = lockPath(given);
    if (at.startsWith("/v1/locks/users/")) {
      const json = await api().post<A.UserClearedAnswer>(`${at}/clear`, options);
      return { text: userCleared(json), json };
    }
    const json = await api().post<A.NetworkClearedAnswer>(`${at}/clear`, options);
    return { text: networkCleared(json), json };
  },
});

/** The address of a network, or the name of a user. A name has a domain, so it is never an address. */
function lockPath(given: string): string {
  const network = networkNamed(given);
  // The /64 is left out, because some proxies decode an encoded slash.
  if (network !== undefined) return path`/v1/locks/networks/${network.replace(/\/64$/, "")}`;
  if (networkNamed(given.replace(/\/\d+$/, "")) !== undefined) {
    throw usage(
      `failures are not counted for ${JSON.stringify(given)}`,
      "Name one IPv4 address, or an IPv6 /64 or any address in it.",
    );
  }
  return path`/v1/locks/users/${userIn(given, "USER or NETWORK")}`;
}
