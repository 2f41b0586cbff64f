// npm run mutants [-- <room>... [--again] [--record]]
// Changes the pure rooms one small step at a time and says which changes no test notices. When the process that runs
// the tests hangs in a mutant, it is ended, and a new one goes on. The full list goes to dist/mutants/<room>.json.
//   --again   only what the last run's list says was not noticed
//   --record  writes the room's row into docs/mutants.md

import { execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EQUIVALENTS } from "./equivalents.ts";
import { DIARY, type DiaryLine, type Fate, PLAN, type Planned } from "./report.ts";
import { ROOMS } from "./rooms.ts";

interface Result extends Planned {
  readonly fate: Fate | "equivalent";
  readonly by?: string;
}

/**
 * A judge that writes nothing for so long hangs in a mutant. The slowest test takes a few seconds on a busy machine.
 */
const HANGS_AFTER_MS = 30_000;
/** Before the first mutant nothing can hang, and importing and the slowest tests may take their time. */
const STARTS_WITHIN_MS = 300_000;
const LISTS = "dist/mutants";
const PAGE = "docs/mutants.md";

const args = process.argv.slice(2);
const flags = new Set(args.filter((arg) => arg.startsWith("--")));
const names = args.filter((arg) => !arg.startsWith("--"));
const unknown = [...names.filter((name) => ROOMS[name] === undefined), ...flags].filter(
  (arg) => arg !== "--again" && arg !== "--record",
);
if (unknown.length > 0) {
  console.error(`What is "${unknown.join(" ")}"? The rooms are: ${Object.keys(ROOMS).join(", ")}.`);
  process.exit(2);
}

const lines = (out: string): DiaryLine[] =>
  existsSync(join(out, DIARY))
    ? readFileSync(join(out, DIARY), "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line))
    : [];

/** What Vitest said last, for a judge that ended early. */
let said = "";

/** Runs the judge until it ends or hangs. */
async function judge(room: string, out: string, wanted: ReadonlyArray<string> | undefined): Promise<"ended" | "hangs"> {
  appendFileSync(join(out, DIARY), `${JSON.stringify({ start: true })}\n`);
  const env = { ...process.env, MUTANTS_ROOM: room, MUTANTS_OUT: out, MUTANTS_WANTED: JSON.stringify(wanted ?? null) };
  const vitest = [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--config",
    "scripts/mutants/vitest.config.ts",
    "--root",
    ".",
  ];
  const child = spawn(process.execPath, vitest, { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const kill = () => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  };
  const interrupted = () => {
    kill();
    process.exit(130);
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, interrupted);
  said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += String(chunk)));
  let ended = false;
  const exit = new Promise<void>((resolve) =>
    child.on("exit", () => {
      ended = true;
      for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, interrupted);
      resolve();
    }),
  );
  const began = Date.now();
  while (!ended) {
    await Promise.race([exit, sleep(500)]);
    const diary = join(out, DIARY);
    const last = existsSync(diary) ? statSync(diary).mtimeMs : began;
    if (ended || Date.now() - Math.max(last, began) < HANGS_AFTER_MS) continue;
    const judging =
      lines(out).findLastIndex((line) => "begin" in line) > lines(out).findLastIndex((line) => "start" in line);
    if (!judging && Date.now() - began < STARTS_WITHIN_MS) continue;
    kill();
    await exit;
    return "hangs";
  }
  return "ended";
}

const isEquivalent = (mutant: Planned) =>
  EQUIVALENTS.find(({ file, line, to }) => file === mutant.file && line === mutant.text && to === mutant.to);

async function results(room: string): Promise<ReadonlyArray<Result>> {
  const list = join(LISTS, `${room}.json`);
  const before: ReadonlyArray<Result> = flags.has("--again") ? JSON.parse(readFileSync(list, "utf8")) : [];
  const open = (result: Result) => result.fate === "survived" || result.fate === "uncovered";
  let wanted = flags.has("--again") ? before.filter(open).map(({ id }) => id) : undefined;
  const out = mkdtempSync(join(tmpdir(), "mutants-"));
  try {
    while ((await judge(room, out, wanted)) === "hangs") {
      const last = lines(out).findLast((line) => !("alive" in line));
      if (last === undefined || !("begin" in last)) throw new Error("the judge hangs before the first mutant");
      appendFileSync(join(out, DIARY), `${JSON.stringify({ id: last.begin, fate: "timeout" })}\n`);
      const done = new Set(lines(out).flatMap((line) => ("id" in line ? [line.id] : [])));
      const plan: ReadonlyArray<Planned> = JSON.parse(readFileSync(join(out, PLAN), "utf8"));
      wanted = (wanted ?? plan.map(({ id }) => id)).filter((id) => !done.has(id));
    }
    const plan: ReadonlyArray<Planned> = JSON.parse(readFileSync(join(out, PLAN), "utf8"));
    const unfit = new Set(lines(out).flatMap((line) => ("unfit" in line ? [line.unfit] : [])));
    for (const each of unfit) console.error(`Fails without a mutant, so it judges nothing: ${each}`);
    const fates = new Map(lines(out).flatMap((line) => ("id" in line ? [[line.id, line] as const] : [])));
    const all = plan.map((mutant): Result => {
      const fate = fates.get(mutant.id) ?? before.find(({ id, to }) => id === mutant.id && to === mutant.to);
      if (fate === undefined) throw new Error(`${mutant.file}:${mutant.line} was not judged.\n${said}`);
      const noticed = fate.fate === "killed" || fate.fate === "timeout";
      return {
        ...mutant,
        fate: !noticed && isEquivalent(mutant) ? "equivalent" : fate.fate,
        ...(fate.by === undefined ? {} : { by: fate.by }),
      };
    });
    const files = new Set(all.map(({ file }) => file));
    for (const { file, line, to } of EQUIVALENTS.filter((each) => files.has(each.file))) {
      const found = all.filter((one) => one.file === file && one.text === line && one.to === to);
      if (found.some(({ fate }) => fate === "equivalent")) continue;
      console.error(
        `${found.length === 0 ? "Not in the code any more" : `Not equivalent, see ${found[0]?.by}`}: ${file} "${line}" ${to}`,
      );
    }
    mkdirSync(LISTS, { recursive: true });
    writeFileSync(list, JSON.stringify(all, null, 1));
    return all;
  } finally {
    rmSync(out, { recursive: true });
  }
}

function record(room: string, row: string): void {
  const page = readFileSync(PAGE, "utf8").split("\n");
  const at = page.findIndex((line) => line.startsWith(`| ${room} |`));
  if (at < 0) throw new Error(`${PAGE} has no row for ${room}`);
  page[at] = row;
  writeFileSync(PAGE, page.join("\n"));
}

/** Asked before the first room is judged: somebody may commit during the twelve minutes of a room. */
const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();

for (const room of names.length > 0 ? names : Object.keys(ROOMS)) {
  const began = Date.now();
  const all = await results(room);
  const count = (...fates: ReadonlyArray<Result["fate"]>) => all.filter(({ fate }) => fates.includes(fate)).length;
  for (const { file, line, column, text, from, to, mutator, fate } of all) {
    if (fate !== "survived" && fate !== "uncovered") continue;
    console.log(`${fate} ${file}:${line}:${column} ${mutator}\n    ${text}\n  - ${from}\n  + ${to}`);
  }
  const [noticed, equivalent] = [count("killed", "timeout"), count("equivalent")];
  const score = ((100 * noticed) / (all.length - equivalent)).toFixed(1);
  console.log(
    `${room}: ${all.length} mutants, ${noticed} noticed, ${count("survived")} survived, ${count("uncovered")} in lines no test runs, ${equivalent} equivalent: ${score} % in ${Math.round((Date.now() - began) / 1000)} s`,
  );
  if (!flags.has("--record")) continue;
  const date = new Date().toISOString().slice(0, 10);
  record(
    room,
    `| ${room} | ${all.length} | ${noticed} | ${all.length - noticed - equivalent} | ${equivalent} | ${score} % | ${date} | ${commit} |`,
  );
}
