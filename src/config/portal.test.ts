import { describe, expect, it } from "vitest";
import { variablesWith } from "../../test/kit/variables.ts";
import { readConfig } from "./config.ts";

const ADMIN = { ADMIN_HOST: "api.contoso.test", ADMIN_KEYS: Buffer.alloc(32, 8).toString("base64") };

const HOUR = 3_600_000;

const faults = (changes: Readonly<Record<string, unknown>>): readonly string[] => {
  const result = readConfig(variablesWith(changes));
  return "faults" in result ? result.faults : [];
};

describe("the portal", () => {
  it("is absent without its host, and is where PORTAL_HOST says", () => {
    for (const [changes, portal] of [
      [ADMIN, undefined],
      [
        { ...ADMIN, PORTAL_HOST: " Access.Contoso.test " },
        { host: "access.contoso.test", rpId: "access.contoso.test", sessionMs: 12 * HOUR, idleMs: HOUR / 2 },
      ],
      [
        {
          ...{ ...ADMIN, PORTAL_HOST: "access.contoso.test", PORTAL_RP_ID: " Contoso.test" },
          ...{ PORTAL_SESSION_HOURS: "8", PORTAL_IDLE_MINUTES: "10" },
        },
        { host: "access.contoso.test", rpId: "contoso.test", sessionMs: 8 * HOUR, idleMs: HOUR / 6 },
      ],
    ] as const) {
      const read = readConfig(variablesWith(changes));
      expect("config" in read && read.config.portal).toEqual(portal && { ...portal, provider: undefined });
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
    [
      "an RP ID of somebody else",
      { PORTAL_HOST: "a.contoso.test", PORTAL_RP_ID: "fabrikam.test" },
      /^PORTAL_RP_ID is "fabrikam\.test", but it must be PORTAL_HOST/,
    ],
    [
      "an RP ID of everybody",
      { PORTAL_HOST: "a.contoso.co.uk", PORTAL_RP_ID: "co.uk" },
      /^PORTAL_RP_ID is "co\.uk", under which everybody/,
    ],
    [
      "no session",
      { PORTAL_HOST: "a.contoso.test", PORTAL_SESSION_HOURS: "0" },
      /^PORTAL_SESSION_HOURS is "0"; it must be a whole number from 1 to 72/,
    ],
    ["no portal", { PORTAL_IDLE_MINUTES: "10" }, /^PORTAL_IDLE_MINUTES is set, but PORTAL_HOST is not/],
    ["no API", { PORTAL_HOST: "a.contoso.test", ADMIN_HOST: "" }, /^PORTAL_HOST is set, but ADMIN_HOST is not/],
    ["a sample", { PORTAL_HOST: "access.contoso.com" }, /^PORTAL_HOST still has the sample/],
  ])("says what is wrong: %s", (_, changes, fault) => {
    expect(faults({ ...ADMIN, ...changes })).toEqual(expect.arrayContaining([expect.stringMatching(fault)]));
  });
});
