// Whether D1 has the tables of the version that runs.

import { CliFault } from "../../fault.ts";
import type * as A from "../../reach/answers.ts";
import { type Check, type Finding, judged, unseen } from "../types.ts";

export const migrations: Check = {
  ...{
    id: "migrations",
    group: "inside",
    looks: "whether the migrations of the running version were applied to D1, and which version runs",
  },
  async run({ inside, version }) {
    if (inside === undefined) return unseen("no target was named: npx postern target add --help");
    if (inside.health instanceof CliFault) return unseen("the API does not answer: see the check health");
    const { migrations: said } = inside.health;
    if (said === undefined) return unseen(`version ${inside.health.version} does not say it`);
    return judged(
      judgeMigrations(said, inside.health.version, version),
      `${said.applied ?? ""}, as version ${inside.health.version} needs it`,
    );
  },
};

/** What is wrong with the tables, and with the version of this checkout against the one that runs. */
export function judgeMigrations(
  { needed, applied }: NonNullable<A.HealthAnswer["migrations"]>,
  running: string,
  checkout: string,
): readonly Finding[] {
  const findings: Finding[] = [];
  if (applied === null || applied < needed) {
    findings.push({
      ...{
        severity: "fault",
        about: "D1",
        what: `the last migration that was applied is ${applied ?? "not known"}, and version ${running} needs ${needed}`,
      },
      why: "What needs a new table or column ends in 503.",
      fix: "npx wrangler d1 migrations apply DB --remote --env production",
    });
  }
  if (running !== checkout) {
    findings.push({
      ...{
        severity: "warning",
        about: "version",
        what: `the gateway runs ${running}, and this checkout is ${checkout}`,
      },
      why: "This command may expect what the gateway does not have, and its documents describe another version.",
      fix: `Check out the version that runs, or upgrade: docs/deploy.md, Another version.`,
    });
  }
  return findings;
}
