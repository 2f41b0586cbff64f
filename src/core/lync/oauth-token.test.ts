import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { issuedAccessToken, oauthError } from "./oauth-token.ts";

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
