// `postern zone …`: the rules that keep a Cloudflare zone from standing between Lync clients and the Worker.

import { basename, join, resolve } from "node:path";
import { parse, TomlError } from "smol-toml";
import { words } from "../../src/core/text/words.ts";
import { command, text } from "../define.ts";
import { usage } from "../fault.ts";
import { textOfFile } from "../files.ts";
import { Cloudflare } from "../zone/cloudflare.ts";
import { rulesFor, ZONE_SETTINGS, type ZoneHosts } from "../zone/rules.ts";

const PROJECT = join(import.meta.dirname, "..", "..");
const MAX_FILE_BYTES = 1024 * 1024;
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+$/;

const OPTIONS = {
  env: text("name", "the environment of wrangler.toml whose hosts are meant (default production)"),
  config: text("file", "another wrangler.toml"),
};

export const rules = command({
  help: `The rules are for the hosts of Postern only: they switch off what would challenge, change or cache a request. Nothing
is sent anywhere. --json prints them as Cloudflare's Rulesets API takes them.`,
  options: OPTIONS,
  examples: ["zone rules", "zone rules --env staging --json"],
  async run({ options, folder }) {
    const hosts = hostsIn(options.config, options.env ?? "production", folder);
    const made = rulesFor(hosts);
    const lines = made.map(
      ({ does, phase, rule }) =>
        `${does}\n  phase ${phase}, action ${rule.action}\n  ${JSON.stringify(rule.action_parameters)}`,
    );
    const settings = ZONE_SETTINGS.map(({ id, wanted, why }) => `  ${id} = ${wanted.join(" or ")}\n    ${why}`);
    return {
      text: `For ${[...hosts.programs, ...hosts.pages].join(", ")}:\n\n${lines.join("\n\n")}\n\nOf the whole zone, so change these by hand:\n${settings.join("\n")}`,
      json: made,
    };
  },
});

export const apply = command({
  help: `Adds the rules of "zone rules" to the zone, or changes those that it added before. Other rules stay as they are. It
reads the token from CLOUDFLARE_API_TOKEN; the token needs Zone Read, Zone Settings Read, Config Rules Edit, Cache Rules
Edit and WAF Edit for this zone. Settings of the whole zone are only looked at.`,
  words: ["ZONE"],
  options: OPTIONS,
  examples: ["zone apply contoso.com", "zone apply contoso.com --env staging"],
  async run({ words: [zone], options, folder, env }) {
    const all = hostsIn(options.config, options.env ?? "production", folder);
    const inZone = (host: string): boolean => host === zone || host.endsWith(`.${zone}`);
    const split = { programs: all.programs.filter(inZone), pages: all.pages.filter(inZone) };
    const hosts = [...split.programs, ...split.pages];
    if (hosts.length === 0) {
      throw usage(`none of the hosts is in the zone ${zone}`, "Name the zone as the dashboard calls it: contoso.com.");
    }
    const cloudflare = Cloudflare.of(env);
    const id = await cloudflare.zoneId(zone);
    const applied = [];
    for (const rule of rulesFor(split)) applied.push({ rule: rule.does, became: await cloudflare.apply(id, rule) });
    const settings = await cloudflare.otherSettings(id);
    const lines = applied.map(({ rule, became }) => `${became}: ${rule}`);
    const other = settings.map(({ id: name, value, wanted, why }) => `  ${name} is ${value}; ${wanted}. ${why}`);
    const rest = other.length === 0 ? "" : `\n\nChange in the dashboard, for the whole zone:\n${other.join("\n")}`;
    return {
      text: `${zone}: ${hosts.join(", ")}\n${lines.join("\n")}${rest}`,
      json: { zone, hosts, applied, settings },
    };
  },
});

/** Every host of Postern in one environment of wrangler.toml, in order, each once. */
function hostsIn(given: string | undefined, environment: string, folder: string): ZoneHosts {
  const file = given === undefined ? join(PROJECT, "wrangler.toml") : resolve(folder, given);
  const content = textOfFile(file, basename(file), MAX_FILE_BYTES, "Name your wrangler.toml.");
  const variables = variablesIn(content, environment);
  const named = (...names: readonly string[]): string[] => [
    ...new Set(names.flatMap((name) => words(String(variables[name] ?? "")))),
  ];
  const programs = named("PUBLIC_HOSTS", "ADMIN_HOST");
  const pages = named("CONSOLE_HOST", "PORTAL_HOST", "STS_HOST").filter((host) => !programs.includes(host));
  const hosts = [...programs, ...pages];
  const wrong = hosts.find((host) => !HOST_NAME.test(host));
  if (hosts.length > 0 && wrong === undefined) return { programs, pages };
  throw usage(
    wrong === undefined ? `[env.${environment}.vars] has no host` : `"${wrong}" is not a host name`,
    "`npx postern config check` says what is wrong with the file.",
  );
}

function variablesIn(content: string, environment: string): Readonly<Record<string, unknown>> {
  try {
    const file = parse(content) as { env?: Record<string, { vars?: Record<string, unknown> }> };
    return file.env?.[environment]?.vars ?? {};
  } catch (fault) {
    if (!(fault instanceof TomlError)) throw fault;
    throw usage("wrangler.toml is not TOML", "`npx postern config check` says where.");
  }
}
