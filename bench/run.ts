// `npm run bench`: what Postern costs, in ratios and counts rather than in absolute numbers, so that every machine
// measures the same thing. Prints one table, and ends with 1 when a target is missed.
//
//   npm run bench                 measures and prints
//   npm run bench -- --counts     only the billable operations, which no other work on the machine disturbs
//   npm run bench -- --scale      only the lists of the API and the pages of the console, with the data of a large pool (some
//                                 minutes, 5 GB); with --keep=FOLDER the data stay there, and the next run takes them
//   npm run bench -- --growth     only the same requests before 10, 1,000 and 50,000 users (some minutes)
//   npm run bench -- --monday     only 5,000 first sign-ins in ten minutes before a real directory (root, the lab's packages);
//                                 with --people=N and --seconds=N other numbers
//   npm run bench -- --attack     only what one name under attack costs the others
//   npm run bench -- --dollars    only what a device costs in a month, from the operations of each path
//   npm run bench -- --pass-through   only requests with a ticket, against the two floors; a minute and a half
//   npm run bench -- --profile    where the time of a request with a ticket goes: CPU profiles of the gateway's isolate
//   npm run bench -- --sign-ins   only what sign-ins and refused ones cost, beside Apache (some minutes); with --rounds=N, with
//                                 --against=FILE the bundle of another commit in turn, with --profile where their time goes
//   npm run bench -- --startup    only how long the data plane takes to start; with --against=FILE compared with that bundle
//   npm run bench -- --write      also writes bench/results.md

import { readFile, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { measureAttack } from "./attack.ts";
import { measureDollars } from "./dollars.ts";
import { measureDownload } from "./download.ts";
import { measureGrowth } from "./growth.ts";
import { MONDAY, measureMonday } from "./monday.ts";
import { measureNtlmCore } from "./ntlm-core.ts";
import { countOperations } from "./operations.ts";
import { measurePassThrough } from "./pass-through.ts";
import { measureProfile } from "./profile.ts";
import { type Row, table } from "./report.ts";
import { measureScale } from "./scale.ts";
import { profileSignIns } from "./sign-in-profile.ts";
import { measureSignIns } from "./sign-in-speed.ts";
import { build, httpService, type Stand, startOrigin, startStand, worker } from "./stand.ts";
import { measureStartup } from "./startup.ts";

const OPTIONS = [
  "--write",
  "--counts",
  "--scale",
  "--startup",
  "--growth",
  "--monday",
  "--attack",
  "--dollars",
  "--pass-through",
  "--profile",
  "--sign-ins",
];
const KEEP = "--keep=";
const AGAINST = "--against=";
const PEOPLE = "--people=";
const SECONDS = "--seconds=";
const ROUNDS = "--rounds=";
const GUARDS = ["UserGuard", "SourceGuard", "GuestGuard"];

const source = (name: string): Promise<string> => readFile(join(import.meta.dirname, "workers", name), "utf8");

/** Throughput, CPU and memory: the deployed bundle, and nothing in it that measures. */
async function measureSpeed(measureOn: (stand: Stand) => Promise<Row[]>, inspected = false): Promise<Row[]> {
  const [gateway, ntlmCore, emptyProxy, oneCallProxy, origin] = await Promise.all([
    build("src/worker.ts"),
    build("bench/workers/ntlm-core.ts"),
    source("empty-proxy.js"),
    source("one-call-proxy.js"),
    startOrigin(),
  ]);
  const ORIGIN = httpService(origin.address);
  const ANSWERER = { type: "durable-object", worker: "one-call-proxy", exportName: "Answerer" } as const;
  try {
    return await onStand(
      (gatewayEnv, simulator) => [
        worker("postern", gateway, gatewayEnv(origin.address), ...GUARDS),
        worker("postern-sign-in", gateway, gatewayEnv(simulator)),
        worker("empty-proxy", emptyProxy, { ORIGIN }),
        worker("one-call-proxy", oneCallProxy, { ORIGIN, ANSWERER }, "Answerer"),
        worker("ntlm-core", ntlmCore, {}),
      ],
      measureOn,
      inspected,
    );
  } finally {
    origin.stop();
  }
}

const everything = async (stand: Stand): Promise<Row[]> => [
  // First, while workerd is small: memory it kept from earlier would hide growth.
  ...(await measureDownload(stand)),
  ...(await measureNtlmCore(stand)),
  ...(await measurePassThrough(stand)),
];

/** Billable operations: the product's code with meters on its bindings. */
async function measureOperations(): Promise<Row[]> {
  const metered = await build("bench/workers/counting-gateway.ts");
  return onStand(
    (gatewayEnv, simulator) => [worker("postern", metered, gatewayEnv(simulator), ...GUARDS)],
    countOperations,
  );
}

async function onStand(
  workersFor: Parameters<typeof startStand>[0],
  measureOn: (stand: Stand) => Promise<Row[]>,
  inspected = false,
): Promise<Row[]> {
  const stand = await startStand(workersFor, { inspected });
  try {
    return await measureOn(stand);
  } finally {
    await stand.stop();
  }
}

function measured(options: readonly string[]): Promise<Row[]> {
  const given = (prefix: string): string[] =>
    options.filter((option) => option.startsWith(prefix)).map((option) => option.slice(prefix.length));
  if (options.includes("--scale")) return measureScale(given(KEEP)[0]);
  if (options.includes("--growth")) return measureGrowth();
  if (options.includes("--monday")) {
    const [people = MONDAY.people] = given(PEOPLE).map(Number);
    const [seconds = MONDAY.seconds] = given(SECONDS).map(Number);
    return measureMonday({ people, seconds });
  }
  if (options.includes("--attack")) return measureAttack();
  if (options.includes("--dollars")) return measureDollars();
  if (options.includes("--sign-ins") && options.includes("--profile"))
    return profileSignIns(given(ROUNDS).map(Number)[0]);
  if (options.includes("--sign-ins")) return measureSignIns(given(ROUNDS).map(Number)[0], given(AGAINST)[0]);
  if (options.includes("--startup")) return measureStartup(given(AGAINST));
  if (options.includes("--pass-through")) return measureSpeed(measurePassThrough);
  if (options.includes("--profile")) return measureSpeed(measureProfile, true);
  return measureAll(options.includes("--counts"));
}

const measureAll = async (onlyCounts: boolean): Promise<Row[]> => [
  ...(await measureOperations()),
  ...(onlyCounts ? [] : await measureSpeed(everything)),
];

async function main(options: readonly string[]): Promise<number> {
  const unknown = options.find(
    (option) =>
      !OPTIONS.includes(option) && ![KEEP, AGAINST, PEOPLE, SECONDS, ROUNDS].some((each) => option.startsWith(each)),
  );
  if (unknown !== undefined) {
    console.error(
      `npm run bench knows ${OPTIONS.join(", ")}, ${KEEP}FOLDER, ${AGAINST}FILE, ${PEOPLE}N, ${SECONDS}N and ${ROUNDS}N, and not ${unknown}.`,
    );
    return 2;
  }
  if (process.platform !== "linux") {
    console.error("npm run bench reads CPU time and memory from /proc and needs Linux.");
    return 2;
  }
  console.log("Measuring, about three minutes.\n");
  const rows = await measured(options);
  const text = table(rows);
  console.log(text);
  const missed = rows.filter(({ pass }) => pass === false).length;
  console.log(missed === 0 ? "\nEvery target is met." : `\n${missed} of the targets are missed.`);
  if (options.includes("--write")) {
    const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? "unknown processor"}, Node ${process.versions.node}`;
    const results = `# Results of \`npm run bench\`\n\n${new Date().toISOString().slice(0, 10)}, ${machine}.\n\n${text}\n`;
    await writeFile(join(import.meta.dirname, "results.md"), results);
  }
  return missed === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
