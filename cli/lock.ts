// `postern lock …`: who is made to wait after failed sign-ins, why and until when, and making the gateway forget it.
// Asked of the running gateway: the database knows what happened, its guards know what counts now.

import type {
  LockoutMode,
  LocksAnswer,
  NetworkClearedAnswer,
  NetworkLockAnswer,
  PairAnswer,
  UserClearedAnswer,
  UserLocksAnswer,
} from "../src/api/schemas/locks.ts";
import { networkNamed } from "../src/core/lockout/network.ts";
import { type Answer, type Context, table } from "./command.ts";
import { CliFault } from "./fault.ts";
import { ask, userPath } from "./gateway.ts";

export async function list(context: Context): Promise<Answer> {
  const locks = (await ask(context, { method: "GET", path: "/v1/locks" })) as LocksAnswer;
  const { users, networks, cut } = locks;
  const pairs = users.flatMap(({ user, pairs }) =>
    pairs.map((pair) => [user, pair.source, pair.waitUntil ?? "-", String(pair.failures), reasonOf(pair)]),
  );
  const held = users.flatMap(({ user, strangers: { fullUntil, level, capacity } }) =>
    fullUntil === null ? [] : [[user, "strange ones", fullUntil, filled(level, capacity), ALL_STRANGERS]],
  );
  const whole = networks.map(({ source, waitUntil, level, capacity }) => [
    "everybody",
    source,
    waitUntil ?? "-",
    filled(level, capacity),
    "this network failed too often, whatever the names",
  ]);
  const rows = [...held, ...pairs, ...whole];
  const cutOff = [cut.users ? "users" : "", cut.networks ? "networks" : ""].filter((what) => what !== "").join(" and ");
  const lines = [
    rows.length === 0 ? "Nobody waits." : table([["USER", "NETWORK", "WAITS UNTIL", "FAILURES", "WHY"], ...rows]),
    ...(cutOff === "" ? [] : [`There are more ${cutOff} than were asked about: "lock show" answers for each.`]),
  ];
  return { text: withMode(lines.join("\n\n"), locks), json: locks };
}

export async function show(context: Context): Promise<Answer> {
  const { kind, path } = targetOf(context);
  const json = await ask(context, { method: "GET", path });
  switch (kind) {
    case "user":
      return { text: withMode(userText(json as UserLocksAnswer), json as UserLocksAnswer), json };
    case "network":
      return { text: withMode(networkText(json as NetworkLockAnswer), json as NetworkLockAnswer), json };
  }
}

export async function clear(context: Context): Promise<Answer> {
  const { kind, path } = targetOf(context);
  const json = await ask(context, { method: "POST", path: `${path}/clear` });
  switch (kind) {
    case "user":
      return { text: userCleared(json as UserClearedAnswer), json };
    case "network":
      return { text: networkCleared(json as NetworkClearedAnswer), json };
  }
}

type LockTarget = { readonly kind: "user" | "network"; readonly path: string };

/** Whether the first word is a network or a user: an address never is a name, for it has no domain. */
function targetOf({ words: [given = ""] }: Context): LockTarget {
  const network = networkNamed(given);
  // Without its /64: some proxies open an encoded slash.
  if (network !== undefined) {
    return { kind: "network", path: `/v1/locks/networks/${encodeURIComponent(network.replace(/\/64$/, ""))}` };
  }
  if (networkNamed(given.replace(/\/\d+$/, "")) !== undefined) {
    throw new CliFault(
      "usage",
      `failures are not counted for ${JSON.stringify(given)}`,
      "Name one IPv4 address, or an IPv6 /64 or any address in it.",
    );
  }
  return { kind: "user", path: `/v1/locks/users/${userPath(given, "USER or NETWORK")}` };
}

/** In dry-run every wait is only what would be. */
const withMode = (text: string, { lockout }: { readonly lockout: LockoutMode }): string =>
  lockout === "enforce" ? text : `${text}\n\nLOCKOUT is "report": all this is counted, and nobody is refused.`;

const ALL_STRANGERS = "strange networks together failed too often";

function userText({ user, pairs, strangers }: UserLocksAnswer): string {
  const { level, capacity, fullUntil } = strangers;
  const together = `Strange networks together: ${filled(level, capacity)} failures;`;
  const held =
    fullUntil === null
      ? "they are not held off."
      : `those that have failed are held off until ${fullUntil}. Familiar ones and those that have not failed yet may try.`;
  const each = pairs.length === 0 ? ["No network has failed or signed in lately."] : pairs.map(pairText);
  return [user, ...each, `${together} ${held}`].join("\n\n");
}

function pairText(pair: PairAnswer): string {
  const { source, familiar, failures, lastFailureAt, lastSuccessAt, waitUntil } = pair;
  const may = waitUntil === null ? "may try now" : `waits until ${waitUntil}: ${reasonOf(pair)}`;
  const last = failures > 0 && lastFailureAt !== null ? `, the last ${lastFailureAt}` : "";
  const known = familiar
    ? `familiar, signed in last ${lastSuccessAt ?? "at an unknown time"}`
    : "strange: has not signed in lately";
  return `${source} ${may}\n  ${failures === 1 ? "1 failure" : `${failures} failures`}${last}\n  ${known}`;
}

function networkText({ source, level, capacity, waitUntil, familiarUsers }: NetworkLockAnswer): string {
  const users =
    familiarUsers === 1
      ? "1 user is familiar from there and passes"
      : `${familiarUsers} users are familiar from there and pass`;
  const state = waitUntil === null ? "is not held off" : `is held off until ${waitUntil}`;
  return `${source} ${state}\n  ${filled(level, capacity)} failures, whatever the names\n  ${users}

What it failed at one user is that user's: npm run postern -- lock show USER`;
}

function userCleared({ user, cleared }: UserClearedAnswer): string {
  if (cleared.length === 0) return `${user} had no failures that count. Nothing was forgotten.`;
  const shown = cleared.slice(0, MAX_SHOWN).join("\n  ");
  const more = cleared.length > MAX_SHOWN ? `\n  and ${cleared.length - MAX_SHOWN} more` : "";
  return `Forgot the failures of ${user} from:\n  ${shown}${more}

They may try at once. Networks and clients that are familiar stay so.`;
}

const networkCleared = ({ source }: NetworkClearedAnswer): string =>
  `Forgot the failures counted against ${source}.

What it failed at one user is that user's: npm run postern -- lock clear USER`;

/** Networks named one by one; JSON has them all. */
const MAX_SHOWN = 20;

const filled = (level: number, capacity: number): string => `${Math.ceil(level)} of ${capacity}`;

function reasonOf({ waitReason }: PairAnswer): string {
  switch (waitReason) {
    case "waiting":
      return "its own failures";
    case "strangers-waiting":
      return ALL_STRANGERS;
    case null:
      return "-";
    default:
      return waitReason;
  }
}
