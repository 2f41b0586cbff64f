// The kinds of attempts that `npm run bench -- --sign-ins` measures. Each sends as many attempts as every other, one
// after the other, and each over a connection of its own, as a client makes it that has just been started.

import { Agent } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { APACHE_REQUEST } from "./apache.ts";
import { negotiate, signIn, type TokenRequest, WINDOWS_GRANT } from "./client.ts";
import type { Timed } from "./sign-in-stages.ts";
import type { Gateway, SignInStand } from "./sign-in-stand.ts";
import type { StandUser } from "./stand.ts";

/** Users of the stand, each with a network of its own. */
export const USERS = 80;
/** Attempts of a round, of each kind. */
export const ATTEMPTS = 80;
/** Names that one network tries in a round. Of its free five, one attempt makes the network known. */
const NAMES_OF_A_NETWORK = 4;
/** How long a line takes from workerd to here, ms. */
const LOGGED_MS = 200;
const WRONG = "aaaa-aaaa-aaaa-aaaa-aaaa";

/** `prepare`: what happens before, and is not measured. `send`: the attempts. */
export type Kind = { readonly prepare?: () => Promise<void>; readonly send: () => Promise<void> };

async function attempt(port: number, who: StandUser, request: TokenRequest, status: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const from = performance.now();
  try {
    const { answer } = await signIn(port, who, { ...request, agent });
    if (answer.status !== status) throw new Error(`${who.account}: ${answer.status} and not ${status}: ${answer.text}`);
    return performance.now() - from;
  } finally {
    agent.destroy();
  }
}

/** The first leg alone, over a connection of its own. */
async function challenged(port: number, request: TokenRequest): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await negotiate(port, { ...request, agent });
  agent.destroy();
}

/** A request as if from that network. */
const from = (network: string): TokenRequest => ({
  ...WINDOWS_GRANT,
  headers: { ...WINDOWS_GRANT.headers, "cf-connecting-ip": network },
});

const home = (user: number): TokenRequest => from(`10.1.${user >> 8}.${user & 255}`);

/** Signs a user of the stand in. */
export async function attemptOf({ users }: SignInStand, { port }: Gateway, user: number): Promise<number> {
  const who = users[user % USERS];
  if (who === undefined) throw new Error("no user");
  return attempt(port, who, home(user % USERS), 200);
}

/** What a gateway is asked. What each sign-in took goes to `timed`. */
export function gatewayKinds(stand: SignInStand, gateway: Gateway, timed: Timed[]): Readonly<Record<string, Kind>> {
  let networks = 0;
  let names = 0;
  const network = (): TokenRequest => from(`10.${16 + (networks >> 16)}.${(networks >> 8) & 255}.${networks++ & 255}`);
  const refused = (request: TokenRequest, account: string) =>
    attempt(gateway.port, { account, password: WRONG }, request, 401);
  const account = (at: number): string => stand.users[at % USERS]?.account ?? "";
  let attackers: readonly TokenRequest[] = [];
  const eachNetwork = async (accountAt: (at: number) => string) => {
    for (let at = 0; at < ATTEMPTS; at++) {
      const request = attackers[Math.floor(at / NAMES_OF_A_NETWORK)];
      if (request !== undefined) await refused(request, accountAt(at));
    }
  };
  const prepare = async () => {
    attackers = Array.from({ length: ATTEMPTS / NAMES_OF_A_NETWORK }, network);
    for (const request of attackers) await refused(request, `nobody${names++}`);
  };
  let lockedOut = home(0);
  return {
    "a challenge": {
      send: async () => {
        for (let at = 0; at < ATTEMPTS; at++) await challenged(gateway.port, home(at));
      },
    },
    "a sign-in": {
      send: async () => {
        gateway.takeLog();
        const waited: number[] = [];
        for (let at = 0; at < ATTEMPTS; at++) waited.push(await attemptOf(stand, gateway, at));
        await wait(LOGGED_MS);
        const lines = gateway.takeLog().filter((line) => line.startsWith('{"event":"sign-in"'));
        if (lines.length !== ATTEMPTS) throw new Error(`${lines.length} lines about ${ATTEMPTS} sign-ins`);
        for (const [at, line] of lines.entries()) timed.push({ ms: waited[at] ?? Number.NaN, line });
      },
    },
    "a wrong guess": { prepare, send: () => eachNetwork(account) },
    "an unknown name": { prepare, send: () => eachNetwork(() => `nobody${names++}`) },
    "a wrong guess from a network never seen": {
      send: async () => {
        for (let at = 0; at < ATTEMPTS; at++) await refused(network(), account(at));
      },
    },
    "a locked-out guess": {
      prepare: async () => {
        lockedOut = network();
        for (let at = 0; at < 7; at++) await refused(lockedOut, account(0));
      },
      send: async () => {
        for (let at = 0; at < ATTEMPTS; at++) await refused(lockedOut, account(0));
      },
    },
  };
}

/** The same at the bare Worker, for the kinds of which it has the calls. */
export function bareKinds({ bare, users }: SignInStand): Readonly<Record<string, Kind>> {
  const each = (status: number, requestAt: (at: number) => TokenRequest): Kind => ({
    send: async () => {
      for (let at = 0; at < ATTEMPTS; at++) {
        await attempt(bare.port, users[at % USERS] ?? { account: "", password: "" }, requestAt(at % USERS), status);
      }
    },
  });
  const challenge: Kind = {
    send: async () => {
      for (let at = 0; at < ATTEMPTS; at++) await challenged(bare.port, home(at));
    },
  };
  const locked = each(401, () => from("10.200.0.1"));
  return { "a challenge": challenge, "a sign-in": each(200, home), "a locked-out guess": locked };
}

/** The same at Apache; empty where it is not installed. */
export function apacheKinds({ apache, users }: SignInStand): Readonly<Record<string, Kind>> {
  if (apache === undefined) return {};
  let names = 0;
  const kind = (status: number, whoAt: (at: number) => StandUser): Kind => ({
    send: async () => {
      for (let at = 0; at < ATTEMPTS; at++) await attempt(apache.port, whoAt(at), APACHE_REQUEST, status);
    },
  });
  const user = (at: number): StandUser => users[at % USERS] ?? { account: "", password: "" };
  return {
    "a sign-in": kind(200, user),
    "a wrong guess": kind(401, (at) => ({ ...user(at), password: WRONG })),
    "an unknown name": kind(401, () => ({ account: `nobody${names++}`, password: WRONG })),
  };
}
