// `npm run openapi`: writes docs/openapi.json from the operations of the API.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { operations } from "../src/api/operations.ts";
import { openApiOf } from "./openapi/document.ts";

const file = join(import.meta.dirname, "../docs/openapi.json");
writeFileSync(file, `${JSON.stringify(openApiOf(operations), null, 2)}\n`);
