import { describe, expect, it } from "vitest";
import { variablesWith } from "../../test/kit/variables.ts";
import { readConfig } from "./config.ts";

const PORTAL = {
  ADMIN_HOST: "api.contoso.test",
  ADMIN_KEYS: Buffer.alloc(32, 8).toString("base64"),
  PORTAL_HOST: "access.contoso.test",
};
const OIDC = {
  PORTAL_OIDC_ISSUER: "https://login.contoso.test/",
  PORTAL_OIDC_CLIENT_ID: "postern",
  PORTAL_OIDC_CLIENT_SECRET: "a secret of the client",
};

const providerOf = (changes: object) => {
  const read = readConfig(variablesWith({ ...PORTAL, ...changes }));
  return "faults" in read ? read.faults : read.config.portal?.provider;
};

describe("S-67: the identity provider of the portal", () => {
  it("is none without an issuer, and reads with one", () => {
    expect(providerOf({})).toBeUndefined();
    expect(providerOf(OIDC)).toEqual({
      ...{ issuer: "https://login.contoso.test/", clientId: "postern", clientSecret: "a secret of the client" },
      ...{ claim: "preferred_username", twoFactors: { by: "token", acrValues: [] } },
    });
    const more = { PORTAL_OIDC_CLAIM: "upn", PORTAL_OIDC_TWO_FACTORS: "token possessionorinherence urn:Mfa" };
    expect(providerOf({ ...OIDC, ...more })).toMatchObject({
      ...{ claim: "upn", twoFactors: { by: "token", acrValues: ["possessionorinherence", "urn:Mfa"] } },
    });
    expect(providerOf({ ...OIDC, PORTAL_OIDC_TWO_FACTORS: "provider" })).toMatchObject({
      twoFactors: { by: "provider" },
    });
  });

  it.each<[string, object, RegExp]>([
    ["no secret", { ...OIDC, PORTAL_OIDC_CLIENT_SECRET: "" }, /`wrangler secret put PORTAL_OIDC_CLIENT_SECRET`/],
    ["no client", { ...OIDC, PORTAL_OIDC_CLIENT_ID: "" }, /^PORTAL_OIDC_CLIENT_ID is missing/],
    ["an issuer in the clear", { ...OIDC, PORTAL_OIDC_ISSUER: "http://a.test" }, /^PORTAL_OIDC_ISSUER is /],
    ["a claim that names nobody", { ...OIDC, PORTAL_OIDC_CLAIM: "sub" }, /^PORTAL_OIDC_CLAIM is "sub"/],
    ["two claims", { ...OIDC, PORTAL_OIDC_CLAIM: "upn email" }, /^PORTAL_OIDC_CLAIM is "upn email"/],
    ["an unknown proof", { ...OIDC, PORTAL_OIDC_TWO_FACTORS: "no" }, /^PORTAL_OIDC_TWO_FACTORS is "no"/],
    [
      "too much said",
      { ...OIDC, PORTAL_OIDC_TWO_FACTORS: "provider mfa" },
      /^PORTAL_OIDC_TWO_FACTORS is "provider mfa"/,
    ],
    ["no issuer", { PORTAL_OIDC_CLAIM: "upn" }, /^PORTAL_OIDC_CLAIM is set, but PORTAL_OIDC_ISSUER is not/],
    ["no portal", { ...OIDC, PORTAL_HOST: "" }, /^PORTAL_OIDC_ISSUER is set, but PORTAL_HOST is not/],
  ])("says what is wrong: %s", (_, changes, fault) => {
    expect(providerOf(changes)).toEqual(expect.arrayContaining([expect.stringMatching(fault)]));
  });
});
