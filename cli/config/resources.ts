// The bindings as the file has them: ids that cannot be ids, what is bound twice, and what wrangler does not hand down
// from the top level. Whether a needed binding is there is the gateway's own reading.

import { type Table, tableOf, tablesOf, textIn } from "./file.ts";

/** Every list of bindings that wrangler does not hand down to an environment, and the field that names one. */
const LISTS = [
  ...[
    { list: "d1_databases", name: "binding" },
    { list: "vpc_services", name: "binding" },
  ],
  ...[
    { list: "services", name: "binding" },
    { list: "ratelimits", name: "name" },
    { list: "send_email", name: "name" },
  ],
  { list: "analytics_engine_datasets", name: "binding" },
] as const;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SAMPLE_ID = /^0{8}(?:-0{4}){3}-0{12}$/;
/** Those of the Front-End and the connectors. */
const INSIDE = /^(?:ORIGIN(?:_[2-8])?|CONNECTOR(?:_2)?)$/;

/** One sentence for each fault of the environment's section. `missed`: names that another sentence misses already. */
export const resourceFaults = (
  file: Table,
  section: Table,
  environment: string,
  missed: (name: string) => boolean,
  isSecret: (name: string) => boolean,
): readonly string[] => [
  ...notHandedDown(file, section, environment, missed, isSecret),
  ...databaseFaults(section, environment),
  ...serviceFaults(section),
  ...limitFaults(section),
  ...mailFaults(section),
  ...uncheckedFaults(section, environment),
  ...boundTwice(section),
];

function notHandedDown(
  file: Table,
  section: Table,
  environment: string,
  missed: (name: string) => boolean,
  isSecret: (name: string) => boolean,
) {
  const names = (of: Table) => new Set(namedIn(of));
  const here = names(section);
  const above = [...names(file)].filter((name) => !here.has(name) && !missed(name));
  const variables = Object.keys(tableOf(file.vars)).filter((name) => !(name in tableOf(section.vars)));
  return [
    ...above.map(
      (name) =>
        `${name} is bound at the top level only, and wrangler hands no binding down to an environment. Write it under [env.${environment}], too, or take it out.`,
    ),
    ...variables
      .filter(isSecret)
      .map(
        (name) =>
          `${name} is a secret, and everybody who may see wrangler.toml can read it in [vars] of the top level. Take it out, make a new one, and put that in place with \`npx wrangler secret put ${name} --env ${environment}\`.`,
      ),
    ...variables
      .filter((name) => !isSecret(name))
      .map(
        (name) =>
          `${name} stands in [vars] of the top level, and wrangler hands no variable down to an environment. Write it into [env.${environment}.vars].`,
      ),
  ];
}

const namedIn = (of: Table): readonly string[] => [
  ...LISTS.flatMap(({ list, name }) => tablesOf(of[list]).map((entry) => textIn(entry[name]))),
  ...tablesOf(tableOf(of.durable_objects).bindings).map(({ name }) => textIn(name)),
];

function databaseFaults(section: Table, environment: string): readonly string[] {
  const [database] = tablesOf(section.d1_databases).filter(({ binding }) => binding === "DB");
  if (database === undefined) return [];
  const { database_id: id, migrations_dir: folder } = database;
  return [
    ...(UUID.test(textIn(id))
      ? []
      : [
          `DB has ${id === undefined ? "no database_id" : `the database_id ${JSON.stringify(id)}, which is no id of a database`}. Put in the one that \`npx wrangler d1 list\` shows; \`npx postern init\` does it.`,
        ]),
    ...(folder === undefined || folder === "migrations"
      ? []
      : [
          `DB has migrations_dir = ${JSON.stringify(folder)}, where the tables of this version are not. Write migrations_dir = "migrations" into [[env.${environment}.d1_databases]].`,
        ]),
  ];
}

function serviceFaults(section: Table): readonly string[] {
  const services = tablesOf(section.vpc_services);
  const odd = services.filter(({ service_id: id }) => !UUID.test(textIn(id)));
  const twice = services.filter(
    ({ service_id: id }, at) =>
      !SAMPLE_ID.test(textIn(id)) && services.findIndex((other) => other.service_id === id) < at,
  );
  const workers = tablesOf(section.services).filter(({ binding }) => INSIDE.test(textIn(binding)));
  return [
    ...odd.map(
      ({ binding, service_id: id }) =>
        `${textIn(binding)} has the service_id ${JSON.stringify(id ?? "")}, which is no id of a Workers VPC service. \`npx wrangler vpc service list\` shows the ids.`,
    ),
    ...twice.map(
      ({ binding }) =>
        `${textIn(binding)} has the service_id of another binding: both would lead to one place. Put in that of its own Workers VPC service.`,
    ),
    ...workers.map(
      ({ binding, service }) =>
        `${textIn(binding)} is bound to the Worker ${JSON.stringify(service ?? "")}, as in local runs. Bind a Workers VPC service: [[vpc_services]] in place of [[services]].`,
    ),
  ];
}

function limitFaults(section: Table): readonly string[] {
  const limits = tablesOf(section.ratelimits);
  const id = (limit: Table): string => String(limit.namespace_id ?? "");
  return limits.flatMap((limit, at) => {
    const name = textIn(limit.name);
    const { limit: most, period } = tableOf(limit.simple);
    const same = limits.slice(0, at).find((other) => id(other) === id(limit));
    return [
      ...(/^[1-9]\d*$/.test(id(limit))
        ? []
        : [
            `${name} has the namespace_id ${JSON.stringify(limit.namespace_id ?? "")}. Give a number in quotes that no other Worker of your account uses.`,
          ]),
      ...(same === undefined || id(limit) === ""
        ? []
        : [
            `${name} has the namespace_id of ${textIn(same.name)}, so both would count as one. Give it a number of its own.`,
          ]),
      ...(typeof most === "number" && most >= 1
        ? []
        : [`${name} has no limit of at least 1: write simple = { limit = 1200, period = 60 }.`]),
      ...(period === 60
        ? []
        : [
            `${name} has the period ${JSON.stringify(period ?? "")}; Postern tells clients to come again after 60 seconds. Write period = 60.`,
          ]),
    ];
  });
}

/** People of the organisation get mail, each at an address of their own. */
const mailFaults = (section: Table): readonly string[] =>
  tablesOf(section.send_email)
    .filter(({ name }) => name === "MAIL")
    .flatMap((mail) =>
      ["destination_address", "allowed_destination_addresses"].filter((key) => mail[key] !== undefined),
    )
    .map(
      (key) =>
        `MAIL has ${key}, so nobody else would get a notice or an invitation. Take it out of [[send_email]]; who gets mail is in the directory.`,
    );

const uncheckedFaults = (section: Table, environment: string): readonly string[] =>
  tablesOf(tableOf(section.unsafe).bindings).map(
    ({ name }) =>
      `${JSON.stringify(name ?? "")} is bound in [env.${environment}.unsafe], which wrangler hands over unread. Take it out; the bindings of Postern have lists of their own in the file of this version.`,
  );

const boundTwice = (section: Table): readonly string[] => {
  const names = namedIn(section).filter((name) => name !== "");
  return [...new Set(names.filter((name, at) => names.indexOf(name) < at))].map(
    (name) => `${name} is bound twice in this environment. Take one of the two out.`,
  );
};
