// Which packages a bundle is made of, as esbuild says: only what is in the output, not what was merely looked at.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/** The part of esbuild's metafile that is read here. Paths are relative to where esbuild ran. */
export type Metafile = {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >;
};

/** A package as it is installed: its folder below the root, its name and version. */
export type Package = {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly description: string;
};

const PACKAGE_FOLDER = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** The command's first file, and one that it loads by a computed name, which esbuild cannot follow. */
const COMMAND_ENTRIES = ["cli/main.ts", "src/config/wrangler-file.ts"];

/** The files whose text is in some output, sorted. */
export function filesIn({ outputs }: Metafile): string[] {
  const used = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
  return [...new Set(used)].sort();
}

/** The folders of the packages to which these files belong, sorted. */
export function packageFolders(files: readonly string[]): string[] {
  return [...new Set(files.flatMap((file) => PACKAGE_FOLDER.exec(file)?.[1] ?? []))].sort();
}

/** What is installed in a folder. Throws if there is no package. */
export function installed(root: string, folder: string): Package {
  const text = readFileSync(join(root, folder, "package.json"), "utf8");
  const { name, version, description = "" } = JSON.parse(text) as Omit<Package, "description"> & Partial<Package>;
  return { folder, name, version, description };
}

/** The files of the operator's command: everything that it may load, packages included. */
export async function filesOfCommand(root: string): Promise<string[]> {
  const { metafile } = await build({
    ...{ absWorkingDir: root, entryPoints: COMMAND_ENTRIES, outdir: "never-written", write: false },
    ...{ bundle: true, platform: "node", format: "esm", metafile: true, logLevel: "error" },
  });
  return filesIn(metafile);
}
