// Attacks on NTLM messages on their way, and on names and passwords by guessers. Each attack must look, from outside,
// exactly like a wrong password (S-22), and nothing of it may reach the Front-End.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newSealingKey } from "../../cli/sealing-keys.ts";
import { contosoVariables } from "../../local/world.ts";
import type { TestRequest, TestResponse } from "../../simulator/test-client.ts";
import { parseKeyring } from "../../src/core/crypto/keyring.ts";
import { CHALLENGE_TTL_MS } from "../../src/core/ntlm/constants.ts";
import { issueChallenge } from "../../src/core/ntlm/sealed-challenge.ts";
import { clientNegotiate, PROFILES, REFUSED_PROFILES } from "../kit/ntlm-client.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { answerTo, authorization, challengeFor, type HowToSignIn, signIn, withAuthorization } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { type Shape, shapeOf } from "./support/shape.ts";
import { tokenRequest, WINDOWS_GRANT } from "./support/tickets.ts";

const sealingKeys = newSealingKey();

const SECOND_WEB_HOST = "web2.contoso.test";
let gateway: TestGateway;
let request: TestRequest;
/** The gateway's answer to somebody who has proved nothing. */
let challenge: Shape;
beforeAll(async () => {
  // A second host that takes credentials. An attacker carries an answer there.
  const variables = { PUBLIC_HOSTS: `${contosoVariables.PUBLIC_HOSTS} ${SECOND_WEB_HOST}` };
  gateway = await startTestGateway({ sealingKeys, variables });
  request = tokenRequest("saml", gateway.alice.sipUri);
  challenge = shapeOf(await gateway.send(request));
});
afterAll(() => gateway?.stop());

const present = (type3: Uint8Array, more: Partial<TestRequest> = {}): Promise<TestResponse> =>
  gateway.send({ ...withAuthorization(request, authorization(type3, 3)), ...more });

/** Runs an attack, and checks that nothing of it reaches the Front-End. */
async function atTheEdge(act: () => Promise<unknown>): Promise<void> {
  const ledger = await gateway.arrivals(act);
  expect([ledger.requests, ledger.signOns, ledger.directoryPasswordAttempts]).toEqual([[], [], []]);
}

async function freshAnswer(how: HowToSignIn = {}): Promise<Uint8Array> {
  return answerTo(await challengeFor(gateway, request, how), gateway.alice, how);
}

describe("replayed", () => {
  it.each(["sipe", "windowsHttp"] as const)("S-3: 50 times in parallel: one success (%s)", async (name) => {
    const type3 = await freshAnswer({ profile: PROFILES[name] });
    const ledger = await gateway.arrivals(async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => present(type3)));
      const failed = answers.filter(({ status }) => status !== 200);
      expect(failed).toHaveLength(49);
      for (const answer of failed) expect(shapeOf(answer)).toEqual(challenge);
    });
    expect([ledger.requests.length, ledger.signOns.length]).toEqual([1, 1]);
  });

  it("S-3: at the other token service, or in other words: no", async () => {
    const type3 = await freshAnswer();
    expect((await present(type3)).status).toBe(200);
    await atTheEdge(async () => {
      const elsewhere = await gateway.send(withAuthorization(WINDOWS_GRANT, authorization(type3, 3)));
      expect(shapeOf(elsewhere)).toEqual(challenge);
      const altered = Uint8Array.from(type3);
      altered[60] = (altered[60] ?? 0) ^ 0x40; // a flag that no MIC of this client protects
      expect(shapeOf(await present(altered))).toEqual(challenge);
    });
  });

  it("S-3: a wrong answer uses the challenge up too", async () => {
    const challenged = await challengeFor(gateway, request);
    const wrong = answerTo(challenged, gateway.alice, { password: "not-this-one" });
    await atTheEdge(async () => {
      expect(shapeOf(await present(wrong))).toEqual(challenge);
      expect(shapeOf(await present(answerTo(challenged, gateway.alice)))).toEqual(challenge);
    });
  });
});

/** Where the fields of an authenticate message are (MS-NLMP 2.2.1.3). */
function regions(type3: Uint8Array): Readonly<Record<string, readonly [from: number, to: number]>> {
  const view = new DataView(type3.buffer, type3.byteOffset, type3.length);
  const field = (at: number): [number, number] => {
    const from = view.getUint32(at + 4, true);
    return [from, from + view.getUint16(at, true)];
  };
  const nt = field(20);
  const names = { domain: field(28), user: field(36), workstation: field(44) };
  return { head: [0, 64], mic: [72, 88], ...names, proof: [nt[0], nt[0] + 16], blob: [nt[0] + 16, nt[1]] };
}

/** A few positions of a region: its ends, and every 13th byte between. */
const positions = ([from, to]: readonly [number, number]): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i).filter((at) => at === to - 1 || (at - from) % 13 === 0);

describe("altered", () => {
  const cases = [
    ...["head", "mic", "domain", "user", "workstation", "proof", "blob"].map(
      (region) => ["windowsHttp", region] as const,
    ),
    ...["domain", "user", "proof", "blob"].map((region) => ["sipe", region] as const),
  ];
  it.each(cases)("S-6: %s, one bit in the %s", async (name, region) => {
    const profile = PROFILES[name];
    const probe = regions(await freshAnswer({ profile }))[region];
    await atTheEdge(async () => {
      const attacks = positions(probe ?? [0, 0]).map(async (at) => {
        const type3 = await freshAnswer({ profile });
        type3[at] = (type3[at] ?? 0) ^ 0x01;
        return [at, shapeOf(await present(type3))];
      });
      expect(attacks.length).toBeGreaterThan(0);
      for (const [at, shape] of await Promise.all(attacks)) expect([at, shape]).toEqual([at, challenge]);
    });
  });

  it("S-6: cut short, anywhere", async () => {
    await atTheEdge(async () => {
      const { length } = await freshAnswer();
      for (let end = 8; end < length; end += 37) {
        const type3 = await freshAnswer();
        expect(shapeOf(await present(type3.subarray(0, end)))).toEqual(challenge);
      }
    });
  });

  it("S-6: with its MIC zeroed, as CVE-2019-1040 does", async () => {
    await atTheEdge(async () => {
      const type3 = await freshAnswer({ profile: PROFILES.chromium });
      type3.fill(0, 72, 88);
      expect(shapeOf(await present(type3))).toEqual(challenge);
    });
  });
});

describe("reordered", () => {
  it("S-5: an answer made for one challenge that carries the token of another", async () => {
    const first = await challengeFor(gateway, request);
    const second = await challengeFor(gateway, request);
    await atTheEdge(async () => {
      for (const [mine, theirs] of [
        [first, second],
        [second, first],
      ] as const) {
        const type2 = Uint8Array.from(mine.type2);
        type2.set(theirs.type2.subarray(24, 32), 24); // the server challenge
        expect(shapeOf(await present(answerTo({ type1: mine.type1, type2 }, gateway.alice)))).toEqual(challenge);
      }
    });
  });

  it("S-6: an answer made for another negotiate message, by a client with a MIC", async () => {
    const profile = PROFILES.windowsHttp;
    const { type1, type2 } = await challengeFor(gateway, request, { profile });
    const other = Uint8Array.from(type1);
    other[12] = (other[12] ?? 0) ^ 0x10; // asks for signing
    await atTheEdge(async () => {
      expect(shapeOf(await present(answerTo({ type1: other, type2 }, gateway.alice, { profile })))).toEqual(challenge);
    });
  });

  it("S-5: an answer without a challenge, or to somebody else's", async () => {
    const type1 = clientNegotiate(PROFILES.sipe);
    const foreign = challengeAt(Date.now(), type1, newSealingKey());
    await atTheEdge(async () => {
      expect(shapeOf(await present(answerTo({ type1, type2: foreign }, gateway.alice)))).toEqual(challenge);
    });
  });

  it("two handshakes at once do not disturb each other, in either order", async () => {
    const first = await challengeFor(gateway, request);
    const second = await challengeFor(gateway, request);
    expect((await present(answerTo(second, gateway.alice))).status).toBe(200);
    expect((await present(answerTo(first, gateway.alice))).status).toBe(200);
  });
});

/** A challenge as the gateway would have issued it at `now`. */
function challengeAt(now: number, negotiate: Uint8Array, keys = sealingKeys): Uint8Array {
  const keyring = parseKeyring(keys);
  if (!keyring.ok) throw new Error(keyring.reason);
  const host = gateway.simulator.hosts.web;
  const names = { nbDomain: "CONTOSO", nbComputer: "POSTERN", dnsDomain: "contoso.test", dnsComputer: host };
  const issued = issueChallenge({ keyring: keyring.value, host, now, names, negotiate });
  if (!issued.ok) throw new Error(issued.reason);
  return issued.value;
}

describe("S-4: out of its time or place", () => {
  const at = (shift: number): Promise<TestResponse> => {
    const type1 = clientNegotiate(PROFILES.windowsHttp);
    const type2 = challengeAt(Date.now() + shift, type1);
    return present(answerTo({ type1, type2 }, gateway.alice, { profile: PROFILES.windowsHttp }));
  };

  it("a challenge of two minutes ago is expired; one of a little less is not", async () => {
    expect((await at(-CHALLENGE_TTL_MS + 5_000)).status).toBe(200);
    await atTheEdge(async () => {
      for (const shift of [-CHALLENGE_TTL_MS - 1, -86_400_000, 60_000]) {
        expect(shapeOf(await at(shift))).toEqual(challenge);
      }
    });
  });

  it("an answer for one host is none on another, and still one on its own", async () => {
    const type3 = await freshAnswer();
    await atTheEdge(async () => {
      expect(shapeOf(await present(type3, { host: SECOND_WEB_HOST }))).toEqual(challenge);
      for (const host of ["meet.contoso.test", "lyncdiscover.contoso.test", "dialin.contoso.test"]) {
        expect((await present(type3, { host })).status).toBe(404);
      }
    });
    for (const host of ["WEB.contoso.test", "web.contoso.test:443"]) {
      expect((await present(await freshAnswer(), { host })).status).toBe(200);
    }
    expect((await present(type3)).status).toBe(200);
  });
});

describe("S-22: every refusal is the same answer", () => {
  const refusedWith = async (how: HowToSignIn, who = gateway.alice): Promise<void> => {
    await atTheEdge(async () => {
      for (const asked of [request, WINDOWS_GRANT]) {
        expect(shapeOf(await signIn(gateway, asked, who, how))).toEqual(challenge);
      }
    });
  };

  it.each(Object.values(REFUSED_PROFILES))("S-1, S-8: $name, with the right password", (profile) =>
    refusedWith({ profile }),
  );

  it("wrong password", () => refusedWith({ password: "k7m2-p9xq-w4tz-h3vn-r8cd-b5fg" }));
  it("empty password", () => refusedWith({ password: "" }));
  it("S-18: the directory's password", () => refusedWith({ password: "Directory-Only-Alice-31!" }));
  it("another user's app password", () => refusedWith({ password: gateway.bob.password }));
  it("unknown user", () => refusedWith({ user: "mallory" }));

  it("revoked app password, while others go on", async () => {
    const made = (await operator(gateway, "password", "list", "alice@contoso.test")) as { id: string }[];
    expect(made).toHaveLength(2);
    for (const { id } of made) await operator(gateway, "password", "revoke", "alice@contoso.test", id);
    await refusedWith({});
    expect((await signIn(gateway, tokenRequest("saml", gateway.bob.sipUri), gateway.bob)).status).toBe(200);
  });

  it("disabled user", async () => {
    await operator(gateway, "user", "disable", "bob@contoso.test");
    await refusedWith({}, gateway.bob);
    await operator(gateway, "user", "enable", "bob@contoso.test");
    expect((await signIn(gateway, WINDOWS_GRANT, gateway.bob)).status).toBe(200);
  });
});
