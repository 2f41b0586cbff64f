// `npm run release`: writes into release/ the Worker's bundle, what it and the other programs are made of (CycloneDX),
// from which commit, and the hashes of all of it. docs/release.md says how somebody else gets the same bundle.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../local/bundle.ts";
import { buildBundle } from "./release/bundle.ts";
import { filesOfCommand, installed, type Package, packageFolders } from "./release/packages.ts";
import { sbomOf, sbomOfLockfile } from "./release/sbom.ts";
import { FILES_OF_STATIC_FILES } from "./web/static-files.ts";

const FOLDER = join(PROJECT, "release");

const git = (...args: string[]): string => execFileSync("git", args, { cwd: PROJECT, encoding: "utf8" }).trim();
const sha256 = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const packagesIn = (files: readonly string[]): Package[] =>
  packageFolders(files).map((folder) => installed(PROJECT, folder));

const { code, files } = await buildBundle(PROJECT);
const hash = sha256(code);
const { version, description } = installed(PROJECT, ".");
const at = new Date(Number(git("log", "-1", "--format=%ct")) * 1000);
const changed = git("status", "--porcelain") !== "";

const everything = sbomOfLockfile(PROJECT, false);
const ofWorker = packagesIn([...files, ...FILES_OF_STATIC_FILES]); // the static files are text in a module
const ofCommand = packagesIn(await filesOfCommand(PROJECT));
const worker = { name: "postern-worker", version, description, sha256: hash };
const service = (folder: string): string =>
  json(sbomOf(installed(PROJECT, folder), sbomOfLockfile(join(PROJECT, folder), true), at));

const written: Readonly<Record<string, string | Buffer>> = {
  "worker.js": code,
  "sbom-worker.cdx.json": json(sbomOf(worker, everything, at, ofWorker)),
  "sbom-command.cdx.json": json(sbomOf(installed(PROJECT, "cli"), everything, at, ofCommand)),
  "sbom-connector.cdx.json": service("connector"),
  "sbom-agent.cdx.json": service("agent"),
  "release.json": json({
    ...{ version, commit: git("rev-parse", "HEAD"), committed: at.toISOString(), changed, worker: { sha256: hash } },
    builtWith: {
      node: process.version,
      wrangler: installed(PROJECT, "node_modules/wrangler").version,
      npm: execFileSync("npm", ["--version"], { encoding: "utf8" }).trim(),
    },
  }),
};
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER);
for (const [name, content] of Object.entries(written)) writeFileSync(join(FOLDER, name), content);
const sums = Object.entries(written).map(([name, content]) => `${sha256(content)}  ${name}\n`);
writeFileSync(join(FOLDER, "SHA256SUMS"), sums.join(""));

console.log(`Version ${version}, commit ${git("rev-parse", "HEAD")}. The Worker, SHA-256:\n${hash}`);
console.log("It is in release/, with what each program is made of. Anybody can make it again: docs/release.md");
if (changed) console.log("This checkout has changes that are not committed: nobody else can make the same bundle.");
