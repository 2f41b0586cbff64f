// `npm run requirements`: writes into docs/requirements.md which test files prove each requirement. When a file of
// `Held in:` has moved, it writes the new path, if only one file has that name.

import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { withMoved, withTests } from "./requirements/page.ts";
import { readTestFiles } from "./requirements/titles.ts";

const root = join(import.meta.dirname, "..");
const page = join(root, "docs/requirements.md");
const testFiles = [...readTestFiles(root)];
const testsOf = (id: string) => testFiles.filter(([, ids]) => ids.has(id)).map(([path]) => path);
const sources = globSync("src/**/*.ts", { cwd: root });
const movedTo = (path: string): string | undefined => {
  if (existsSync(join(root, path))) return undefined;
  const [found, another] = sources.filter((source) => basename(source) === basename(path));
  return another === undefined ? found : undefined;
};
// The tests last: they are read from the files as they are, whatever the page said.
writeFileSync(page, withTests(withMoved(readFileSync(page, "utf8"), movedTo), testsOf));
