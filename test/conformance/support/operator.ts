// The operator's tool on the gateway's database while the gateway runs, as an administrator uses it.

import { adminThrough } from "../../../cli/admin-api.ts";
import { postern } from "../../../cli/postern.ts";
import { wranglerExecute } from "../../../cli/wrangler.ts";
import { PROJECT } from "../../../local/bundle.ts";
import type { TestGateway } from "./gateway.ts";

/** Runs one command and returns its JSON answer; throws what it complains about. */
export async function operator(gateway: Pick<TestGateway, "home">, ...argv: readonly string[]): Promise<unknown> {
  const { home } = gateway;
  let output = "";
  let complaint = "";
  const exit = await postern([...argv, "--json"], {
    env: process.env,
    state: home,
    folder: PROJECT,
    version: "test",
    now: Date.now,
    executeOn: (target) => wranglerExecute(target, { project: PROJECT, state: home }),
    adminOf: (target) => adminThrough(target, home, process.env),
    print: (text) => {
      output += text;
    },
    complain: (text) => {
      complaint += text;
    },
  });
  if (exit !== 0) throw new Error(`postern ${argv.join(" ")}: ${exit} ${complaint}`);
  return JSON.parse(output);
}
