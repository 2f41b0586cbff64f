// Addresses of the API, for those who call it: the command and the console.

/** What stands behind `?`. A list is the name several times; null and undefined are left out. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>;

/** A path of the API; each value becomes one segment. */
export const path = (texts: TemplateStringsArray, ...values: readonly string[]): string =>
  texts.map((text, at) => text + (at < values.length ? encodeURIComponent(values[at] ?? "") : "")).join("");

/** A query with its `?`, or nothing. */
export function search(query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [value].flat().map((one): [string, string] => [name, String(one)]),
  );
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
}
