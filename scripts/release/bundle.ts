// The Worker's one module, as `npm run deploy` builds it, and which files are in it.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wranglerIn } from "../../local/bundle.ts";
import { filesIn, type Metafile } from "./packages.ts";

/** `files`: relative to the source, sorted. */
export type Bundle = { readonly code: Buffer; readonly files: readonly string[] };

/**
 * Builds the Worker of a checkout. esbuild writes the path of each file into the bundle, from the checkout on, so
 * packages that lie elsewhere (behind a symbolic link) would make another bundle on each machine: that throws.
 */
export async function buildBundle(source: string): Promise<Bundle> {
  const folder = mkdtempSync(join(tmpdir(), "postern-release-"));
  try {
    await wranglerIn(source, ["deploy", "--dry-run", "--env", "", "--metafile", "--outdir", folder]);
    const metafile = JSON.parse(readFileSync(join(folder, "bundle-meta.json"), "utf8")) as Metafile;
    const files = filesIn(metafile);
    const outside = files.find((file) => file.startsWith("../") || file.startsWith("/"));
    if (outside !== undefined) {
      throw new Error(`${outside} is outside the checkout, so the bundle is not reproducible: run "npm ci" there`);
    }
    return { code: readFileSync(join(folder, "worker.js")), files };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
