// `npm run lab`: runs the gateway in front of a real directory, by one command in a fresh clone. It says what is
// missing. If nothing is, it runs the tests of this folder and describes them for people.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../../../local/bundle.ts";
import { whatIsMissing } from "../requirements.ts";
import { SIPE_REQUIREMENTS } from "../sipe/finch.ts";
import { CONNECTOR_PACKAGES, LAB_REQUIREMENTS } from "./requirements.ts";

const WELCOME = `Postern's lab: a client, Postern in workerd, the connector, Samba as Active Directory, Apache with Kerberos in the place
of IIS, and the simulated Front-End behind it. All of it on loopback and in temporary folders; it takes two to three minutes.`;

/** Why the lab cannot run, and what helps. */
function complaint(): string | undefined {
  const missing = whatIsMissing([...LAB_REQUIREMENTS, ...SIPE_REQUIREMENTS]);
  if (missing !== undefined) return `The lab needs more of Debian: ${missing}`;
  if (process.getuid?.() !== 0) return "The lab has to run as root: Kerberos and LDAP have fixed ports below 1024.";
  return undefined;
}

function installConnector(): number {
  if (existsSync(CONNECTOR_PACKAGES)) return 0;
  console.log("\nInstalling the connector's packages (its Kerberos library is built from source) …");
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--prefix", join(PROJECT, "connector")], {
    stdio: "inherit",
  });
  return status ?? 1;
}

function runTests(): number {
  const vitest = join(PROJECT, "node_modules", "vitest", "vitest.mjs");
  const reporter = join(import.meta.dirname, "lab-reporter.ts");
  const args = [vitest, "run", "--project", "real*", "--reporter", reporter, "test/real/ad", ...process.argv.slice(2)];
  const env = { ...process.env, POSTERN_REQUIRE_REAL_CLIENTS: "1" };
  return spawnSync(process.execPath, args, { cwd: PROJECT, stdio: "inherit", env }).status ?? 1;
}

const why = complaint();
if (why !== undefined) {
  console.error(why);
  process.exit(2);
}
console.log(WELCOME);
process.exit(installConnector() || runTests());
