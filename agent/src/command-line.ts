// What the command line asks for. A wrong one is a sentence and the list of commands.

import { parseArgs } from "node:util";

export type Order =
  | { readonly command: "run" | "check" }
  | { readonly command: "sync"; readonly how: "full" | "dry-run" | "confirm" }
  | { readonly command: "mail"; readonly to: string };

export type Asked = { readonly order: Order; readonly file: string };

export const USAGE = `postern-agent                      runs: the sync, and what else the configuration has
postern-agent check                tries everything once, and says how to mend what does not work
postern-agent sync --dry-run       prints what the sync would do, and does nothing
postern-agent sync --full          compares everybody once, does what differs, and ends
postern-agent sync --confirm       the same, and disables the people whom the brake held
postern-agent mail --test ADDRESS  sends a mail to ADDRESS

--help                             this
--config FILE                      the configuration (default: /etc/postern-agent/config.json)`;

/** Reads the arguments. Returns a sentence where they make no sense. */
export function readCommandLine(args: readonly string[]): Asked | string {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (fault) {
    return (fault as Error).message;
  }
  const { values, positionals } = parsed;
  const { config: file, test, ...flags } = values;
  const given = Object.keys(flags);
  const [command = "run", ...rest] = positionals;
  if (rest.length > 0) return `There is nothing to do with "${rest[0]}".`;
  if (test !== undefined && command !== "mail") return "--test ADDRESS belongs to postern-agent mail.";
  if (given.length > 0 && command !== "sync") return `--${given[0]} belongs to postern-agent sync.`;
  switch (command) {
    case "run":
    case "check":
      return { order: { command }, file };
    case "sync": {
      const [how, another] = given as ("full" | "dry-run" | "confirm")[];
      if (how === undefined) return "Say how: postern-agent sync --dry-run, --full or --confirm.";
      return another === undefined ? { order: { command, how }, file } : `Give either --${how} or --${another}.`;
    }
    case "mail":
      return test === undefined
        ? "Say to whom: postern-agent mail --test ADDRESS."
        : { order: { command, to: test }, file };
    default:
      return `There is no command "${command}".`;
  }
}

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      config: { type: "string", default: "/etc/postern-agent/config.json" },
      "dry-run": { type: "boolean" },
      full: { type: "boolean" },
      confirm: { type: "boolean" },
      test: { type: "string" },
    },
  });
