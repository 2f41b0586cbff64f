import { describe, expect, it } from "vitest";
import { variablesWith } from "../../test/kit/variables.ts";
import { readConfig } from "./config.ts";

const ADMIN = { ADMIN_HOST: "api.contoso.test", ADMIN_KEYS: Buffer.alloc(32, 8).toString("base64") };
const CONSOLE = { ...ADMIN, CONSOLE_HOST: "console.contoso.test" };
const AUDIENCE = "0123456789abcdef".repeat(4);
const OIDC = {
  CONSOLE_OIDC_ISSUER: "https://login.contoso.test/",
  CONSOLE_OIDC_CLIENT_ID: "postern",
  CONSOLE_OIDC_CLIENT_SECRET: "a secret of the client",
  CONSOLE_ROLES: "admin=lync-admins HelpDesk=Service-Desk helpdesk=b viewer=c=d",
};
const ACCESS = {
  CONSOLE_ACCESS_TEAM: "Contoso",
  CONSOLE_ACCESS_AUDIENCE: AUDIENCE,
  CONSOLE_ROLES: "admin=lync-admins",
};

const read = (changes: Readonly<Record<string, unknown>>) => {
  const result = readConfig(variablesWith(changes));
  return "faults" in result ? result : { console: result.config.console };
};
const faults = (changes: Readonly<Record<string, unknown>>): readonly string[] => {
  const result = read(changes);
  return "faults" in result ? result.faults : [];
};

describe("the console", () => {
  it("is absent without its host", () => {
    expect(read(ADMIN)).toEqual({ console: undefined });
  });

  it("has its defaults", () => {
    expect(read({ ...CONSOLE, CONSOLE_HOST: " Console.Contoso.test " })).toEqual({
      console: {
        ...{ host: "console.contoso.test", rpId: "console.contoso.test" },
        ...{ sessionMs: 12 * 3_600_000, idleMs: 30 * 60_000, oidc: undefined, access: undefined },
        roles: { claim: "groups", byValue: new Map() },
      },
    });
  });

  it("takes the issuer as the provider spells it, and the groups with their case", () => {
    expect(read({ ...CONSOLE, ...OIDC, CONSOLE_ROLES_CLAIM: "roles" })).toMatchObject({
      console: {
        oidc: { issuer: "https://login.contoso.test/", clientId: "postern", clientSecret: "a secret of the client" },
        roles: {
          claim: "roles",
          byValue: new Map([
            ["lync-admins", "admin"],
            ["Service-Desk", "helpdesk"],
            ["b", "helpdesk"],
            ["c=d", "viewer"],
          ]),
        },
      },
    });
  });

  it("knows where Cloudflare Access of a team is", () => {
    const access = { issuer: "https://contoso.cloudflareaccess.com", audience: AUDIENCE };
    expect(read({ ...CONSOLE, ...ACCESS })).toMatchObject({ console: { access } });
  });

  it("may leave the roles to the console", () => {
    expect(read({ ...CONSOLE, ...ACCESS, CONSOLE_ROLES: undefined })).toMatchObject({
      console: { roles: { claim: "groups", byValue: new Map() } },
    });
  });

  it("takes numbers and a domain above the host", () => {
    const given = { CONSOLE_RP_ID: "Contoso.test", CONSOLE_SESSION_HOURS: "1", CONSOLE_IDLE_MINUTES: "720" };
    const taken = { rpId: "contoso.test", sessionMs: 3_600_000, idleMs: 720 * 60_000 };
    expect(read({ ...CONSOLE, ...given })).toMatchObject({ console: taken });
    expect(read({ ...CONSOLE, CONSOLE_HOST: "console.localhost", CONSOLE_RP_ID: "localhost" })).toMatchObject({
      console: { rpId: "localhost" },
    });
  });

  it("may have a provider without https in local runs only", () => {
    const local = {
      CONSOLE_OIDC_ISSUER: "http://127.0.0.1:9",
      CONSOLE_ACCESS_TEAM: "http://127.0.0.1:8",
      PLAIN_HTTP: "allow",
    };
    const changes = { ...CONSOLE, ...OIDC, ...ACCESS, ...local };
    expect(read(changes)).toMatchObject({
      console: { oidc: { issuer: "http://127.0.0.1:9" }, access: { issuer: "http://127.0.0.1:8" } },
    });
    expect(faults({ ...changes, PLAIN_HTTP: undefined })).toHaveLength(2);
    const elsewhere = { CONSOLE_OIDC_ISSUER: "http://192.0.2.1:9", CONSOLE_ACCESS_TEAM: "http://access.contoso.test" };
    expect(faults({ ...changes, ...elsewhere })).toHaveLength(2);
  });
});

describe("a fault of the console's variables says what to do", () => {
  it.each<[string, Readonly<Record<string, string | undefined>>, RegExp]>([
    ["an address", { CONSOLE_HOST: "192.0.2.1" }, /^CONSOLE_HOST is "192\.0\.2\.1".* IP address\.$/],
    ["a URL", { CONSOLE_HOST: "https://console.contoso.test" }, /^CONSOLE_HOST is .*without https:\/\//],
    ["a public host", { CONSOLE_HOST: "web.contoso.test" }, /^CONSOLE_HOST must be a host of its own/],
    ["the API's host", { CONSOLE_HOST: "API.contoso.test" }, /^CONSOLE_HOST must be another host than ADMIN_HOST/],
    ["no API", { ADMIN_HOST: undefined }, /Set ADMIN_HOST, too\.$/],
    ["a sample", { CONSOLE_HOST: "postern.contoso.com" }, /^CONSOLE_HOST still has the sample/],
    ["another name's RP ID", { CONSOLE_RP_ID: "fabrikam.test" }, /^CONSOLE_RP_ID is .* a domain above it/],
    ["a part of a label", { CONSOLE_RP_ID: "ontoso.test" }, /^CONSOLE_RP_ID is .* a domain above it/],
    ["a top-level domain", { CONSOLE_RP_ID: "test" }, /^CONSOLE_RP_ID is "test", under which everybody/],
    [
      "a public suffix",
      { CONSOLE_HOST: "console.fabrikam.co.uk", CONSOLE_RP_ID: "co.uk" },
      /^CONSOLE_RP_ID is "co\.uk", under which everybody/,
    ],
    ["no hours", { CONSOLE_SESSION_HOURS: "0" }, /^CONSOLE_SESSION_HOURS is "0"; .* 1 to 72 \(default 12\)\.$/],
    ["hours in words", { CONSOLE_SESSION_HOURS: "12h" }, /^CONSOLE_SESSION_HOURS is "12h"/],
    ["too many minutes", { CONSOLE_IDLE_MINUTES: "721" }, /^CONSOLE_IDLE_MINUTES is "721"; .* \(default 30\)\.$/],
    [
      "no secret",
      { ...OIDC, CONSOLE_OIDC_CLIENT_SECRET: undefined },
      /`wrangler secret put CONSOLE_OIDC_CLIENT_SECRET`/,
    ],
    ["no client", { ...OIDC, CONSOLE_OIDC_CLIENT_ID: "" }, /^CONSOLE_OIDC_CLIENT_ID is missing/],
    ["an issuer with a query", { ...OIDC, CONSOLE_OIDC_ISSUER: "https://a.test/?b" }, /^CONSOLE_OIDC_ISSUER is /],
    ["an issuer in the clear", { ...OIDC, CONSOLE_OIDC_ISSUER: "http://a.test" }, /^CONSOLE_OIDC_ISSUER is /],
    ["a whole host", { ...ACCESS, CONSOLE_ACCESS_TEAM: "a.cloudflareaccess.com" }, /^CONSOLE_ACCESS_TEAM is .* alone/],
    ["no audience", { ...ACCESS, CONSOLE_ACCESS_AUDIENCE: undefined }, /^CONSOLE_ACCESS_AUDIENCE is ""; .*\(AUD\)/],
    ["a role nobody has", { ...ACCESS, CONSOLE_ROLES: "owner=a" }, /"owner=a", .* viewer, helpdesk, admin\./],
    ["a role of nobody", { ...ACCESS, CONSOLE_ROLES: "admin=" }, /^CONSOLE_ROLES has "admin="/],
    ["two roles", { ...ACCESS, CONSOLE_ROLES: "admin=a viewer=a" }, /^CONSOLE_ROLES gives "a" two roles/],
    ["roles without a provider", { CONSOLE_ROLES: "admin=a" }, /^CONSOLE_ROLES is set, but no provider/],
  ])("%s", (_what, changes, sentence) => {
    const found = faults({ ...CONSOLE, ...changes }).filter((each) => each.startsWith("CONSOLE_"));
    expect(found, found.join("\n")).toHaveLength(1);
    expect(found[0]).toMatch(sentence);
  });

  it("and what is set without the host is one", () => {
    const found = faults({ ...ADMIN, ...OIDC, ...ACCESS });
    expect(found.map((each) => each.split(" ")[0])).toEqual([
      ...["CONSOLE_ROLES", "CONSOLE_OIDC_ISSUER", "CONSOLE_OIDC_CLIENT_ID"],
      ...["CONSOLE_ACCESS_TEAM", "CONSOLE_ACCESS_AUDIENCE"],
    ]);
  });

  it("and no fault quotes the client's secret", () => {
    const secret = "Correct-Horse-Battery";
    const changes = { ...CONSOLE, ...OIDC, CONSOLE_OIDC_CLIENT_SECRET: secret, CONSOLE_OIDC_ISSUER: secret };
    expect(faults(changes).join("\n")).not.toContain(secret);
  });
});
