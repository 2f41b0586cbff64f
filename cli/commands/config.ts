// `postern config check`: reads wrangler.toml and what can be known of the secrets, before they are deployed.

import { findingsIn } from "../config/check.ts";
import { readWranglerFile } from "../config/file.ts";
import { secretsKnown } from "../config/look.ts";
import type { Secrets } from "../config/secrets.ts";
import { command, excluding, flag, text } from "../define.ts";
import { usage } from "../fault.ts";

const DEFAULT_ENVIRONMENT = "production";

export const check = command({
  help: `Lists everything that is wrong with one environment of wrangler.toml, each fault with its fix, and ends with exit code
2. It reads variables and bindings as the gateway does. It also finds what only the file shows: a secret in it, an id
or a host of the sample, a host without a route, a second door to the Worker, a log that would hold request URLs, what
two environments must not share, and settings that wrangler does not know. It changes nothing.

If wrangler is signed in, Cloudflare is asked which secrets are set. Their values it never tells: to have those checked
as well, give --secrets the file that you keep offline. If neither is there, the answer says which secrets were not
looked at.`,
  words: ["[FILE]"],
  options: {
    env: text("name", "the environment in it (default production)"),
    secrets: text("file", 'the secrets: JSON as for "wrangler secret bulk", or NAME=VALUE lines as in .dev.vars'),
    offline: flag("do not ask Cloudflare which secrets are set"),
  },
  examples: [
    "config check",
    "config check --env staging",
    "config check --secrets postern-production/secrets.json",
    "config check --offline",
  ],
  async run({ words: [given], options, folder, env }) {
    excluding("--secrets and --offline", options.secrets, options.offline);
    const environment = options.env ?? DEFAULT_ENVIRONMENT;
    const file = readWranglerFile(folder, given);
    const offline = options.offline === true;
    const { secrets: secretsFile } = options;
    // An environment that is not there is found before Cloudflare is asked.
    const first = await findingsIn(file.table, environment, NOTHING);
    if (first === undefined) {
      const fix = `\`npx postern init --env ${environment}\` makes it. Or name another with --env.`;
      throw usage(`${file.name} has no environment "${environment}"`, fix);
    }
    const secrets = await secretsKnown({ env, folder, file: file.path, environment, secrets: secretsFile, offline });
    const { faults, remarks, needed } = (await findingsIn(file.table, environment, secrets)) ?? first;
    const looked = sayOf(secrets, needed);
    if (faults.length > 0) {
      const count = faults.length === 1 ? "a fault" : `${faults.length} faults`;
      const list = [...faults, ...(secrets.known === "nothing" ? ["", looked] : [])].join("\n");
      throw usage(`${file.name}, environment ${environment}, has ${count}`, list, { faults });
    }
    return {
      text: [`${file.name}, environment ${environment}: no fault.`, looked, ...remarks].join("\n"),
      json: { file: file.name, environment, faults, remarks, secrets: { known: secrets.known, needed } },
    };
  },
});

const NOTHING: Secrets = { known: "nothing", why: "" };

/** What was looked at of the secrets, in a sentence. */
function sayOf(secrets: Secrets, needed: readonly string[]): string {
  const list = needed.length === 0 ? "none" : needed.join(", ");
  switch (secrets.known) {
    case "values":
      return `Secrets: the values in ${secrets.file} were checked. Needed: ${list}.`;
    case "names":
      return `Secrets: Cloudflare says that all that are needed are set (${list}). It does not tell their values.`;
    case "nothing":
      return `Secrets were not looked at (${secrets.why}). Needed: ${list}.`;
  }
}
