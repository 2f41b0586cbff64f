import { describe, expect, it } from "vitest";
import { variablesWith } from "../../test/kit/variables.ts";
import { readConfig } from "./config.ts";

const ADMIN = { ADMIN_HOST: "api.contoso.test", ADMIN_KEYS: Buffer.alloc(32, 8).toString("base64") };

const faults = (changes: Readonly<Record<string, unknown>>): readonly string[] => {
  const result = readConfig(variablesWith(changes));
  return "faults" in result ? result.faults : [];
};

describe("the portal", () => {
  it("is absent without its host, and is where PORTAL_HOST says", () => {
    for (const [changes, portal] of [
      [ADMIN, undefined],
      [{ ...ADMIN, PORTAL_HOST: " Access.Contoso.test " }, "access.contoso.test"],
    ] as const) {
      const read = readConfig(variablesWith(changes));
      expect("config" in read && read.config.portal?.host).toBe(portal);
    }
  });

  it.each([
    ["an address", { PORTAL_HOST: "192.0.2.1" }, /^PORTAL_HOST is "192\.0\.2\.1", which is not a host name/],
    ["a URL", { PORTAL_HOST: "https://x.contoso.test" }, /^PORTAL_HOST is .*without https:\/\//],
    ["a public host", { PORTAL_HOST: "web.contoso.test" }, /^PORTAL_HOST must be a host of its own/],
    ["the API's host", { PORTAL_HOST: "API.contoso.test" }, /^PORTAL_HOST must be another host than ADMIN_HOST/],
    [
      "the console's host",
      { PORTAL_HOST: "a.contoso.test", CONSOLE_HOST: "a.contoso.test" },
      /^PORTAL_HOST must be another host than CONSOLE_HOST/,
    ],
    ["no API", { PORTAL_HOST: "a.contoso.test", ADMIN_HOST: "" }, /^PORTAL_HOST is set, but ADMIN_HOST is not/],
    ["a sample", { PORTAL_HOST: "access.contoso.com" }, /^PORTAL_HOST still has the sample/],
  ])("says what is wrong: %s", (_, changes, fault) => {
    expect(faults({ ...ADMIN, ...changes })).toEqual(expect.arrayContaining([expect.stringMatching(fault)]));
  });
});
