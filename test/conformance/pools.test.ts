// Two pools behind one gateway, over HTTP. Each has a simulated Front-End with ticket keys, a service and a ledger of
// its own. Bob is homed at the second pool, alice at the first.

import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Simulator } from "../../simulator/simulator.ts";
import type { UserAnswer } from "../../src/api/schemas/directory.ts";
import type { GatewaySettingsAnswer } from "../../src/api/schemas/gateway-settings.ts";
import type { HealthAnswer } from "../../src/api/schemas/tokens.ts";
import { parseAvPairs } from "../../src/core/ntlm/av-pairs.ts";
import { parseChallenge } from "../../src/core/ntlm/challenge.ts";
import { AV_DNS_COMPUTER_NAME } from "../../src/core/ntlm/constants.ts";
import { must } from "../kit/ntlm.ts";
import { PATIENCE } from "../kit/patience.ts";
import { phoneTicket, startApplication } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { answerTo, authorization, challengeFor, signIn, withAuthorization } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import {
  APPLICATIONS,
  asBearer,
  asBearerSoap,
  asCompact,
  asCookie,
  asOpaque,
  asProof,
  ROOT_OAUTH_USER,
  ROOT_USER,
} from "./support/presenting.ts";
import {
  ANONYMOUS_GRANT,
  anonymousTickets,
  compactTicket,
  grantRequest,
  samlTicket,
  tokenRequest,
  WINDOWS_GRANT,
} from "./support/tickets.ts";

let gateway: TestGateway;
let second: TestGateway;
let pools: readonly [Simulator, Simulator];
beforeAll(async () => {
  gateway = await startTestGateway({ pools: 2 });
  if (gateway.secondPool === undefined) throw new Error("no second pool");
  pools = [gateway.simulator, gateway.secondPool];
  second = at("web2.contoso.test");
});
afterAll(() => gateway?.stop());
beforeEach(() => {
  for (const pool of pools) pool.clearLedger();
});

/** The gateway as a client sees it who asks at that host. */
const at = (host: string): TestGateway => ({ ...gateway, send: (request) => gateway.send({ host, ...request }) });
/** What arrived at each pool. */
const requests = () => pools.map((pool) => pool.ledger().requests.length);
const signOns = () => pools.map((pool) => pool.ledger().signOns.map(({ user, service }) => `${user} ${service}`));
const unknownTickets = () => pools.flatMap((pool) => pool.ledger().unknownTickets);
/** How many an isolate signs on to one pool at one time. */
const AT_ONCE = 16;
const TOKEN_SERVICE = (host: string) => `https://${host}/WebTicket/WebTicketService.svc`;

describe("S-69: a request goes to the pool of its host", () => {
  it("of each public host, and an unknown host is nobody's", async () => {
    const page = { path: "/Autodiscover/AutodiscoverService.svc/root" };
    for (const [host, arrived] of [
      ["lyncdiscover.contoso.test", [1, 0]],
      ["web.contoso.test", [2, 0]],
      ["web2.contoso.test", [2, 1]],
    ] as const) {
      const answer = await gateway.send({ ...page, host });
      expect([answer.status, requests()], host).toEqual([200, arrived]);
    }
    expect((await gateway.send({ host: "meet2.contoso.test", path: "/alice/5D3KQ7XT" })).status).toBe(200);
    expect(pools[1].ledger().requests.at(-1)).toMatchObject({ host: "meet2.contoso.test", path: "/alice/5D3KQ7XT" });
    for (const host of ["web3.contoso.test", "pool2.contoso.local", "ORIGIN_2"]) {
      expect((await gateway.send({ ...page, host })).status, host).toBe(404);
    }
    expect(requests()).toEqual([2, 2]);
  });

  it("and its challenge names that host's pool", async () => {
    for (const [on, host] of [
      [gateway, "web.contoso.test"],
      [second, "web2.contoso.test"],
    ] as const) {
      const refused = await on.send({ path: ROOT_OAUTH_USER });
      expect([refused.status, refused.headers["x-ms-webticketurl"]]).toEqual([401, TOKEN_SERVICE(host)]);
      expect(refused.headers["www-authenticate"]).toContain(`https://${host}/WebTicket/oauthtoken`);
    }
    for (const [on, host] of [
      [gateway, "web.contoso.test"],
      [second, "web2.contoso.test"],
    ] as const) {
      const { type2 } = await challengeFor(on, WINDOWS_GRANT);
      const { targetInfo } = must(parseChallenge(type2));
      const dnsName = must(parseAvPairs(targetInfo)).find(({ id }) => id === AV_DNS_COMPUTER_NAME)?.value;
      expect(Buffer.from(dnsName ?? []).toString("utf16le")).toBe(host);
    }
  });
});

describe("S-69: a sign-in", () => {
  it("at each pool is a sign-on to that pool's service, and to no other", async () => {
    await compactTicket(gateway, gateway.alice);
    expect(signOns()).toEqual([["sip:alice@contoso.test http/web.contoso.test"], []]);
    await samlTicket(second, gateway.alice);
    expect(signOns()[1]).toEqual(["sip:alice@contoso.test http/web2.contoso.test"]);
    expect(pools.flatMap((pool) => pool.ledger().refusedSignOns)).toEqual([]);
  });

  it("gives a ticket for each pool, and both live beside each other", async () => {
    const [one, two] = [await compactTicket(gateway, gateway.alice), await compactTicket(second, gateway.alice)];
    for (const [on, cwt] of [
      [gateway, one],
      [second, two],
      [gateway, one],
    ] as const) {
      expect((await on.send(asBearer(cwt))).status).toBe(200);
    }
    expect(unknownTickets()).toEqual([]);
  });

  it("answers a challenge of the same host only", async () => {
    const { type1, type2 } = await challengeFor(second, WINDOWS_GRANT);
    const proof = authorization(answerTo({ type1, type2 }, gateway.alice), 3);
    expect((await gateway.send(withAuthorization(WINDOWS_GRANT, proof))).status).toBe(401);
    expect(requests()).toEqual([0, 0]);
  });
});

describe("S-69: a ticket of one pool at the other", () => {
  it("never arrives there, in any form, and is answered with that pool's own challenge", async () => {
    const { alice } = gateway;
    const compact = [await compactTicket(gateway, alice), await compactTicket(second, alice)] as const;
    const saml = [await samlTicket(gateway, alice), await samlTicket(second, alice)] as const;
    const guests = [await anonymousTickets(gateway), await anonymousTickets(second)] as const;
    for (const [on, own, other, host] of [
      [gateway, 0, 1, "web.contoso.test"],
      [second, 1, 0, "web2.contoso.test"],
    ] as const) {
      const forms = [
        asBearer(compact[other]),
        asCompact(compact[other]),
        asBearer(compact[other], `${APPLICATIONS}/1`),
        asOpaque(saml[other].assertion),
        asBearerSoap(saml[other]),
        asProof(saml[other]),
        asBearer(guests[other].cwt),
      ];
      // Known to be good at its own pool a moment ago: no verdict may be reused at the other.
      for (const good of [asBearer(compact[own]), asOpaque(saml[own].assertion)]) {
        expect((await on.send(good)).status).toBe(200);
      }
      for (const pool of pools) pool.clearLedger();
      for (const form of forms) {
        const answer = await on.send(form);
        expect([answer.status, answer.headers["x-ms-webticketurl"]], form.path).toEqual([401, TOKEN_SERVICE(host)]);
      }
      expect(requests()).toEqual([0, 0]);
    }
    // Each is still good where it came from.
    expect((await gateway.send(asOpaque(saml[0].assertion))).status).toBe(200);
    expect((await second.send(asOpaque(saml[1].assertion))).status).toBe(200);
    expect(gateway.log.some((line) => line.includes("of-another-pool"))).toBe(true);
  });

  it("is no ticket with the other pool's mark behind it, not even while that pool's verdict is fresh", async () => {
    const [cwt, saml] = [await compactTicket(second, gateway.alice), await samlTicket(second, gateway.alice)];
    const path = `${APPLICATIONS}/1/photos/alice`;
    for (const mark of ["@web2.contoso.test", "|web2.contoso.test", " web2.contoso.test"]) {
      const marked = { ...asOpaque(saml.assertion) };
      const pairs = [
        [asBearer(cwt), asBearer(`${cwt}${mark}`)],
        [asCompact(cwt), asCompact(`${cwt}${mark}`)],
        [asCookie(cwt, path), asCookie(`${cwt}${mark}`, path)],
        [marked, { ...marked, headers: { "x-ms-webticket": `${marked.headers?.["x-ms-webticket"]}${mark}` } }],
      ] as const;
      for (const [good, form] of pairs) {
        await second.send(good);
        for (const pool of pools) pool.clearLedger();
        const answer = await gateway.send(form);
        expect([answer.status, requests()], `${mark} ${JSON.stringify(form).slice(0, 60)}`).toEqual([401, [0, 0]]);
      }
    }
  });

  it("renews no guest's ticket", async () => {
    const { cwt } = await anonymousTickets(gateway);
    for (const pool of pools) pool.clearLedger();
    const conference = new URLSearchParams(ANONYMOUS_GRANT.body).get("ms_rtc_conferenceuri") ?? "";
    const renewal = grantRequest(
      new URLSearchParams({
        grant_type: "urn:microsoft.rtc:anonmeeting",
        ms_rtc_renew: `cwt=${cwt}`,
        ms_rtc_conferenceuri: conference,
      }).toString(),
    );
    const answer = await second.send(renewal);
    expect([answer.status, requests()]).toEqual([400, [0, 0]]);
    expect((await gateway.send(renewal)).status).toBe(200);
  });
});

describe("S-70: a user who is homed at the second pool", () => {
  it("finds it from the first: by the redirect, and a sign-in there", async () => {
    const { bob } = gateway;
    const first = await compactTicket(gateway, bob);
    const discovery = at("lyncdiscover.contoso.test");
    const json = { accept: "application/json" };
    const asked = asBearer(first);
    const there = await discovery.send({ ...asked, headers: { ...asked.headers, ...json } });
    const { redirect } = (JSON.parse(there.text) as { _links: { redirect: { href: string } } })._links;
    expect(redirect.href).toBe("https://web2.contoso.test/Autodiscover/AutodiscoverService.svc/root");
    const { host, pathname: path } = new URL(redirect.href);
    const root = await gateway.send({ host, path, headers: json });
    const { user } = (JSON.parse(root.text) as { _links: { user: { href: string } } })._links;
    expect(new URL(user.href).host).toBe("web2.contoso.test");
    expect((await second.send(asBearer(first))).status).toBe(401);
    const home = await compactTicket(second, bob);
    await startApplication(second, home, "bob's phone");
    const mine = asBearer(home);
    const links = await second.send({ ...mine, headers: { ...mine.headers, ...json } });
    expect(links.text).toContain("https://web2.contoso.test/ucwa/oauth/v1/applications");
    expect(there.text + root.text + links.text).not.toMatch(/contoso\.local/);
    expect(unknownTickets()).toEqual([]);
  });

  it("is signed in at a pool that is not the user's, as Lync does it: with that pool's ticket", async () => {
    const answer = await signIn(second, tokenRequest("saml", gateway.alice.sipUri), gateway.alice);
    expect(answer.status).toBe(200);
    const issued = await samlTicket(second, gateway.alice);
    const redirected = await second.send(asOpaque(issued.assertion, ROOT_USER));
    expect(redirected.text).toContain("https://web.contoso.test/Autodiscover/AutodiscoverService.svc/root");
  });
});

describe("S-70: the home pool of a user", () => {
  const show = async (who: string) => (await operator(gateway, "user", "show", who)) as UserAnswer;

  it("is set and shown by hand, and named as POOLS names it", async () => {
    const { sipUri } = gateway.bob;
    expect(await show(sipUri)).toMatchObject({ pool: null, homePool: null });
    for (const [given, pool, homePool] of [
      ["Pool2.contoso.local", "pool2.contoso.local", "second"],
      ["main", "main", "main"],
      ["pool9.contoso.local", "pool9.contoso.local", null],
    ] as const) {
      expect(await operator(gateway, "user", "set", sipUri, "--pool", given)).toMatchObject({ pool, homePool });
    }
    const { warnings } = (await operator(gateway, "health")) as HealthAnswer;
    expect(warnings.find(({ code }) => code === "pool-not-served")?.detail).toContain("pool9.contoso.local");
    await operator(gateway, "user", "set", sipUri, "--pool", "pool2.contoso.local");
    const after = (await operator(gateway, "health")) as HealthAnswer;
    expect(after.warnings.map(({ code }) => code)).not.toContain("pool-not-served");
    await expect(operator(gateway, "user", "set", sipUri, "--pool", "a pool")).rejects.toThrow(/FQDN of a pool/);
  });

  it("routes nothing: not a stranger's discovery, and no sign-in", async () => {
    const shapes = [];
    for (const who of ["alice@contoso.test", "bob@contoso.test", "nobody@contoso.test"]) {
      const asked = { host: "lyncdiscover.contoso.test", path: `/?sipuri=${who}` };
      const { status, text } = await gateway.send(asked);
      shapes.push([status, text.replaceAll(who, "WHO")]);
    }
    expect(new Set(shapes.map((shape) => JSON.stringify(shape))).size).toBe(1);
    expect(requests()).toEqual([3, 0]);
    await compactTicket(gateway, gateway.bob);
    expect(signOns()).toEqual([["sip:bob@contoso.test http/web.contoso.test"], []]);
  });

  it("the settings have the pools, and the health asks each", async () => {
    const settings = (await operator(gateway, "settings")) as GatewaySettingsAnswer;
    expect(settings.pools).toMatchObject([
      { name: "main", webHost: "web.contoso.test", directoryNames: ["pool.contoso.local"] },
      { name: "second", hosts: ["web2.contoso.test", "meet2.contoso.test"], service: "HTTP/web2.contoso.test" },
    ]);
    for (const pool of pools) pool.clearLedger();
    const { checks } = (await operator(gateway, "health")) as HealthAnswer;
    expect([checks.frontEnd, checks.connector, requests()]).toEqual(["ok", "ok", [1, 1]]);
    const drop = JSON.stringify({ path: "/autodiscover/autodiscoverservice.svc/root", kind: "drop", times: 1 });
    await fetch(`${pools[1].url}/_sim/fail`, { method: "POST", body: drop });
    const headers = { authorization: `Bearer ${gateway.adminKey}` };
    const failing = await gateway.send({ host: gateway.adminHost, path: "/v1/health", headers });
    expect((JSON.parse(failing.text) as HealthAnswer).checks.frontEnd).toMatch(/^failing: it .* \(pool second\)$/);
  });
});

describe("S-69: people and devices have no pool", () => {
  it("a device that is blocked is blocked at both", async () => {
    const [one, two] = [await phoneTicket(gateway, gateway.alice), await phoneTicket(second, gateway.alice)];
    const served = async () => [(await gateway.send(asBearer(one))).status, (await second.send(asBearer(two))).status];
    expect(await served()).toEqual([200, 200]);
    await operator(gateway, "device", "block", gateway.alice.sipUri, "phone of alice");
    expect((await served()).every((status) => status === 401 || status === 403)).toBe(true);
    for (const on of [gateway, second]) expect((await signIn(on, WINDOWS_GRANT, gateway.alice)).status).toBe(401);
  });

  it("a user who is disabled is refused at both", async () => {
    const [one, two] = [await compactTicket(gateway, gateway.bob), await compactTicket(second, gateway.bob)];
    await operator(gateway, "user", "disable", gateway.bob.sipUri);
    expect([(await gateway.send(asBearer(one))).status, (await second.send(asBearer(two))).status]).toEqual([401, 401]);
    await operator(gateway, "user", "enable", gateway.bob.sipUri);
  });
});

// The last: the line of the second pool is slow for a while afterwards.
describe("S-69: a pool whose Front-End hangs", () => {
  it("takes no turn of another", async () => {
    const hang = JSON.stringify({ path: "/webticket/oauthtoken", kind: "hang", times: 40 });
    await fetch(`${pools[1].url}/_sim/fail`, { method: "POST", body: hang });
    const over = new AbortController();
    const request = { ...WINDOWS_GRANT, signal: over.signal };
    const waiting = Array.from({ length: 20 }, () => signIn(second, request, gateway.bob));
    await vi.waitFor(() => expect(requests()[1]).toBe(AT_ONCE), PATIENCE);
    expect((await signIn(gateway, WINDOWS_GRANT, gateway.atDesk.alice)).status).toBe(200);
    over.abort();
    await Promise.allSettled(waiting);
    await fetch(`${pools[1].url}/_sim/reset`, { method: "POST", body: "{}" });
  }, 60_000);
});
