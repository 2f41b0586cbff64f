// `npm run deploy`: checks the configuration, the secrets and the database's tables, and deploys only then.
// `npm run deploy -- --env staging` deploys another environment.

import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { refusal } from "../cli/config/deployable.ts";
import { readWranglerFile } from "../cli/config/file.ts";
import { CliFault } from "../cli/fault.ts";
import { environmentFor, programIn } from "../cli/init/wrangler.ts";

const USAGE = `npm run deploy -- [--env NAME] [--secrets FILE] [--without-database-check]

  --env NAME                 the environment of wrangler.toml (default production)
  --secrets FILE             check the values of the secrets, too: JSON as for "wrangler secret bulk", or .dev.vars
  --without-database-check   deploy although nobody can say which migrations are applied
  --config FILE              another wrangler.toml`;

/** As `postern` has it for a command line that cannot be meant, and for a configuration with a fault. */
const REFUSED = 2;

function optionsOf() {
  try {
    return parseArgs({
      options: {
        env: { type: "string", default: "production" },
        secrets: { type: "string" },
        config: { type: "string" },
        "without-database-check": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (fault) {
    console.error(`${fault instanceof Error ? fault.message : String(fault)}\n\n${USAGE}`);
    process.exit(REFUSED);
  }
}

const options = optionsOf();
if (options.help) console.log(USAGE);
else process.exitCode = await deploy();

/** The exit code. */
async function deploy(): Promise<number> {
  // `npm run` starts this at the top of the checkout, in whatever folder the user is.
  const folder = process.env.INIT_CWD ?? process.cwd();
  try {
    const file = readWranglerFile(folder, options.config);
    const { secrets, env: environment } = options;
    const database = !options["without-database-check"];
    const why = await refusal({ file, folder, env: process.env, environment, secrets, database });
    if (why !== undefined) throw why;
    console.log(`${file.name}, environment ${environment}: no fault. Deploying.`);
    const args = ["deploy", "--env", environment, "--config", file.path];
    const env = environmentFor(process.env);
    return spawnSync(programIn(env.PATH ?? ""), args, { stdio: "inherit", env }).status ?? 1;
  } catch (fault) {
    if (!(fault instanceof CliFault)) throw fault;
    console.error(`Not deployed: ${fault.message}.\n${fault.fix}`);
    return REFUSED;
  }
}
