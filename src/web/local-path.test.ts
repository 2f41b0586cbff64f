// A path that somebody else wrote into a link must not lead away from this host.

import { describe, expect, it } from "vitest";
import { localPath } from "./local-path.ts";

/** Where a browser on the console goes with it. */
const goesTo = (asked: unknown): string => new URL(localPath(asked), "https://console.contoso.test/x").host;

describe("S-50: where a sign-in leads", () => {
  it("is the path that was asked for", () => {
    for (const path of ["/", "/users?q=a%20b&after=c", "/users/u_1/devices/d_1", "/a/../b?c=//d"]) {
      expect(localPath(path)).toBe(path === "/a/../b?c=//d" ? "/b?c=//d" : path);
    }
  });

  it.each([
    ...[
      "//evil.example",
      "/\\evil.example",
      "\\\\evil.example",
      "https://evil.example",
      "https:evil.example",
      "evil.example",
    ],
    ...[
      "/..//evil.example",
      "/.//evil.example",
      "/a/..//evil.example",
      "/%2e//evil.example",
      "/a/%2e%2e//evil.example",
    ],
    ...[
      "/..//..//evil.example",
      "/./..//evil.example",
      "/\t/evil.example",
      "/\n/evil.example",
      "\t//evil.example",
      " //evil.example",
    ],
    ...[
      "/%2e%2E///evil.example",
      "javascript:alert(1)",
      "data:text/html,x",
      "",
      "//",
      "/.//",
      null,
      undefined,
      7,
      ["//evil.example"],
    ],
    `/..//${"x".repeat(9_000)}`,
  ])("never leaves the host: %j", (asked) => {
    expect(goesTo(asked)).toBe("console.contoso.test");
    expect(localPath(asked)).not.toMatch(/^\/[/\\]/);
  });
});
