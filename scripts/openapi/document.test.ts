// docs/openapi.json is what the code says.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { operations } from "../../src/api/operations.ts";
import { VERSION } from "../../src/config/version.ts";
import { openApiOf } from "./document.ts";
import { withTables } from "./page.ts";

it("docs/openapi.json says what the operations say; `npm run openapi` writes it", () => {
  const file = readFileSync(join(import.meta.dirname, "../../docs/openapi.json"), "utf8");
  expect(JSON.parse(file)).toEqual(JSON.parse(JSON.stringify(openApiOf(operations))));
});

it("docs/api.md has every operation with its scopes, and every code of a refusal", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/api.md"), "utf8");
  expect(withTables(page, operations)).toBe(page);
});

it("every operation has an id of its own, and a summary without a full stop", () => {
  const ids = operations.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { summary } of operations) expect(summary).toMatch(/^[A-Z].*[^.]$/);
});

it("the gateway says the release that package.json has", () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8")) as {
    version: string;
  };
  expect(VERSION).toBe(version);
});
