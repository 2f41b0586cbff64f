// Whom the identity provider's account is, in D1: found by its name once, and by its subject from then on (S-67).

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import type { PortalProvider } from "../../config/portal-provider.ts";
import { addUsers } from "../../store/add-users.ts";
import { openDatabase } from "../../store/database.ts";
import { subjectsOfUser } from "../../store/portal-subjects.ts";
import type { Claims } from "../../web/identity/identity.ts";
import { personAt } from "./who.ts";

const db = openDatabase(env.DB);
const ISSUER = "https://id.contoso.test";
const NOW = 1_795_000_000_000;
const PROVIDER: PortalProvider = {
  ...{ issuer: ISSUER, clientId: "portal", clientSecret: "secret", claim: "preferred_username" },
  twoFactors: { by: "token", acrValues: [] },
};
const ABOUT = {
  ...{ requestId: "r", channel: "portal" as const, host: "portal.contoso.test", source: "192.0.2.1" },
  ...{ userAgent: "", workstation: "" },
};

let people = 0;
let alice: string;

const find = async (subject: string, claims: Claims, provider = PROVIDER) => {
  const said = { amr: ["mfa"], sub: subject, ...claims };
  const found = await personAt({ issuer: ISSUER, subject, claims: said }, { db, provider, about: ABOUT, now: NOW });
  return found.ok ? found.value.sipUri : found.reason;
};
const called = (name: string) => ({ preferred_username: name });
const disable = (sipUri: string) =>
  env.DB.prepare("UPDATE users SET disabled_at = 1 WHERE sip_uri = ?").bind(sipUri).run();

beforeEach(async () => {
  alice = `alice${++people}`;
  const address = `${alice}@contoso.test`;
  await addUsers(
    db,
    [
      {
        ...{ sipUri: address, upn: `${alice}@ad.contoso.test`, account: `CONTOSO\\${alice}` },
        aliases: [`${alice}.alias@contoso.test`],
      },
    ],
    NOW,
  );
});

describe("S-67: who an account of the identity provider is", () => {
  it("is the user with that UPN or SIP address, however it is spelt", async () => {
    expect(await find(`${alice}-1`, called(`${alice}@AD.Contoso.test`))).toBe(`sip:${alice}@contoso.test`);
    expect(await find(`${alice}-1`, called("somebody.else@contoso.test"))).toBe(`sip:${alice}@contoso.test`);
    const { results } = await env.DB.prepare("SELECT reason, channel, why FROM audit_events WHERE user = ?")
      .bind(`sip:${alice}@contoso.test`)
      .all();
    expect(results).toEqual([{ reason: "identity-linked", channel: "portal", why: `preferred_username of ${ISSUER}` }]);
  });

  it.each<[string, Claims]>([
    ["an alias", called("NAME.alias@contoso.test")],
    ["an account name", called("CONTOSO\\NAME")],
    ["a stranger", called("x@contoso.test")],
  ])("is nobody by %s", async (_, claims) => {
    const name = String(claims.preferred_username).replace("NAME", alice);
    expect(await find(`${alice}-1`, called(name))).toMatch(/^(not-known|claim-missing)$/);
  });

  it.each<[string, Claims]>([
    ["no claim", {}],
    ["a number", { preferred_username: 7 }],
    ["a list", { preferred_username: ["NAME@contoso.test"] }],
    ["an empty text", called("")],
    ["a text that is too long", called(`${"x".repeat(300)}@contoso.test`)],
  ])("needs the claim: %s", async (_, claims) => {
    expect(await find(`${alice}-1`, claims)).toBe("claim-missing");
  });

  it("needs a verified address where the claim is the mail address", async () => {
    const provider = { ...PROVIDER, claim: "email" };
    const email = `${alice}@contoso.test`;
    for (const email_verified of [undefined, false, "false", 1]) {
      expect(await find(`${alice}-1`, { email, email_verified }, provider)).toBe("claim-unverified");
    }
    expect(await find(`${alice}-1`, { email, email_verified: true }, provider)).toBe(`sip:${email}`);
  });

  it("is refused with one factor, known or not", async () => {
    const one = { ...called(`${alice}@contoso.test`), amr: ["pwd"] };
    expect(await find(`${alice}-1`, one)).toBe("one-factor");
    await find(`${alice}-1`, called(`${alice}@contoso.test`));
    expect(await find(`${alice}-1`, one)).toBe("one-factor");
  });

  it("does not let another account be the user: a name can get another owner", async () => {
    await find(`${alice}-1`, called(`${alice}@contoso.test`));
    expect(await find(`${alice}-2`, called(`${alice}@contoso.test`))).toBe("name-of-another");
  });

  it("of two accounts at one moment, one becomes the user", async () => {
    const [a, b] = ["a", "b"].map((each) => find(`${alice}-${each}`, called(`${alice}@contoso.test`)));
    expect([await a, await b].toSorted()).toEqual(["name-of-another", `sip:${alice}@contoso.test`]);
    const both = ["same", "same"].map((each) => find(`${alice}-${each}`, called(`${alice}@contoso.test`)));
    expect(new Set(await Promise.all(both)).size).toBe(1);
  });

  it("lets nobody in who is disabled", async () => {
    await disable(`sip:${alice}@contoso.test`);
    expect(await find(`${alice}-1`, called(`${alice}@contoso.test`))).toBe("disabled");
    const [row] = (
      await env.DB.prepare("SELECT id FROM users WHERE sip_uri = ?")
        .bind(`sip:${alice}@contoso.test`)
        .all<{ id: string }>()
    ).results;
    expect(await subjectsOfUser(db, row?.id ?? "")).toEqual([]);
  });

  it("keeps the subjects of two issuers apart", async () => {
    await find("7", called(`${alice}@contoso.test`));
    const other = await personAt(
      { issuer: "https://other.test", subject: "7", claims: { amr: ["mfa"] } },
      { db, provider: PROVIDER, about: ABOUT, now: NOW },
    );
    expect(other).toEqual({ ok: false, reason: "claim-missing" });
  });
});
