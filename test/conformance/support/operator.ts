// The operator's tool on the gateway's database while the gateway runs, as an administrator uses it.

import { adminThrough } from "../../../cli/admin-api.ts";
import type { Execute } from "../../../cli/d1.ts";
import { postern } from "../../../cli/postern.ts";
import { type Target, wranglerExecute } from "../../../cli/wrangler.ts";
import { PROJECT } from "../../../local/bundle.ts";
import type { TestGateway } from "./gateway.ts";

/** Runs one command and returns its JSON answer; throws what it complains about. SQL goes straight to the gateway's database. */
export const operator = (
  gateway: Pick<TestGateway, "home" | "execute">,
  ...argv: readonly string[]
): Promise<unknown> => command(gateway.home, () => gateway.execute, argv);

/** The same by way of wrangler, as the tool that an administrator starts does it: a second process on the database. Takes seconds. */
export const operatorThroughWrangler = ({ home }: Pick<TestGateway, "home">, ...argv: readonly string[]) =>
  command(home, (target) => wranglerExecute(target, { project: PROJECT, state: home }), argv);

async function command(
  home: string,
  executeOn: (target: Target) => Execute,
  argv: readonly string[],
): Promise<unknown> {
  let output = "";
  let complaint = "";
  const exit = await postern([...argv, "--json"], {
    env: process.env,
    state: home,
    folder: PROJECT,
    version: "test",
    now: Date.now,
    executeOn,
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
