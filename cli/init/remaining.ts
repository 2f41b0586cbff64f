// What is left to do after `init`, in the order in which it is done.

import { placeOptions } from "./cloudflare.ts";
import { serviceFor } from "./papers.ts";
import { type Answers, wordsOf } from "./questions.ts";
import { databaseName } from "./section.ts";
import { serviceCommand } from "./wrangler.ts";

/** How far it has come. */
export type Standing = {
  readonly environment: string;
  readonly answers: Answers;
  /** The folder of papers, as the operator would name it. */
  readonly papers: string;
  /** Bindings that have no id yet. */
  readonly without: readonly string[];
  /** Whether Cloudflare has been asked. */
  readonly signedIn: boolean;
  /** Secrets that are kept and not known to be in place. */
  readonly toPut: readonly string[];
  /** Secrets that come from elsewhere. */
  readonly elsewhere: readonly string[];
  /** Whether the file of secrets is there. */
  readonly kept: boolean;
};

const TOKEN_SERVICE = `Have the pool trust the token service, a test pool first (docs/passive.md). These print its commands, and ask the pool
all that a program can ask:
  npx postern sts metadata
  npx postern sts probe --help`;
const PLACE: Readonly<Record<string, string>> = {
  ORIGIN: "the pool, on the machine beside it",
  CONNECTOR: "the connector, on its machine",
  CONNECTOR_2: "the second connector, on its machine",
};
const OPTION: Readonly<Record<string, string>> = {
  ...{ ORIGIN: "--front-end-service", CONNECTOR: "--connector-service", CONNECTOR_2: "--connector2-service" },
};

/** Each step in one text. */
export function remaining(standing: Standing): readonly string[] {
  const { environment, answers, papers, signedIn, toPut, elsewhere, kept } = standing;
  const again = `npx postern init${environment === "production" ? "" : ` --env ${environment}`}`;
  const steps = [
    ...(signedIn ? [] : atCloudflare(standing, again)),
    ...withoutService(standing, again),
    ...(!signedIn && toPut.length > 0
      ? [
          `Put the keys in place (${toPut.join(", ")}):\n  npx wrangler secret bulk ${papers}/secrets.json --env ${environment}`,
        ]
      : []),
    ...elsewhere.map(
      (name) =>
        `Put ${name} in place, which only you have:\n  npx wrangler secret put ${name} --env ${environment}     and paste it`,
    ),
    ...(signedIn
      ? []
      : [`Make the database's tables:\n  npx wrangler d1 migrations apply DB --remote --env ${environment}`]),
    ...(kept
      ? [
          `Move ${papers}/secrets.json to where you keep passwords, offline, and delete it here. Cloudflare does not give a secret
back, and without SEALING_KEYS no app password opens.`,
        ]
      : []),
    `On the machine beside the pool, install cloudflared (2025.7 or newer), put ${papers}/cloudflared.yml there as
/etc/cloudflared/config.yml, and start it: cloudflared service install`,
    ...(answers.signOn === "connector" ? [connectorStep(papers, answers)] : []),
    `Check, then deploy. The deployment stops at a fault, and makes the names above lead to Postern at once. A name that is
in use today has to be a route before, so that you can switch it later (docs/deploy.md, steps 1 and 8):
  npx postern config check --env ${environment}
  npm run deploy${environment === "production" ? "" : ` -- --env ${environment}`}`,
    ...(answers.stsHost === undefined || answers.stsHost === "none" ? [] : [TOKEN_SERVICE]),
    ...firstDay(answers, environment),
  ];
  return steps;
}

function atCloudflare({ environment, answers, without }: Standing, again: string): readonly string[] {
  const place = placeOptions(answers);
  const create = ["npx wrangler d1 create", databaseName(environment), ...place].join(" ");
  return [
    `Sign in to Cloudflare, and run init again. It does the next steps by itself, and Enter keeps each answer:
  npx wrangler login
  ${again}
Or do them by hand:`,
    ...(without.includes("DB")
      ? [`Make the database, and give init its id:\n  ${create}\n  ${again} --database-id ID`]
      : []),
  ];
}

function withoutService({ environment, answers, without }: Standing, again: string): readonly string[] {
  return without
    .filter((binding) => binding !== "DB")
    .map((binding) => {
      const service = serviceFor(binding, answers, environment);
      if (service === undefined) {
        const tunnel =
          binding === "ORIGIN"
            ? "--tunnel-id ID"
            : `--connector-tunnel-ids "ID${binding === "CONNECTOR" ? "" : " ID"}"`;
        return `Make the tunnel to ${PLACE[binding] ?? binding}, and give init its id:\n  cloudflared tunnel login\n  cloudflared tunnel create ${databaseName(environment)}${binding === "ORIGIN" ? "" : "-connector"}\n  ${again} ${tunnel}`;
      }
      return `Make the Workers VPC service that leads to ${PLACE[binding] ?? binding}, and give init its id:\n  ${serviceCommand(service)}\n  ${again} ${OPTION[binding] ?? ""} ID`;
    });
}

const connectorStep = (papers: string, { connectors }: Answers): string =>
  `Set up ${wordsOf(connectors).length > 1 ? "the connectors" : "the connector"} (docs/sign-on.md). "keys" of the configuration is what stands in ${papers}/connector-keys.json.`;

function firstDay({ adminHost = "none", consoleHost = "none" }: Answers, environment: string): readonly string[] {
  if (adminHost === "none") return [];
  return [
    `Name the gateway once. The token is the key under ADMIN_KEYS, for this first day:
  npx postern target add ${environment} https://${adminHost}${consoleHost === "none" ? "" : `\n  npx postern --target ${environment} admin invite you@your-company     prints a link to the console`}`,
  ];
}
