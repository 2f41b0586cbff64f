// The folder with the data of a large pool: made for one run, or kept for the next one, because to fill it takes
// minutes.

import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wrangler } from "../local/bundle.ts";
import { fill, type Sample, type Scale } from "./scale-fill.ts";

/** The data, where they are, and some of them to ask for. */
export type Filled = {
  readonly state: string;
  readonly sample: Sample;
  /** When they were made, ms: the last event is of that time. */
  readonly at: number;
  /** Removes the folder, unless it is kept. */
  readonly done: () => Promise<void>;
};

/** `keep`: a folder to keep the data in. When it has data, they are taken as they are; new migrations are applied. */
export async function filled(scale: Scale, keep?: string): Promise<Filled> {
  const state = keep ?? (await mkdtemp(join(tmpdir(), "postern-scale-")));
  await mkdir(state, { recursive: true });
  await wrangler("d1", "migrations", "apply", "DB", "--local", "--persist-to", state);
  const done = async (): Promise<void> => {
    if (keep === undefined) await rm(state, { recursive: true, force: true });
  };
  const note = join(state, "filled.json");
  if (
    await access(note).then(
      () => true,
      () => false,
    )
  ) {
    const { sample, at } = JSON.parse(await readFile(note, "utf8")) as Pick<Filled, "sample" | "at">;
    return { state, sample, at, done };
  }
  const at = Date.now();
  const sample = fill(await databaseIn(state), scale, at);
  await writeFile(note, JSON.stringify({ sample, at }));
  return { state, sample, at, done };
}

/** The file of the local D1 in this folder, which was migrated. */
export async function databaseIn(state: string): Promise<string> {
  const files = await readdir(join(state, "v3/d1"), { recursive: true });
  const file = files.find((name) => name.endsWith(".sqlite") && !name.includes("metadata"));
  if (file === undefined) throw new Error("the local D1 has no file");
  return join(state, "v3/d1", file);
}
