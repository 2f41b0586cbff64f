// Reads the files of a running program, all as they were at one moment.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** SQLite merges its logs into its databases while the files are read. */
const MAX_WALKS = 20;

/**
 * Every file below these folders. When one vanishes meanwhile, all are read again: its content may now be in a file
 * that was read before.
 */
export async function filesIn(...folders: readonly string[]): Promise<{ path: string; bytes: Buffer }[]> {
  for (let walk = 0; walk < MAX_WALKS; walk++) {
    const files = await walked(folders);
    if (files !== undefined) return files;
  }
  throw new Error(`files of ${folders.join(" and ")} vanished in each of ${MAX_WALKS} walks`);
}

/** One walk; undefined when a file vanished meanwhile. */
async function walked(folders: readonly string[]): Promise<{ path: string; bytes: Buffer }[] | undefined> {
  const files: { path: string; bytes: Buffer }[] = [];
  for (const folder of folders) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const bytes = await readFile(path).catch((fault: unknown) => {
        if (fault instanceof Error && "code" in fault && fault.code === "ENOENT") return undefined;
        throw fault;
      });
      if (bytes === undefined) return undefined;
      files.push({ path, bytes });
    }
  }
  return files;
}
