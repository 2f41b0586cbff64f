// Vitest's global setup: the folder in which prepared.ts keeps what the projects that start gateways share.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

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
  return () => rm(folder, { recursive: true, force: true });
}
