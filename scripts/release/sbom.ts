// Bills of material in CycloneDX JSON. npm writes them from a lockfile, with licences and hashes; here they are cut down
// to what a program is made of, and what differs from run to run is taken out.

import { execFileSync } from "node:child_process";
import type { Package } from "./packages.ts";

type Component = {
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
  readonly [more: string]: unknown;
};
type Dependency = { readonly ref: string; readonly dependsOn?: readonly string[] };

/** A bill of materials, as far as it is read here. */
export type Sbom = {
  readonly metadata: { readonly component: Component; readonly [more: string]: unknown };
  readonly components: readonly Component[];
  readonly dependencies: readonly Dependency[];
  readonly [more: string]: unknown;
};

/** Whose bill it is. `sha256`: of its one file, if it is one. */
export type Subject = {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly sha256?: string;
};

/** What npm says of the lockfile in a folder. Asks no registry. `production`: without what only developers need. */
export function sbomOfLockfile(folder: string, production: boolean): Sbom {
  const args = ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only", ...(production ? ["--omit", "dev"] : [])];
  return JSON.parse(execFileSync("npm", args, { cwd: folder, encoding: "utf8", maxBuffer: 64 * 1024 ** 2 })) as Sbom;
}

/**
 * The bill of a program: of `sbom` only `packages`, or everything if they are not given. The same input gives the same
 * bytes: `at` is the time of the commit, and the random serial number is left out, as CycloneDX allows. Throws if a
 * package is not in `sbom`: then another version is installed than the lockfile says.
 */
export function sbomOf(subject: Subject, sbom: Sbom, at: Date, packages?: readonly Package[]): Sbom {
  const { serialNumber: _random, ...rest } = sbom;
  const root = sbom.metadata.component["bom-ref"];
  const components = packages === undefined ? sbom.components : componentsOf(sbom, packages);
  const kept = new Set([root, ...components.map((component) => component["bom-ref"])]);
  const { name, version, description, sha256 } = subject;
  return {
    ...rest,
    metadata: {
      ...sbom.metadata,
      timestamp: at.toISOString(),
      component: {
        ...sbom.metadata.component,
        ...{ type: "application", name, version, description, purl: `pkg:npm/${name}@${version}` },
        ...(sha256 === undefined ? {} : { hashes: [{ alg: "SHA-256", content: sha256 }] }),
      },
    },
    components,
    dependencies: graphOf(root, kept, sbom.dependencies),
  };
}

/** Who needs whom among those kept. What only a part of ours needs that is not in the bill, the program itself needs. */
function graphOf(root: string, kept: ReadonlySet<string>, all: readonly Dependency[]): Dependency[] {
  const graph = all
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((needed) => kept.has(needed)) }));
  const needed = new Set([root, ...graph.flatMap(({ dependsOn }) => dependsOn)]);
  const orphans = [...kept].filter((ref) => !needed.has(ref));
  return graph.map(({ ref, dependsOn }) =>
    ref === root ? { ref, dependsOn: [...dependsOn, ...orphans] } : { ref, dependsOn },
  );
}

function componentsOf(sbom: Sbom, packages: readonly Package[]): Component[] {
  const known = new Map(sbom.components.map((component) => [component["bom-ref"], component]));
  const found = new Map<string, Component>();
  for (const { name, version, folder } of packages) {
    const component = known.get(`${name}@${version}`);
    if (component === undefined) {
      throw new Error(`${folder} has version ${version}, which package-lock.json does not know: run "npm ci"`);
    }
    const { properties: _ofTheLockfile, ...own } = component; // as "development": true there, and in the bundle all the same
    found.set(component["bom-ref"], own);
  }
  return [...found.values()];
}
