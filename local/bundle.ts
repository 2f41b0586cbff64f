// The Worker as `wrangler deploy` would upload it: the local gateway runs the same bundle, not a second build.

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** The top level of the project. */
export const PROJECT = join(import.meta.dirname, "..");

const run = promisify(execFile);

/** Runs wrangler quietly in the project; rejects with what it printed. */
export const wrangler = (...args: readonly string[]): Promise<void> => wranglerIn(PROJECT, args);

/** The same in another folder, whose wrangler.toml it reads. */
export async function wranglerIn(folder: string, args: readonly string[]): Promise<void> {
  const command = join(PROJECT, "node_modules", "wrangler", "bin", "wrangler.js");
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_WRITE_LOGS: "false", CI: "true" };
  await run(process.execPath, [command, ...args], { cwd: folder, env });
}

/** Builds the Worker and returns its one module. `source`: the top level of another version of the project. */
export async function buildWorker(source = PROJECT): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "postern-bundle-"));
  try {
    await wranglerIn(source, ["deploy", "--dry-run", "--outdir", folder]);
    return await readFile(join(folder, "worker.js"), "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
