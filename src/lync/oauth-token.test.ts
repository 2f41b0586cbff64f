import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  grantOf,
  issuedAccessToken,
  oauthError,
  passwordOf,
  renewedTicket,
  WINDOWS_GRANT_FORM,
  withRenewedTicket,
} from "./oauth-token.ts";

describe("the grant of a form", () => {
  it.each([
    ["grant_type=urn:microsoft.rtc:windows", "windows"],
    ["grant_type=urn%3Amicrosoft.rtc%3Awindows&scope=all", "windows"],
    ["a=b&grant_type=urn:microsoft.rtc:anonmeeting&password=x", "anonymous-meeting"],
    ["grant_type=password&username=a", "password"],
    ["grant_type=%70assword", "password"],
    ["grant_type=urn:microsoft.rtc:passive", "other"],
    ["grant_type=PASSWORD", "other"],
    ["grant_type=constructor", "other"],
    ["grant_type=", "other"],
    ["GRANT_TYPE=password", undefined],
    ["grant_type=password&grant_type=password", undefined],
    ["", undefined],
  ])("%s is %s", (form, grant) => expect(grantOf(form)).toBe(grant));

  it("is something for every text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (form) => void grantOf(form)));
  });
});

describe("a password grant", () => {
  it.each([
    ["grant_type=password&username=alice%40contoso.test&password=a%2Bb+c%26", "alice@contoso.test", "a+b c&"],
    ["grant_type=password&username=CONTOSO%5Calice&password=", "CONTOSO\\alice", ""],
    ["password=%C3%A9&scope=all&username=", "", "é"],
  ])("%s", (form, name, password) => expect(passwordOf(form)).toEqual({ ok: true, value: { name, password } }));

  it.each([
    "",
    "username=a",
    "password=b",
    "username=a&username=a&password=b",
    "username=a&password=b&password=",
    "Username=a&password=b",
  ])("%s has none", (form) => expect(passwordOf(form)).toEqual({ ok: false, reason: "not-one-name-and-password" }));

  it("S-19: goes on as a form without one", () => {
    expect([grantOf(WINDOWS_GRANT_FORM), passwordOf(WINDOWS_GRANT_FORM).ok]).toEqual(["windows", false]);
  });
});

describe("the ticket a guest renews", () => {
  it("is found and replaced, and the rest is kept", () => {
    const form = "grant_type=x&ms_rtc_renew=cwt%3Dabc&password=a%26b";
    expect(renewedTicket(form)).toBe("abc");
    expect(Object.fromEntries(new URLSearchParams(withRenewedTicket(form, "def")))).toEqual({
      grant_type: "x",
      ms_rtc_renew: "cwt=def",
      password: "a&b",
    });
  });

  it("is none where there is none, and nobody's where there are two", () => {
    expect(renewedTicket("grant_type=x")).toBeUndefined();
    expect(renewedTicket("ms_rtc_renew=a&ms_rtc_renew=b")).toBe("");
  });
});

describe("a token answer", () => {
  const answer = { access_token: "cwt=AAEB", expires_in: 28_800, ms_rtc_identityscope: "local", token_type: "Bearer" };

  it("gives its ticket and its life, and takes another ticket in its place", () => {
    const token = issuedAccessToken(JSON.stringify(answer));
    expect(token).toMatchObject({ text: "AAEB", expiresInSeconds: 28_800 });
    expect(JSON.parse(token?.withTicket("ours") ?? "")).toEqual({ ...answer, access_token: "cwt=ours" });
    expect(issuedAccessToken(JSON.stringify({ ...answer, expires_in: "60" }))?.expiresInSeconds).toBe(60);
  });

  it.each([
    { ...answer, access_token: undefined },
    { ...answer, access_token: "jwt" },
    { ...answer, access_token: 1 },
    { ...answer, access_token: `cwt=${"A".repeat(16_384)}` },
    { ...answer, expires_in: undefined },
    { ...answer, expires_in: 0 },
    { ...answer, expires_in: -1 },
    { ...answer, expires_in: "soon" },
    [answer],
    "cwt=AAEB",
    null,
  ])("%j has none", (body) => expect(issuedAccessToken(JSON.stringify(body))).toBeUndefined());

  it("is an answer for every text", () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json()), (json) => void issuedAccessToken(json)));
  });
});

it("errors name no server", async () => {
  for (const error of ["invalid_request", "invalid_grant", "unsupported_grant_type"] as const) {
    const response = oauthError(error);
    expect([response.status, await response.json()]).toEqual([400, { error }]);
    expect(response.headers.get("x-ms-diagnostics") ?? "").not.toMatch(/source/);
  }
});
