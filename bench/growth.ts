// What grows with the number of people: the same requests, before a directory of 10, of 1,000 and of 50,000 users with
// two devices each. Of the large ones a sample signs in, because a first sign-in costs most: each person who signs in
// has an object of their own, and no object knows another.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { VERDICT_REUSE_MS } from "../src/ticket/verdicts.ts";
import { call, compactTicket, discoverUser, startApplication } from "./client.ts";
import type { Operations } from "./path.ts";
import { residentBytes } from "./process.ts";
import { percentile, type Row, shown } from "./report.ts";
import { fill } from "./scale-fill.ts";
import { databaseIn } from "./scale-state.ts";
import { build, type Stand, startStand, worker } from "./stand.ts";

const SIZES = [10, 1_000, 50_000];
/** How many people sign in at most. */
const SAMPLE = 500;
const GUARDS = ["UserGuard", "SourceGuard", "GuestGuard"];

/** One run for each size. */
export async function measureGrowth(): Promise<Row[]> {
  const metered = await build("bench/workers/counting-gateway.ts");
  const rows: Row[] = [];
  for (const size of SIZES) {
    const stand = await startStand(
      (gatewayEnv, simulator) => [worker("postern", metered, gatewayEnv(simulator), ...GUARDS)],
      {
        prepare: async (state) => {
          const beside = Math.max(0, size - Math.min(size, SAMPLE));
          fill(
            await databaseIn(state),
            { users: Math.max(8, beside), devices: Math.max(8, 2 * beside), events: 0 },
            Date.now(),
          );
        },
      },
    );
    try {
      rows.push(...(await measured(stand, size)));
    } finally {
      await stand.stop();
    }
  }
  return rows;
}

async function measured(stand: Stand, size: number): Promise<Row[]> {
  const port = await stand.portOf("postern");
  const counts = async (): Promise<Operations> => JSON.parse((await call({ port, path: "/_counts" })).text);
  const sample = Math.min(size, SAMPLE);
  const people = [];
  for (let n = 0; n < sample; n++) people.push(await stand.addUser(`grown${n}`));
  const before = residentBytes(stand.pid);

  await counts();
  const tickets: string[] = [];
  const first = await timed(people, async (who) => void tickets.push(await compactTicket(port, who)));
  const used = await counts();
  const named = await timed(tickets, (ticket, n) => startApplication(port, ticket, `phone ${n}`));
  const again = await timed(people, (who) => compactTicket(port, who));
  await wait(VERDICT_REUSE_MS + 100);
  const asked = await timed(tickets, (ticket) =>
    discoverUser(port, "oauth/user", { authorization: `Bearer cwt=${ticket}` }),
  );
  const grown = residentBytes(stand.pid) - before;
  const objects = await objectFiles(stand.state);
  const kb = objects.bytes / 1_024 / Math.max(1, objects.count);
  const name = (what: string): string => `${size.toLocaleString("en")} users: ${what}`;
  const each = (n: number): string => (n / sample).toFixed(1);
  return [
    shown(name("a first sign-in"), msOf(first)),
    shown(name("the first time a device names itself"), msOf(named)),
    shown(name("a later sign-in"), msOf(again)),
    shown(name("a request with a ticket, guard asked"), msOf(asked)),
    shown(
      name("rows of a first sign-in"),
      `D1 ${each(used.d1RowsRead)} read, ${each(used.d1RowsWritten)} written; guards ${each(used.rowsRead)} read, ${each(used.rowsWritten)} written`,
    ),
    shown(name("objects"), `${objects.count} for ${sample} people who signed in, ${kb.toFixed(0)} KB each`),
    shown(
      name("memory of workerd"),
      `${(before / 2 ** 20).toFixed(0)} MB, and ${(grown / 2 ** 20).toFixed(0)} MB more after ${sample} people`,
    ),
  ];
}

/** One after another, so that no request waits for another. */
async function timed<T>(items: readonly T[], act: (item: T, n: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (const [n, item] of items.entries()) {
    const began = performance.now();
    await act(item, n);
    times.push(performance.now() - began);
  }
  return times;
}

const msOf = (times: readonly number[]): string =>
  `p50 ${percentile(times, 0.5).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms`;

/** The files of all objects of guards. */
async function objectFiles(state: string): Promise<{ readonly count: number; readonly bytes: number }> {
  const folder = join(state, "v3/do");
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.sqlite(-wal)?$/.test(name));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return { count: names.filter((name) => name.endsWith(".sqlite") && !name.endsWith("metadata.sqlite")).length, bytes };
}
