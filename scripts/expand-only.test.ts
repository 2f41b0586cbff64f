// S-78: a migration that no release has yet leaves the version before able to go on.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contractionsIn } from "../test/kit/expand-only.ts";

const PROJECT = join(import.meta.dirname, "..");
const read = (...path: string[]) => readFileSync(join(PROJECT, ...path), "utf8");
/** The versions with a heading of their own in the changelog. */
const RELEASES = [...read("CHANGELOG.md").matchAll(/^## (\d+\.\d+\.\d+)$/gm)].map(([, version = ""]) => version);
/** Migrations that 0.1.0 came with. */
const RELEASED = 5;

describe("S-78: a migration", () => {
  const files = readdirSync(join(PROJECT, "migrations")).filter((name) => name.endsWith(".sql"));
  it.each(files.toSorted().slice(RELEASED))("%s only adds", (file) => {
    expect(contractionsIn(read("migrations", file), RELEASES)).toEqual([]);
  });
});

describe("S-78: the rule", () => {
  it.each([
    "DROP TABLE `users`",
    "DROP TABLE IF EXISTS users",
    "ALTER TABLE `users` DROP COLUMN `upn`",
    "ALTER TABLE `users` RENAME COLUMN `upn` TO `principal`",
    "ALTER TABLE `__new_users` RENAME TO `users`",
    "ALTER TABLE `users` ADD `pool` text NOT NULL",
    "CREATE UNIQUE INDEX `users_by_mail` ON `users` (`mail`)",
    "DROP TRIGGER user_words_added",
  ])("names %s", (statement) => {
    expect(contractionsIn(`CREATE INDEX x ON users (mail);--> statement-breakpoint\n${statement};`, RELEASES)).toEqual([
      expect.stringContaining("the version before"),
    ]);
  });

  it.each([
    "ALTER TABLE `users` ADD `pool` text",
    "ALTER TABLE `users` ADD `pool` text DEFAULT 'first' NOT NULL",
    "CREATE TABLE `meters` (`isolate` text PRIMARY KEY NOT NULL);\nCREATE UNIQUE INDEX m ON `meters` (`isolate`)",
    "ALTER TABLE `users` ADD `badge` text;\nCREATE UNIQUE INDEX u ON `users` (`badge`)",
    "DROP TRIGGER t;\nCREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT 1; END",
    "DROP INDEX users_by_mail",
  ])("lets pass %s", (statements) => {
    expect(contractionsIn(statements, RELEASES)).toEqual([]);
  });

  it("lets go what no release uses any more, if the file says since which", () => {
    const [last = ""] = RELEASES;
    expect(contractionsIn(`-- unused since ${last}\nDROP TABLE old;`, RELEASES)).toEqual([]);
    expect(contractionsIn("-- unused since 99.0.0\nDROP TABLE old;", RELEASES)).toHaveLength(1);
  });

  it("takes no PRAGMA that D1 ignores, whatever the file says", () => {
    expect(contractionsIn(`-- unused since ${RELEASES[0]}\nPRAGMA foreign_keys=OFF;`, RELEASES)).toHaveLength(1);
  });
});
