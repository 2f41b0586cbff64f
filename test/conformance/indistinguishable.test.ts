// S-22: nobody can tell by an answer, or by when it comes, why a credential was refused. Samples of each reason in
// random order, over HTTP, thousands in a long run; and the same on a build that leaks, where the same statistic has to
// notice.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newSealingKey } from "../../cli/sealing-keys.ts";
import { makeDeviceKey } from "../../simulator/signing-client.ts";
import type { TestRequest, TestResponse } from "../../simulator/test-client.ts";
import { parseKeyring } from "../../src/core/crypto/keyring.ts";
import { issueChallenge } from "../../src/core/ntlm/sealed-challenge.ts";
import { clientNegotiate, PROFILES, REFUSED_PROFILES } from "../kit/ntlm-client.ts";
import { certificateFor } from "../kit/proof.ts";
import { LONG_RUNS } from "../kit/runs.ts";
import { certified, signed, request as signedRequest } from "./support/certified.ts";
import { chance, separations } from "./support/distribution.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { answerTo, authorization, challengeFor, signIn, withAuthorization } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { PASSWORD_CHANNELS } from "./support/passwords.ts";
import { asOpaque, get, ROOT_USER } from "./support/presenting.ts";
import { inParallel } from "./support/raw-http.ts";
import { type Shape, shapeOf } from "./support/shape.ts";
import { WINDOWS_GRANT } from "./support/tickets.ts";

const sealingKeys = newSealingKey();
const person = (account: string): Omit<Person, "password"> => ({
  sipUri: `sip:${account}@contoso.test`,
  upn: `${account}@contoso.test`,
  domain: "CONTOSO",
  account,
});
/** A network that has failed too often at carol, and still has to wait when the test ends. */
const WAITING = "198.51.100.7";
const SHORT = 100;
/**
 * Samples of each reason. A short run notices what tells reasons apart at a glance, a long run what takes statistics.
 */
const NTLM_SAMPLES = LONG_RUNS ? 2_000 : SHORT;
const PASSWORD_SAMPLES = LONG_RUNS ? 500 : SHORT;
const TICKET_SAMPLES = LONG_RUNS ? 250 : SHORT;
/** A quiet machine shows the leak in the first so many; a busy one hides it for longer. */
const LEAKY_SAMPLES = SHORT;
const MOST_LEAKY_SAMPLES = 500;
/** So many samples are taken together. The fewer, the further a busy machine stays below the floor. */
const AT_ONCE = LONG_RUNS ? 48 : 36;
/** The same, where the floor is a second. */
const TICKETS_AT_ONCE = LONG_RUNS ? 24 : 64;
/** How far from a half two classes may be: what chance does, and as much again for a machine that is not quiet. */
const tolerance = (size: number): number => 2 * chance(size);

const running: TestGateway[] = [];

/** Builds one request, in advance: only the answer to it is timed. */
type Class = () => Promise<TestRequest>;

async function started(floor: string): Promise<TestGateway> {
  const gateway = await startTestGateway({
    sealingKeys,
    moreUsers: [person("carol"), person("dave")],
    variables: { CERTIFICATE_TICKETS: "on", REFUSAL_FLOOR_MS: floor, LOCKOUT_LIMITS: "stranger.first-wait=15m" },
    onLog: () => {}, // there are tens of thousands of lines
  });
  running.push(gateway);
  return gateway;
}

/** Disables dave, and lets {@link WAITING} fail at carol. */
async function refuseTwo(gateway: TestGateway): Promise<void> {
  const [carol, dave] = gateway.others;
  if (carol === undefined || dave === undefined) throw new Error("two more users");
  await operator(gateway, "user", "disable", dave.upn);
  for (let failures = 0; failures < 6; failures++) {
    const request = { ...WINDOWS_GRANT, headers: { ...WINDOWS_GRANT.headers, "cf-connecting-ip": WAITING } };
    await signIn(gateway, request, carol, { password: "wrong" });
  }
}

function ntlmClasses(gateway: TestGateway): Readonly<Record<string, Class>> {
  const [carol = gateway.bob, dave = gateway.bob] = gateway.others;
  const { bob } = gateway;
  const answered = async (who: Person, how: Parameters<typeof answerTo>[2] = {}, headers = {}) => {
    const challenged = await challengeFor(gateway, WINDOWS_GRANT, how);
    const request = { ...WINDOWS_GRANT, headers: { ...WINDOWS_GRANT.headers, ...headers } };
    return withAuthorization(request, authorization(answerTo(challenged, who, how), 3));
  };
  const [refusedProfile] = Object.values(REFUSED_PROFILES);
  return {
    unknown: () => answered(bob, { user: `nobody${Math.random()}` }),
    wrong: () => answered(bob, { password: "wrong" }),
    waiting: () => answered(carol, {}, { "cf-connecting-ip": WAITING }),
    disabled: () => answered(dave),
    "ntlm-v1": () => answered(bob, { ...(refusedProfile && { profile: refusedProfile }) }),
    expired: async () => {
      await challengeFor(gateway, WINDOWS_GRANT); // each sample comes from a client that has just had an answer
      const type1 = clientNegotiate(PROFILES.sipe);
      const type2 = expiredChallenge(type1);
      return withAuthorization(WINDOWS_GRANT, authorization(answerTo({ type1, type2 }, bob), 3));
    },
  };
}

let assertions = 0;
/** A ticket that nobody issued, and other tickets that are not live. */
function ticketClasses(gateway: TestGateway): Readonly<Record<string, Class>> {
  const assertion = (subject: string, until = "2099-01-01T00:00:00Z"): string =>
    `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="a${++assertions}"><saml:Conditions NotOnOrAfter="${until}"/>` +
    `<saml:Subject><saml:NameIdentifier>${subject}</saml:NameIdentifier></saml:Subject></saml:Assertion>`;
  return {
    known: async () => asOpaque(assertion(gateway.bob.sipUri)),
    unknown: async () => asOpaque(assertion(`sip:nobody${Math.random()}@contoso.test`)),
    expired: async () => asOpaque(assertion(gateway.bob.sipUri, "2020-01-01T00:00:00Z")),
    forged: async () => get(ROOT_USER, { "x-ms-webticket": `cwt=${"A".repeat(400)}` }),
    // A request from a network with too many dead tickets. Its guard answers.
    crowded: async () => {
      const request = asOpaque(assertion(`sip:nobody${Math.random()}@contoso.test`));
      return { ...request, headers: { ...request.headers, "cf-connecting-ip": "198.51.100.9" } };
    },
  };
}

function expiredChallenge(negotiate: Uint8Array): Uint8Array {
  const keyring = parseKeyring(sealingKeys);
  if (!keyring.ok) throw new Error(keyring.reason);
  const host = "web.contoso.test";
  const names = { nbDomain: "CONTOSO", nbComputer: "POSTERN", dnsDomain: "contoso.test", dnsComputer: host };
  const issued = issueChallenge({ keyring: keyring.value, host, now: Date.now() - 600_000, names, negotiate });
  if (!issued.ok) throw new Error(issued.reason);
  return issued.value;
}

/** Takes `size` samples of each class, in random order. All answers have to be equal. */
async function sampled(gateway: TestGateway, classes: Readonly<Record<string, Class>>, size: number, atOnce = AT_ONCE) {
  const order = Object.keys(classes).flatMap((name) =>
    Array.from({ length: size }, () => ({ name, at: Math.random() })),
  );
  order.sort((a, b) => a.at - b.at);
  const times: Record<string, number[]> = {};
  const shapes = new Map<string, Shape>();
  await inParallel(order, atOnce, async ({ name }) => {
    const request = await classes[name]?.();
    if (request === undefined) return;
    const began = performance.now();
    const answer: TestResponse = await gateway.send(request);
    const list = times[name] ?? [];
    times[name] = list;
    list.push(performance.now() - began);
    const shape = shapeOf(answer);
    shapes.set(JSON.stringify(shape), shape);
  });
  return { times, shapes: [...shapes.values()] };
}

/** With the floor of a usual gateway. */
let gateway: TestGateway;
/** What `gateway` knows of devices' keys, before anybody is locked out. */
let signatures: Readonly<Record<string, Class>>;
/** For tickets: two objects are made for each sample, and on a busy machine that takes its time. */
let slow: TestGateway;
/** Answers when it has decided. */
let leaky: TestGateway;
beforeAll(async () => {
  [gateway, slow, leaky] = await Promise.all([started("300"), started("1000"), started("0")]);
  signatures = await signedClasses(gateway);
  await Promise.all([gateway, leaky].map(refuseTwo));
});
afterAll(() => Promise.all(running.map((each) => each.stop())));

describe("S-22: reasons of a refusal", () => {
  it("over NTLM are one answer, at one time", async () => {
    const size = NTLM_SAMPLES;
    const { times, shapes } = await sampled(gateway, ntlmClasses(gateway), size);
    expect(shapes.map(({ status }) => status)).toEqual([401]);
    expect(Object.values(times).map(({ length }) => length)).toEqual(Array.from({ length: 6 }, () => size));
    const found = separations(times);
    expect(found.filter(({ distance }) => distance > tolerance(size))).toEqual([]);
  }, 900_000);
});

/** Requests that a device signed, and requests that only look so. */
async function signedClasses(gateway: TestGateway): Promise<Readonly<Record<string, Class>>> {
  const desk = await certified(gateway, gateway.atDesk.alice, "{0b7cd3a2-0000-4000-8000-000000000001}");
  const blocked = await certified(gateway, gateway.atDesk.bob, "{0b7cd3a2-0000-4000-8000-000000000002}");
  await operator(gateway, "device", "block", blocked.who.upn, blocked.deviceId);
  const key = makeDeviceKey();
  const forged = { ...desk, key, certificate: certificateFor(key.spki) };
  const used = signedRequest(desk);
  await gateway.send(used);
  const nobody = () => ({ ...desk.who, sipUri: `sip:nobody${Math.random()}@contoso.test` });
  return {
    unknown: async () => signedRequest({ ...forged, who: nobody() }),
    wrong: async () => signedRequest(forged),
    blocked: async () => signedRequest(blocked),
    repeated: async () => used,
    stale: async () => signedRequest(desk, { now: Date.now() - 3_600_000 }),
    malformed: async () => signed(signedRequest(desk).body.replace("<o:Security", "<o:Security Id='x'")),
  };
}

// These two go on at the same time, at gateways of their own, because both wait for most of it.
describe.concurrent("S-22: reasons of a refused ticket", () => {
  it("are one answer, at one time: whether there is such a user, and what the ticket is", async () => {
    const size = TICKET_SAMPLES;
    const { times, shapes } = await sampled(slow, ticketClasses(slow), size, TICKETS_AT_ONCE);
    expect(shapes.map(({ status }) => status)).toEqual([401]);
    expect(separations(times).filter(({ distance }) => distance > tolerance(size))).toEqual([]);
  }, 900_000);
});

describe.concurrent("S-22: reasons of a refused password, or of a refused signature (S-41)", () => {
  it.each(PASSWORD_CHANNELS)(
    "over $name are one answer, at one time",
    { concurrent: false, timeout: 120_000 },
    async ({ request }) => {
      const size = PASSWORD_SAMPLES;
      const [carol = gateway.bob, dave = gateway.bob] = gateway.others;
      const waiting = async () => {
        const { headers, ...rest } = request(carol.upn, carol.password);
        return { ...rest, headers: { ...headers, "cf-connecting-ip": WAITING } };
      };
      const { times, shapes } = await sampled(
        gateway,
        {
          unknown: async () => request(`nobody${Math.random()}@contoso.test`, "wrong"),
          wrong: async () => request(gateway.bob.upn, "wrong"),
          waiting,
          disabled: async () => request(dave.upn, dave.password),
        },
        size,
      );
      expect(shapes).toHaveLength(1);
      expect(separations(times).filter(({ distance }) => distance > tolerance(size))).toEqual([]);
    },
  );

  it("over a signature are one answer, at one time", { concurrent: false, timeout: 900_000 }, async () => {
    const size = PASSWORD_SAMPLES;
    const { times, shapes } = await sampled(gateway, signatures, size);
    expect(shapes.map(({ status }) => status)).toEqual([500]);
    expect(separations(times).filter(({ distance }) => distance > tolerance(size))).toEqual([]);
  });
});

describe("the same measurement of a build that leaks", () => {
  it("tells reasons apart", async () => {
    const times: Record<string, number[]> = {};
    let size = 0;
    let found = 0;
    do {
      size += LEAKY_SAMPLES;
      // Few at once: with nothing to wait for, many would only queue, and hide what each of them takes.
      const more = (await sampled(leaky, ntlmClasses(leaky), LEAKY_SAMPLES, 2)).times;
      for (const [name, list] of Object.entries(more)) times[name] = [...(times[name] ?? []), ...list];
      found = separations(times)[0]?.distance ?? 0;
    } while (found <= tolerance(size) && size < MOST_LEAKY_SAMPLES);
    expect(found).toBeGreaterThan(tolerance(size));
  }, 240_000);
});
