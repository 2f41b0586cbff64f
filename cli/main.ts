// `npx postern …`: the command, bound to this process and this checkout.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { hasCode } from "./local-keys.ts";
import { postern } from "./postern.ts";

const project = join(import.meta.dirname, "..");
const { version } = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as { version: string };
const { stdin, stdout, stderr, env } = process;

// With `postern … | head`, `head` stops reading early. That is not an error, and the rest is dropped.
stdout.on("error", (fault) => {
  if (!hasCode(fault, "EPIPE")) throw fault;
  process.exit(0);
});

async function question(asked: string, secret = false): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  if (secret) stderr.write(asked);
  const terminal = createInterface({ input: stdin, output: secret ? nowhere : stderr, terminal: true });
  try {
    return await terminal.question(secret ? "" : asked);
  } finally {
    terminal.close();
    if (secret) stderr.write("\n");
  }
}

process.exitCode = await postern(process.argv.slice(2), {
  env,
  state: join(project, ".postern"),
  // `npm run` starts this at the top of the checkout, in whatever folder the user is.
  folder: env.npm_lifecycle_event === "postern" ? (env.INIT_CWD ?? process.cwd()) : process.cwd(),
  version,
  now: Date.now,
  question: stdin.isTTY && stderr.isTTY ? question : undefined,
  input: () => text(stdin),
  progress: stderr.isTTY ? (line) => stderr.write(`\r\u001b[K${line}`) : undefined,
  print: (out) => new Promise((resolve) => stdout.write(out, () => resolve())),
  complain: (out) => stderr.write(out),
});
