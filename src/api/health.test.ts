import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiAnswer, apiEnv, apiProblem, tokenOf } from "../../test/kit/api.ts";
import { DOMAIN_SID, tokenKeyEntries } from "../../test/kit/token-keys.ts";
import { API_SCOPES } from "../core/credentials/api-scopes.ts";
import { openDatabase } from "../store/database.ts";
import { addUser } from "../store/directory.ts";
import { addPasskey } from "../store/passkeys.ts";
import { addPortalPasskey } from "../store/portal-passkeys.ts";
import worker from "../worker.ts";
import { allowedScopes } from "./roles.ts";
import type { AdministratorAnswer, HealthAnswer, WhoamiAnswer } from "./schemas/tokens.ts";

const DAY = 86_400_000;
/** More than the two years of a certificate. */
const THREE_YEARS = 3 * 365 * DAY;
const health = (changes: object = {}, token?: string) =>
  apiAnswer<HealthAnswer>("GET", "/v1/health", {
    on: { ...apiEnv, ...changes },
    ...(token === undefined ? {} : { token }),
  });
const codes = async (changes: object = {}) => (await health(changes)).warnings.map(({ code }) => code);

beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  await env.DB.batch(["key_ages", "administrators"].map((table) => env.DB.prepare(`delete from ${table}`)));
});

const add = (role: string) =>
  apiAnswer<AdministratorAnswer>("POST", "/v1/administrators", {
    body: { name: "Ann", email: `${crypto.randomUUID()}@contoso.com`, role },
  });

describe("the ages of keys", () => {
  it("begin when the clock or health sees a key first, and go on", async () => {
    await worker.scheduled({} as ScheduledController, apiEnv);
    const rows = async () => (await env.DB.prepare("select * from key_ages order by id").all()).results;
    const first = await rows();
    const { keys } = await health();
    expect(keys.ages.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      ...keys.sealing.map((id) => `sealing ${id}`),
      ...keys.admin.map((id) => `admin ${id}`),
    ]);
    expect(await rows()).toEqual(first);
    await env.DB.prepare("update key_ages set first_seen_at = ? where kind = 'sealing'")
      .bind(Date.now() - 366 * DAY)
      .run();
    const { warnings } = await health();
    expect(warnings.filter(({ code }) => code === "old-key")).toMatchObject([
      { detail: `The key ${keys.sealing[0]} of SEALING_KEYS has been known for more than a year.` },
    ]);
  });

  it("have those of the sign-on, by the ids that the connectors know", async () => {
    const key = Buffer.alloc(32, 9).toString("base64");
    const { keys } = await health({ SIGN_ON: "connector", SIGN_ON_KEYS: key, CONNECTORS: "one=binding:CONNECTOR" });
    expect(keys.ages.filter(({ kind }) => kind === "sign-on")).toMatchObject([
      { id: expect.stringMatching(/^[\w-]{6,}$/) },
    ]);
  });
});

describe("the warnings", () => {
  it("say what is not a fault, each with its fix", async () => {
    const usual = await codes();
    expect(usual).not.toContain("lockout-report");
    expect(await codes({ LOCKOUT: "report", AUDIT_RETENTION_DAYS: "forever", SIGN_ON: "none" })).toEqual([
      ...["sign-on-none", "lockout-report", "audit-forever"],
      ...usual.filter((code) => code !== "sign-on-simulated" && code !== "sign-on-none"),
    ]);
    for (const { detail, fix } of (await health({ LOCKOUT: "report" })).warnings) {
      expect([detail, fix]).toEqual([expect.stringMatching(/\.$/), expect.stringMatching(/^[A-Z].*\.$/)]);
    }
  });

  it("tell of passkeys that were made for another name", async () => {
    const on = { CONSOLE_HOST: "console.contoso.test" };
    const ann = await add("admin");
    const key = { id: crypto.randomUUID(), administratorId: ann.id, userHandle: "h", publicKey: Uint8Array.of(1) };
    const kept = { counter: 0, transports: [], name: "", deviceType: "multiDevice", backedUp: true } as const;
    await addPasskey(openDatabase(env.DB), {
      ...key,
      ...kept,
      rpId: "console.contoso.test",
      createdAt: 0,
      lastUsedAt: null,
    });
    expect(await codes(on)).not.toContain("passkeys-of-another-name");
    const moved = await health({ ...on, CONSOLE_RP_ID: "contoso.test" });
    expect(moved.warnings).toContainEqual(
      expect.objectContaining({
        code: "passkeys-of-another-name",
        detail: expect.stringContaining('"contoso.test": 1.'),
      }),
    );
  });

  it("S-59: tell that the portal's passkeys were made for another name, and how to put it right", async () => {
    const on = { PORTAL_HOST: "access.contoso.test" };
    const db = openDatabase(env.DB);
    const added = await addUser(db, { sipUri: "sip:moved.portal@contoso.test", account: "CONTOSO\\moved.portal" }, 0);
    const userId = added.ok ? added.value.id : "";
    await addPortalPasskey(db, { id: crypto.randomUUID(), userId, rpId: "access.contoso.test", createdAt: 0 });
    expect(await codes(on)).not.toContain("portal-rp-id");
    const moved = await health({ ...on, PORTAL_RP_ID: "contoso.test" });
    expect(moved.warnings).toContainEqual(
      expect.objectContaining({
        code: "portal-rp-id",
        fix: expect.stringContaining('Set PORTAL_RP_ID to "access.contoso.test".'),
      }),
    );
  });

  it("tell of a console that nobody can sign in to, and of keys that are no longer needed", async () => {
    const on = { CONSOLE_HOST: "console.contoso.test" };
    expect(await codes(on)).toContain("no-administrator");
    await add("viewer");
    expect(await codes(on)).toContain("no-administrator");
    await add("admin");
    const found = await codes(on);
    expect([found.includes("no-administrator"), found.includes("bootstrap-keys")]).toEqual([false, true]);
  });
});

it("S-49: tokens that end soon are named to who may list tokens, and counted for everybody", async () => {
  await tokenOf("read", { expiresAt: Date.now() + DAY });
  const ofAll = await health();
  expect(ofAll.endingTokens?.length).toBe(Math.min(20, ofAll.keys.tokensEndingSoon));
  const token = await tokenOf("metrics", { expiresAt: Date.now() + 30 * DAY });
  expect(await health({}, token)).toMatchObject({
    endingTokens: null,
    keys: { tokensEndingSoon: ofAll.keys.tokensEndingSoon },
  });
});

it.each(API_SCOPES)("S-49: health answers a token of the scope %s, or does not", async (scope) => {
  const token = await tokenOf(scope);
  if (allowedScopes(["read", "directory", "metrics"]).includes(scope)) await health({}, token);
  else expect(await apiProblem("GET", "/v1/health", { token })).toEqual([403, "forbidden-scope"]);
});

it("says which migrations D1 has and this version needs, and how far the Front-End's clock is off", async () => {
  const { migrations, clocks } = await health();
  expect(migrations.needed).toMatch(/^\d{4}_\w+$/);
  expect(migrations.applied).toBe(migrations.needed);
  expect(clocks).toEqual({ frontEndS: expect.toSatisfy((s: unknown) => s === null || typeof s === "number") });
  const behind = await env.DB.prepare("delete from d1_migrations where name like ?")
    .bind(`${migrations.needed}%`)
    .run();
  expect(behind.meta.changes).toBe(1);
  const { applied } = (await health()).migrations;
  await env.DB.prepare("insert into d1_migrations (name) values (?)").bind(`${migrations.needed}.sql`).run();
  expect(applied !== null && applied < migrations.needed).toBe(true);
});

it("says what it cannot know", async () => {
  const hash = "0".repeat(64);
  expect((await health({ EDGE_CERTIFICATE_HASHES: hash })).unknown.join(" ")).toContain("EDGE_CERTIFICATE_HASHES end");
  expect((await health()).unknown.join(" ")).not.toContain("EDGE_CERTIFICATE_HASHES");
});

it("S-37: still answers when D1 fails, without what D1 would have said", async () => {
  const broken = {
    prepare: () => {
      throw new Error("D1 is away");
    },
  } as unknown as D1Database;
  const { healthOf } = await import("./health.ts");
  const { readConfig } = await import("../config/config.ts");
  const read = readConfig(apiEnv);
  if ("faults" in read) throw new Error(read.faults.join());
  const actor = { id: "t_1", name: "t", kind: "token" } as const;
  const about = { config: read.config, actor, scope: "admin", host: "", source: "", requestId: "" } as const;
  const said = await healthOf({ ...about, env: { ...apiEnv, DB: broken } }, Date.now());
  expect(said).toMatchObject({ status: "failing", keys: { ages: [] }, warnings: [], endingTokens: null });
});

it("whoami says the address and the role of an administrator, and neither of a token", async () => {
  const me = await apiAnswer<WhoamiAnswer>("GET", "/v1/whoami", { token: await tokenOf("read") });
  expect([me.email, me.role]).toEqual([null, null]);
  const ann = await add("helpdesk");
  const { metaOperations } = await import("./routes/meta.ts");
  const actor = { id: ann.id, name: ann.name, kind: "administrator" } as const;
  const call = { env: apiEnv, actor, scope: "helpdesk" } as never;
  const handled = await metaOperations.find(({ id }) => id === "whoami")?.handle(call, {} as never);
  expect(handled).toMatchObject({ value: { name: "Ann", email: ann.email, role: "helpdesk" } });
});

describe("S-96: a sign-on by the token service", () => {
  const WEB = "web.contoso.test";
  /** Bindings and variables of a gateway whose pool names these ports. */
  const signOn = async (ports: readonly string[], madeAt = Date.now()) => {
    const metadata = ports.map(
      (port) => `<port name="${port}"><address location="https://${WEB}/WebTicket/a"/></port>`,
    );
    const query = new URLSearchParams({ wa: "wsignin1.0", wtrealm: `https://${WEB}/passiveauth`, wctx: "rm=0" });
    const location = `https://sts.contoso.test/passive?${query}`;
    const fetch = async (url: string) =>
      /\/mex$/.test(url)
        ? new Response(`<definitions><service>${metadata.join("")}</service></definitions>`)
        : new Response(null, { status: 302, headers: { location } });
    const { checks, warnings } = await health({
      ...{ SIGN_ON: "sts", ORIGIN: { fetch }, PORTAL_HOST: "access.contoso.test", STS_HOST: "sts.contoso.test" },
      STS_KEYS: (await tokenKeyEntries(1, madeAt)).join(" "),
      ...{ STS_REALMS: `${WEB}=https://${WEB}/passiveauth`, STS_DOMAIN_SIDS: DOMAIN_SID },
    });
    return [checks.connector, warnings.filter(({ code }) => code.startsWith("sign-on-")).map(({ code }) => code)];
  };

  it("is ready with a port for clients of SOAP, and warned of without", async () => {
    expect(await signOn(["WsFedPassive"])).toEqual(["ok", ["sign-on-sts"]]);
    expect(await signOn(["WebTicketServiceWinNegotiate"])).toEqual(["ok", ["sign-on-sts", "sign-on-no-soap"]]);
  });

  it("fails without a key that signs", async () => {
    const [said] = await signOn(["WsFedPassive"], Date.now() - THREE_YEARS);
    expect(said).toBe("failing: it has no key that signs now");
  });
});
