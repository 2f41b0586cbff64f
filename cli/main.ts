// `npm run postern -- …`: the operator's tool, bound to this process and this checkout.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { adminThrough } from "./admin-api.ts";
import { hasCode } from "./local-keys.ts";
import { postern } from "./postern.ts";
import { wranglerExecute } from "./wrangler.ts";

const project = join(import.meta.dirname, "..");
const state = join(project, ".postern");
const { version } = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as { version: string };

// With `postern … | head`, `head` stops reading early. That is not an error; the rest is dropped.
process.stdout.on("error", (fault) => {
  if (!hasCode(fault, "EPIPE")) throw fault;
  process.exit(0);
});

async function question(text: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(text);
  } finally {
    terminal.close();
  }
}

process.exitCode = await postern(process.argv.slice(2), {
  env: process.env,
  state,
  // npm runs this at the top of the checkout, wherever the user stands.
  folder: process.env.INIT_CWD ?? process.cwd(),
  version,
  now: Date.now,
  executeOn: (target) => wranglerExecute(target, { project, state }),
  adminOf: (target) => adminThrough(target, state, process.env),
  question: process.stdin.isTTY === true && process.stderr.isTTY === true ? question : undefined,
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
});
