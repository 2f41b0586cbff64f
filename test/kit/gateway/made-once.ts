// What many test files need and none changes, made once in a run of Vitest. Tests run in several processes: the first
// that needs it makes it, the others wait for it.

import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { hasCode } from "../../../cli/local-keys.ts";

const POLL_MS = 50;
/** A busy machine needs minutes. After ten something is wrong. */
const PATIENCE_MS = 600_000;

/**
 * The folder `name` in `shared`, as `make` has filled it. `make` gets the path of a folder that exists and is empty.
 * Rejects in every process when `make` does in the one that calls it.
 */
export async function madeOnce(
  shared: string,
  name: string,
  make: (folder: string) => Promise<unknown>,
): Promise<string> {
  const folder = join(shared, name);
  const [finished, failed] = [`${folder}.finished`, `${folder}.failed`];
  if (await isFirst(folder)) {
    try {
      await make(folder);
    } catch (fault) {
      await writeFile(failed, String(fault));
      throw fault;
    }
    await writeFile(finished, "");
  }
  for (const begun = performance.now(); !(await exists(finished)); await pause(POLL_MS)) {
    if (await exists(failed)) throw new Error(await readFile(failed, "utf8"));
    if (performance.now() - begun > PATIENCE_MS) throw new Error(`another test did not make ${name}`);
  }
  return folder;
}

/** The process that can make the folder does the work. */
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
