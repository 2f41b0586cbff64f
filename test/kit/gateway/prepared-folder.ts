// Vitest's global setup: the folder in which tests keep what made-once.ts makes for all of them.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

/** The variable with the same folder, for code that also runs without Vitest, where it is not set. */
export const PREPARED_FOLDER = "POSTERN_PREPARED_FOLDER";

declare module "vitest" {
  interface ProvidedContext {
    /** Empty at first; removed after the run. */
    readonly preparedFolder: string;
  }
}

/** Makes the folder; Vitest calls what is returned after the run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "postern-prepared-"));
  project.provide("preparedFolder", folder);
  process.env[PREPARED_FOLDER] = folder;
  return () => rm(folder, { recursive: true, force: true });
}
