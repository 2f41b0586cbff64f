// A wrangler.toml without a fault: the one that comes with Postern, with a company's values, and staging beside
// production.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "./file.ts";

const FILLED = readFileSync(join(PROJECT, "wrangler.toml"), "utf8")
  .replaceAll(/^# \[\[env.*\n(?:# .*\n)*/gm, "")
  .replaceAll(/^# (?!\[).*\n/gm, "")
  .replaceAll(/ +# .*$/gm, "")
  .replaceAll("contoso.com", "fabrikam.com")
  .replaceAll("CONTOSO", "FABRIKAM")
  .replaceAll("contoso.local", "fabrikam.local")
  .replace(
    /(?<=^\[\[env\.production\.vpc_services\]\]\nbinding = "ORIGIN"\n).*\n/m,
    'service_id = "22222222-0000-4000-8000-000000000001"\n\n[[env.production.vpc_services]]\nbinding = "CONNECTOR"\nservice_id = "22222222-0000-4000-8000-000000000002"\n',
  )
  .replace(
    /(?<=^\[\[env\.production\.d1_databases\]\]\n(?:.*\n){2}).*\n/m,
    'database_id = "11111111-0000-4000-8000-000000000001"\n',
  )
  .replace(
    'SIGN_ON = "none"',
    'SIGN_ON = "connector"\nCONNECTORS = "connector-a=binding:CONNECTOR"\nADMIN_HOST = "postern-admin.fabrikam.com"\nCONSOLE_HOST = "postern.fabrikam.com"',
  )
  .replace(
    /(?<=^ {2}\{ pattern = "dialin.*\n)/m,
    '  { pattern = "postern-admin.fabrikam.com", custom_domain = true },\n  { pattern = "postern.fabrikam.com", custom_domain = true },\n',
  );

/** Another environment with the same text: its own hosts, ids and numbers. */
export const STAGING = FILLED.slice(FILLED.indexOf("[env.production]"))
  .replaceAll("env.production", "env.staging")
  .replaceAll(/([\w-]+)\.fabrikam\.com/g, "$1.staging.fabrikam.com")
  .replaceAll('"71', '"72')
  .replaceAll(/(?<=-0000-4000-8000-0000000000)0(?=\d)/g, "1")
  .replaceAll("000000000011", "000000000002");

/** The whole file. */
export const GOOD = `${FILLED}\n${STAGING}`;
