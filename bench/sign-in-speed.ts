// `npm run bench -- --sign-ins`: what a sign-in, and every kind of refused one, takes of CPU time, beside Apache in the
// same run and with the same client. The kinds take turns, and each figure is the median of the rounds. A kind is
// measured until its alarms have taken the audit to D1. D1's emulation is another process, and counted apart.

import { Agent } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { APACHE_REQUEST } from "./apache.ts";
import { negotiate, signIn, type TokenRequest, WINDOWS_GRANT } from "./client.ts";
import { ALARMS_RUNG_MS } from "./limits.ts";
import { judged, median, type Row, shown } from "./report.ts";
import { stageRows, type Timed } from "./sign-in-stages.ts";
import { type Server, type SignInStand, startSignInStand } from "./sign-in-stand.ts";
import type { StandUser } from "./stand.ts";

const USERS = 80;
/** Attempts of a round, of each kind. */
const ATTEMPTS = 80;
/** Names that one network tries in a round. Of its free five, one attempt makes the network known. */
const NAMES_OF_A_NETWORK = 4;
const ROUNDS = 5;
/** How long a line takes from workerd to here, ms. */
const LOGGED_MS = 200;
const WRONG = "aaaa-aaaa-aaaa-aaaa-aaaa";

const SIGN_IN_TARGET_MS = 4;
const LOCKED_OUT_TARGET_MS = 1;

/** Milliseconds of CPU for one attempt: until all answers have come, and until the alarms have rung. */
type Sample = { readonly answers: number; readonly all: number; readonly database: number };

/** Sends its attempts, one after the other. */
type Kind = {
  readonly of: "gateway" | "apache";
  readonly prepare?: () => Promise<void>;
  readonly send: () => Promise<void>;
};

/** One attempt over a connection of its own, as a client makes it that has just been started. */
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

/** A request as if from that network. */
const from = (network: string): TokenRequest => ({
  ...WINDOWS_GRANT,
  headers: { ...WINDOWS_GRANT.headers, "cf-connecting-ip": network },
});

const home = (user: number): TokenRequest => from(`10.1.${user >> 8}.${user & 255}`);

export async function measureSignIns(rounds = ROUNDS): Promise<Row[]> {
  const stand = await startSignInStand(USERS);
  try {
    const timed: Timed[] = [];
    const kinds = kindsOn(stand, timed);
    const samples: Record<string, Sample[]> = {};
    for (const user of stand.users.keys()) await attemptOf(stand, user);
    stand.takeLog();
    for (let round = 0; round < rounds; round++) {
      for (const [name, kind] of Object.entries(kinds)) {
        const server = stand[kind.of];
        if (server === undefined) continue;
        await kind.prepare?.();
        await wait(ALARMS_RUNG_MS);
        samples[name] = [...(samples[name] ?? []), await sample(stand, server, kind)];
      }
    }
    return [...rowsOf(samples), ...stageRows(timed)];
  } finally {
    await stand.stop();
  }
}

async function sample(stand: SignInStand, server: Server, kind: Kind): Promise<Sample> {
  const [start, database] = [server.cpu(), stand.databaseCpu()];
  await kind.send();
  const answers = server.cpu() - start;
  if (kind.of === "gateway") await wait(ALARMS_RUNG_MS);
  const of = (ms: number): number => ms / ATTEMPTS;
  return { answers: of(answers), all: of(server.cpu() - start), database: of(stand.databaseCpu() - database) };
}

async function attemptOf(stand: SignInStand, user: number): Promise<number> {
  const who = stand.users[user % USERS];
  if (who === undefined) throw new Error("no user");
  return attempt(stand.gateway.port, who, home(user % USERS), 200);
}

function kindsOn(stand: SignInStand, timed: Timed[]): Readonly<Record<string, Kind>> {
  let networks = 0;
  let names = 0;
  const network = (): TokenRequest => from(`10.${16 + (networks >> 16)}.${(networks >> 8) & 255}.${networks++ & 255}`);
  const refused = (request: TokenRequest, account: string) =>
    attempt(stand.gateway.port, { account, password: WRONG }, request, 401);
  const account = (at: number): string => stand.users[at % USERS]?.account ?? "";
  const eachNetwork = async (from: readonly TokenRequest[], accountAt: (at: number) => string) => {
    for (let at = 0; at < ATTEMPTS; at++) {
      const request = from[Math.floor(at / NAMES_OF_A_NETWORK)];
      if (request !== undefined) await refused(request, accountAt(at));
    }
  };
  const known = async (): Promise<readonly TokenRequest[]> => {
    const from = Array.from({ length: ATTEMPTS / NAMES_OF_A_NETWORK }, network);
    for (const request of from) await refused(request, `nobody${names++}`);
    return from;
  };
  let attackers: readonly TokenRequest[] = [];
  let lockedOut = home(0);
  const apache = (password: string | undefined, status: number, accountAt = account): Kind => ({
    of: "apache",
    send: async () => {
      for (let at = 0; at < ATTEMPTS; at++) {
        const who = { account: accountAt(at), password: password ?? stand.users[at % USERS]?.password ?? "" };
        await attempt(stand.apache?.port ?? 0, who, APACHE_REQUEST, status);
      }
    },
  });
  const prepare = async () => {
    attackers = await known();
  };
  return {
    "a challenge": {
      of: "gateway",
      send: async () => {
        for (let at = 0; at < ATTEMPTS; at++) {
          const agent = new Agent({ keepAlive: true, maxSockets: 1 });
          await negotiate(stand.gateway.port, { ...home(at), agent });
          agent.destroy();
        }
      },
    },
    "a sign-in": {
      of: "gateway",
      send: async () => {
        stand.takeLog();
        const waited: number[] = [];
        for (let at = 0; at < ATTEMPTS; at++) waited.push(await attemptOf(stand, at));
        await wait(LOGGED_MS);
        const lines = stand.takeLog().filter((line) => line.startsWith('{"event":"sign-in"'));
        if (lines.length !== ATTEMPTS) throw new Error(`${lines.length} lines about ${ATTEMPTS} sign-ins`);
        for (const [at, line] of lines.entries()) timed.push({ ms: waited[at] ?? Number.NaN, line });
      },
    },
    "a sign-in at Apache": apache(undefined, 200),
    "a wrong guess": { of: "gateway", prepare, send: () => eachNetwork(attackers, account) },
    "a wrong guess at Apache": apache(WRONG, 401),
    "an unknown name": { of: "gateway", prepare, send: () => eachNetwork(attackers, () => `nobody${names++}`) },
    "an unknown name at Apache": apache(WRONG, 401, () => `nobody${names++}`),
    "a wrong guess from a network never seen": {
      of: "gateway",
      send: async () => {
        for (let at = 0; at < ATTEMPTS; at++) await refused(network(), account(at));
      },
    },
    "a locked-out guess": {
      of: "gateway",
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

function rowsOf(samples: Readonly<Record<string, readonly Sample[]>>): Row[] {
  const of = (name: string, what: keyof Sample = "all"): number =>
    median((samples[name] ?? []).map((each) => each[what]));
  const ms = (value: number): string => `${value.toFixed(2)} ms`;
  const described = (name: string): string => {
    const [all, answers, database] = [of(name), of(name, "answers"), of(name, "database")];
    const yardstick = of(`${name} at Apache`);
    const ratio = Number.isNaN(yardstick) ? "" : `, ${(all / yardstick).toFixed(1)} times Apache's ${ms(yardstick)}`;
    return `${ms(all)} (${ms(answers)} until the answer)${ratio}; D1's emulation ${ms(database)}`;
  };
  const signIn = of("a sign-in");
  return Object.keys(samples)
    .filter((name) => !name.endsWith(" at Apache"))
    .map((name) => {
      const title = `CPU of ${name}`;
      if (name === "a sign-in")
        return judged(title, described(name), `<= ${SIGN_IN_TARGET_MS} ms`, signIn <= SIGN_IN_TARGET_MS);
      if (name === "a locked-out guess")
        return judged(title, described(name), `<= ${LOCKED_OUT_TARGET_MS} ms`, of(name) <= LOCKED_OUT_TARGET_MS);
      if (name === "a wrong guess" || name === "an unknown name")
        return judged(title, described(name), "< a sign-in", of(name) < signIn);
      return shown(title, described(name));
    });
}
