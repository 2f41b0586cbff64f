// Makes the module of static files: each with its type, its body and a hash of its body, which is part of its address.
// So a browser may keep a file for ever, and gets another one as soon as it changes.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const PROJECT = join(import.meta.dirname, "../..");
const OWN = "src/web/static";

/** Where the module is. */
export const STATIC_FILES_MODULE = join(PROJECT, OWN, "files.gen.ts");

const CSS = "text/css; charset=utf-8";
const JAVASCRIPT = "text/javascript; charset=utf-8";

/** Name in the address → where the file is, its type, and the licence that must stand at its head where it has none. */
const SOURCES: Readonly<Record<string, { readonly file: string; readonly type: string; readonly head?: string }>> = {
  "pico.css": { file: "node_modules/@picocss/pico/css/pico.min.css", type: CSS },
  "postern.css": { file: `${OWN}/postern.css`, type: CSS },
  "htmx.js": {
    ...{ file: "node_modules/htmx.org/dist/htmx.min.js", type: JAVASCRIPT },
    head: "/* htmx, https://htmx.org, Zero-Clause BSD */\n",
  },
  "webauthn.js": {
    ...{ file: "node_modules/@simplewebauthn/browser/dist/bundle/index.umd.min.js", type: JAVASCRIPT },
    head: "/* SimpleWebAuthn, https://simplewebauthn.dev, MIT License, Copyright (c) 2020 Matthew Miller */\n",
  },
  "page.js": { file: `${OWN}/page.js`, type: JAVASCRIPT },
  "passkey.js": { file: `${OWN}/passkey.js`, type: JAVASCRIPT },
  "join.js": { file: `${OWN}/join.js`, type: JAVASCRIPT },
  "sts.css": { file: `${OWN}/sts.css`, type: CSS },
  "sts.js": { file: `${OWN}/sts.js`, type: JAVASCRIPT },
  "go.js": { file: `${OWN}/go.js`, type: JAVASCRIPT },
  "icon.svg": { file: `${OWN}/icon.svg`, type: "image/svg+xml" },
};

/** The files of the static files, of others and our own, below the top level of the project. */
export const FILES_OF_STATIC_FILES: readonly string[] = Object.values(SOURCES).map(({ file }) => file);

/** Long enough that no two versions of a file share it. */
const HASH_CHARS = 16;

/** The text of the module. */
export function generated(): string {
  const files = Object.entries(SOURCES).map(([name, { file, type, head = "" }]) => {
    const body = head + readFileSync(join(PROJECT, file), "utf8");
    const hash = createHash("sha256").update(body).digest("hex").slice(0, HASH_CHARS);
    return `  ${JSON.stringify(name)}: {\n    type: ${JSON.stringify(type)},\n    hash: "${hash}",\n    body: ${JSON.stringify(body)},\n  },\n`;
  });
  return `// Written by \`npm run web\` from the sources that scripts/web/static-files.ts names. Do not edit.\n\n/** The static files of the web pages. */\nexport const staticFiles = {\n${files.join("")}} as const;\n`;
}
