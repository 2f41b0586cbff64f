import { env as workerEnv } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { type Config, readConfig } from "./config.ts";
import type { Env } from "./env.ts";

const origin = { fetch: async () => new Response("origin") } as unknown as Fetcher;
const KEY = Buffer.alloc(32, 7).toString("base64");
const ADMIN_KEY = Buffer.alloc(32, 8).toString("base64");
const OTHER_KEY = Buffer.alloc(32, 9).toString("base64");

const good: Env = {
  DB: workerEnv.DB,
  USER_GUARD: workerEnv.USER_GUARD,
  SOURCE_GUARD: workerEnv.SOURCE_GUARD,
  GUEST_GUARD: workerEnv.GUEST_GUARD,
  ANONYMOUS_SERVICES: workerEnv.ANONYMOUS_SERVICES,
  ANONYMOUS_PAGES: workerEnv.ANONYMOUS_PAGES,
  API_CALLS: workerEnv.API_CALLS,
  API_SECRETS: workerEnv.API_SECRETS,
  SEALING_KEYS: KEY,
  PUBLIC_HOSTS: "lyncdiscover.contoso.test, WEB.contoso.test\nmeet.contoso.test",
  WEB_HOST: "Web.Contoso.test",
  NETBIOS_DOMAIN: "contoso",
  DNS_DOMAIN: "Contoso.test",
  INTERNAL_DOMAINS: "Contoso.Local fe01",
  FRONT_END: "binding",
  ORIGIN: origin,
  SIGN_ON: "simulated",
  CONNECTOR: origin,
  CONNECTOR_SECRET: "secret",
};
/** `good` with some variables changed. Undefined removes a variable. */
const but = (changes: Readonly<Record<string, unknown>>): Env => {
  const kept = Object.entries({ ...good, ...changes }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as unknown as Env;
};
const config = (env: Env): Config => {
  const result = readConfig(env);
  if ("faults" in result) throw new Error(result.faults.join("\n"));
  return result.config;
};
const faults = (env: Env): readonly string[] => {
  const result = readConfig(env);
  return "faults" in result ? result.faults : [];
};

/** How long a fault may be so that it fits into a log line. If it is cut off there, its fix is lost. */
const LOG_FIELD_CHARS = 500;

describe("a good configuration", () => {
  it("is read whole, names in lower case", () => {
    const { hosts, webHost, names, challenge, internalDomains, plainHttp, keyring } = config(good);
    expect([...hosts]).toEqual(["lyncdiscover.contoso.test", "web.contoso.test", "meet.contoso.test"]);
    expect({ webHost, names, challenge, internalDomains, plainHttp }).toEqual({
      webHost: "web.contoso.test",
      names: { nbDomain: "CONTOSO", nbComputer: "POSTERN", dnsDomain: "contoso.test", dnsComputer: "web.contoso.test" },
      challenge: "NTLM",
      internalDomains: ["contoso.local", "fe01"],
      plainHttp: false,
    });
    expect(keyring.byId.size).toBe(1);
  });

  it("S-10: knows the domain's DNS name, and those of the other domains", () => {
    expect([...config(good).domains]).toEqual([["contoso.test", "contoso"]]);
    expect(config(but({ DOMAINS: "FABRIKAM=fabrikam.test" })).domains.get("fabrikam.test")).toBe("fabrikam");
    expect(faults(but({ DOMAINS: "FABRIKAM" }))).toEqual([expect.stringContaining("DOMAINS")]);
  });

  it("S-38: knows what each host is for", () => {
    const roles = (changes: Readonly<Record<string, unknown>>) => Object.fromEntries(config(but(changes)).roles);
    const base = { "lyncdiscover.contoso.test": "discovery", "web.contoso.test": "web" };
    expect(roles({})).toEqual({ ...base, "meet.contoso.test": "web" });
    expect(roles({ MEET_HOSTS: " Meet.Contoso.test " })).toEqual({ ...base, "meet.contoso.test": "meet" });
    expect(
      roles({
        PUBLIC_HOSTS: "web.contoso.test lyncdiscoverinternal.contoso.test d.contoso.test m.contoso.test n.contoso.test",
        MEET_HOSTS: "m.contoso.test n.contoso.test n.contoso.test",
        DIALIN_HOSTS: "d.contoso.test",
      }),
    ).toEqual({
      "web.contoso.test": "web",
      "lyncdiscoverinternal.contoso.test": "discovery",
      "d.contoso.test": "dial-in",
      "m.contoso.test": "meet",
      "n.contoso.test": "meet",
    });
    // An administrator who uses one name for everything has the web services on it.
    expect(roles({ PUBLIC_HOSTS: "lyncdiscover.contoso.test", WEB_HOST: "lyncdiscover.contoso.test" })).toEqual({
      "lyncdiscover.contoso.test": "web",
    });
  });

  it("knows below which SIP domains meeting links may stand", () => {
    expect(config(good).sipDomains).toEqual(["contoso.test"]);
    expect(config(but({ SIP_DOMAINS: "Contoso.test, fabrikam.test" })).sipDomains).toEqual([
      "contoso.test",
      "fabrikam.test",
    ]);
    expect(config(but({ SIP_DOMAINS: "" })).sipDomains).toEqual([]);
  });

  it("S-4: may know the certificates at the edge, by any of the three hashes", () => {
    expect(config(good).channelBindings).toEqual([]);
    const hashes = `${"6F".repeat(32)} ${"00".repeat(48)}`;
    expect(config(but({ EDGE_CERTIFICATE_HASHES: hashes })).channelBindings.map(({ length }) => length)).toEqual([
      16, 16,
    ]);
    for (const wrong of ["6f:6f", "6f".repeat(31), "x".repeat(64)]) {
      expect(faults(but({ EDGE_CERTIFICATE_HASHES: wrong }))).toEqual([
        expect.stringMatching(/^EDGE_CERTIFICATE_HASHES has .*64, 96 or 128 hexadecimal digits/),
      ]);
    }
  });

  it("S-12: shows no internal name in a challenge, for any INTERNAL_DOMAINS", () => {
    expect(JSON.stringify(config(good).names)).not.toMatch(/local|fe01/i);
  });

  it("may leave out what has a default, and choose otherwise", () => {
    expect(config(but({ CHALLENGE: "Negotiate" })).challenge).toBe("Negotiate");
    expect(config(but({ PLAIN_HTTP: "allow" })).plainHttp).toBe(true);
    expect(config(but({ CERTIFICATE_TICKETS: "on" })).certificateTickets).toBe(true);
    expect(config(but({})).certificateTickets).toBe(false);
    expect(config(good).refusalFloorMs).toBe(300);
    expect(config(but({ REFUSAL_FLOOR_MS: "0" })).refusalFloorMs).toBe(0);
    expect(config(but({ REFUSAL_FLOOR_MS: "5000" })).refusalFloorMs).toBe(5_000);
    expect(config(but({ FRONT_END_TIMEOUT_SECONDS: "60" })).frontEndWithinMs).toBe(60_000);
    expect(faults(but({ LOCKOUT: "report", LOCKOUT_LIMITS: "stranger.free=10 network.per-hour=500" }))).toEqual([]);
    expect(config(but({ SIGN_ON: "none", CONNECTOR: undefined, CONNECTOR_SECRET: undefined })).signOn).toBeDefined();
  });

  it("has no admin API without ADMIN_HOST, even if there are keys", () => {
    expect(config(good).admin).toBeUndefined();
    expect(config(but({ ADMIN_HOST: " ", ADMIN_KEYS: ADMIN_KEY })).admin).toBeUndefined();
  });

  it("may have an admin API on a host of its own, with several keys", () => {
    const { admin, hosts } = config(
      but({ ADMIN_HOST: " Admin.Contoso.test ", ADMIN_KEYS: `${ADMIN_KEY} ${OTHER_KEY}` }),
    );
    expect(admin?.host).toBe("admin.contoso.test");
    expect(admin?.keys.length).toBe(2);
    expect(hosts.has("admin.contoso.test")).toBe(false);
  });

  it("may reach the Front-End through tunnels", () => {
    const tunnels = "lyncdiscover.contoso.test=https://a.contoso.net WEB.contoso.test=https://b.contoso.net:8443";
    const env = but({
      FRONT_END: "tunnel",
      ORIGIN: undefined,
      TUNNEL_HOSTS: `${tunnels} meet.contoso.test=https://c.contoso.net`,
      ACCESS_CLIENT_ID: "id",
      ACCESS_CLIENT_SECRET: "secret",
    });
    expect(config(env).frontEnd).toBeDefined();
  });
});

describe("a configuration with faults", () => {
  it("S-37: empty, it names everything that is missing, at once", () => {
    const { DB, USER_GUARD, SOURCE_GUARD, GUEST_GUARD } = good;
    const found = faults({ DB, USER_GUARD, SOURCE_GUARD, GUEST_GUARD });
    const required = [
      "SEALING_KEYS",
      "PUBLIC_HOSTS",
      "WEB_HOST",
      "NETBIOS_DOMAIN",
      "DNS_DOMAIN",
      "INTERNAL_DOMAINS",
      "FRONT_END",
      "SIGN_ON",
      "ANONYMOUS_SERVICES",
      "ANONYMOUS_PAGES",
    ];
    expect(found.map((sentence) => sentence.split(" ")[0])).toEqual(required);
  });

  it("S-36: refuses an inside that covers the outside", () => {
    expect(faults(but({ INTERNAL_DOMAINS: "contoso.test" }))[0]).toContain("part of a public host");
  });

  it("refuses one tunnel for two hosts, because one of them would get the other's Host", () => {
    const TUNNEL_HOSTS = "lyncdiscover web meet"
      .split(" ")
      .map((name) => `${name}.contoso.test=https://a.contoso.net`)
      .join(" ");
    const found = faults(but({ FRONT_END: "tunnel", TUNNEL_HOSTS, ACCESS_CLIENT_ID: "i", ACCESS_CLIENT_SECRET: "s" }));
    expect(found).toEqual([expect.stringContaining("the same tunnel")]);
  });

  it("wrong in every part, it names every part, at once", () => {
    const found = faults(
      but({
        SEALING_KEYS: "AAAA",
        PUBLIC_HOSTS: "https://web.contoso.test meet.contoso.test:443 local",
        WEB_HOST: "www.contoso.test",
        NETBIOS_DOMAIN: "A NAME THAT IS FAR TOO LONG",
        DNS_DOMAIN: "contoso",
        CHALLENGE: "Basic",
        PLAIN_HTTP: "yes",
        FRONT_END: "tunnel",
        TUNNEL_HOSTS: "meet.contoso.test",
        SIGN_ON: "kerberos",
      }),
    );
    const count = (word: string): number => found.filter((sentence) => sentence.startsWith(word)).length;
    expect([count("SEALING_KEYS"), count("PUBLIC_HOSTS"), count("WEB_HOST"), count("NETBIOS_DOMAIN")]).toEqual([
      1, 4, 1, 1,
    ]);
    expect([count("DNS_DOMAIN"), count("CHALLENGE"), count("PLAIN_HTTP"), count("TUNNEL_HOSTS")]).toEqual([1, 1, 1, 3]);
    expect([count("FRONT_END"), count("SIGN_ON")]).toEqual([1, 1]);
  });

  it.each([
    [{ SEALING_KEYS: `${KEY} ${KEY}` }, /same key twice\. Remove one/],
    [{ SEALING_KEYS: "" }, /keys new/],
    [{ PUBLIC_HOSTS: "" }, /PUBLIC_HOSTS is missing\. List/],
    [{ PUBLIC_HOSTS: "web.contoso.test *.contoso.test" }, /"\*\.contoso\.test", which is not a host name/],
    [{ PUBLIC_HOSTS: "web.contoso.test 10.0.0.1/8" }, /not a host name/],
    [
      { PUBLIC_HOSTS: "web.contoso.test admin.contoso.test" },
      /^PUBLIC_HOSTS has "admin\.contoso\.test".*control panel.*Take it out/,
    ],
    [{ PUBLIC_HOSTS: "web.contoso.test meet.contoso.test" }, /^PUBLIC_HOSTS has no discovery host.*Add it/],
    [{ WEB_HOST: "" }, /WEB_HOST must be one of PUBLIC_HOSTS/],
    [
      { MEET_HOSTS: "join.contoso.test" },
      /^MEET_HOSTS has "join\.contoso\.test", which is not one of PUBLIC_HOSTS\. Add/,
    ],
    [{ MEET_HOSTS: "https://meet.contoso.test/" }, /^MEET_HOSTS has .*not one of PUBLIC_HOSTS\. Add/],
    [{ MEET_HOSTS: "web.contoso.test" }, /^MEET_HOSTS has "web\.contoso\.test", which already is .*Take it out/],
    [{ DIALIN_HOSTS: "lyncdiscover.contoso.test" }, /^DIALIN_HOSTS has .*already is something else.*\/dialin/],
    [
      { MEET_HOSTS: "meet.contoso.test", DIALIN_HOSTS: "meet.contoso.test" },
      /^DIALIN_HOSTS has "meet\.contoso\.test", which already is something else/,
    ],
    [{ SIP_DOMAINS: "contoso" }, /^SIP_DOMAINS has "contoso", which is not a domain name\. List/],
    [{ NETBIOS_DOMAIN: "contoso.test" }, /NetBIOS name/],
    [{ DNS_DOMAIN: "https://contoso.test" }, /public domain name/],
    [{ CHALLENGE: "ntlm" }, /CHALLENGE is "ntlm"; it must be/],
    [{ PLAIN_HTTP: "true" }, /PLAIN_HTTP is "true"; it must be/],
    [{ CERTIFICATE_TICKETS: "yes" }, /CERTIFICATE_TICKETS is "yes"; it must be "off"/],
    [{ ADMIN_HOST: "https://admin.contoso.test", ADMIN_KEYS: ADMIN_KEY }, /^ADMIN_HOST is .* not a host name\. Give/],
    [{ ADMIN_HOST: "a.contoso.test b.contoso.test", ADMIN_KEYS: ADMIN_KEY }, /^ADMIN_HOST is .* Give one name/],
    [{ ADMIN_HOST: "WEB.contoso.test", ADMIN_KEYS: ADMIN_KEY }, /^ADMIN_HOST must be a host of its own.*Choose/],
    [{ ADMIN_HOST: "admin.contoso.test" }, /^ADMIN_KEYS is missing.*keys new/],
    [{ ADMIN_HOST: "admin.contoso.test", ADMIN_KEYS: " " }, /^ADMIN_KEYS is missing.*secret put ADMIN_KEYS/],
    [{ ADMIN_HOST: "admin.contoso.test", ADMIN_KEYS: "AAAA" }, /^ADMIN_KEYS has something.*keys new/],
    [{ ADMIN_HOST: "admin.contoso.test", ADMIN_KEYS: `${ADMIN_KEY},${ADMIN_KEY}` }, /same key twice\. Remove one/],
    [{ ADMIN_HOST: "admin.contoso.test", ADMIN_KEYS: `${ADMIN_KEY} ${KEY}` }, /^ADMIN_KEYS has a key of SEALING_KEYS/],
    [{ LOCKOUT: "off" }, /^LOCKOUT is "off"; it must be/],
    [{ LOCKOUT_LIMITS: "stranger.free=none" }, /^LOCKOUT_LIMITS gives stranger\.free the value "none"; it must be/],
    [{ LOCKOUT_LIMITS: "stranger.free=5 stranger.free=9" }, /^LOCKOUT_LIMITS gives stranger\.free twice\. Remove/],
    [
      { LOCKOUT_LIMITS: "free=5" },
      /^LOCKOUT_LIMITS names "free", which is not a limit\. The limits are: stranger\.free, /,
    ],
    [{ REFUSAL_FLOOR_MS: "0.3s" }, /^REFUSAL_FLOOR_MS is "0\.3s"; it must be a number of milliseconds up to 5000/],
    [
      { CONNECTOR_TIMEOUT_SECONDS: "0" },
      /^CONNECTOR_TIMEOUT_SECONDS is "0"; it must be a number of seconds from 1 to 30/,
    ],
    [
      { FRONT_END_TIMEOUT_SECONDS: "61" },
      /^FRONT_END_TIMEOUT_SECONDS is "61"; it must be .* from 1 to 60 \(default 15/,
    ],
    [{ REFUSAL_FLOOR_MS: "5001" }, /^REFUSAL_FLOOR_MS is "5001"; it must be/],
    [{ REFUSAL_FLOOR_MS: "-1" }, /^REFUSAL_FLOOR_MS is "-1"; it must be/],
    [{ REFUSAL_FLOOR_MS: "" }, /^REFUSAL_FLOOR_MS is ""; it must be/],
    [{ FRONT_END: undefined }, /"binding".*"tunnel"/],
    [{ FRONT_END: "direct" }, /"binding".*"tunnel"/],
    [{ ORIGIN: undefined }, /no binding ORIGIN\. Add \[\[vpc_services\]\]/],
    [{ SIGN_ON: undefined }, /SIGN_ON must be "connector".*"simulated".*or "none"/],
    [{ CONNECTOR: undefined }, /binding CONNECTOR or CONNECTOR_SECRET is missing/],
    [{ CONNECTOR_SECRET: "" }, /binding CONNECTOR or CONNECTOR_SECRET is missing/],
  ])("%j: one sentence with its fix", (changes, sentence) => {
    const found = faults(but(changes));
    expect(found.filter((each) => sentence.test(each)).length).toBe(1);
  });

  it.each(["http://a.contoso.net", "a.contoso.net", "https://a.contoso.net/path", "https://u@a.contoso.net", ""])(
    "a tunnel `%s` is refused: its token would travel in the clear, or the request elsewhere",
    (url) => {
      const other = "lyncdiscover.contoso.test=https://b.contoso.net";
      const TUNNEL_HOSTS = `${other} web.contoso.test=${url}`;
      const changes = { ACCESS_CLIENT_ID: "id", ACCESS_CLIENT_SECRET: "x", TUNNEL_HOSTS };
      const PUBLIC_HOSTS = "lyncdiscover.contoso.test web.contoso.test";
      const found = faults(but({ ...changes, PUBLIC_HOSTS, FRONT_END: "tunnel" }));
      expect(found).toEqual([expect.stringMatching(/^TUNNEL_HOSTS has no https tunnel for "web\.contoso\.test"/)]);
    },
  );

  it("its sentences begin with the variable, end with a full stop, fit a log line, and hold no secret", () => {
    const empty = { DB: good.DB, USER_GUARD: good.USER_GUARD, SOURCE_GUARD: good.SOURCE_GUARD };
    const all = [
      ...faults({ ...empty, GUEST_GUARD: good.GUEST_GUARD }),
      ...faults(but({ GUEST_GUARD: undefined })),
      ...faults(but({ SEALING_KEYS: "c2VjcmV0LWtleQ==", CHALLENGE: "Basic", PLAIN_HTTP: "yes", ORIGIN: undefined })),
      ...faults(but({ FRONT_END: "tunnel", PUBLIC_HOSTS: "lyncdiscoverinternal.contoso.test web.contoso.test" })),
      ...faults(but({ CONNECTOR: undefined, SEALING_KEYS: `${KEY} ${KEY}` })),
      ...faults(but({ ADMIN_HOST: "web.contoso.test" })),
      ...faults(but({ LOCKOUT: "off", LOCKOUT_LIMITS: "free=5 network.burst=0", REFUSAL_FLOOR_MS: "1s" })),
      ...faults(but({ LOCKOUT_LIMITS: "stranger.first-wait=2h familiar.longest-wait=24h" })),
      ...faults(but({ ADMIN_HOST: "https://x", ADMIN_KEYS: KEY })),
      ...faults(but({ MEET_HOSTS: "web.contoso.test x.contoso.test", DIALIN_HOSTS: "lyncdiscover.contoso.test" })),
      ...faults(but({ SIP_DOMAINS: "x" })),
      ...faults(but({ ADMIN_HOST: "admin.contoso.test", ADMIN_KEYS: "c2VjcmV0LWtleQ==" })),
      ...faults(but({ WEB_HOST: `${"a.".repeat(60)}test`, PUBLIC_HOSTS: `${"a.".repeat(60)}test` })),
    ];
    expect(all.length).toBeGreaterThan(14);
    for (const sentence of all) {
      expect(sentence).toMatch(/^[A-Z][A-Z_]+ .*\.$/);
      expect(sentence.length, sentence).toBeLessThanOrEqual(LOG_FIELD_CHARS);
      expect(sentence).not.toContain(KEY);
      expect(sentence).not.toContain("c2VjcmV0LWtleQ==");
    }
  });
});

it("S-44: says what is wrong with how long the audit is kept", () => {
  expect(faults(but({ AUDIT_RETENTION_DAYS: "a while" }))).toEqual([
    expect.stringMatching(/^AUDIT_RETENTION_DAYS is "a while"; it must be .*"forever"\.$/),
  ]);
  expect(faults(but({ AUDIT_RETENTION_DAYS: "30" }))).toEqual([]);
});
