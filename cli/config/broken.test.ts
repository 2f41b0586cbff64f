// A good wrangler.toml, broken in one place each time: the check names the fault, and a deployment stops at it.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runIn } from "../../test/kit/gateway/command.ts";
import { GOOD, STAGING } from "./good.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "postern-broken-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function check(text: string, ...argv: readonly string[]) {
  writeFileSync(join(folder, "wrangler.toml"), text);
  const { code, out, err } = await runIn({ folder }, ["config", "check", "wrangler.toml", "--offline", ...argv]);
  return { code, out, faults: err.split("\n\n")[0]?.split("\n").slice(1) ?? [] };
}

/** The good file, with one text in place of another that must be there. */
const edited = (from: string | RegExp, to: string, text = GOOD): string => {
  const broken = text.replace(from, () => to);
  if (broken === text) throw new Error(`the good file has no ${from}`);
  return broken;
};
const inVars = (line: string): string => edited("[env.production.vars]", `[env.production.vars]\n${line}`);
const inEnvironment = (line: string): string => edited("[env.production]", `[env.production]\n${line}`);
const atTop = (line: string): string => edited('name = "postern"', `name = "postern"\n${line}`);
const beside = (from: string, line: string): string => edited(from, `${from}\n${line}`);

it("S-68: the good file has no fault in either environment", async () => {
  for (const environment of ["production", "staging"]) {
    expect(await check(GOOD, "--env", environment)).toMatchObject({ code: 0, faults: [] });
  }
});

/** What is broken, the file, and the beginning of the sentence with its key words. */
const BROKEN: readonly (readonly [string, string, RegExp])[] = [
  ["no main", edited(/^main = .*\n/m, ""), /^main is missing\. .*"src\/worker\.ts"/],
  ["another main", edited('"src/worker.ts"', '"src/app.ts"'), /^main is "src\/app\.ts"/],
  ["no compatibility date", edited(/^compatibility_date.*\n/m, ""), /^compatibility_date is missing\. .*"2026-10-23"/],
  ["an old date", inEnvironment('compatibility_date = "2024-01-01"'), /^compatibility_date is "2024-01-01"/],
  ["flags", atTop('compatibility_flags = ["no_nodejs_compat"]'), /^compatibility_flags has "no_nodejs_compat"/],
  ["variables of the dashboard", atTop("keep_vars = true"), /^keep_vars is true/],
  ["no bundling", inEnvironment("no_bundle = true"), /^no_bundle is true/],
  [
    "workers_dev on",
    edited(/(?<=\[env\.production\]\n)workers_dev = false/, "workers_dev = true"),
    /^workers_dev is not false in \[env\.production\]/,
  ],
  [
    "preview addresses",
    edited(/(?<=\[env\.production\]\nworkers_dev = false\n)preview_urls = false/, "preview_urls = true"),
    /^preview_urls is not false/,
  ],
  ["workers_dev left out everywhere", GOOD.replaceAll(/^workers_dev = false.*\n/gm, ""), /^workers_dev is not false/],
  ["static files", inEnvironment('assets = { directory = "public" }'), /^assets would be served past the gateway/],
  ["a cache", inEnvironment("cache = { enabled = true }"), /^cache is enabled: answers for one user/],
  ["invocation logs", edited("invocation_logs = false", "invocation_logs = true"), /^invocation_logs is not false/],
  [
    "invocation logs of the environment",
    beside("preview_urls = false\nroutes = [", "").replace(
      "routes = [",
      "observability = { enabled = true }\nroutes = [",
    ),
    /^invocation_logs is not false in \[env\.production\]/,
  ],
  [
    "no log",
    edited("[observability]\nenabled = true", "[observability]\nenabled = false"),
    /^observability is not enabled/,
  ],
  [
    "traces",
    edited("[observability]\nenabled = true", "[observability]\nenabled = true\ntraces = { enabled = true }"),
    /^observability\.traces is enabled/,
  ],
  ["logpush", inEnvironment("logpush = true"), /^logpush is true: it exports request URLs/],
  [
    "no hourly cron",
    edited(/(?<=\[env\.production\.triggers\]\ncrons = \[\n) {2}"17 .*\n/, ""),
    /^crons of \[env\.production\.triggers\] has no trigger that deletes/,
  ],
  [
    "no cron for mail",
    edited(/(?<=\[env\.production\.triggers\]\ncrons = \[\n {2}"17.*\n) {2}"\* .*\n/, "").replace(
      "[env.production.vars]",
      '[env.production.vars]\nNOTICE_DELIVERY = "webhook"\nNOTICE_WEBHOOK_URL = "https://mail.fabrikam.com/"',
    ),
    /^NOTICE_DELIVERY is "webhook", but no cron trigger/,
  ],
  [
    "a guard's class that is not exported",
    GOOD.replaceAll(/^\[(env\.\w+\.)?exports\.GuestGuard\]\n.*\n.*\n/gm, ""),
    /^exports of \[env\.production\] has no GuestGuard/,
  ],
  [
    "a guard without SQLite",
    edited(
      /(?<=\[env\.production\.exports\.UserGuard\]\ntype = "durable-object"\n)storage = "sqlite"/,
      'storage = "kv"',
    ),
    /^exports of \[env\.production\] has no UserGuard/,
  ],
  [
    "migrations of classes",
    `${GOOD}\n[[env.production.migrations]]\ntag = "v1"\nnew_sqlite_classes = ["UserGuard"]\n`,
    /^migrations is an older way/,
  ],
  [
    "another Worker's guard",
    beside('[[env.production.durable_objects.bindings]]\nname = "USER_GUARD"', 'script_name = "other"'),
    /^USER_GUARD leads to the Worker "other"/,
  ],
  [
    "a guard of another class",
    edited(
      /(?<=\[\[env\.production\.durable_objects\.bindings\]\]\nname = "SOURCE_GUARD"\n)class_name = "SourceGuard"/,
      'class_name = "UserGuard"',
    ),
    /^SOURCE_GUARD is bound to the class UserGuard/,
  ],
  [
    "a missing guard",
    edited(/\[\[env\.production\.durable_objects\.bindings\]\]\nname = "GUEST_GUARD"\n.*\n/, ""),
    /^GUEST_GUARD is missing: .*\[\[env\.production\.durable_objects/,
  ],
  [
    "a missing rate limit",
    edited(/\[\[env\.production\.ratelimits\]\]\nname = "ANONYMOUS_PAGES".*\n.*\n.*\n/, ""),
    /^ANONYMOUS_PAGES is missing/,
  ],
  [
    "a rate limit of the API",
    edited(/\[\[env\.production\.ratelimits\]\]\nname = "API_CALLS".*\n.*\n.*\n/, ""),
    /^API_CALLS is missing/,
  ],
  [
    "two limits of one number",
    edited(/(?<=\[\[env\.production\.ratelimits\]\]\nname = "API_CALLS"\nnamespace_id = )"7103"/, '"7101"'),
    /^API_CALLS has the namespace_id of ANONYMOUS_SERVICES/,
  ],
  [
    "a limit's number that is none",
    edited(/(?<=\[\[env\.production\.ratelimits\]\]\nname = "API_CALLS"\nnamespace_id = )"7103"/, '"api"'),
    /^API_CALLS has the namespace_id "api"/,
  ],
  [
    "a limit of nothing",
    edited(
      /(?<=name = "API_SECRETS"\nnamespace_id = "7104"\nsimple = { limit = )600(?=, period = 60 }\n\n\[env\.production)/,
      "0",
    ),
    /^API_SECRETS has no limit/,
  ],
  [
    "a limit of ten seconds",
    edited(
      /(?<=name = "API_SECRETS"\nnamespace_id = "7104"\nsimple = { limit = 600, period = )60(?= }\n\n\[env\.production)/,
      "10",
    ),
    /^API_SECRETS has the period 10/,
  ],
  ["no database", edited(/\[\[env\.production\.d1_databases\]\]\n(.*\n){4}/, ""), /^DB is missing: the D1 database/],
  [
    "no database id",
    edited(/(?<=\[\[env\.production\.d1_databases\]\]\n(.*\n){2})database_id.*\n/, ""),
    /^DB has no database_id.*postern init/,
  ],
  [
    "a database id that is none",
    edited("11111111-0000-4000-8000-000000000001", "postern"),
    /^DB has the database_id "postern", which is no id/,
  ],
  [
    "the sample database",
    edited("11111111-0000-4000-8000-000000000001", "00000000-0000-0000-0000-000000000000"),
    /^DB still has the sample database_id/,
  ],
  [
    "another folder of migrations",
    edited(
      /(?<=\[\[env\.production\.d1_databases\]\]\n(.*\n){3})migrations_dir = "migrations"/,
      'migrations_dir = "sql"',
    ),
    /^DB has migrations_dir = "sql"/,
  ],
  [
    "a database bound twice",
    `${GOOD}\n[[env.production.d1_databases]]\nbinding = "DB"\ndatabase_name = "other"\ndatabase_id = "11111111-0000-4000-8000-00000000000f"\n`,
    /^DB is bound twice/,
  ],
  [
    "no Front-End",
    edited(/\[\[env\.production\.vpc_services\]\]\nbinding = "ORIGIN"\n.*\n/, ""),
    /^FRONT_END is "binding", but there is no binding ORIGIN/,
  ],
  [
    "a service id that is none",
    edited("22222222-0000-4000-8000-000000000001", "fe01"),
    /^ORIGIN has the service_id "fe01"/,
  ],
  [
    "one service for two",
    edited("22222222-0000-4000-8000-000000000002", "22222222-0000-4000-8000-000000000001"),
    /^CONNECTOR has the service_id of another binding/,
  ],
  [
    "a Worker for the Front-End",
    edited(
      /\[\[env\.production\.vpc_services\]\]\nbinding = "ORIGIN"\n.*\n/,
      '[[env.production.services]]\nbinding = "ORIGIN"\nservice = "mock"\n',
    ),
    /^ORIGIN is bound to the Worker "mock"/,
  ],
  [
    "a binding at the top level only",
    `${GOOD}\n[[send_email]]\nname = "MAIL"\n`,
    /^MAIL is bound at the top level only/,
  ],
  [
    "a variable at the top level",
    `${GOOD}\n[vars]\nLOCKOUT = "report"\n`,
    /^LOCKOUT stands in \[vars\] of the top level/,
  ],
  [
    "a setting that wrangler does not know",
    inEnvironment('compatability_date = "2026-10-23"'),
    /^compatability_date in env\.production is not a setting .* Did you mean compatibility_date\?/,
  ],
  [
    "a misspelt list",
    edited("[[env.production.vpc_services]]", "[[env.production.vpc_service]]"),
    /^vpc_service in env\.production is not a setting .*vpc_services\?/,
  ],
  ["a setting of another kind", inEnvironment("account_id = 12"), /^env\.production\.account_id must be string/],
  [
    "a misspelt field",
    beside('binding = "ORIGIN"', 'servce_id = "x"'),
    /^servce_id in env\.production\.vpc_services, entry 1 is not a setting .*service_id\?/,
  ],
  [
    "a service without its id",
    edited(/(?<=binding = "ORIGIN"\n)service_id.*\n/, ""),
    /^env\.production\.vpc_services, entry 1 has no service_id/,
  ],
  [
    "a wildcard route",
    edited(
      '{ pattern = "web.fabrikam.com", custom_domain = true }',
      '{ pattern = "*.fabrikam.com/*", zone_name = "fabrikam.com" }',
    ),
    /^routes has "\*\.fabrikam\.com\/\*", which leads every name/,
  ],
  [
    "a route with https",
    edited('{ pattern = "web.fabrikam.com"', '{ pattern = "https://web.fabrikam.com"'),
    /^routes has "https:\/\/web\.fabrikam\.com"\. Write the host alone/,
  ],
  [
    "a route without a zone",
    edited('{ pattern = "web.fabrikam.com", custom_domain = true }', '"web.fabrikam.com"'),
    /^the route "web\.fabrikam\.com" has neither custom_domain nor zone_name/,
  ],
  [
    "a custom domain with a path",
    edited('{ pattern = "web.fabrikam.com"', '{ pattern = "web.fabrikam.com/*"'),
    /^the route "web\.fabrikam\.com\/\*" is a custom domain, which cannot have a path/,
  ],
  [
    "a route of a part of a host",
    edited(
      '{ pattern = "web.fabrikam.com", custom_domain = true }',
      '{ pattern = "web.fabrikam.com/ucwa/*", zone_name = "fabrikam.com" }',
    ),
    /leads only a part of the host/,
  ],
  [
    "a route twice",
    edited(
      '{ pattern = "web.fabrikam.com", custom_domain = true },',
      '{ pattern = "web.fabrikam.com", custom_domain = true },\n  { pattern = "web.fabrikam.com", custom_domain = true },',
    ),
    /^routes has "web\.fabrikam\.com" twice/,
  ],
  [
    "a route for nobody",
    edited(
      '{ pattern = "web.fabrikam.com", custom_domain = true },',
      '{ pattern = "web.fabrikam.com", custom_domain = true },\n  { pattern = "old.fabrikam.com", custom_domain = true },',
    ),
    /^routes leads "old\.fabrikam\.com" to the Worker, but no variable names it/,
  ],
  [
    "a sample route",
    edited(
      '{ pattern = "web.fabrikam.com", custom_domain = true },',
      '{ pattern = "web.fabrikam.com", custom_domain = true },\n  { pattern = "meet.contoso.com", custom_domain = true },',
    ),
    /^routes still has the sample "meet\.contoso\.com"/,
  ],
  [
    "a route with previews",
    edited(
      '{ pattern = "web.fabrikam.com", custom_domain = true }',
      '{ pattern = "web.fabrikam.com", custom_domain = true, previews_enabled = true }',
    ),
    /has previews_enabled, a second door/,
  ],
  ["a single route", inEnvironment('route = "web.fabrikam.com/*"'), /^route leads one name only/],
  [
    "routes at the top level",
    atTop('routes = [{ pattern = "x.fabrikam.com", custom_domain = true }]'),
    /^routes stands at the top level/,
  ],
  [
    "a host without a route",
    edited('PUBLIC_HOSTS = "', 'PUBLIC_HOSTS = "new.fabrikam.com '),
    /^PUBLIC_HOSTS holds "new\.fabrikam\.com", but no route/,
  ],
  [
    "a host twice",
    edited('PUBLIC_HOSTS = "', 'PUBLIC_HOSTS = "web.fabrikam.com '),
    /^PUBLIC_HOSTS has "web\.fabrikam\.com" twice/,
  ],
  [
    "a sample host",
    inVars("").replace('WEB_HOST = "web.fabrikam.com"', 'WEB_HOST = "web.contoso.com"'),
    /^WEB_HOST still has the sample/,
  ],
  [
    "no discovery host",
    GOOD.replaceAll("lyncdiscover.fabrikam.com", "lync.fabrikam.com"),
    /^PUBLIC_HOSTS has no discovery host/,
  ],
  ["an unknown variable", inVars('DIALIN_HOST = "x"'), /^DIALIN_HOST is not a variable .*DIALIN_HOSTS\?/],
  ["a number", inVars("REFUSAL_FLOOR_MS = 300"), /^REFUSAL_FLOOR_MS is a number/],
  [
    "a secret in the file",
    inVars('SEALING_KEYS = "x"'),
    /^SEALING_KEYS is a secret, .*secret put SEALING_KEYS --env production/,
  ],
  [
    "the sign-on of local runs",
    edited('SIGN_ON = "connector"', 'SIGN_ON = "simulated"'),
    /^SIGN_ON is "simulated", which only/,
  ],
  [
    "a connector that is not there",
    edited('"connector-a=binding:CONNECTOR"', '"connector-a=binding:CONNECTOR_2"'),
    /^CONNECTORS says that connector-a is at the binding "CONNECTOR_2"/,
  ],
  ["plain http", inVars('PLAIN_HTTP = "allow"'), /^PLAIN_HTTP is "allow", and .* public zone/],
  [
    "a domain of the inside in challenges",
    edited('DNS_DOMAIN = "fabrikam.com"', 'DNS_DOMAIN = "corp.fabrikam.local"'),
    /^DNS_DOMAIN is .*, and INTERNAL_DOMAINS has/,
  ],
  ["a console without the API", edited(/^ADMIN_HOST = .*\n/m, ""), /^CONSOLE_HOST is set, but ADMIN_HOST is not/],
  [
    "one database for two environments",
    edited("11111111-0000-4000-8000-000000000002", "11111111-0000-4000-8000-000000000001"),
    /^DB has the database_id of \[env\.staging\]/,
  ],
  [
    "one limit for two environments",
    edited('namespace_id = "7202"', 'namespace_id = "7102"'),
    /^the rate limit namespace 7102 is also that of \[env\.staging\]/,
  ],
  [
    "one host for two environments",
    GOOD.replaceAll("web.staging.fabrikam.com", "web.fabrikam.com"),
    /^"web\.fabrikam\.com" is also a host of \[env\.staging\]/,
  ],
  [
    "one Worker for two environments",
    edited("[env.staging]", '[env.staging]\nname = "postern-production"'),
    /^name: \[env\.production\] and \[env\.staging\] are one Worker/,
  ],
];

it.each(BROKEN)("S-68: %s is a fault with its fix", async (_, text, sentence) => {
  const { code, faults } = await check(text);
  expect(code).toBe(2);
  expect(
    faults.filter((fault) => sentence.test(fault)),
    faults.join("\n"),
  ).toHaveLength(1);
});

it("S-68: several faults are said at once, and those of another environment are its own", async () => {
  const broken = edited("compatibility_date", "compatibility_dat", inVars("REFUSAL_FLOOR_MS = 300")).replace(
    '"7103"',
    '"x"',
  );
  const { code, faults } = await check(edited("[env.production]", "[env.production]\nlogpush = true", broken));
  expect(code).toBe(2);
  for (const word of [
    "REFUSAL_FLOOR_MS is a number",
    "compatibility_date is missing",
    "compatibility_dat at the top level",
    "logpush",
  ]) {
    expect(faults.join("\n")).toContain(word);
  }
  const staging = await check(inVars("REFUSAL_FLOOR_MS = 300"), "--env", "staging");
  expect(staging).toMatchObject({ code: 0, faults: [] });
  expect(STAGING).toContain("[env.staging]");
});
