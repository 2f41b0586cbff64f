import { describe, expect, it } from "vitest";
import { provesTwoFactors } from "./two-factors.ts";

const TOKEN = { by: "token", acrValues: ["urn:contoso:mfa"] } as const;

describe("S-67: two factors at the identity provider", () => {
  it.each<[string, object, boolean]>([
    ["nothing", {}, false],
    ["a password", { amr: ["pwd"] }, false],
    ["a password and a PIN are one kind", { amr: ["pwd", "pin"] }, false],
    ["a one-time code and a key are one kind", { amr: ["otp", "hwk"] }, false],
    ["a password and a code", { amr: ["pwd", "otp"] }, true],
    ["a key and a finger", { amr: ["hwk", "fpt"] }, true],
    ["several, as the provider says", { amr: ["pwd", "mfa"] }, true],
    ["a word that is not a list", { amr: "mfa" }, false],
    ["a name that every object has", { amr: ["constructor", "toString", "pwd"] }, false],
    ["numbers", { amr: [1, 2] }, false],
    ["the configured class", { acr: "urn:contoso:mfa" }, true],
    ["another class", { acr: "1" }, false],
    ["a list of classes", { acr: ["urn:contoso:mfa"] }, false],
  ])("%s", (_, claims, proves) => {
    expect(provesTwoFactors({ ...claims }, TOKEN)).toBe(proves);
    expect(provesTwoFactors({ ...claims }, { by: "provider" })).toBe(true);
  });
});
