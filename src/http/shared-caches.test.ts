import { describe, expect, it } from "vitest";
import { keepFromSharedCaches } from "./shared-caches.ts";

const kept = (cacheControl: string | undefined): string | null => {
  const headers = new Headers(cacheControl === undefined ? {} : { "cache-control": cacheControl });
  keepFromSharedCaches(headers, "GET");
  return headers.get("cache-control");
};

describe("S-35: no shared cache keeps an answer to one user", () => {
  it.each([
    [undefined, "private"],
    ["", "private"],
    ["public", "private"],
    ["public, max-age=3600", "private, max-age=3600"],
    ["PUBLIC,Max-Age=60", "private, Max-Age=60"],
    ["max-age=60", "private, max-age=60"],
    ["max-age=0, s-maxage=600", "private, max-age=0"],
    ["s-maxage = 600, private", "private"],
    ["public, private", "private"],
    ["public, no-cache", "private, no-cache"],
    ["no-cache", "private, no-cache"],
    ["must-revalidate, max-age=60", "private, must-revalidate, max-age=60"],
    ['public, private="set-cookie, x"', 'private, private="set-cookie, x"'],
    ['no-cache="x", max-age=60', 'private, no-cache="x", max-age=60'],
  ])("%s becomes %s", (before, after) => {
    expect(kept(before)).toBe(after);
  });

  it.each(["private", "no-store", "no-cache, no-store", "private, max-age=600", "private,no-transform"])(
    "%s stays as it is, byte for byte",
    (value) => {
      expect(kept(value)).toBe(value);
    },
  );

  it("an answer to a POST that says nothing stays as it is, and one with a lifetime does not", () => {
    const answers = [{}, { expires: "Fri, 27 Nov 2026 12:00:00 GMT" }, { "cache-control": "max-age=9" }].map(
      (fields) => {
        const headers = new Headers(fields as HeadersInit);
        keepFromSharedCaches(headers, "POST");
        return headers.get("cache-control");
      },
    );
    expect(answers).toEqual([null, "private", "private, max-age=9"]);
  });

  it("what speaks to CDNs alone goes", () => {
    const headers = new Headers({
      "cache-control": "private",
      "cdn-cache-control": "max-age=60",
      "cloudflare-cdn-cache-control": "max-age=60",
      "surrogate-control": "max-age=60",
      age: "3",
      etag: '"x"',
    });
    keepFromSharedCaches(headers, "GET");
    expect([...headers.keys()]).toEqual(["age", "cache-control", "etag"]);
  });
});
