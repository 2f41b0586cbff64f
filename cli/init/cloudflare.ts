// What `init` does at Cloudflare, a step at a time. Whatever is there already is used. Each id goes into the file as
// soon as it exists, so that a run that broke off goes on where it was.

import { missingMigrations } from "./migrations.ts";
import { serviceFor } from "./papers.ts";
import type { Answers } from "./questions.ts";
import { databaseName, type Ids } from "./section.ts";
import type { Wrangler } from "./wrangler.ts";

/** The ids, and what was done in a word for each. */
export type Placed = { readonly ids: Ids; readonly done: readonly string[] };

/** Finds or makes the database. */
export async function placeDatabase(wrangler: Wrangler, environment: string, answers: Answers): Promise<Placed> {
  const name = databaseName(environment);
  const there = await wrangler.databaseId(environment, name);
  if (there !== undefined) return { ids: { DB: there }, done: [`found the database ${name} (${there})`] };
  await wrangler.createDatabase(environment, name, placeOptions(answers));
  const id = await wrangler.databaseId(environment, name);
  return id === undefined ? { ids: {}, done: [] } : { ids: { DB: id }, done: [`made the database ${name} (${id})`] };
}

/** The options of `wrangler d1 create` that say where the data is. */
export function placeOptions({ databasePlace: place = "auto" }: Answers): readonly string[] {
  if (place === "auto") return [];
  return place === "eu" || place === "us" ? ["--jurisdiction", place] : ["--location", place];
}

/** Finds or makes the Workers VPC service of a binding. Nothing where its tunnel is not known yet. */
export async function placeService(
  wrangler: Wrangler,
  binding: string,
  environment: string,
  answers: Answers,
): Promise<Placed> {
  const service = serviceFor(binding, answers, environment);
  if (service === undefined) return { ids: {}, done: [] };
  const there = await wrangler.serviceId(environment, service.name);
  const id = there ?? (await wrangler.createService(environment, service));
  const verb = there === undefined ? "made" : "found";
  return { ids: { [binding]: id }, done: [`${verb} the Workers VPC service ${service.name} (${id})`] };
}

/** Makes the tables that the database lacks. */
export async function placeTables(wrangler: Wrangler, environment: string): Promise<Placed> {
  const missing = missingMigrations(await wrangler.appliedMigrations(environment));
  if (missing.length === 0) return { ids: {}, done: [] };
  await wrangler.applyMigrations(environment);
  return { ids: {}, done: [`applied ${missing.length} migrations to the database`] };
}
