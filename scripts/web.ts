// `npm run web`: writes src/web/static/files.gen.ts, the static files of the web pages with their content hashes: Pico
// CSS, htmx and the browser half of SimpleWebAuthn from node_modules, and our own style sheet and scripts. A test holds
// it to them.

import { writeFileSync } from "node:fs";
import { generated, STATIC_FILES_MODULE } from "./web/static-files.ts";

writeFileSync(STATIC_FILES_MODULE, generated());
