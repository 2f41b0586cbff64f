// The migrations of this checkout, and which of them a database lacks.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../config/file.ts";

/** The names of those that are not among the applied ones, in their order. */
export const missingMigrations = (applied: readonly string[]): readonly string[] =>
  readdirSync(join(PROJECT, "migrations"))
    .filter((name) => name.endsWith(".sql") && !applied.includes(name))
    .toSorted();
