// What two environments must not share: staging would write into production's database, count into its limits, or take
// its names away.

import { deployedAs, sectionOf, type Table, tableOf, tablesOf, textIn, workerOf } from "./file.ts";
import { hostsIn, routedHosts } from "./routes.ts";

const SAMPLE = /^0{8}(?:-0{4}){3}-0{12}$|(?:^|\.)contoso\.com$/;

/** One sentence for each fault of this environment beside the others. */
export function sharedFaults(file: Table, environment: string): readonly string[] {
  const own = sectionOf(file, environment);
  return Object.keys(tableOf(file.env))
    .filter((other) => other !== environment)
    .flatMap((other) => {
      const theirs = sectionOf(file, other);
      const inBoth = (of: (section: Table) => readonly string[]): readonly string[] => {
        const there = new Set(of(theirs));
        return [...new Set(of(own))].filter((value) => value !== "" && !SAMPLE.test(value) && there.has(value));
      };
      return [
        ...(workerOf(file, environment) === workerOf(file, other)
          ? [
              `name: [env.${environment}] and [env.${other}] are one Worker, "${workerOf(file, other)}", so deploying one replaces the other. Take name out of [env.${environment}], or give each its own.`,
            ]
          : []),
        ...inBoth(databasesOf).map(
          (id) =>
            `DB has the database_id of [env.${other}] (${id}): both would write into one database. Give it one of its own; \`npx postern init --env ${environment}\` makes it.`,
        ),
        ...inBoth(limitsOf).map(
          (id) =>
            `the rate limit namespace ${id} is also that of [env.${other}]: both would count into it. Give [env.${environment}] numbers of its own.`,
        ),
        ...inBoth((section) => [...routedHosts(section), ...hostsIn(section)]).map(
          (host) =>
            `"${host}" is also a host of [env.${other}], and a name leads to one Worker only. Give [env.${environment}] hosts of its own, or take it out there.`,
        ),
      ];
    })
    .concat(inheritedRoutes(file, environment));
}

const databasesOf = (section: Table): readonly string[] =>
  tablesOf(section.d1_databases).map(({ database_id: id }) => textIn(id).toLowerCase());
const limitsOf = (section: Table): readonly string[] =>
  tablesOf(section.ratelimits).map(({ namespace_id: id }) => String(id ?? ""));

/** Routes of the top level would be those of every environment. */
const inheritedRoutes = (file: Table, environment: string): readonly string[] =>
  file.routes === undefined && file.route === undefined
    ? []
    : [
        `routes stands at the top level, and ${sectionOf(file, environment).routes === undefined ? "this environment" : "an environment without routes of its own"} would take it over. Write routes into [env.${environment}] alone.`,
      ];

/** A file with this environment alone, as it is deployed: what the gateway's own reading judges. */
export const asDeployed = (file: Table, environment: string): Table => ({
  env: { [environment]: deployedAs(file, environment) },
});
