// One name under attack: what the others notice. Guesses at one name come from ever other networks, at a steady rate,
// while other people sign in and use their tickets. Time with and without the attack alternates, so that other work on
// the machine affects both.

import { setTimeout as wait } from "node:timers/promises";
import { VERDICT_REUSE_MS } from "../src/ticket/verdicts.ts";
import { call, compactTicket, discoverUser, sipUriOf, WINDOWS_GRANT } from "./client.ts";
import { judged, percentile, type Row, shown } from "./report.ts";
import { build, type Stand, type StandUser, startStand, worker } from "./stand.ts";

const GUARDS = ["UserGuard", "SourceGuard", "GuestGuard"];
/** Guesses in a second. More would measure how two cores are shared: in production the attacker has isolates of his own. */
const GUESSES_PER_SECOND = 10;
const OTHERS = 8;
/** Between two requests of one of the others, ms. */
const PAUSE_MS = 40;
const ROUNDS = 12;
const ROUND_MS = 5_000;
/** How much later the slowest hundredth of the others' answers may come. */
const MOST = 1.1;

type Side = { readonly ticketed: number[]; readonly signIns: number[] };

/** Measures the others' answers with and without the attack. */
export async function measureAttack(): Promise<Row[]> {
  const gateway = await build("src/worker.ts");
  const stand = await startStand((gatewayEnv, simulator) => [
    worker("postern", gateway, gatewayEnv(simulator), ...GUARDS),
  ]);
  try {
    return await measuredOn(stand);
  } finally {
    await stand.stop();
  }
}

async function measuredOn(stand: Stand): Promise<Row[]> {
  const port = await stand.portOf("postern");
  const victim = await stand.addUser("victim");
  const others: { readonly who: StandUser; readonly ticket: string }[] = [];
  for (let n = 0; n < OTHERS; n++) {
    const who = await stand.addUser(`other${n}`);
    others.push({ who, ticket: await compactTicket(port, who) });
  }
  const quiet: Side = { ticketed: [], signIns: [] };
  const attacked: Side = { ticketed: [], signIns: [] };
  let guesses = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await live(port, others, quiet);
    const attack = guessing(port, victim.account);
    await live(port, others, attacked);
    guesses += await attack.end();
  }
  const line = (what: string, kind: keyof Side, at: number): Row => {
    const [without, during] = [percentile(quiet[kind], at), percentile(attacked[kind], at)];
    const text = `${(during / without).toFixed(2)} (${without.toFixed(1)} ms without, ${during.toFixed(1)} ms with)`;
    if (at < 0.99) return shown(`${what}, p50 under attack`, text);
    return judged(`${what}, p99 under attack`, text, `<= ${MOST}`, during / without <= MOST);
  };
  return [
    shown("guesses at one name meanwhile", `${guesses}, ${GUESSES_PER_SECOND} a second, each from another network`),
    ...[0.5, 0.99].map((at) => line("others' requests with a ticket", "ticketed", at)),
    ...[0.5, 0.99].map((at) => line("others' sign-ins", "signIns", at)),
  ];
}

/** Each of the others uses a ticket again and again, and one in twenty times signs in. */
async function live(port: number, others: readonly { who: StandUser; ticket: string }[], side: Side): Promise<void> {
  const end = performance.now() + ROUND_MS;
  await Promise.all(
    others.map(async ({ who, ticket }, n) => {
      await wait((n * PAUSE_MS) / OTHERS);
      for (let turn = n; performance.now() < end; turn++) {
        const signsIn = turn % 20 === 0;
        const began = performance.now();
        if (signsIn) await compactTicket(port, who);
        else await discoverUser(port, "oauth/user", { authorization: `Bearer cwt=${ticket}` });
        (signsIn ? side.signIns : side.ticketed).push(performance.now() - began);
        await wait(turn % 5 === 0 ? VERDICT_REUSE_MS / 10 : PAUSE_MS);
      }
    }),
  );
}

function guessing(port: number, account: string): { readonly end: () => Promise<number> } {
  let ended = false;
  let sent = 0;
  const under: Promise<unknown>[] = [];
  const run = (async () => {
    while (!ended) {
      under.push(guess(port, account, sent++));
      await wait(1_000 / GUESSES_PER_SECOND);
    }
  })();
  return {
    end: async () => {
      ended = true;
      await run;
      const answers = await Promise.all(under);
      if (answers.some((status) => status !== 400)) throw new Error(`a guess was not refused: ${answers.join(" ")}`);
      return sent;
    },
  };
}

let networks = 0;

async function guess(port: number, account: string, n: number): Promise<number> {
  const network = ++networks;
  const address = `100.${64 + ((network >> 16) & 63)}.${(network >> 8) & 255}.${network & 255}`;
  const body = new URLSearchParams({
    grant_type: "password",
    username: sipUriOf(account),
    password: `guess-${n}-guess-guess-guess`,
  });
  const headers = { ...WINDOWS_GRANT.headers, "cf-connecting-ip": address };
  return (await call({ port, ...WINDOWS_GRANT, headers, body: body.toString() })).status;
}
