// `npm run bench -- --scale`: every list of the API with every filter, and the pages of the console, on a directory and
// an audit of a large pool, in the real gateway over HTTP: when the first byte comes, how large the answer is, and how
// many rows D1 reads for it.

import { join } from "node:path";
import { Log, LogLevel, Miniflare } from "miniflare";
import { buildWorker } from "../local/bundle.ts";
import { startGateway } from "../local/gateway.ts";
import { impactOf } from "../src/api/policy-impact.ts";
import { previewOf } from "../src/api/policy-preview.ts";
import { DEFAULT_POLICY } from "../src/core/policy/read.ts";
import type { Policy } from "../src/core/policy/types.ts";
import { pageOfEvents } from "../src/store/audit-list.ts";
import type { Database } from "../src/store/database.ts";
import { pageOfDevices } from "../src/store/device-list.ts";
import { pageOfContests } from "../src/store/partnerships.ts";
import { completeHours, liveHour } from "../src/store/statistics.ts";
import { pageOfUsers } from "../src/store/user-list.ts";
import { rule } from "../test/kit/policies.ts";
import { recordedDatabase } from "../test/kit/recorded-database.ts";
import { call } from "./client.ts";
import { NOTHING } from "./limits.ts";
import { judged, type Row } from "./report.ts";
import type { Sample, Scale } from "./scale-fill.ts";
import { countPages, type PageTime, SLOW_MS, timePages } from "./scale-pages.ts";
import { filled } from "./scale-state.ts";
import { build } from "./stand.ts";

const POOL: Scale = { users: 50_000, devices: 100_000, events: 5_000_000 };
const MAX_FIRST_BYTE_MS = 300;
const MAX_BYTES = 100 * 1024;
const DAY_MS = 86_400_000;
const TIMES = 3;

const JSON_BODY = { "content-type": "application/json" };
/** A policy that refuses a device here and there, so that its preview reads many, and one that refuses every device. */
const BLOCKING: readonly (readonly [string, Policy])[] = [
  ["which refuses none", { ...DEFAULT_POLICY, rules: [rule("sim", "block", { model: ["No Such Phone"] })] }],
  ["which refuses all", { ...DEFAULT_POLICY, rules: [rule("sim", "block")] }],
];

type List = {
  readonly name: string;
  readonly path?: string;
  /** Of a POST. */
  readonly body?: object;
  readonly asked: (db: Database) => Promise<unknown>;
};

/** Measures each list, and each page. `keep`: a folder in which the data stay for the next time. */
export async function measureScale(keep?: string, scale: Scale = POOL): Promise<Row[]> {
  const begun = Date.now();
  console.log(`Filling ${JSON.stringify(scale)}.`);
  const { state, sample, at, done } = await filled(scale, keep);
  console.log(`Filled in ${Math.round((Date.now() - begun) / 1_000)} s.`);
  try {
    const lists = listsOf(sample, at);
    const { timed, pages } = await timeAll(state, await buildWorker(), lists, sample);
    const counted = await countedPages(state, sample);
    const rows = await countAll(state, lists);
    const simplest = Math.min(...pages.map(({ firstByte }) => firstByte));
    const ofPages = pages.map(({ name, firstByte, whole, bytes }) => {
      const pass = firstByte < MAX_FIRST_BYTE_MS && bytes < MAX_BYTES;
      const { d1Queries, d1RowsRead, guardRequests } = counted.get(name) ?? NOTHING;
      const said = [
        `first byte ${Math.round(firstByte)} ms (${(firstByte / simplest).toFixed(1)} times the simplest)`,
        ...(whole > 1.5 * firstByte ? [`whole ${Math.round(whole)} ms`] : []),
        `${Math.ceil(bytes / 1024)} KB, ${d1Queries} queries, ${d1RowsRead} rows read, ${guardRequests} guard requests`,
      ];
      return judged(name, said.join(", "), "< 300 ms, < 100 KB", pass);
    });
    const ofLists = lists.map(({ name }, at) => {
      const { ms, bytes } = timed[at] ?? { ms: null, bytes: 0 };
      const said = ms === null ? "" : `first byte ${Math.round(ms)} ms, ${Math.ceil(bytes / 1024)} KB, `;
      const pass = ms === null || (ms < MAX_FIRST_BYTE_MS && bytes < MAX_BYTES);
      return judged(name, `${said}${rows[at]} rows read`, ms === null ? "" : "< 300 ms, < 100 KB", pass);
    });
    return [...ofLists, ...ofPages];
  } finally {
    await done();
  }
}

/** How many rows D1 reads for each list, on a database of that size, without a gateway. */
export async function rowsRead(scale: Scale): Promise<ReadonlyMap<string, number>> {
  const { state, sample, at, done } = await filled(scale);
  try {
    const lists = listsOf(sample, at);
    const counts = await countAll(state, lists);
    return new Map(lists.map(({ name }, at) => [name, counts[at] ?? 0]));
  } finally {
    await done();
  }
}

async function countedPages(state: string, sample: Sample): ReturnType<typeof countPages> {
  const worker = await build("bench/workers/counting-gateway.ts");
  const gateway = await startGateway({ state, worker, onLog: () => undefined });
  try {
    return await countPages(gateway, sample);
  } finally {
    await gateway.stop();
  }
}

async function timeAll(
  state: string,
  worker: string,
  lists: readonly List[],
  sample: Sample,
): Promise<{ timed: ({ ms: number; bytes: number } | undefined)[]; pages: PageTime[] }> {
  const gateway = await startGateway({ state, worker, onLog: () => undefined });
  try {
    const port = Number(new URL(gateway.gateway).port);
    const headers = { authorization: `Bearer ${gateway.adminKey}` };
    const timed: ({ ms: number; bytes: number } | undefined)[] = [];
    for (const { path, body, name } of lists) {
      if (path === undefined) {
        timed.push(undefined);
        continue;
      }
      const runs: { ms: number; bytes: number }[] = [];
      while (runs.length < TIMES && (runs.at(-1)?.ms ?? 0) < SLOW_MS) {
        const begun = performance.now();
        const posted = body && { method: "POST", body: JSON.stringify(body) };
        const answer = await call({
          port,
          host: gateway.adminHost,
          path,
          ...posted,
          headers: { ...headers, ...JSON_BODY },
        });
        if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${answer.text}`);
        runs.push({ ms: performance.now() - begun, bytes: answer.text.length });
      }
      runs.sort((a, b) => a.ms - b.ms);
      timed.push(runs[Math.floor(runs.length / 2)]);
    }
    return { timed, pages: await timePages(gateway, sample, TIMES) };
  } finally {
    await gateway.stop();
  }
}

/** The rows that D1 says it reads for each list. */
async function countAll(state: string, lists: readonly List[]): Promise<number[]> {
  const DB = { type: "d1", id: "00000000-0000-0000-0000-000000000000" } as const;
  const modules = { "worker.js": { type: "esm", contents: "export default { fetch: () => new Response() }" } } as const;
  const manifest = { mainModule: "worker.js", modules };
  const workerd = new Miniflare({
    log: new Log(LogLevel.ERROR),
    resourcePersistencePath: join(state, "v3"),
    workers: [{ config: { name: "counter", compatibilityDate: "2026-10-23", manifest, env: { DB } } }],
  });
  try {
    const binding = await workerd.getD1Database("DB");
    const counts: number[] = [];
    for (const { asked } of lists) {
      const { db, taken } = recordedDatabase(binding);
      await asked(db);
      let rows = 0;
      for (const { sql, params } of taken()) {
        const { meta } = await binding
          .prepare(sql)
          .bind(...params)
          .run();
        rows += meta.rows_read;
      }
      counts.push(rows);
    }
    return counts;
  } finally {
    await workerd.dispose();
  }
}

function listsOf({ user, device, actor, network }: Sample, now: number): List[] {
  const page = { limit: 100 };
  const users = ({ disabled, ...q }: Parameters<typeof pageOfUsers>[1]): List => ({
    name: `users ${shown({ ...q, ...(disabled === undefined ? {} : { disabled }) })}`,
    path: `/v1/users?${query({ ...q, ...(disabled === undefined ? {} : { state: disabled ? "disabled" : "enabled" }) })}`,
    asked: (db) => pageOfUsers(db, { ...q, disabled }, page),
  });
  const devices = (q: Parameters<typeof pageOfDevices>[1], path = query(q)): List => ({
    name: `devices ${shown(q)}`,
    path: `/v1/devices?${path}`,
    asked: (db) => pageOfDevices(db, q, page),
  });
  const events = (q: Parameters<typeof pageOfEvents>[1], path = query(q)): List => ({
    name: `audit ${shown(q)}`,
    path: `/v1/audit?${path}`,
    asked: (db) => pageOfEvents(db, q, { ...page, order: "desc" }),
  });
  const [before, since] = [now - 110 * DAY_MS, now - 3 * DAY_MS];
  const iso = (at: number) => new Date(at).toISOString();
  return [
    users({}),
    { name: "users limit=500", path: "/v1/users?limit=500", asked: (db) => pageOfUsers(db, {}, { limit: 500 }) },
    ...[{ q: "anna" }, { q: "anna fis" }, { q: "acc4711" }, { q: "@contoso" }, { q: "a" }].map((q) => users(q)),
    ...[{ disabled: true }, { disabled: false }, { group: "vip" }, { group: "sales", disabled: true }].map((q) =>
      users(q),
    ),
    devices({}),
    devices({ userId: user.id }, `user=${user.id}`),
    ...(["pending", "blocked", "allowed"] as const).map((state) => devices({ state })),
    ...[{ product: "OC" }, { version: "16.0" }, { version: "6.25.0.7" }, { q: "pc-17" }, { q: "anna" }].map((q) =>
      devices(q),
    ),
    devices({ type: "tablet" }),
    devices({ seenBefore: before }, `seenBefore=${iso(before)}`),
    devices({ state: "pending", type: "tablet", product: "iPadLync", version: "6.20" }),
    devices({ state: "allowed", type: "phone", product: "OC" }),
    devices({ q: "windows", state: "pending" }),
    { name: "contests", path: "/v1/devices/contests", asked: (db) => pageOfContests(db, page) },
    events({}),
    events({ userId: user.id }, `user=${user.id}`),
    ...[{ source: network }, { source: "198.51.100.1" }, { device }, { by: actor }].map((q) => events(q)),
    ...(["signed-in", "refused", "failed", "changed"] as const).map((outcome) => events({ outcome })),
    ...[{ reason: "saml" }, { reason: "challenge-replayed" }, { reason: "no-ticket" }].map((q) => events(q)),
    events({ source: "198.51.100.1", reason: "challenge-replayed" }),
    events({ outcome: "refused", source: network, since }, `outcome=refused&source=${network}&since=${iso(since)}`),
    events({ requestId: "0123456789abcdef" }, "request=0123456789abcdef"),
    ...BLOCKING.map(([name, policy]): List => {
      const before = DEFAULT_POLICY;
      const asked = (db: Database) => previewOf(db, { before, after: policy }, { after: "", limit: 100 }, now);
      return { name: `policy preview, ${name}`, path: "/v1/policy/preview", body: { policy, limit: 100 }, asked };
    }),
    ...BLOCKING.map(([name, policy]): List => {
      const asked = (db: Database) => impactOf(db, policy, now);
      return { name: `policy check, ${name}`, path: "/v1/policy/check", body: { policy }, asked };
    }),
    {
      name: "statistics (24 hours)",
      path: "/v1/statistics",
      asked: (db) => Promise.all([completeHours(db, 23, now), liveHour(db, now)]),
    },
  ];
}

const query = (filter: object): string =>
  new URLSearchParams(
    Object.entries(filter).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
const shown = (filter: object): string =>
  Object.entries(filter)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ") || "(all)";
