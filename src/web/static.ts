// Static files under addresses with a hash of their content, which browsers may keep for ever.

import { staticFiles } from "./static/files.gen.ts";

type Name = keyof typeof staticFiles;

/** Where all static files are. */
export const STATIC_PATH = "/-/";
const ADDRESS = /^\/-\/(\w+)\.([0-9a-f]{16})\.(\w+)$/;

/** The address of a static file. */
export function asset(name: Name): string {
  const [stem, ending] = name.split(".");
  return `${STATIC_PATH}${stem}.${staticFiles[name].hash}.${ending}`;
}

/** The file at an address; 404 when there is no such file, or no longer. */
export function staticAnswer(pathname: string): Response {
  const [, stem, hash, ending] = ADDRESS.exec(pathname) ?? [];
  const file = Object.hasOwn(staticFiles, `${stem}.${ending}`) ? staticFiles[`${stem}.${ending}` as Name] : undefined;
  if (file === undefined || file.hash !== hash) return new Response(null, { status: 404 });
  const headers = { "content-type": file.type, "cache-control": "public, max-age=31536000, immutable" };
  return new Response(file.body, { headers });
}
