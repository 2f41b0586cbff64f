// What every started gateway needs and no test changes: the Worker as one module, and a database with its tables.
// Making them takes longer than starting the gateway. So the first test that needs them makes them, once in a run of
// Vitest.

import { cp, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { inject } from "vitest";
import { hasCode } from "../../../cli/local-keys.ts";
import { prepare } from "../../../local/gateway.ts";

const POLL_MS = 50;
/** A busy machine needs a minute. After two minutes something is wrong. */
const PATIENCE_MS = 120_000;

/** Copies a database with its tables into `state`, an empty folder that exists; returns the Worker's one module. */
export async function prepared(state: string): Promise<string> {
  const folder = inject("preparedFolder");
  const worker = join(folder, "worker.js");
  const template = join(folder, "state");
  if (await isFirst(template)) {
    try {
      await writeFile(join(folder, "unfinished.js"), await prepare(template));
      await rename(join(folder, "unfinished.js"), worker); // in one step, because the others wait for this name
    } catch (fault) {
      await writeFile(join(folder, "fault"), String(fault));
      throw fault;
    }
  }
  for (const begun = performance.now(); !(await exists(worker)); await pause(POLL_MS)) {
    if (await exists(join(folder, "fault"))) throw new Error(await readFile(join(folder, "fault"), "utf8"));
    if (performance.now() - begun > PATIENCE_MS) throw new Error("another test did not get the Worker built");
  }
  await cp(template, state, { recursive: true });
  return readFile(worker, "utf8");
}

/** Tests run in several processes. The one that can make the folder does the work. */
async function isFirst(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (fault) {
    if (hasCode(fault, "EEXIST")) return false;
    throw fault;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (fault) {
    if (hasCode(fault, "ENOENT")) return false;
    throw fault;
  }
}
