// Signing in by Cloudflare Access at the console's end. How an assertion is verified is in web/identity/access.test.ts.

import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../store/database.ts";
import type { AccessVerifier } from "../../web/identity/access.ts";
import { assertedBy, signInByAccess } from "./access.ts";
import { IDENTITY_REFUSALS } from "./identity-refusals.ts";
import { identityWords } from "./identity-words.ts";

const NOW = 1_795_000_000_000;
const ISSUER = "https://contoso.cloudflareaccess.com";
const verify: AccessVerifier = async (assertion) =>
  assertion === "carol's"
    ? {
        ok: true,
        value: {
          ...{ source: "access", issuer: ISSUER, subject: "7", email: "carol@contoso.test", emailVerified: true },
          ...{ name: "Carol", claims: { custom: { groups: ["lync-admins"] } } },
        },
      }
    : { ok: false, reason: "assertion-missing" };
const provisioning: Parameters<typeof signInByAccess>[1] = {
  ...{ db: openDatabase(env.DB), now: NOW },
  roles: { claim: "custom.groups", byValue: new Map([["lync-admins", "admin"]] as const) },
  about: {
    ...{ requestId: "r", channel: "command", host: "console.contoso.test", source: "192.0.2.1" },
    ...{ userAgent: "", workstation: "" },
  },
};
const headers = new Headers({ "cf-access-jwt-assertion": "carol's" });

describe("somebody whom Cloudflare Access names", () => {
  it("is signed in with the role of the claims, without a fresh factor", async () => {
    const asserted = await assertedBy(headers, verify, NOW);
    expect(asserted).toMatchObject({ ok: true, value: { subject: `${ISSUER}#7` } });
    if (!asserted.ok) return;
    expect(await signInByAccess(asserted.value, provisioning)).toMatchObject({
      ok: true,
      value: { administrator: { email: "carol@contoso.test", role: "admin" }, how: "access", freshAt: 0 },
    });
  });

  it("is nobody without an assertion", async () => {
    expect(await assertedBy(new Headers(), verify, NOW)).toEqual({ ok: false, reason: "assertion-missing" });
  });
});

it("there are words for each refusal, in each language", () => {
  for (const words of Object.values(identityWords)) {
    expect(Object.keys(words).toSorted()).toEqual(Object.keys(IDENTITY_REFUSALS).toSorted());
    for (const said of Object.values(words)) expect(said).toMatch(/^\p{Lu}.{20,}\.$/u);
  }
});
