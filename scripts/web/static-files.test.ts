// The static files of the web pages are those that their sources make.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { generated, STATIC_FILES_MODULE } from "./static-files.ts";

it("the module of static files is what `npm run web` would write: run it", () => {
  expect(readFileSync(STATIC_FILES_MODULE, "utf8") === generated()).toBe(true);
});
