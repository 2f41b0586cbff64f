// The list of the longest files names files that are there. A file that is renamed would otherwise begin late, and
// nobody would notice.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { LONGEST } from "./longest-first.ts";

it("has only files that are there, each once", () => {
  const gone = LONGEST.filter((file) => !existsSync(join(import.meta.dirname, "..", file)));
  expect(gone).toEqual([]);
  expect(new Set(LONGEST).size).toBe(LONGEST.length);
});
