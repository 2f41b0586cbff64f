// `npm run requirements`: writes into docs/requirements.md which test files prove each requirement.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withTests } from "./requirements/page.ts";
import { readTestFiles } from "./requirements/titles.ts";

const root = join(import.meta.dirname, "..");
const page = join(root, "docs/requirements.md");
const testFiles = [...readTestFiles(root)];
const testsOf = (id: string) => testFiles.filter(([, ids]) => ids.has(id)).map(([path]) => path);
writeFileSync(page, withTests(readFileSync(page, "utf8"), testsOf));
