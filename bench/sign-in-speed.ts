// `npm run bench -- --sign-ins`: what a sign-in, and every kind of refused one, takes of CPU time, beside Apache in the
// same run and with the same client. The kinds take turns, and each figure is the median of the rounds. A kind is
// measured until its alarms have taken the audit to D1. D1's emulation is another process, and counted apart. With the
// bundle of another commit, that one is measured in turn as well. The bare Worker, in turn too, has the calls and rows of a
// sign-in and no decision: no Worker that keeps Postern's promises in this way can be cheaper.

import { setTimeout as wait } from "node:timers/promises";
import { ALARMS_RUNG_MS } from "./limits.ts";
import { judged, median, type Row, shown } from "./report.ts";
import { ATTEMPTS, apacheKinds, attemptOf, bareKinds, gatewayKinds, type Kind, USERS } from "./sign-in-kinds.ts";
import { stageRows, type Timed } from "./sign-in-stages.ts";
import { type Gateway, type Server, type SignInStand, startSignInStand } from "./sign-in-stand.ts";

const ROUNDS = 5;
const SIGN_IN_TARGET_MS = 4;
const LOCKED_OUT_TARGET_MS = 1;

/** Milliseconds of CPU for one attempt: until all answers have come, and until the alarms have rung. */
type Sample = { readonly answers: number; readonly all: number; readonly database: number };

/** The samples of each kind at one server. */
type Samples = Record<string, Sample[]>;

/** What is measured in turn. `rings`: whether alarms follow. */
type Turn = {
  readonly server: Server;
  readonly kinds: Readonly<Record<string, Kind>>;
  readonly rings: boolean;
  readonly samples: Samples;
};

/** `against`: the file of another bundle. */
export async function measureSignIns(rounds = ROUNDS, against?: string): Promise<Row[]> {
  const stand = await startSignInStand(USERS, { against });
  try {
    const timed: Timed[] = [];
    const own = await turnOf(stand, stand.gateway, timed);
    const before = stand.before && (await turnOf(stand, stand.before, []));
    const apache = stand.apache && { server: stand.apache, kinds: apacheKinds(stand), rings: false, samples: {} };
    const bare: Turn = { server: stand.bare, kinds: bareKinds(stand), rings: true, samples: {} };
    await bare.kinds["a sign-in"]?.send(); // so that no object is new
    const turns = [own, before, bare, apache].filter((turn) => turn !== undefined);
    for (let round = 0; round < rounds; round++) {
      for (const name of Object.keys(own.kinds)) {
        // whoever is first in one round is last in the next
        for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await take(stand, turn, name);
      }
    }
    const others = { before: before?.samples ?? {}, bare: bare.samples, apache: apache?.samples ?? {} };
    return [...rowsOf(own.samples, others), ...stageRows(timed)];
  } finally {
    await stand.stop();
  }
}

/** Every user has signed in once, so that no object is new. */
async function turnOf(stand: SignInStand, gateway: Gateway, timed: Timed[]): Promise<Turn> {
  for (const user of stand.users.keys()) await attemptOf(stand, gateway, user);
  return { server: gateway, kinds: gatewayKinds(stand, gateway, timed), rings: true, samples: {} };
}

async function take(stand: SignInStand, { server, kinds, rings, samples }: Turn, name: string): Promise<void> {
  const kind = kinds[name];
  if (kind === undefined) return;
  await kind.prepare?.();
  if (rings) await wait(ALARMS_RUNG_MS);
  const [start, database] = [server.cpu(), stand.databaseCpu()];
  await kind.send();
  const answers = server.cpu() - start;
  if (rings) await wait(ALARMS_RUNG_MS);
  const of = (ms: number): number => ms / ATTEMPTS;
  const all = of(server.cpu() - start);
  samples[name] = [
    ...(samples[name] ?? []),
    { answers: of(answers), all, database: of(stand.databaseCpu() - database) },
  ];
}

function rowsOf(samples: Samples, others: Readonly<Record<"before" | "bare" | "apache", Samples>>): Row[] {
  const { before, bare, apache } = others;
  const middle = (of: Samples, name: string, what: keyof Sample = "all"): number =>
    median((of[name] ?? []).map((each) => each[what]));
  const ms = (value: number): string => `${value.toFixed(2)} ms`;
  const described = (name: string): string => {
    const all = middle(samples, name);
    const yardstick = middle(apache, name);
    const ratio = Number.isNaN(yardstick) ? "" : `, ${(all / yardstick).toFixed(1)} times Apache's ${ms(yardstick)}`;
    const earlier = middle(before, name);
    const compared = Number.isNaN(earlier)
      ? ""
      : `, ${(all / earlier).toFixed(2)} of the other bundle's ${ms(earlier)} (${ms(middle(before, name, "answers"))})`;
    const floor = middle(bare, name);
    const least = Number.isNaN(floor) ? "" : `, ${(all / floor).toFixed(1)} times the bare Worker's ${ms(floor)}`;
    const answers = ms(middle(samples, name, "answers"));
    return `${ms(all)} (${answers} until the answer)${ratio}${least}${compared}; D1's emulation ${ms(middle(samples, name, "database"))}`;
  };
  const signIn = middle(samples, "a sign-in");
  return Object.keys(samples).map((name) => {
    const title = `CPU of ${name}`;
    const all = middle(samples, name);
    switch (name) {
      case "a sign-in":
        return judged(title, described(name), `<= ${SIGN_IN_TARGET_MS} ms`, signIn <= SIGN_IN_TARGET_MS);
      case "a locked-out guess":
        return judged(title, described(name), `<= ${LOCKED_OUT_TARGET_MS} ms`, all <= LOCKED_OUT_TARGET_MS);
      case "a wrong guess":
      case "an unknown name":
        return judged(title, described(name), "< a sign-in", all < signIn);
      default:
        return shown(title, described(name));
    }
  });
}
