// What wrangler itself cannot use in the file: keys that it does not know, and values of another kind. Its own schema
// says so, which comes with it. wrangler only warns of such a key, and deploys without it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { nearest } from "../../src/core/text/nearest.ts";
import { PROJECT, type Table } from "./file.ts";

const SCHEMA = join(PROJECT, "node_modules", "wrangler", "config-schema.json");

/** Made once: the schema is large. */
let validator: ValidateFunction | undefined;

/** One sentence for each, about the top level and this environment. */
export function schemaFaults(file: Table, environment: string): readonly string[] {
  validator ??= new Ajv({ allErrors: true, strict: false, validateFormats: false, verbose: true }).compile(
    JSON.parse(readFileSync(SCHEMA, "utf8")) as Table,
  );
  if (validator(file)) return [];
  const errors = (validator.errors ?? []).filter(({ instancePath }) => isAbout(instancePath, environment));
  return [...new Set(errors.flatMap(sentenceOf))];
}

/** Other environments have checks of their own. */
const isAbout = (path: string, environment: string): boolean => {
  const [, first, second] = path.split("/");
  return first !== "env" || second === undefined || second === environment;
};

function sentenceOf(error: ErrorObject): readonly string[] {
  // An error of one form of several is no error where another form fits. Those that have several forms, routes and
  // exports, are read by name in `settings.ts` and `routes.ts`.
  if (
    /\/(?:anyOf|oneOf)\b|\/definitions\/(?:Route|CustomDomainRoute|ZoneNameRoute|ZoneIdRoute|Exports?|ConfiguredExport|DurableObjectExport)\b/.test(
      error.schemaPath,
    )
  ) {
    return [];
  }
  if (["anyOf", "oneOf"].includes(error.keyword)) return [];
  if (/^\/(?:env\/[^/]+\/)?(?:vars|routes|exports)\b/.test(error.instancePath)) return [];
  const where = placeOf(error.instancePath);
  if (error.keyword === "additionalProperties") {
    const key = String(error.params.additionalProperty);
    const known = Object.keys((error.parentSchema as { readonly properties?: object }).properties ?? {});
    const near = nearest(
      key,
      known.map((name) => name.toUpperCase()),
    );
    const meant = known.find((name) => name.toUpperCase() === near);
    const fix = meant === undefined ? "Take it out." : `Did you mean ${meant}? Correct it, or take it out.`;
    return [
      `${key} ${where === "" ? "at the top level" : `in ${where}`} is not a setting of wrangler, which ignores it. ${fix}`,
    ];
  }
  if (error.keyword === "required") {
    return [
      `${where} has no ${String(error.params.missingProperty)}, which wrangler needs there. Add it, as the file of this version has it.`,
    ];
  }
  const allowed: unknown = error.params.allowedValues;
  const must = Array.isArray(allowed) ? `must be one of ${allowed.join(", ")}` : (error.message ?? "cannot be used");
  return [`${where} ${must}: wrangler cannot use what stands there. Correct it, as the file of this version has it.`];
}

/** `/env/production/ratelimits/0/simple` as the file writes it: env.production.ratelimits, entry 1, simple. */
const placeOf = (path: string): string =>
  path
    .split("/")
    .slice(1)
    .reduce(
      (said, part) =>
        /^\d+$/.test(part) ? `${said}, entry ${Number(part) + 1}` : said === "" ? part : `${said}.${part}`,
      "",
    );
