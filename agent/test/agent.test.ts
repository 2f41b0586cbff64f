// The agent as a process, as systemd and an operator meet it.

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startAgent } from "../src/agent.ts";
import { readConfig } from "../src/config/config.ts";
import { syncPart } from "../src/sync/part.ts";
import { type Stub, startStub } from "./stub-gateway.ts";

let home: string;
let gateway: Stub;
let settings: object;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "postern-agent-"));
  gateway = await startStub();
  for (const name of ["token", "password"]) await writeFile(join(home, name), `${name}-0123456789`, { mode: 0o600 });
  settings = {
    gateway: { url: gateway.url, tokenFile: join(home, "token") },
    directory: {
      // Nobody listens at port 1.
      domains: [{ servers: ["ldaps://127.0.0.1:1"], netbios: "CORP" }],
      bind: { user: "svc@corp.contoso.test", passwordFile: join(home, "password") },
    },
    listen: { port: 0 },
  };
});
afterAll(async () => {
  await gateway.stop();
  await rm(home, { recursive: true, force: true });
});

const MAIN = join(import.meta.dirname, "..", "src", "main.ts");
type Ended = { readonly code: unknown; readonly out: string; readonly err: string };
const run = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env: { PATH: process.env.PATH ?? "" } }, (fault, out, err) => {
      resolve({ code: fault?.code ?? 0, out, err });
    });
  });
const written = async (name: string, content: object): Promise<string> => {
  const path = join(home, name);
  await writeFile(path, JSON.stringify(content));
  return path;
};

describe("the process", () => {
  it("with faults in the configuration: each in the log, and the exit code that says not to try again", async () => {
    const { code, out } = await run("--config", await written("faulty.json", { gatway: {} }));
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect([code, lines.length]).toEqual([78, 3]);
    for (const { event, detail } of lines)
      expect([event, detail]).toEqual(["configuration", expect.stringMatching(/\.$/)]);
  });

  it("without a configuration: the same, with the file's name", async () => {
    const { code, out } = await run("--config", join(home, "none.json"));
    expect([code, out.includes("none.json")]).toEqual([78, true]);
  });

  it("with a port that another program has: a sentence with the fix, and the exit code of a start that failed", async () => {
    const port = Number(new URL(gateway.url).port);
    const { code, out } = await run("--config", await written("taken.json", { ...settings, listen: { port } }));
    const [line = "", ...more] = out.trim().split("\n");
    expect([code, more, JSON.parse(line)]).toEqual([
      1,
      [],
      expect.objectContaining({ event: "configuration", detail: expect.stringContaining(`port ${port} (EADDRINUSE)`) }),
    ]);
  });

  it("with a wrong command line: a sentence and the commands", async () => {
    const { code, err } = await run("synk");
    expect([code, err.startsWith('There is no command "synk".'), err.includes("sync --confirm")]).toEqual([
      64,
      true,
      true,
    ]);
  });

  it("check and sync say in sentences what does not work, and end with 1", async () => {
    const config = await written("good.json", settings);
    const check = await run("check", "--config", config);
    expect([check.code, check.err]).toEqual([1, ""]);
    expect(check.out).toMatch(/^FAULT {2}ldaps:\/\/127\.0\.0\.1:1: .*ECONNREFUSED\n {7}Check the name, the port/m);
    expect(check.out).toMatch(/^ok {5}http:\/\/127\.0\.0\.1:\d+: the token opens it/m);
    const sync = await run("sync", "--full", "--config", config);
    expect([sync.code, sync.err, sync.out.includes("ECONNREFUSED")]).toEqual([1, "", true]);
  });
});

it("S-47: an agent that cannot reach the directory lives, is not ready, says why, counts it, and goes on trying", async () => {
  const read = readConfig(JSON.stringify(settings), { credentials: undefined, beside: home });
  if ("faults" in read) throw new Error(read.faults.join("\n"));
  const lines: object[] = [];
  const agent = await startAgent(read.config, (event, fields) => lines.push({ event, ...fields }), [syncPart]);
  const look = async (path: string) => {
    const response = await fetch(`${agent.url}${path}`);
    return { status: response.status, text: await response.text() };
  };
  try {
    await expect.poll(async () => (await look("/ready")).text).toContain("ECONNREFUSED");
    expect([(await look("/live")).status, (await look("/ready")).status, (await look("/")).status]).toEqual([
      200, 503, 404,
    ]);
    const metrics = (await look("/metrics")).text;
    expect(metrics).toMatch(/^postern_agent_sync_rounds_total\{outcome="failed"\} [1-9]/m);
    expect(metrics).toMatch(/^postern_agent_sync_in_step_timestamp_seconds 0$/m);
    expect(metrics).toMatch(
      /^postern_agent_api_requests_total\{operation="\/v1\/directory\/people",outcome="200"\} [1-9]/m,
    );
    expect(lines).toContainEqual(
      expect.objectContaining({ event: "sync", ready: false, fix: expect.stringContaining("636") }),
    );
    expect(JSON.stringify([lines, metrics])).not.toMatch(/0123456789/);
  } finally {
    await agent.stop();
  }
  await expect(look("/live")).rejects.toThrow();
});
