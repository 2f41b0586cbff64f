// `npm run openapi`: writes docs/openapi.json, and the tables of docs/api.md, from the operations of the API.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { operations } from "../src/api/operations.ts";
import { openApiOf } from "./openapi/document.ts";
import { withTables } from "./openapi/page.ts";

const file = join(import.meta.dirname, "../docs/openapi.json");
writeFileSync(file, `${JSON.stringify(openApiOf(operations), null, 2)}\n`);
const page = join(import.meta.dirname, "../docs/api.md");
writeFileSync(page, withTables(readFileSync(page, "utf8"), operations));
