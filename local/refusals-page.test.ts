// docs/refusals.md has every reason for which a request is refused, in the words of the command.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { REFUSAL_GROUPS } from "../src/trace/reasons.ts";
import { PROJECT } from "./bundle.ts";

it("docs/refusals.md has a row for every reason, and for nothing else", () => {
  const page = readFileSync(join(PROJECT, "docs", "refusals.md"), "utf8");
  const rows = page.slice(page.indexOf("## Reasons")).match(/^\| `.*$/gm);
  const reasons = Object.values(REFUSAL_GROUPS).flatMap((group) => Object.entries(group));
  expect(rows).toEqual(reasons.map(([reason, [means, remedy]]) => `| \`${reason}\` | ${means} | ${remedy} |`));
});
