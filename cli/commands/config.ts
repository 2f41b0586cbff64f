// `postern config check`: reads wrangler.toml before it is deployed. It also checks what only the file shows.

import { basename, join, resolve } from "node:path";
import { parse, TomlError } from "smol-toml";
import { command, text } from "../define.ts";
import { usage } from "../fault.ts";
import { textOfFile } from "../files.ts";
import { newSealingKey } from "../sealing-keys.ts";

const PROJECT = join(import.meta.dirname, "..", "..");
const DEFAULT_FILE = join(PROJECT, "wrangler.toml");
const MAX_FILE_BYTES = 1024 * 1024;
const DEFAULT_ENVIRONMENT = "production";

type Table = Readonly<Record<string, unknown>>;
/** The gateway's own reading. Its types are the Worker's, which this program does not have. */
type Reading = {
  readonly faultsOfFile: (file: Table, environment: string, secret: () => string) => readonly string[] | undefined;
};

export const check = command({
  help: `Lists everything that is wrong with the variables and bindings in wrangler.toml, each with its fix, and ends with exit
code 2. It finds the faults that the gateway would log, and faults that only the file shows: a secret in it, an id that
is still the sample, a host without a route. It contacts no server, and cannot see secrets set by "wrangler secret put".`,
  words: ["[FILE]"],
  options: { env: text("name", "the environment in it (default production)") },
  examples: ["config check", "config check --env staging"],
  async run({ words: [given], options, folder }) {
    const name = given ?? basename(DEFAULT_FILE);
    const environment = options.env ?? DEFAULT_ENVIRONMENT;
    const file = tableIn(given === undefined ? DEFAULT_FILE : resolve(folder, given), name);
    const { faultsOfFile } = (await import(join(PROJECT, "src", "config", "wrangler-file.ts"))) as Reading;
    const faults = faultsOfFile(file, environment, newSealingKey);
    if (faults === undefined) {
      const fix = `Add [env.${environment}] to it, as the file of this version has it for production, or name another with --env.`;
      throw usage(`${name} has no environment "${environment}"`, fix);
    }
    if (faults.length > 0) {
      const count = faults.length === 1 ? "a fault" : `${faults.length} faults`;
      throw usage(`${name}, environment ${environment}, has ${count}`, faults.join("\n"), { faults });
    }
    const text = `${name}, environment ${environment}: no fault. What "wrangler secret put" put in place is not looked at.`;
    return { text, json: { file: name, environment, faults } };
  },
});

function tableIn(file: string, name: string): Table {
  const text = textOfFile(file, name, MAX_FILE_BYTES, "Name the wrangler.toml of your gateway.");
  try {
    return parse(text);
  } catch (fault) {
    if (!(fault instanceof TomlError)) throw fault;
    const [message = ""] = fault.message.split("\n"); // it goes on with an excerpt, in which a secret may stand
    throw usage(`${name} is not TOML`, `line ${fault.line}, column ${fault.column}: ${message}.`);
  }
}
