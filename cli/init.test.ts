import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { parseTokenKeys } from "../src/core/sts/keys.ts";
import { runIn } from "../test/kit/gateway/command.ts";
import { type Cloudflare, fakeCloudflare } from "../test/kit/gateway/fake-cloudflare.ts";
import { FABRIKAM, TUNNEL } from "./init/answers.fixture.ts";

const root = mkdtempSync(join(tmpdir(), "postern-init-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const SAMPLE = readFileSync(join(import.meta.dirname, "..", "wrangler.toml"), "utf8");

let folder = "";
let cloudflare = fakeCloudflare(mkdtempSync(join(root, "none-")));
beforeEach(() => {
  folder = mkdtempSync(join(root, "checkout-"));
  writeFileSync(join(folder, "wrangler.toml"), SAMPLE);
  writeFileSync(join(folder, "answers.json"), JSON.stringify(FABRIKAM));
  mkdirSync(join(folder, "cloudflare"));
  cloudflare = fakeCloudflare(join(folder, "cloudflare"));
});

const read = (...path: readonly string[]): string => readFileSync(join(folder, ...path), "utf8");
const command = (...argv: readonly string[]) => runIn({ folder, env: cloudflare.env }, argv);
const init = (...argv: readonly string[]) => command("init", "--file", "wrangler.toml", ...argv);
const check = (...argv: readonly string[]) => command("config", "check", "wrangler.toml", ...argv);
const commandsOf = ({ calls }: Cloudflare): readonly string[] => calls.map(({ args }) => args.join(" "));

describe("from the sample to a gateway that may be deployed", () => {
  it("S-68: makes the environment, the keys, the database and the services, and the check finds nothing", async () => {
    const { code, out, err } = await init("--answers", "answers.json");
    expect([code, err]).toEqual([0, ""]);
    expect(await check()).toMatchObject({ code: 0 });
    const { secrets, databases, services, applied, migrations } = cloudflare.now();
    expect(Object.keys(secrets.production ?? {})).toEqual(["SEALING_KEYS", "ADMIN_KEYS", "SIGN_ON_KEYS"]);
    expect(new Set(Object.values(secrets.production ?? {})).size).toBe(3);
    expect(databases).toMatchObject([{ name: "postern" }]);
    expect(applied.production).toEqual(migrations);
    expect(services.map(({ args }) => args?.slice(3, -4).join(" "))).toEqual([
      `postern-front-end --type http --tunnel-id ${TUNNEL} --hostname fe01.fabrikam.local --https-port 4443 --cert-verification-mode disabled`,
      `postern-connector --type http --tunnel-id ${TUNNEL} --ipv4 127.0.0.1 --http-port 8470`,
    ]);
    const [, section] = read("wrangler.toml").split("\n[env.production]");
    expect(section).not.toMatch(/00000000-0000|contoso|_id = ""/);
    expect(out).toMatch(
      /web\.fabrikam\.com +Worker +made by the deployment; if the name is in use today, make it a route first/,
    );
    expect(out).toContain("npm run deploy\n");
  });

  it("S-16: no secret is in an argument, in what is said, or readable for others", async () => {
    const { out, err } = await init("--answers", "answers.json");
    const { secrets, calls } = cloudflare.now();
    const values = Object.values(secrets.production ?? {});
    const said = [out, err, JSON.stringify(calls), read("wrangler.toml"), read("postern-production", "answers.json")];
    for (const value of values) expect(said.join("\n")).not.toContain(value);
    expect(statSync(join(folder, "postern-production", "secrets.json")).mode & 0o777).toBe(0o600);
    expect(JSON.parse(read("postern-production", "secrets.json"))).toEqual(secrets.production);
    expect(await check("--secrets", "postern-production/secrets.json")).toMatchObject({ code: 0 });
  });

  it("gives the connectors the public half, and cloudflared its configuration", async () => {
    await init("--answers", "answers.json");
    expect(JSON.parse(read("postern-production", "connector-keys.json"))).toEqual([
      { kty: "OKP", crv: "Ed25519", x: expect.stringMatching(/^[\w-]{43}$/) },
    ]);
    expect(read("postern-production", "cloudflared.yml")).toMatch(
      new RegExp(`^tunnel: ${TUNNEL}\n(.*\n)+protocol: quic\n(.*\n)*ingress:\n {2}- service: http_status:404\n$`, "m"),
    );
  });

  it("keeps every other line of the file, and its comments", async () => {
    await init("--answers", "answers.json");
    const before = SAMPLE.slice(0, SAMPLE.indexOf("[env.production]"));
    expect(read("wrangler.toml").startsWith(before.trimEnd())).toBe(true);
  });
});

describe("run again", () => {
  beforeEach(async () => {
    await init("--answers", "answers.json");
    cloudflare.change({ calls: [] });
  });

  it("changes nothing and makes nothing twice, without any answer", async () => {
    const before = read("wrangler.toml");
    const state = cloudflare.now();
    const { code, out } = await init();
    expect([code, out.split("\n")[0]]).toEqual([0, "Nothing had to be changed."]);
    expect(read("wrangler.toml")).toBe(before);
    expect({ ...cloudflare.now(), calls: [] }).toEqual({ ...state, calls: [] });
    expect(commandsOf(cloudflare.now()).join("\n")).not.toMatch(/create|bulk|apply/);
  });

  it("keeps a public host that no question asks for", async () => {
    const before = read("wrangler.toml");
    const hosts = "lyncdiscover.fabrikam.com postern-test.fabrikam.com";
    expect(await init("--discovery-hosts", hosts, "--yes")).toMatchObject({ code: 0 });
    expect(await init("--portal-host", "access.fabrikam.com", "--yes")).toMatchObject({ code: 0 });
    expect(read("wrangler.toml")).toMatch(/^PUBLIC_HOSTS = ".* ?postern-test\.fabrikam\.com /m);
    expect(read("wrangler.toml")).toContain('{ pattern = "postern-test.fabrikam.com", custom_domain = true }');
    writeFileSync(join(folder, "wrangler.toml"), before);
  });

  it("keeps what somebody added, shows a change, and writes it only with --yes", async () => {
    const own = read("wrangler.toml")
      .replace(
        "[env.production.vars] # docs/configuration.md",
        '[env.production.vars]\nLOCKOUT_LIMITS = "network.burst=200" # for the school',
      )
      .replace('NETBIOS_DOMAIN = "FABRIKAM"', 'NETBIOS_DOMAIN = "FABRIKAM" # of the old forest');
    writeFileSync(join(folder, "wrangler.toml"), own);
    const refused = await init("--portal-host", "access.fabrikam.com");
    expect([refused.code, read("wrangler.toml")]).toEqual([2, own]);
    expect(refused.err).toMatch(/^\+PORTAL_HOST = "access\.fabrikam\.com"/m);
    expect(await init("--portal-host", "access.fabrikam.com", "--yes")).toMatchObject({ code: 0 });
    expect(read("wrangler.toml")).toContain('LOCKOUT_LIMITS = "network.burst=200" # for the school\n');
    expect(read("wrangler.toml")).toContain('NETBIOS_DOMAIN = "FABRIKAM" # of the old forest\n');
    expect(read("wrangler.toml")).toContain('{ pattern = "access.fabrikam.com", custom_domain = true }');
    expect(await check()).toMatchObject({ code: 0 });
    await init("--portal-host", "none", "--yes");
    expect(read("wrangler.toml")).toBe(own);
  });

  it("S-87: makes Postern the pool's token service, with its key, and takes that back", async () => {
    const before = read("wrangler.toml");
    const sts = ["--sts-host", "sts.fabrikam.com", "--sts-realm", "https://pool.fabrikam.local/passiveauth"];
    const sids = ["--sts-domain-sids", "S-1-5-21-1004336348-1177238915-682003330"];
    const alone = await init(...sts, ...sids, "--yes");
    expect([alone.code, alone.err]).toEqual([2, expect.stringContaining("Give the portal a host, too")]);
    const done = await init(...sts, ...sids, "--portal-host", "access.fabrikam.com", "--sign-on", "sts", "--yes");
    expect([done.code, done.out]).toEqual([0, expect.stringContaining("npx postern sts probe")]);
    expect(read("wrangler.toml")).toMatch(
      /^STS_REALMS = "web\.fabrikam\.com=https:\/\/pool\.fabrikam\.local\/passiveauth"/m,
    );
    expect(read("wrangler.toml")).toMatch(/^SIGN_ON = "sts"/m);
    expect(read("wrangler.toml")).toContain('{ pattern = "sts.fabrikam.com", custom_domain = true }');
    const keys = parseTokenKeys(cloudflare.now().secrets.production?.STS_KEYS ?? "");
    expect(keys.ok && keys.value.length).toBe(1);
    expect(await check()).toMatchObject({ code: 0, out: expect.stringContaining("every user needs a SID") });
    const again = await init();
    expect([again.code, again.out.split("\n")[0]]).toEqual([0, "Nothing had to be changed."]);
    await init("--sts-host", "none", "--portal-host", "none", "--sign-on", "connector", "--yes");
    expect(await check()).toMatchObject({ code: 0 });
    writeFileSync(join(folder, "wrangler.toml"), before);
  });

  it("S-68: staging has its own names, database, keys and numbers, and production stays as it is", async () => {
    const production = cloudflare.now().secrets.production;
    const section = read("wrangler.toml");
    const hosts = ["--web-host", "web.staging.fabrikam.com", "--discovery-hosts", "lyncdiscover.staging.fabrikam.com"];
    const none = ["--meet-urls", "none", "--dialin-urls", "none", "--console-host", "none", "--portal-host", "none"];
    const admin = ["--admin-host", "admin.staging.fabrikam.com"];
    expect(await init("--env", "staging", ...hosts, ...none, ...admin)).toMatchObject({ code: 0, err: "" });
    expect(await check("--env", "staging")).toMatchObject({ code: 0 });
    expect(await check()).toMatchObject({ code: 0 });
    const { secrets, databases } = cloudflare.now();
    expect(secrets.production).toEqual(production);
    expect(secrets.staging?.SEALING_KEYS).not.toBe(production?.SEALING_KEYS);
    expect(databases.map(({ name }) => name)).toEqual(["postern", "postern-staging"]);
    expect(read("wrangler.toml").startsWith(section.trimEnd())).toBe(true);
    expect(read("wrangler.toml")).toContain('namespace_id = "7201"');
  });

  it("goes on where a run broke off, and says in wrangler's words what failed", async () => {
    const other = [
      "--env",
      "pilot",
      "--web-host",
      "pilot.fabrikam.com",
      "--discovery-hosts",
      "lyncdiscover.p.fabrikam.com",
    ];
    const none = ["--meet-urls", "none", "--dialin-urls", "none", "--console-host", "none", "--portal-host", "none"];
    const argv = [...other, ...none, "--admin-host", "admin.p.fabrikam.com"];
    cloudflare.change({ failing: ["vpc service create"] });
    const broken = await init(...argv);
    expect(broken.code).toBe(1);
    expect(broken.err).toMatch(
      /^postern: wrangler vpc service create .*failed\.\nA request to the Cloudflare API failed\.\nno vpc/,
    );
    const { secrets, databases } = cloudflare.now();
    cloudflare.change({ failing: [] });
    expect(await init("--env", "pilot")).toMatchObject({ code: 0 });
    expect(cloudflare.now().secrets).toEqual(secrets);
    expect(cloudflare.now().databases).toEqual(databases);
    expect(await check("--env", "pilot")).toMatchObject({ code: 0 });
  });

  it("keeps keys that are at Cloudflare alone, and puts those in place that are in the file alone", async () => {
    rmSync(join(folder, "postern-production", "secrets.json"));
    const { secrets } = cloudflare.now();
    expect(await init()).toMatchObject({ code: 0 });
    expect(cloudflare.now().secrets).toEqual(secrets);
    expect(readdirSync(join(folder, "postern-production"))).not.toContain("secrets.json");
  });
});

describe("without Cloudflare", () => {
  it("S-68: writes files, makes keys once, prints the commands in order, and leaves no placeholder", async () => {
    const { code, out } = await init("--answers", "answers.json", "--no-cloudflare");
    expect(code).toBe(0);
    expect(commandsOf(cloudflare.now())).toEqual([]);
    const keys = read("postern-production", "secrets.json");
    const order = [
      "wrangler login",
      "d1 create postern",
      "vpc service create postern-front-end",
      "secret bulk",
      "migrations apply",
      "npm run deploy",
    ];
    expect(order.map((each) => out.indexOf(each)).toSorted((a, b) => a - b)).toEqual(
      order.map((each) => out.indexOf(each)),
    );
    expect(out.indexOf("wrangler login")).toBeGreaterThan(0);
    const [, section] = read("wrangler.toml").split("\n[env.production]");
    expect(section).not.toMatch(/00000000-0000|contoso|_id = ""/);
    const { err } = await check("--offline");
    expect(err).toMatch(/^DB is missing/m);
    expect(err).toMatch(/no binding ORIGIN/);
    // The next run, signed in, uses the same keys.
    expect(await init()).toMatchObject({ code: 0 });
    expect(cloudflare.now().secrets.production).toEqual(JSON.parse(keys));
    expect(await check()).toMatchObject({ code: 0 });
  });

  it("takes ids that were made by hand", async () => {
    const id = (end: number) => `11111111-0000-4000-8000-00000000000${end}`;
    const services = ["--front-end-service", id(2), "--connector-service", id(3)];
    await init("--answers", "answers.json", "--no-cloudflare", "--database-id", id(1), ...services);
    expect(await check("--offline")).toMatchObject({ code: 0 });
  });

  it("does the same where nobody is signed in, and says so", async () => {
    cloudflare.change({ signedIn: false });
    const { code, out } = await init("--answers", "answers.json");
    expect(code).toBe(0);
    expect(out).toContain("wrangler is not signed in, so nothing was made at Cloudflare.");
    expect(commandsOf(cloudflare.now())).toEqual(["whoami --json"]);
  });

  it("shows with --dry-run what would change, and does nothing", async () => {
    const { code, out } = await init("--answers", "answers.json", "--dry-run");
    expect(code).toBe(0);
    expect(out).toMatch(/^\+WEB_HOST = "web\.fabrikam\.com"/m);
    expect([read("wrangler.toml"), readdirSync(folder)]).toEqual([
      SAMPLE,
      expect.not.arrayContaining(["postern-production"]),
    ]);
  });
});

describe("answers", () => {
  it("S-68: every answer that is missing or wrong is said at once, and nothing is written", async () => {
    const { code, err } = await init("--web-host", "https://web.fabrikam.com", "--front-end", "vpn");
    expect(code).toBe(2);
    for (const option of [
      "--zone",
      "--web-host",
      "--netbios-domain",
      "--internal-domains",
      "--front-end",
      "--sign-on",
      "--mail",
    ]) {
      expect(err).toMatch(new RegExp(`^${option}: `, "m"));
    }
    expect(read("wrangler.toml")).toBe(SAMPLE);
    expect((await init("--answers", "nothing.json")).err).toContain("nothing.json cannot be read");
  });

  it("names what is no question", async () => {
    writeFileSync(join(folder, "answers.json"), JSON.stringify({ ...FABRIKAM, zoon: "x" }));
    expect((await init("--answers", "answers.json")).err).toMatch(/has "zoon", to which no question belongs/);
    writeFileSync(join(folder, "answers.json"), JSON.stringify({ ...FABRIKAM, sipDomains: ["fabrikam.com"] }));
    expect((await init("--answers", "answers.json")).err).toMatch(
      /answers\.json has an answer that is not one text: "sip/,
    );
  });

  it.each([
    ["--web-host", "web.other.com", /"web\.other\.com" is in no zone/],
    ["--netbios-domain", "A NAME", /1 to 15 letters/],
    ["--meet-urls", "meet.fabrikam.com", /not an https:\/\/ address/],
    ["--tunnel-id", "postern", /not the id of a tunnel/],
    ["--mail", "pigeon", /not one of agent, email/],
  ])("says what is wrong with %s %s", async (option, value, sentence) => {
    const { code, err } = await init("--answers", "answers.json", option, value);
    expect([code, read("wrangler.toml")]).toEqual([2, SAMPLE]);
    expect(err).toMatch(sentence);
  });

  it.each([
    [["--dns-domain", "corp.fabrikam.local"], /DNS_DOMAIN is "corp\.fabrikam\.local", and INTERNAL_DOMAINS/],
    [["--console-host", "web.fabrikam.com"], /CONSOLE_HOST must be a host of its own/],
    [["--internal-domains", "fabrikam.com"], /INTERNAL_DOMAINS has "fabrikam\.com", which is part of a public host/],
  ])("S-68: the gateway's own reading judges them together: %j", async (argv, sentence) => {
    const { code, err } = await init("--answers", "answers.json", ...argv);
    expect([code, read("wrangler.toml")]).toEqual([2, SAMPLE]);
    expect(err).toMatch(sentence);
  });

  it("asks at a terminal, proposes, and asks again after an answer that cannot be used", async () => {
    const { zone: _zone, webHost: _host, mail: _mail, ...others } = FABRIKAM;
    writeFileSync(join(folder, "answers.json"), JSON.stringify(others));
    const said = ["", "fabrikam.com", "web", "web.fabrikam.com"];
    const asked: string[] = [];
    const question = (text: string): Promise<string> => {
      asked.push(text);
      return Promise.resolve(text.startsWith("Who delivers") ? "agent" : (said.shift() ?? ""));
    };
    const argv = ["init", "--file", "wrangler.toml", "--answers", "answers.json", "--sip-domains", "fabrikam.com"];
    const { code, err } = await runIn({ folder, env: cloudflare.env, question }, argv);
    expect([code, asked.slice(0, 4)]).toEqual([
      0,
      [
        "Your zone at Cloudflare: ",
        "Your zone at Cloudflare: ",
        "The external web services FQDN: ",
        "The external web services FQDN: ",
      ],
    ]);
    expect(err).toContain("There is no usual answer to this.");
    expect(err).toContain('"web" is not a host name.');
    expect(await check()).toMatchObject({ code: 0 });
  });

  it("asks only what has no answer where an option gives one, and shows the change at a terminal", async () => {
    await init("--answers", "answers.json");
    const asked: string[] = [];
    const question = (text: string): Promise<string> => {
      asked.push(text);
      return Promise.resolve("n");
    };
    const argv = ["init", "--file", "wrangler.toml", "--portal-host", "access.fabrikam.com"];
    const { code, err } = await runIn({ folder, env: cloudflare.env, question }, argv);
    expect([code, asked]).toEqual([2, ["Write this into wrangler.toml? [y/N] "]]);
    expect(err).toMatch(/\+PORTAL_HOST.*postern: nothing was written/s);
  });

  it("asks which account where there are several", async () => {
    const two = [
      { id: "0".repeat(32), name: "Fabrikam" },
      { id: "1".repeat(32), name: "Fabrikam test" },
    ];
    cloudflare.change({ accounts: two });
    const { code, err } = await init("--answers", "answers.json");
    expect([code, read("wrangler.toml")]).toEqual([2, SAMPLE]);
    expect(err).toContain(`${"1".repeat(32)}  Fabrikam test`);
    expect(await init("--answers", "answers.json", "--account", "1".repeat(32))).toMatchObject({ code: 0 });
    expect(read("wrangler.toml")).toContain(`account_id = "${"1".repeat(32)}"`);
  });
});

describe("other ways", () => {
  it("a tunnel's host names behind Access, mail by Cloudflare, simple URLs on the web host", async () => {
    const tunnel = ["--front-end", "tunnel", "--tunnel-domain", "fabrikam.net", "--access-team", "fabrikam"];
    const access = ["--access-audience", "ab".repeat(32), "--front-end-certificate", "private"];
    const mail = [
      "--mail",
      "email",
      "--mail-from",
      "Fabrikam IT <postern@fabrikam.com>",
      "--helpdesk",
      "help@fabrikam.com",
    ];
    const urls = ["--meet-urls", "https://web.fabrikam.com/meet", "--sign-on", "none"];
    const { code, out } = await init("--answers", "answers.json", ...tunnel, ...access, ...mail, ...urls);
    expect(code).toBe(0);
    const text = read("wrangler.toml");
    expect(text).toContain("web.fabrikam.com=https://web-origin.fabrikam.net");
    expect(text).not.toContain("MEET_HOSTS");
    expect(text).toContain('[[env.production.send_email]]\nname = "MAIL"');
    expect(text).not.toContain("[[env.production.vpc_services]]");
    expect(read("postern-production", "cloudflared.yml")).toContain(`  - hostname: web-origin.fabrikam.net
    service: https://fe01.fabrikam.local:4443
    originRequest:
      httpHostHeader: web.fabrikam.com
      originServerName: web.fabrikam.com
      caPool: /etc/cloudflared/own-ca.pem # the certificate of your CA
      access:
        required: true
        teamName: fabrikam
        audTag: ["${"ab".repeat(32)}"]
`);
    expect(out).toMatch(/web-origin\.fabrikam\.net +CNAME/);
    expect(out).toContain("npx wrangler secret put ACCESS_CLIENT_SECRET --env production");
    const missing = await check();
    expect(missing.err).toMatch(/ACCESS_CLIENT_ID or ACCESS_CLIENT_SECRET is missing/);
  });
});
