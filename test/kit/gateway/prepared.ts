// What every started gateway needs and no test changes: the Worker as one module, and a database with its tables.
// Making them takes longer than starting the gateway. So the first test that needs them makes them, once in a run of
// Vitest.

import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inject } from "vitest";
import { prepare } from "../../../local/gateway.ts";
import { madeOnce } from "./made-once.ts";

/** Copies a database with its tables into `state`, an empty folder that exists; returns the Worker's one module. */
export async function prepared(state: string): Promise<string> {
  const gateway = await madeOnce(inject("preparedFolder"), "gateway", async (folder) => {
    const template = join(folder, "state");
    await mkdir(template);
    await writeFile(join(folder, "worker.js"), await prepare(template));
  });
  await cp(join(gateway, "state"), state, { recursive: true });
  return readFile(join(gateway, "worker.js"), "utf8");
}
