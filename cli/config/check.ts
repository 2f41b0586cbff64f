// All that is wrong with one environment of wrangler.toml and its secrets: the gateway's own reading, and what only the
// file shows. `config check` prints it, `init` writes nothing that has a fault, and a deployment stops at one.

import { join } from "node:path";
import { newSealingKey } from "../sealing-keys.ts";
import { asDeployed, sharedFaults } from "./environments.ts";
import { deployedAs, PROJECT, sectionOf, type Table, tableOf } from "./file.ts";
import { resourceFaults } from "./resources.ts";
import { routeFaults } from "./routes.ts";
import { schemaFaults } from "./schema.ts";
import type { Secrets } from "./secrets.ts";
import { settingFaults } from "./settings.ts";

/** The gateway's own reading. Its types are the Worker's, which this program does not have. */
type Reading = {
  readonly faultsOfFile: (
    file: Table,
    environment: string,
    secret: () => string,
    secrets?: Table,
  ) => readonly string[] | undefined;
  readonly remarksOfFile: (file: Table, environment: string, secrets: Table) => readonly string[];
  readonly neededSecrets: (file: Table, environment: string, secret: () => string) => readonly string[];
  readonly standIn: (name: string, secret: () => string) => string;
  readonly SECRET_NAMES: readonly string[];
};

/** What the check found. */
export type Findings = {
  /** Each a sentence with its fix. */
  readonly faults: readonly string[];
  /** No fault, but worth knowing before a deployment. */
  readonly remarks: readonly string[];
  /** The secrets that these variables need. */
  readonly needed: readonly string[];
};

/** Undefined: the file has no such environment. */
export async function findingsIn(file: Table, environment: string, secrets: Secrets): Promise<Findings | undefined> {
  if (Object.keys(sectionOf(file, environment)).length === 0) return undefined;
  const { faultsOfFile, remarksOfFile, neededSecrets, standIn, SECRET_NAMES } = (await import(
    join(PROJECT, "src", "config", "wrangler-file.ts")
  )) as Reading;
  const deployed = deployedAs(file, environment);
  const whole = asDeployed(file, environment);
  const set = setSecrets(secrets, (name) => standIn(name, newSealingKey));
  const own = faultsOfFile(whole, environment, newSealingKey, set) ?? [];
  const missed = (name: string) => own.some((fault) => fault.startsWith(`${name} is missing`));
  const faults = [
    ...own,
    ...both(set, deployed),
    ...resourceFaults(file, deployed, environment, missed, (name) => SECRET_NAMES.includes(name)),
    ...routeFaults(deployed),
    ...settingFaults(deployed, environment),
    ...modeFaults(deployed),
    ...sharedFaults(file, environment),
    ...schemaFaults(file, environment),
  ];
  return {
    faults: [...new Set(faults.map((fault) => named(fault, environment)))],
    remarks: [
      ...remarksOn(deployed),
      ...(secrets.known === "values" ? remarksOfFile(whole, environment, secrets.values) : []),
    ],
    needed: neededSecrets(whole, environment, newSealingKey),
  };
}

/** What the gateway will find under the names of secrets; undefined where nothing is known of them. */
function setSecrets(secrets: Secrets, standIn: (name: string) => string): Readonly<Record<string, string>> | undefined {
  if (secrets.known === "nothing") return undefined;
  if (secrets.known === "values") return secrets.values;
  return Object.fromEntries(secrets.names.map((name) => [name, standIn(name)]));
}

/** wrangler refuses a deployment in which a secret and a variable have one name. */
const both = (set: Readonly<Record<string, string>> | undefined, { vars }: Table): readonly string[] =>
  Object.keys(set ?? {}).flatMap((name) =>
    name in tableOf(vars)
      ? [
          `${name} is both a secret and a variable. Delete the secret (\`npx wrangler secret delete ${name}\`), or take it out of vars.`,
        ]
      : [],
  );

function modeFaults({ vars }: Table): readonly string[] {
  const { SIGN_ON: signOn } = tableOf(vars);
  return signOn === "simulated"
    ? [
        'SIGN_ON is "simulated", which only the Front-End of `npm start` understands. Set it to "connector" or "sts" (docs/sign-on.md), or "none".',
      ]
    : [];
}

function remarksOn({ vars }: Table): readonly string[] {
  const { SIGN_ON: signOn, ADMIN_HOST: admin, LOCKOUT: lockout } = tableOf(vars);
  return [
    ...(signOn === "none" ? ['SIGN_ON is "none": every sign-in ends in 503 after its password was verified.'] : []),
    ...(signOn === "sts"
      ? [
          'SIGN_ON is "sts": every user needs a SID and a UPN here. Nobody has seen a real pool sign a desktop on in this way (docs/sign-on.md).',
        ]
      : []),
    ...(admin === undefined ? ["ADMIN_HOST is not set: nobody can add a user or end a ticket."] : []),
    ...(lockout === "report" ? ['LOCKOUT is "report": nobody is refused for failing too often.'] : []),
  ];
}

/** The Worker does not know the name of its environment; its sentences speak of production. */
const named = (fault: string, environment: string): string =>
  fault
    .replaceAll("[[env.production.", `[[env.${environment}.`)
    .replaceAll("[env.production.", `[env.${environment}.`)
    .replaceAll(
      /`((?:npx )?)wrangler secret (put|delete) (\w+)`/g,
      (_all, _npx, verb, name) => `\`npx wrangler secret ${verb} ${name} --env ${environment}\``,
    );
