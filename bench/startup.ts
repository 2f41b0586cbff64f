// `npm run bench -- --startup`: how long the data plane needs until its first answer in a new workerd, and how large
// its one module is. The bundle of another commit, built by `wrangler deploy --dry-run --outdir DIR`, is measured in
// turn with it when `--against=DIR/worker.js` names it (as often as wanted). An empty Worker says what workerd and
// Miniflare alone take.

import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { Log, LogLevel, Miniflare } from "miniflare";
import { newSealingKey } from "../cli/sealing-keys.ts";
import { anonymousBudgets, apiBudgets, contosoVariables } from "../local/world.ts";
import { call } from "./client.ts";
import { childrenNamed, cpuMs } from "./process.ts";
import { median, type Row, shown } from "./report.ts";
import { build, httpService, worker } from "./stand.ts";

const ROUNDS = 21;
const GUARDS = ["UserGuard", "SourceGuard", "GuestGuard"];
/** Has the bindings of the gateway, and nothing else. */
const EMPTY = `import { DurableObject } from "cloudflare:workers";
${GUARDS.map((name) => `export class ${name} extends DurableObject {}`).join("\n")}
export default { fetch: () => new Response(null, { status: 404 }) }`;
/** The answer to a path that is not published needs neither D1 nor a guard. */
const UNPUBLISHED = "/not-published";

/** Until the first answer. `cpu` is that of workerd, which other programs on the machine do not change much. Ms. */
type Start = { readonly wall: number; readonly cpu: number };

/** Starts each bundle in turn, so that what else the machine does meets all of them alike. */
export async function measureStartup(against: readonly string[]): Promise<Row[]> {
  const bundles: Readonly<Record<string, string>> = {
    "an empty Worker": EMPTY,
    ...Object.fromEntries(
      await Promise.all(against.map(async (file) => [file, await readFile(file, "utf8")] as const)),
    ),
    "this bundle": await build("src/worker.ts"),
  };
  const starts = new Map<string, Start[]>(Object.keys(bundles).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, code] of Object.entries(bundles)) starts.get(name)?.push(await startOf(code));
  }
  const middle = (name: string, what: keyof Start): number =>
    median((starts.get(name) ?? []).map((start) => start[what]));
  return Object.entries(bundles).map(([name, code]) => {
    const more = (what: keyof Start) => Math.round(middle(name, what) - middle("an empty Worker", what));
    const size = `${Math.round(code.length / 1024)} KiB (${Math.round(gzipSync(code).length / 1024)} compressed)`;
    const time = `${Math.round(middle(name, "wall"))} ms, CPU ${Math.round(middle(name, "cpu"))} ms`;
    return shown(
      `start of ${name}`,
      `${size}, first answer after ${time}: ${more("wall")} and ${more("cpu")} ms above empty`,
    );
  });
}

/** The middle start of a bundle and of an empty Worker, each started so often in turn. For the test in CI. */
export async function medianStart(
  bundle: string,
  rounds: number,
): Promise<{ readonly own: Start; readonly empty: Start }> {
  const [own, empty]: [Start[], Start[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    own.push(await startOf(bundle));
    empty.push(await startOf(EMPTY));
  }
  const middle = (starts: readonly Start[]): Start => ({
    wall: median(starts.map(({ wall }) => wall)),
    cpu: median(starts.map(({ cpu }) => cpu)),
  });
  return { own: middle(own), empty: middle(empty) };
}

async function startOf(code: string): Promise<Start> {
  const text = (value: string) => ({ type: "text", value }) as const;
  const guard = (exportName: string) => ({ type: "durable-object", worker: "postern", exportName }) as const;
  const env = {
    ...Object.fromEntries(Object.entries(contosoVariables).map(([name, value]) => [name, text(value)])),
    ...{ SEALING_KEYS: text(newSealingKey()), CONNECTOR_SECRET: text(newSealingKey()) },
    DB: { type: "d1", id: "00000000-0000-0000-0000-000000000000" },
    ...{ USER_GUARD: guard("UserGuard"), SOURCE_GUARD: guard("SourceGuard"), GUEST_GUARD: guard("GuestGuard") },
    ...{ ...anonymousBudgets(), ...apiBudgets() },
    ...{ ORIGIN: httpService("127.0.0.1:9"), CONNECTOR: httpService("127.0.0.1:9") },
  } as const;
  const before = childrenNamed("workerd");
  const begun = performance.now();
  const workerd = new Miniflare({
    ...{ host: "127.0.0.1", cf: false, log: new Log(LogLevel.ERROR), handleStructuredLogs: () => {} },
    workers: [worker("postern", code, env, ...GUARDS)],
  });
  try {
    await workerd.ready;
    const port = Number((await workerd.unsafeGetDirectURL("postern")).port);
    const { status, text } = await call({ port, path: UNPUBLISHED });
    const wall = performance.now() - begun;
    const [pid] = childrenNamed("workerd").filter((child) => !before.includes(child));
    if (status !== 404 || pid === undefined) throw new Error(`the first answer was ${status} ${text}`);
    return { wall, cpu: cpuMs(pid) };
  } finally {
    await workerd.dispose();
  }
}
