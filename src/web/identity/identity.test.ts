// Who somebody is by the claims of a verified token.

import { describe, expect, it } from "vitest";
import { identityOf } from "./identity.ts";

const read = (claims: Record<string, unknown>, vouched = false) =>
  identityOf(claims, { source: "oidc", issuer: "https://id.contoso.test", vouched });
const carol = { sub: "7", email: "Carol@Contoso.test", email_verified: true, name: "Carol" };
const value = (claims: Record<string, unknown>, vouched = false) => {
  const read_ = read(claims, vouched);
  if (!read_.ok) throw new Error(read_.reason);
  return read_.value;
};

describe("the identity in claims", () => {
  it("has the address in lower case, the name, and when the person signed in", () => {
    const { claims: _, ...person } = value({ ...carol, auth_time: 1_795_000_000 });
    expect(person).toEqual({
      ...{ source: "oidc", issuer: "https://id.contoso.test", subject: "7", name: "Carol" },
      ...{ email: "carol@contoso.test", emailVerified: true, authenticatedAt: 1_795_000_000_000 },
    });
  });

  it.each([true, "true"])("takes an address as verified when the provider says so (%j)", (said) => {
    expect(value({ ...carol, email_verified: said }).emailVerified).toBe(true);
  });

  it.each([undefined, null, "yes", 0])("takes an address as not verified when the provider says %j", (said) => {
    expect(value({ ...carol, email_verified: said }).emailVerified).toBe(false);
  });

  it("takes Entra ID's word that the owner of the domain is verified", () => {
    for (const said of [true, 1, "1", "true"]) {
      expect(value({ ...carol, email_verified: undefined, xms_edov: said }).emailVerified).toBe(true);
    }
    expect(value({ ...carol, email_verified: undefined, xms_edov: false }).emailVerified).toBe(false);
  });

  it("takes an address as verified that the issuer verifies for everybody", () => {
    expect(value({ sub: "7", email: "carol@contoso.test" }, true).emailVerified).toBe(true);
  });

  it.each([false, "false"])("is refused when the provider says that the address is not verified (%j)", (said) => {
    expect(read({ ...carol, email_verified: said })).toEqual({ ok: false, reason: "email-unverified" });
    expect(read({ ...carol, email_verified: said, xms_edov: true }, true)).toMatchObject({ ok: false });
  });

  it("of an account without a mailbox has the name that it signs in with, and does not call it verified", () => {
    const { email, emailVerified } = value({ sub: "7", preferred_username: "adm-carol@contoso.test", xms_edov: true });
    expect([email, emailVerified]).toEqual(["adm-carol@contoso.test", false]);
    expect(value({ sub: "7", upn: "adm-carol@contoso.test" }, true).emailVerified).toBe(false);
  });

  it.each([undefined, "", "carol", "a@b", "a b@contoso.test", 7, `${"a".repeat(250)}@contoso.test`])(
    "is refused without an address (%j)",
    (email) => {
      expect(read({ sub: "7", email })).toEqual({ ok: false, reason: "email-missing" });
    },
  );

  it.each([undefined, "", " ", 7, "x".repeat(256)])("is refused without a subject (%j)", (sub) => {
    expect(read({ ...carol, sub })).toEqual({ ok: false, reason: "subject-missing" });
  });

  it("has a name that can be shown, whatever the provider gives", () => {
    expect(value({ ...carol, name: `${"x".repeat(300)}\u202e` }).name).toHaveLength(100);
    expect(value({ ...carol, name: "a\nb\u202ec" }).name).toBe("a\u{fffd}b\u{fffd}c");
    expect(value({ ...carol, name: undefined, given_name: "Carol", family_name: "Lee" }).name).toBe("Carol Lee");
    expect(value({ ...carol, name: " " }).name).toBe("carol@contoso.test");
  });
});
