// Floods of tickets that Postern never relayed, through the data plane: which guards they wake, and what they leave in
// the isolate's memory. An honest client behind the same address can still work.

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../src/config/env.ts";
import { DEAD_TICKETS } from "../../src/core/lockout/dead-tickets.ts";
import { assertionsIn } from "../../src/core/lync/assertion.ts";
import { dataPlane } from "../../src/gateway/data-plane.ts";
import { guardOf, recentNames, sourceGuardOf, whoKey } from "../../src/guards/route.ts";
import { unknownTickets } from "../../src/ticket/unknown-tickets.ts";
import { aboutFrom, profileOf, relayed, someone } from "../kit/attempts.ts";
import { configWith, HOST } from "../kit/config.ts";
import { must } from "../kit/ntlm.ts";

const DISCOVERY = `https://${HOST}/Autodiscover/AutodiscoverService.svc/root/user`;
const GROUP_EXPANSION = `https://${HOST}/GroupExpansion/service.svc/WebTicket_Bearer`;
/** How many dead tickets a network may present, and how many an isolate asks about at the same time. */
const MOST_WOKEN = DEAD_TICKETS.burst + 5;

const config = configWith(async () => new Response("a document"));

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});

let networks = 0;
const strangeAddress = (): string => {
  networks++;
  return `10.${networks >> 16}.${(networks >> 8) & 255}.${networks & 255}`;
};

/** Notes which guards a request wakes: the methods that are called of users' and of networks' guards. */
type Woken = { users: string[]; networks: string[] };

function watched(woken: Woken): Env {
  const namespace = <T extends Env["USER_GUARD"] | Env["SOURCE_GUARD"]>(guards: T, calls: string[]): T =>
    new Proxy(guards, {
      get: (target, key) =>
        key !== "getByName"
          ? Reflect.get(target, key)
          : (name: string) =>
              new Proxy(target.getByName(name), {
                get: (stub, method) => {
                  calls.push(String(method));
                  return Reflect.get(stub, method);
                },
              }),
    });
  return {
    ...env,
    USER_GUARD: namespace(env.USER_GUARD, woken.users),
    SOURCE_GUARD: namespace(env.SOURCE_GUARD, woken.networks),
  };
}

let assertions = 0;
/** An assertion as anybody can write one. */
const assertionFor = (subject: string): string =>
  `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="a-${++assertions}">` +
  `<saml:Conditions NotOnOrAfter="${new Date(Date.now() + 3_600_000).toISOString()}"/><saml:AuthenticationStatement>` +
  `<saml:Subject><saml:NameIdentifier>${subject}</saml:NameIdentifier></saml:Subject></saml:AuthenticationStatement></saml:Assertion>`;

const inHeader = (assertion: string, address: string): Request =>
  new Request(DISCOVERY, {
    headers: {
      "x-ms-webticket": `opaque=${Buffer.from(assertion).toString("base64")}`,
      "cf-connecting-ip": address,
    },
  });

const inSoap = (assertion: string, address: string): Request =>
  new Request(GROUP_EXPANSION, {
    method: "POST",
    headers: { "content-type": "text/xml", "cf-connecting-ip": address },
    body: `<Envelope><Header><Security>${assertion}</Security></Header><Body/></Envelope>`,
  });

async function send(request: Request) {
  const woken: Woken = { users: [], networks: [] };
  const { status } = await dataPlane(request, watched(woken), config);
  return { status, woken };
}

/** A user who has signed in from there, and a ticket of the user's that this isolate has not seen. */
async function userWithTicket(address: string, signedInThere: boolean) {
  const { user } = someone();
  const assertion = assertionFor(user.sipUri);
  const [{ fingerprint = "" } = {}] = must(assertionsIn(assertion));
  await guardOf(env, user.sipUri).rememberTicket(relayed(fingerprint), profileOf(user));
  const who = { name: whoKey(user.sipUri.replace("sip:", "")), client: "client" };
  const network = sourceGuardOf(env, address);
  if (signedInThere) {
    await network.reserve(aboutFrom(address), who);
    await network.settle(aboutFrom(address), who, { kind: "signed-in", forgiven: 0 }, { counted: true });
  }
  return { user, assertion };
}

/** Makes a network present as many dead tickets as it may. */
async function crowd(address: string): Promise<void> {
  for (let i = 0; i < MOST_WOKEN; i++) await send(inHeader(assertionFor(`sip:crowd${i}@contoso.test`), address));
}

const forms = [
  ["in X-MS-WebTicket", inHeader],
  ["in SOAP", inSoap],
] as const;

describe("S-23 S-44: 300 forged assertions from one address", () => {
  it.each(forms)("%s, one after another, wake a handful of users' guards", async (_, form) => {
    const address = strangeAddress();
    const woken: string[] = [];
    for (let i = 0; i < 300; i++) {
      const sent = await send(form(assertionFor(`sip:victim${i}@contoso.test`), address));
      expect(sent.status).toBe(401);
      woken.push(...sent.woken.users);
      if (i >= MOST_WOKEN) expect(sent.woken).toEqual({ users: [], networks: ["admitTicket"] });
    }
    expect(woken.length).toBe(DEAD_TICKETS.burst);
  });

  it.each(forms)("%s, all at once, wake a handful of users' guards", async (_, form) => {
    const address = strangeAddress();
    const all = await Promise.all(
      Array.from({ length: 300 }, (_each, i) => send(form(assertionFor(`sip:victim${i}@contoso.test`), address))),
    );
    expect(all.flatMap(({ woken }) => woken.users).length).toBeLessThanOrEqual(MOST_WOKEN);
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([401]));
  });

  it("the same one again and again wakes one guard once", async () => {
    const [address, forged] = [strangeAddress(), assertionFor("sip:victim@contoso.test")];
    const first = await send(inHeader(forged, address));
    expect(first.woken).toEqual({ users: ["verdictOn"], networks: ["countDeadTicket"] });
    for (let i = 0; i < 50; i++) {
      const { status, woken } = await send((i % 2 === 0 ? inHeader : inSoap)(forged, address));
      expect([status, woken]).toEqual([401, { users: [], networks: [] }]);
    }
  });

  it("do not hold up a ticket that is known here, at any address", async () => {
    const address = strangeAddress();
    const { assertion } = await userWithTicket(address, false);
    expect((await send(inHeader(assertion, address))).status).toBe(200);
    await crowd(address);
    const { status, woken } = await send(new Request(`${DISCOVERY}?2`, inHeader(assertion, address)));
    expect([status, woken.networks]).toEqual([200, []]);
  });

  it("do not hold up a ticket that an isolate does not know, of a user who has signed in there", async () => {
    const address = strangeAddress();
    await crowd(address);
    const { assertion, user } = await userWithTicket(address, true);
    const [mine, ...others] = await Promise.all([
      send(inHeader(assertion, address)),
      ...Array.from({ length: 100 }, () => send(inHeader(assertionFor(user.sipUri), address))),
    ]);
    expect([mine?.status, mine?.woken]).toEqual([200, { users: ["verdictOn"], networks: ["admitTicket"] }]);
    expect(others.flatMap(({ woken }) => woken.users)).toEqual([]);
    expect((await send(inHeader(assertion, address))).woken.networks).toEqual([]);
  });

  it("are refused together with an unknown ticket of somebody who never signed in there, whose client signs in again", async () => {
    const address = strangeAddress();
    await crowd(address);
    const { assertion } = await userWithTicket(address, false);
    expect((await send(inHeader(assertion, address))).status).toBe(401);
    expect((await send(inHeader(assertion, strangeAddress()))).status).toBe(200); // from any other network
  });

  it("leave the envelopes of that network alone, which nobody can forge", async () => {
    const address = strangeAddress();
    await crowd(address);
    const headers = { authorization: `Bearer cwt=${"A".repeat(400)}`, "cf-connecting-ip": address };
    const forged = await send(new Request(DISCOVERY.replace("root/", "root/oauth/"), { headers }));
    expect([forged.status, forged.woken]).toEqual([401, { users: [], networks: [] }]);
  });
});

/** Guards that answer without being real objects. Thousands of real ones would need as many files. */
const answering = {
  getByName: () => ({
    verdictOn: async () => "dead",
    countDeadTicket: async () => Date.now() + 60_000,
    admitTicket: async () => ({ kind: "refused", crowdedUntil: Date.now() + 60_000 }),
  }),
};
const withoutGuards = { ...env, USER_GUARD: answering, SOURCE_GUARD: answering } as unknown as Env;

describe("S-44: what forged tickets leave in the isolate", () => {
  it.each([
    ["of 120 KB", (i: number) => `sip:${i}${"x".repeat(120 * 1024)}@contoso.test`],
    ["that are no SIP URI", (i: number) => `${i} is nobody's name`],
    ["longer than a name may be", (i: number) => `sip:${i}${"x".repeat(250)}@contoso.test`],
  ])("500 subjects %s: nothing, and no guard is asked", async (_, subjectOf) => {
    const [names, tickets] = [recentNames.bytes, unknownTickets.bytes];
    for (let i = 0; i < 500; i++) {
      const { status, woken } = await send(inSoap(assertionFor(subjectOf(i)), strangeAddress()));
      expect([status, woken]).toEqual([401, { users: [], networks: [] }]);
    }
    expect([recentNames.bytes, unknownTickets.bytes]).toEqual([names, tickets]);
  });

  it.each([
    ["5,000 subjects from as many networks", () => strangeAddress(), 5_000, ""],
    ["300 subjects in 100 KB of white space", () => strangeAddress(), 300, " ".repeat(100 * 1024)],
    ["5,000 subjects from one network", () => "198.18.255.255", 5_000, ""],
  ])("%s: no more than its budgets", async (_, address, count, space) => {
    for (let i = 0; i < count; i++) {
      const subject = `${space}sip:${crypto.randomUUID()}${"y".repeat(180)}@contoso.test`;
      const request = (space === "" ? inHeader : inSoap)(assertionFor(subject), address());
      expect((await dataPlane(request, withoutGuards, config)).status).toBe(401);
    }
    expect(recentNames.size).toBeGreaterThan(0);
    expect(recentNames.bytes).toBeLessThanOrEqual(1024 * 1024);
    expect(unknownTickets.bytes).toBeLessThanOrEqual(2 * 1024 * 1024);
  });
});
