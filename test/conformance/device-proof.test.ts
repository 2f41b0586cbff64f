// S-42: a laptop in a hotel, and a thief behind the same address. What does each get before the laptop has proved its
// key, and what afterwards? Over HTTP, against the started gateway. The thief has the app password, the DeviceId, the
// address, the machine's name and the client string.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeDeviceKey, pkcs10For } from "../../simulator/signing-client.ts";
import { demoUsers } from "../../simulator/users.ts";
import type { DeviceKeyAnswer, WhyAnswer } from "../../src/api/device-answers.ts";
import { certificateFor } from "../kit/proof.ts";
import { addressBook, type CertifiedDesktop, certified, from, request } from "./support/certified.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";
import { asOpaque, asProof } from "./support/presenting.ts";
import { assertionIn, type SamlTicket, samlTicket } from "./support/tickets.ts";

const [HOME, HOTEL] = ["198.51.100.77", "203.0.113.66"];
const ROOT = "/Autodiscover/AutodiscoverService.svc/root/user";
const SERVICES = ["/abs/handler", "/scheduler/x", "/Reach/sip.svc"];
const people = ["carol", "dave", "erin"].map((account, index) => ({
  ...{ sipUri: `sip:${account}@contoso.test`, upn: `${account}@contoso.test`, domain: "CONTOSO", account },
  ...{ directoryPassword: `Directory-Only-${account}!`, sid: `S-1-5-21-1-2-3-${2000 + index}`, enabled: true },
}));
const deviceOf = (number: number): string => `{0b7cd3a2-0000-4000-8000-${`${number}`.padStart(12, "0")}}`;

let gateway: TestGateway;
let laptops: readonly [CertifiedDesktop, CertifiedDesktop];

beforeAll(async () => {
  gateway = await startTestGateway({
    variables: { CERTIFICATE_TICKETS: "on" },
    simulator: { users: [...demoUsers, ...people] },
    moreUsers: people,
  });
  const [carol = gateway.bob, dave = gateway.bob] = gateway.others;
  laptops = [await certified(gateway, carol, deviceOf(1)), await certified(gateway, dave, deviceOf(2))];
});
afterAll(() => gateway?.stop());

const byPassword = (who: Person, address: string): Promise<SamlTicket> =>
  samlTicket({ ...gateway, send: from(gateway, address) }, who);
/** What each service answers to that ticket when it comes from that network. */
const opened = async (assertion: string, address: string): Promise<number[]> => {
  const statuses = [];
  for (const path of SERVICES) statuses.push((await from(gateway, address)(asOpaque(assertion, path))).status);
  return statuses;
};
/** Asks for a certificate for a new key with that ticket. */
const asksCertificate = async (
  { who, deviceId }: CertifiedDesktop,
  ticket: SamlTicket,
  address: string,
  key = makeDeviceKey(),
): Promise<number> => (await from(gateway, address)(asProof(ticket, who.upn, deviceId, pkcs10For(key)))).status;
const proves = (laptop: CertifiedDesktop, address: string) => from(gateway, address)(request(laptop));
const provedTicket = async (laptop: CertifiedDesktop, address: string): Promise<SamlTicket> => {
  const { status, text } = await proves(laptop, address);
  expect(status).toBe(200);
  return { assertion: assertionIn(text), response: text, entropy: Buffer.alloc(32, 7) };
};
const keysOf = async ({ who, deviceId }: CertifiedDesktop): Promise<readonly DeviceKeyAnswer[]> =>
  ((await operator(gateway, "device", "show", who.upn, deviceId)) as { keys: DeviceKeyAnswer[] }).keys;
const isAudited = ({ who }: CertifiedDesktop, reason: string): Promise<void> =>
  expect
    .poll(() => operator(gateway, "audit", "--user", who.upn, "--reason", reason), { timeout: 60_000, interval: 500 })
    .not.toEqual([]);

describe("S-42: the laptop in the hotel", () => {
  it("before the proof: has no address book there", async () => {
    const [laptop] = laptops;
    const [atHome, inHotel] = [await byPassword(laptop.who, HOME), await byPassword(laptop.who, HOTEL)];
    expect(await opened(atHome.assertion, HOME)).toEqual([200, 403, 403]);
    expect(await opened(inHotel.assertion, HOTEL)).toEqual([403, 403, 403]);
  });

  it("after the proof: has all of it, in every network, and gets its next certificate there", async () => {
    const [laptop] = laptops;
    const ticket = await provedTicket(laptop, HOTEL);
    for (const address of [HOTEL, HOME, "192.0.2.9"]) {
      const [book, ...others] = await opened(ticket.assertion, address);
      expect([book, others.includes(403)], address).toEqual([200, false]);
    }
    const next = makeDeviceKey();
    expect(await asksCertificate(laptop, ticket, HOTEL, next)).toBe(200);
    expect(await keysOf(laptop)).toMatchObject([
      { state: "good", via: "password", network: HOME, provedAt: expect.any(String) },
      { state: "good", via: "key", network: HOTEL, provedAt: null },
    ]);
    const { device, steps } = (await operator(gateway, "why", laptop.who.upn, laptop.deviceId)) as WhyAnswer;
    expect(device.proof).toBe("proved");
    expect(steps.find(({ step }) => step === "proof")?.detail).toContain("The device has proved a key.");
  });
});

describe("S-42: the thief behind the same address", () => {
  it("before the proof: reads the address book, and gets no certificate for his key", async () => {
    const [, laptop] = laptops;
    const stolen = await byPassword(laptop.who, HOME);
    expect(await opened(stolen.assertion, HOME)).toEqual([200, 403, 403]);
    expect(await asksCertificate(laptop, stolen, HOME)).toBe(403);
    await isAudited(laptop, "key-awaiting-approval");
  });

  it("after the proof: finds his user and opens nothing more, at that address or another, with old tickets or new", async () => {
    const [, laptop] = laptops;
    const early = await byPassword(laptop.who, HOME);
    expect(await opened(early.assertion, HOME)).toEqual([200, 403, 403]);
    expect((await proves(laptop, HOME)).status).toBe(200);
    // A verdict is reused for three seconds.
    await expect.poll(() => opened(early.assertion, HOME), { timeout: 60_000 }).toEqual([403, 403, 403]);
    for (const address of [HOME, HOTEL]) {
      const stolen = await byPassword(laptop.who, address);
      expect(await opened(stolen.assertion, address)).toEqual([403, 403, 403]);
      expect((await from(gateway, address)(asOpaque(stolen.assertion, ROOT))).status).toBe(200);
      expect(await asksCertificate(laptop, stolen, address)).toBe(403);
      expect(await asksCertificate(laptop, stolen, address, laptop.key)).toBe(403);
      expect(await asksCertificate({ ...laptop, deviceId: deviceOf(99) }, stolen, address)).toBe(403);
      const key = makeDeviceKey();
      expect((await proves({ ...laptop, key, certificate: certificateFor(key.spki) }, address)).status).toBe(500);
    }
    await isAudited(laptop, "device-unproved");
    expect((await gateway.send(addressBook(await proves(laptop, HOTEL)))).status).toBe(200);
  });
});

describe("S-42: a laptop that has lost the key that it proved", () => {
  it("is refused until somebody gives `device reset-key`, and starts with its next key", async () => {
    const laptop = await certified(gateway, gateway.others[2] ?? gateway.bob, deviceOf(3));
    const before = await provedTicket(laptop, HOTEL);
    const key = makeDeviceKey();
    const { who, deviceId } = laptop;
    expect(await asksCertificate(laptop, await byPassword(who, HOME), HOME, key)).toBe(403);
    await operator(gateway, "device", "reset-key", who.upn, deviceId, "--why", "new profile");
    expect((await from(gateway, HOTEL)(asOpaque(before.assertion, "/abs/handler"))).status).toBe(401);
    expect((await proves(laptop, HOTEL)).status).toBe(500);
    const again = await certified(gateway, who, deviceId, { key });
    expect((await gateway.send(addressBook(await proves(again, HOTEL)))).status).toBe(200);
  });
});
