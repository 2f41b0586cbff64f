// The files of something that runs, all of them as they stood at one time.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Databases fold their logs away while they are read. */
const MAX_WALKS = 20;

/** Every file below these folders. Reads all of them again when one vanishes meanwhile: what was in it may now stand in one that was read before. */
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
