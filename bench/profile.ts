// Where the time of a request with a ticket goes: CPU profiles of the gateway's isolate under load, taken with V8's
// profiler over the inspector protocol. The files open in the developer tools of Chromium and in VS Code. The table
// shows the functions that take most, with the source file of each. With the profiler on, a request takes longer, so
// only the shares count.

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runLoad } from "./load.ts";
import { type Row, shown } from "./report.ts";
import type { Stand } from "./stand.ts";
import { envelopesOf, PLACES, relayedTickets, ticketedRequest } from "./ticketed-requests.ts";

const CONNECTIONS = 32;
/** As many as an isolate knows. */
const TICKETS = 4_500;
/** How often all of them are sent, each time from other networks, so the guard is asked each time. */
const VISITS = 3;
const REUSED_MS = 6_000;
const SAMPLE_EVERY_MICROS = 200;
const SHOWN = 45;

/** One function of a profile, as the protocol writes it. */
type Node = {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
};
type Profile = {
  readonly nodes: readonly Node[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
};

/** Profiles both ways at both places, writes the files, and returns what takes most. */
export async function measureProfile(stand: Stand): Promise<Row[]> {
  const relayed = await relayedTickets(stand);
  const port = await stand.portOf("postern");
  const inspector = await stand.inspectorOf("postern");
  const inUse = envelopesOf(stand.keyring, relayed, TICKETS);
  const folder = await mkdtemp(join(tmpdir(), "postern-profile-"));
  const rows: Row[] = [];
  const load = { port, connections: CONNECTIONS };
  for (const place of PLACES) {
    const few = relayed.map((ticket) => ticketedRequest(ticket, place));
    const visit = (number: number) => inUse.map((ticket) => ticketedRequest(ticket, place, number));
    const asked = async (from: number, visits: number): Promise<void> => {
      for (let number = from; number < from + visits; number++) {
        await runLoad({ ...load, requests: visit(number), ms: "once" });
      }
    };
    await asked(PLACES.indexOf(place) * 2 * VISITS, VISITS); // warms up
    rows.push(
      ...(await profiled(inspector, folder, `${place}, asked`, () =>
        asked((PLACES.indexOf(place) * 2 + 1) * VISITS, VISITS),
      )),
    );
    rows.push(
      ...(await profiled(inspector, folder, `${place}, reused`, async () => {
        await runLoad({ ...load, requests: few, ms: REUSED_MS });
      })),
    );
  }
  return [...rows, shown("the files", folder)];
}

/**
 * Profiles the isolate behind that address of V8's inspector while `work` goes on. Writes the file into `folder`, and
 * returns what takes most.
 */
export async function profiled(
  address: string,
  folder: string,
  name: string,
  work: () => Promise<void>,
): Promise<Row[]> {
  const inspector = await connected(address);
  await inspector.ask("Profiler.enable");
  await inspector.ask("Profiler.setSamplingInterval", { interval: SAMPLE_EVERY_MICROS });
  const sources = await sourcesOf(inspector);
  await inspector.ask("Profiler.start");
  await work();
  const { profile } = (await inspector.ask("Profiler.stop")) as { profile: Profile };
  inspector.close();
  await writeFile(join(folder, `${name.replaceAll(/\W+/g, "-")}.cpuprofile`), JSON.stringify(profile));
  return heaviest(profile, sources).map((each) =>
    shown(`${name}: ${each.name}`, `${each.self.toFixed(1)} % itself, ${each.total.toFixed(1)} % with what it calls`),
  );
}

/** Which source file a line of the bundle comes from: esbuild writes its name above its code. */
type Sources = (line: number) => string;

async function sourcesOf(inspector: Inspector): Promise<Sources> {
  const scripts: string[] = [];
  inspector.on("Debugger.scriptParsed", ({ scriptId }) => scripts.push(String(scriptId)));
  await inspector.ask("Debugger.enable");
  const texts: string[] = [];
  for (const scriptId of scripts) {
    const { scriptSource } = (await inspector.ask("Debugger.getScriptSource", { scriptId })) as {
      scriptSource: string;
    };
    texts.push(scriptSource);
  }
  await inspector.ask("Debugger.disable"); // a debugger slows the code down
  const lines = (texts.sort((a, b) => b.length - a.length)[0] ?? "").split("\n");
  const names: string[] = [];
  let current = "";
  for (const line of lines) {
    current = /^\s*\/\/ ((?:src|node_modules)\/\S+)$/.exec(line)?.[1] ?? current;
    names.push(current);
  }
  return (line) => names[line] ?? "";
}

type Share = { readonly name: string; readonly self: number; readonly total: number };

/** The functions in which the samples fell, most first. Shares are of the time in which the isolate was not idle. */
function heaviest({ nodes, samples, timeDeltas }: Profile, sourceOf: Sources): Share[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const nameOf = ({ callFrame: { functionName, url, lineNumber } }: Node): string => {
    const source = url === "" ? "" : sourceOf(lineNumber).replace(/^.*node_modules\//, "");
    return `${functionName === "" ? "(anonymous)" : functionName} ${source}${source === "" ? "" : `:${lineNumber + 1}`}`.trim();
  };
  const self = new Map<string, number>();
  const total = new Map<string, number>();
  let busy = 0;
  for (const [index, id] of samples.entries()) {
    const node = byId.get(id);
    const micros = timeDeltas[index] ?? 0;
    if (node === undefined || node.callFrame.functionName === "(idle)") continue;
    busy += micros;
    self.set(nameOf(node), (self.get(nameOf(node)) ?? 0) + micros);
    const onStack = new Set<string>();
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const each = byId.get(at);
      if (each !== undefined) onStack.add(nameOf(each));
    }
    for (const name of onStack) total.set(name, (total.get(name) ?? 0) + micros);
  }
  const share = (of: Map<string, number>, name: string): number => (100 * (of.get(name) ?? 0)) / busy;
  return [...total.keys()]
    .map((name) => ({ name, self: share(self, name), total: share(total, name) }))
    .filter(({ name }) => name !== "(root)")
    .sort((a, b) => b.self - a.self)
    .slice(0, SHOWN);
}

type Inspector = {
  readonly ask: (method: string, params?: object) => Promise<unknown>;
  readonly on: (event: string, hear: (params: Record<string, unknown>) => void) => void;
  readonly close: () => void;
};

/** Speaks the inspector protocol: requests with ids, answers, and events. */
async function connected(url: string): Promise<Inspector> {
  const socket = new WebSocket(url);
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (fault: Error) => void }>();
  const events = new Map<string, (params: Record<string, unknown>) => void>();
  let last = 0;
  socket.addEventListener("message", ({ data }) => {
    const { id, result, error, method, params } = JSON.parse(String(data));
    if (method !== undefined) events.get(method)?.(params);
    const request = waiting.get(id);
    waiting.delete(id);
    if (error !== undefined) request?.reject(new Error(`the inspector refused: ${JSON.stringify(error)}`));
    else request?.resolve(result);
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error(`no inspector at ${url}`)));
  });
  return {
    ask: (method, params = {}) =>
      new Promise((resolve, reject) => {
        waiting.set(++last, { resolve, reject });
        socket.send(JSON.stringify({ id: last, method, params }));
      }),
    on: (event, hear) => events.set(event, hear),
    close: () => socket.close(),
  };
}
