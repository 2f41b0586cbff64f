// The process, as systemd meets it.

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "postern-connector-main-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const MAIN = join(import.meta.dirname, "..", "src", "main.ts");

const run = (file: string): Promise<{ readonly code: unknown; readonly lines: readonly Record<string, string>[] }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [MAIN, file], { env: { PATH: process.env.PATH ?? "" } }, (fault, stdout) => {
      const lines = stdout.trim().split("\n");
      resolve({ code: fault?.code ?? 0, lines: lines.map((line) => JSON.parse(line) as Record<string, string>) });
    });
  });

it("faults in the configuration: each in the log, and the exit code that says not to try again", async () => {
  const file = join(home, "config.json");
  await writeFile(file, JSON.stringify({ name: "connector-a", issuer: "web.contoso.test" }));
  const { code, lines } = await run(file);
  expect(code).toBe(78);
  expect(lines.length).toBeGreaterThan(5);
  expect(lines.every(({ event, detail }) => event === "configuration" && detail?.endsWith("."))).toBe(true);
});

it("no configuration at all: the same, with the file's name", async () => {
  const { code, lines } = await run(join(home, "none.json"));
  expect([code, lines.length, lines[0]?.detail?.includes("none.json")]).toEqual([78, 1, true]);
});
