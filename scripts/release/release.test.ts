// What somebody who does not believe us does: builds the Worker in another place, and compares. And the bills of
// material: valid, complete, and the same each time.

import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Version } from "@cyclonedx/cyclonedx-library/Spec";
import { JsonStrictValidator } from "@cyclonedx/cyclonedx-library/Validation";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PROJECT } from "../../local/bundle.ts";
import { type Bundle, buildBundle } from "./bundle.ts";
import { filesIn, filesOfCommand, installed, packageFolders } from "./packages.ts";
import { type Sbom, sbomOf, sbomOfLockfile } from "./sbom.ts";

const SOURCES = ["src", "agent/src", "agent/locales", "docs/openapi.json", "migrations", "package.json"];
const SETTINGS = ["wrangler.toml", "tsconfig.json"];
const COMMITTED = new Date("2026-11-28T00:00:00Z");

const folder = mkdtempSync(join(tmpdir(), "postern-release-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let here: Bundle;
let lockfile: Sbom;
beforeAll(async () => {
  here = await buildBundle(PROJECT);
  lockfile = sbomOfLockfile(PROJECT, false);
});

/** A copy of all that the bundle is made of, at another depth and of another age. */
function elsewhere(): string {
  const copy = join(folder, "some", "where", "else");
  for (const path of [...SOURCES, ...SETTINGS, ...packageFolders(here.files)]) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(PROJECT, path), join(copy, path), { recursive: true, dereference: true });
  }
  utimesSync(join(copy, "src/worker.ts"), 1, 1);
  return copy;
}

it("the Worker is the same bytes, wherever it is built", async () => {
  const there = await buildBundle(elsewhere());
  expect(there.files).toEqual(here.files);
  expect(there.code.equals(here.code)).toBe(true);
  expect(here.code.includes(PROJECT)).toBe(false);
  expect(here.code.includes(tmpdir())).toBe(false);
});

it("packages behind a link to another place are refused: their place would be in the bundle", async () => {
  const linked = join(folder, "linked");
  mkdirSync(linked);
  for (const path of ["src", "agent", "docs", "migrations", "node_modules", "package.json", ...SETTINGS]) {
    symlinkSync(join(PROJECT, path), join(linked, path));
  }
  await expect(buildBundle(linked)).rejects.toThrow(/outside the checkout/);
});

it("a bill with a fault is not valid", async () => {
  const bill = sbomOf(installed(PROJECT, "."), lockfile, COMMITTED, []);
  expect(await faultsOf({ ...bill, bomFormat: "Other" })).not.toBeNull();
});

it("the bill of the Worker is valid CycloneDX, and has every package of the bundle and no other", async () => {
  const packages = packageFolders(here.files).map((path) => installed(PROJECT, path));
  const worker = { ...installed(PROJECT, "."), sha256: "ab".repeat(32) };
  const bill = sbomOf(worker, lockfile, COMMITTED, packages);
  expect(await faultsOf(bill)).toBeNull();
  const named = bill.components.map(({ name, version }) => `${name}@${version}`).sort();
  expect(named).toEqual(packages.map(({ name, version }) => `${name}@${version}`).sort());
  expect(named.some((name) => name.startsWith("hono@"))).toBe(true);
  expect(named.filter((name) => /^(vitest|wrangler|typescript)@/.test(name))).toEqual([]);
});

it("the bills of the command, the connector and the agent are valid, and name what each is known to need", async () => {
  const ofCommand = packageFolders(await filesOfCommand(PROJECT)).map((path) => installed(PROJECT, path));
  const service = (name: string) =>
    sbomOf(installed(PROJECT, name), sbomOfLockfile(join(PROJECT, name), true), COMMITTED);
  const bills = [
    [sbomOf(installed(PROJECT, "cli"), lockfile, COMMITTED, ofCommand), "postern-command", "commander"],
    [service("connector"), "postern-connector", "kerberos"],
    [service("agent"), "postern-agent", "ldapts"],
  ] as const;
  for (const [bill, name, needed] of bills) {
    expect(await faultsOf(bill)).toBeNull();
    expect(bill.metadata.component.name).toBe(name);
    expect(bill.components.map((component) => component.name)).toContain(needed);
  }
});

it("a bill is the same each time, and reaches every part from its program", () => {
  const packages = packageFolders(here.files).map((path) => installed(PROJECT, path));
  const [one, two] = [lockfile, sbomOfLockfile(PROJECT, false)].map((sbom) =>
    sbomOf(installed(PROJECT, "."), sbom, COMMITTED, packages),
  );
  expect(two).toEqual(one);
  const reached = new Set([one?.metadata.component["bom-ref"]]);
  for (const ref of reached) {
    for (const needed of one?.dependencies.find((of) => of.ref === ref)?.dependsOn ?? []) reached.add(needed);
  }
  expect(one?.components.filter((component) => !reached.has(component["bom-ref"]))).toEqual([]);
});

it("a package that is not the lockfile's makes no bill", () => {
  const hono = { ...installed(PROJECT, "node_modules/hono"), version: "0.0.1" };
  expect(() => sbomOf(installed(PROJECT, "."), lockfile, COMMITTED, [hono])).toThrow(/npm ci/);
});

it("what was looked at and is not in the output is in no bill", () => {
  const inputs = { "node_modules/a/x.js": { bytesInOutput: 3 }, "node_modules/@b/c/y.js": { bytesInOutput: 0 } };
  expect(packageFolders(filesIn({ outputs: { "worker.js": { inputs } } }))).toEqual(["node_modules/a"]);
  const nested = ["node_modules/@b/c/node_modules/d/index.js", "src/worker.ts"];
  expect(packageFolders(nested)).toEqual(["node_modules/@b/c/node_modules/d"]);
});

const faultsOf = (bill: Sbom): Promise<unknown> =>
  new JsonStrictValidator(Version.v1dot5).validate(JSON.stringify(bill));
