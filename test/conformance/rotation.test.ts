// S-75: every key is changed while people sign in. Somebody signs in, uses a ticket and a session of the portal all the
// time. Each deployment restarts the gateway on the same databases; what is asked while it is away is not counted, and
// nothing else may fail.

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text as bodyOf } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newSealingKey } from "../../cli/sealing-keys.ts";
import { signInOnce } from "../../cli/sign-in/sign-in.ts";
import { signingKey } from "../../src/core/crypto/signing-keys.ts";
import { runIn } from "../kit/gateway/command.ts";
import { type AuthenticatorApp, type PortalBrowser, portalBrowser } from "../kit/gateway/portal-browser.ts";
import { startTestConnector, type TestConnector } from "./support/connector.ts";
import { signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { type Deployed, type RestartingGateway, startRestarting } from "./support/restarting.ts";
import { accessTokenIn, WINDOWS_GRANT } from "./support/tickets.ts";

const OWN = "/Autodiscover/AutodiscoverService.svc/root/oauth/user";
const FROM = "192.0.2.75";
const EIGHT_HOURS_MS = 8 * 3_600_000;

type KeyRow = {
  readonly id: string;
  readonly kind: string;
  readonly removable: string;
  readonly why: readonly string[];
  readonly sealed: { readonly appPasswords: number; readonly passphrases: number | null } | null;
};
type Status = { readonly keys: readonly KeyRow[]; readonly missing: readonly unknown[] };

const tokenKey = randomBytes(32);
const signOn = [randomBytes(32), randomBytes(32)].map((seed) => seed.toString("base64"));
const [sealing, admin] = [
  [newSealingKey(), newSealingKey()],
  [newSealingKey(), newSealingKey()],
];
let gateway: RestartingGateway;
let connectors: TestConnector[] = [];
let now: Deployed;
let password = "";
let ticket = "";
let browser: PortalBrowser & { readonly portalHost?: string };
let app: AuthenticatorApp;

// The life that goes on beside.
let away = true;
let stopped = false;
let life: Promise<void>;
const failures: string[] = [];
const lived = { signIns: 0, requests: 0, pages: 0 };

async function connectorsWith(seeds: readonly string[]): Promise<readonly string[]> {
  const publicJwk = await Promise.all(
    seeds.map(async (seed) => (await signingKey(Buffer.from(seed, "base64"))).publicJwk),
  );
  const started = await Promise.all(
    ["connector-a", "connector-b"].map((name) => startTestConnector({ name, publicJwk, tokenKey })),
  );
  connectors = [...connectors, ...started];
  return started.map(({ url }) => url);
}

/** Deploys a change; everything else stays as it is. */
async function deploy(change: Deployed): Promise<void> {
  await deployMistake(change);
  now = { ...now, ...change, variables: { ...now.variables, ...change.variables } };
  away = false;
}

/** Deploys what nobody should; life stands still until the next deployment. */
async function deployMistake(change: Deployed): Promise<void> {
  away = true;
  await gateway.deploy({ ...now, ...change, variables: { ...now.variables, ...change.variables } });
}

const keyed = (signOnKeys: string): Deployed => ({
  variables: {
    ...{ SIGN_ON: "connector", SIGN_ON_KEYS: signOnKeys },
    CONNECTORS: "connector-a=binding:CONNECTOR connector-b=binding:CONNECTOR_2",
  },
});

const signInNow = () =>
  signInOnce({
    ...{ gateway: new URL(gateway.url), host: "web.contoso.test", account: "CONTOSO\\alice", password },
    ...{ cfConnectingIp: FROM, signal: AbortSignal.timeout(60_000) },
  });
const useTicket = async (presented = ticket) =>
  (await gateway.send({ path: OWN, headers: { authorization: `Bearer cwt=${presented}` } })).status;
async function newTicket(): Promise<string> {
  const { status, text } = await signIn(gateway, WINDOWS_GRANT, { ...gateway.running, password });
  expect(status).toBe(200);
  return accessTokenIn(text);
}

async function live(): Promise<void> {
  while (!stopped) {
    await pause(100);
    if (away) continue;
    const failed = await one().catch((fault: unknown) => String(fault));
    // A deployment may have begun meanwhile.
    if (failed !== undefined && !away && !stopped) failures.push(failed);
  }
}

async function one(): Promise<string | undefined> {
  const outcome = await signInNow();
  if (!outcome.ok) return `sign-in: ${JSON.stringify(outcome)}`;
  lived.signIns += 1;
  const status = await useTicket();
  if (status !== 200) return `ticket: ${status}`;
  lived.requests += 1;
  const page = await browser.get("/devices");
  if (page.status !== 200) return `portal: ${page.status}`;
  lived.pages += 1;
  return undefined;
}

beforeAll(async () => {
  now = {
    sealingKeys: sealing[0] ?? "",
    adminKey: admin[0] ?? "",
    connectors: await connectorsWith(signOn.slice(0, 1)),
  };
  now = { ...now, ...keyed(signOn[0] ?? "") };
  gateway = await startRestarting({ ...now, simulator: { signOnKey: tokenKey } });
  // bob never signs in while this goes on.
  const bob = ["sip:bob@contoso.test", "--upn", "bob@contoso.test", "--account", "CONTOSO\\bob"];
  await operator(gateway, "user", "add", ...bob);
  await operator(gateway, "password", "create", "bob@contoso.test", "--label", "phone");
  const made = await operator(gateway, "password", "create", "alice@contoso.test", "--label", "life");
  ({ password } = made as { password: string });
  const { link } = (await operator(gateway, "user", "invite", "alice@contoso.test")) as { link: string };
  browser = portalBrowser({ portalHost: gateway.running.portalHost, send: (request) => gateway.send(request) }, FROM);
  await browser.enter(new URL(link).hash.slice(1));
  ({ app } = await browser.setUpCodes());
  ticket = await newTicket();
  away = false;
  life = live();
});
afterAll(async () => {
  stopped = true;
  await life;
  await gateway?.stop();
  await Promise.all(connectors.map((each) => each.stop()));
});
/** From now on all three go on beside, several times, and nothing fails. */
async function nothingFailed(): Promise<void> {
  const before = { ...lived };
  await expect.poll(() => Math.min(lived.signIns - before.signIns, lived.pages - before.pages)).toBeGreaterThan(2);
  expect(failures).toEqual([]);
}

/** Runs a command as a shell does; its exit code and output. */
const command = (...argv: readonly string[]) =>
  runIn({ env: { HOME: gateway.home }, state: gateway.home, now: Date.now }, [...argv, "--target", "local"]);
const status = async (): Promise<Status> => JSON.parse((await command("keys", "status", "--json")).out) as Status;
/** How many clients in the network of the life are familiar. The client of the first ticket is another one. */
async function familiarPlaces(): Promise<number> {
  const data = (await operator(gateway, "user", "export", "alice@contoso.test")) as {
    readonly guard: { readonly pairs: readonly { readonly network: string; readonly familiar: boolean }[] };
  };
  return data.guard.pairs.filter(({ network, familiar }) => network === FROM && familiar).length;
}
const sealingKey = async (at: number) => (await status()).keys.filter(({ kind }) => kind === "sealing")[at];

describe("S-75: the sealing key changes while people sign in", () => {
  let old = "";

  it("a new key in front seals, and the old one still opens", async () => {
    expect((await command("keys", "rotate")).out).toContain("There is one sealing key");
    old = ticket;
    await nothingFailed();
    await deploy({ sealingKeys: sealing.toReversed().join(" ") });
    expect((await command("keys", "rotate")).out).toContain("npx postern keys reseal");
    await nothingFailed();
    expect(await sealingKey(1)).toMatchObject({ removable: "not-yet", sealed: { passphrases: null } });
    // The client is known by both keys, and its place is the one that it was.
    expect(await familiarPlaces()).toBe(1);
  });

  it("a key that is taken out too early is missed, and said so; put back, everything works", async () => {
    await deployMistake({ sealingKeys: sealing[1] ?? "" });
    const said = await command("keys", "status");
    expect([said.code, said.out]).toEqual([
      1,
      expect.stringContaining("sealed under a key that is not in SEALING_KEYS"),
    ]);
    expect((await command("keys", "rotate")).out).toContain("Put the key back");
    expect((await command("health")).out).toMatch(/Warning: SEALING_KEYS had [0-9a-f]{8} before/);
    await deploy({});
    expect((await status()).missing).toEqual([]);
    await nothingFailed();
  });

  it("everything is sealed again without a sign-in, and what only a person can make again is counted", async () => {
    expect((await sealingKey(1))?.sealed?.appPasswords).toBeGreaterThan(0);
    const { code, out } = await command("keys", "reseal");
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/Sealed again with [0-9a-f]{8}: [1-9]\d* secrets of 2 users/),
    ]);
    expect(await sealingKey(1)).toMatchObject({ removable: "not-yet", sealed: { appPasswords: 0, passphrases: 1 } });
    expect((await command("keys", "rotate")).out).toMatch(/Do not take [0-9a-f]{8} out yet:\n.*until/);
    await nothingFailed();
  });

  it("the old key may go when its tickets have ended, and then opens nothing", async () => {
    // alice signs in with her passphrase, which makes its mark again.
    const again = portalBrowser({ portalHost: gateway.running.portalHost, send: (request) => gateway.send(request) });
    expect((await again.signIn("alice@contoso.test", app.code())).status).toBe(303);
    expect((await command("keys", "reseal", "--again")).code).toBe(0);
    await gateway.running.execute([
      `UPDATE key_ages SET first_seen_at = first_seen_at - ${EIGHT_HOURS_MS} WHERE kind = 'sealing-first'`,
    ]);
    const going = await sealingKey(1);
    expect(going).toMatchObject({ removable: "yes", sealed: { passphrases: 0 } });
    expect(going?.why).toEqual([expect.stringContaining("1 people would need new recovery codes")]);
    expect((await command("keys", "rotate")).out).toContain("Take it out");
    ticket = await newTicket(); // within eight hours every client has
    expect(await useTicket(old)).toBe(200);
    await deploy({ sealingKeys: sealing[1] ?? "" });
    expect(await useTicket(old)).toBe(401);
    expect((await command("keys", "status")).code).toBe(0);
    expect((await command("health")).out).not.toContain("SEALING_KEYS had");
    const other = portalBrowser({ portalHost: gateway.running.portalHost, send: (request) => gateway.send(request) });
    expect((await other.signIn("alice@contoso.test", app.code())).status).toBe(303); // the app's secret, too
    await nothingFailed();
  });
});

describe("S-75: the other keys change while people sign in", () => {
  const opens = async (key: string) =>
    (
      await gateway.send({
        host: gateway.running.adminHost,
        path: "/v1/whoami",
        headers: { authorization: `Bearer ${key}` },
      })
    ).status;

  it("ADMIN_KEYS: both open, then the new one alone", async () => {
    await deploy({ adminKey: admin.toReversed().join(" ") });
    expect([await opens(admin[0] ?? ""), await opens(admin[1] ?? "")]).toEqual([200, 200]);
    await deploy({ adminKey: admin[1] ?? "" });
    expect([await opens(admin[0] ?? ""), await opens(admin[1] ?? "")]).toEqual([404, 200]);
    await nothingFailed();
  });

  it("SIGN_ON_KEYS: the connectors learn the new half first, and forget the old one last", async () => {
    await deploy({ connectors: await connectorsWith(signOn) });
    await deploy(keyed(signOn.toReversed().join(" ")));
    await nothingFailed();
    await deploy({ connectors: await connectorsWith(signOn.slice(1)), ...keyed(signOn[1] ?? "") });
    await nothingFailed();
    await deployMistake(keyed(signOn[0] ?? ""));
    // the old key signs nobody on
    expect(await signInNow()).toMatchObject({ ok: false, at: "sign-in", status: 503 });
    await deploy({});
    await nothingFailed();
  });

  it("a token of the API, and so the agent's: the new one opens before the old one is revoked", async () => {
    const create = async () =>
      (await operator(gateway, "token", "create", "agent", "--scope", "directory")) as { id: string; token: string };
    const [one, two] = [await create(), await create()];
    expect([await opens(one.token), await opens(two.token)]).toEqual([200, 200]);
    await operator(gateway, "token", "revoke", one.id);
    expect([await opens(one.token), await opens(two.token)]).toEqual([404, 200]);
    await nothingFailed();
  });

  it("AUTHORITY_SECRETS and NOTICE_WEBHOOK_SECRETS: both sign, then the new one alone", async () => {
    const [one, two] = [newSealingKey(), newSealingKey()].map((key) => `whsec_${key}`);
    const device = "7f3a2b1c-0000-4000-8000-000000000075";
    const verifiedBy = { "/mail": [] as string[], "/authority": [] as string[] };
    const system = createServer(async (request, response) => {
      const body = await bodyOf(request);
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const by = [one, two].filter((secret) => isVerified(secret ?? "", body, headers));
      verifiedBy[request.url === "/mail" ? "/mail" : "/authority"] = by.map((secret) =>
        secret === one ? "old" : "new",
      );
      response
        .writeHead(200, { "content-type": "application/json" })
        .end('{"words":["compliant"],"holdsForSeconds":300}');
    });
    system.listen(0, "127.0.0.1");
    await once(system, "listening");
    const base = `http://127.0.0.1:${(system.address() as AddressInfo).port}`;
    const withSecrets = (secrets: string): Deployed => ({
      variables: {
        ...{ AUTHORITY_URL: `${base}/authority`, AUTHORITY_SECRETS: secrets },
        ...{ NOTICE_DELIVERY: "webhook", NOTICE_WEBHOOK_URL: `${base}/mail`, NOTICE_WEBHOOK_SECRETS: secrets },
      },
    });
    try {
      for (const [secrets, expected] of [
        [`${one}`, ["old"]],
        [`${two} ${one}`, ["old", "new"]],
        [`${two}`, ["new"]],
      ] as const) {
        await deploy(withSecrets(secrets));
        const named = { ...{ gateway: new URL(gateway.url), host: "web.contoso.test" }, device, cfConnectingIp: FROM };
        const signal = AbortSignal.timeout(60_000);
        await signInOnce({ ...named, account: "CONTOSO\\alice", password, signal });
        await operator(gateway, "notice", "test", "--to", "desk@contoso.test");
        await operator(gateway, "device", "ask-authority", "alice@contoso.test", device);
        expect(verifiedBy).toEqual({ "/mail": expected, "/authority": expected });
        await nothingFailed();
      }
    } finally {
      system.closeAllConnections();
      system.close();
    }
  });
});

function isVerified(secret: string, body: string, headers: Record<string, string>): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}
