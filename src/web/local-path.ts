// Where a page sends its reader next. Only a path of this host may be named, or a link could lead anybody anywhere.

/** The path that was asked for, with its query; `/` when that is not a path of this host. */
export function localPath(asked: unknown): string {
  if (typeof asked !== "string" || !/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(asked)) return "/";
  const base = "https://postern.invalid";
  const url = URL.parse(asked, base);
  if (url === null || url.origin !== base) return "/";
  const path = `${url.pathname}${url.search}`;
  // "/..//evil.example" is a path of this host, and without its dots the name of another one.
  return path.startsWith("//") ? "/" : path;
}
