// Whether an environment may be deployed: no fault in wrangler.toml, every secret in place, and no table missing that
// this version reads.

import { CliFault, usage } from "../fault.ts";
import { missingMigrations } from "../init/migrations.ts";
import { type Wrangler, wranglerFor } from "../init/wrangler.ts";
import { findingsIn } from "./check.ts";
import type { WranglerFile } from "./file.ts";
import { secretsAt } from "./look.ts";
import { secretsIn } from "./secrets.ts";

/** What is to be deployed. */
type Deployment = {
  readonly file: WranglerFile;
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly environment: string;
  /** A file of secrets whose values are to be checked. */
  readonly secrets: string | undefined;
  /** Whether the database's migrations are looked at. */
  readonly database: boolean;
};

/** Why it may not be deployed; undefined: it may. Throws a fault where a file cannot be read. */
export async function refusal(deployment: Deployment): Promise<CliFault | undefined> {
  const { file, folder, env, environment, database } = deployment;
  const wrangler = wranglerFor({ env }, file.path);
  const there = await secretsAt(wrangler, environment);
  const secrets = deployment.secrets === undefined ? there : secretsIn(folder, deployment.secrets);
  const found = await findingsIn(file.table, environment, secrets);
  if (found === undefined) {
    const fix = `\`npx postern init --env ${environment}\` makes it.`;
    return usage(`${file.name} has no environment "${environment}"`, fix);
  }
  // The file of secrets may have one that was never put in place.
  const lacking =
    deployment.secrets !== undefined && there.known === "names"
      ? found.needed.filter((name) => !there.names.includes(name))
      : [];
  const faults = [
    ...found.faults,
    ...lacking.map(
      (name) =>
        `${name} is not in place at Cloudflare. Put it there with \`npx wrangler secret put ${name} --env ${environment}\`.`,
    ),
  ];
  if (faults.length > 0) {
    const count = faults.length === 1 ? "a fault" : `${faults.length} faults`;
    return usage(`${file.name}, environment ${environment}, has ${count}`, faults.join("\n"));
  }
  if (secrets.known === "nothing") {
    const fix = `Needed: ${found.needed.join(", ")}. Sign in with \`npx wrangler login\`, or give their values with --secrets FILE.`;
    return usage(`nobody can say whether the secrets are set (${secrets.why})`, fix);
  }
  return database ? databaseRefusal(wrangler, environment) : undefined;
}

async function databaseRefusal(wrangler: Wrangler, environment: string): Promise<CliFault | undefined> {
  const apply = `npx wrangler d1 migrations apply DB --remote --env ${environment}`;
  try {
    const missing = missingMigrations(await wrangler.appliedMigrations(environment));
    if (missing.length === 0) return undefined;
    const what = `the database lacks ${missing.join(", ")}, which this version reads`;
    return usage(what, `Apply first, then deploy:\n  ${apply}`);
  } catch (fault) {
    if (!(fault instanceof CliFault)) throw fault;
    const fix = `${fault.fix}\nIf you know that all migrations are applied, add --without-database-check.`;
    return usage(`nobody can say which migrations are applied: ${fault.message}`, fix);
  }
}
