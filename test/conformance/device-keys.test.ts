// A thief has the app password and the desktop's id, which is public. He asks for a certificate for a key of his own.
// The key waits for approval, and the audit and `device show` say so.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeDeviceKey, pkcs10For } from "../../simulator/signing-client.ts";
import type { TestRequest } from "../../simulator/test-client.ts";
import type { DeviceKeyAnswer } from "../../src/api/device-answers.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";
import { asProof } from "./support/presenting.ts";
import { samlTicket } from "./support/tickets.ts";

const DESKTOP = "{0b7cd3a2-0000-4000-8000-00000000000c}";
const [HOME, ELSEWHERE] = ["198.51.100.77", "203.0.113.66"];
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());

/** A client at that address. */
const at = (address: string) => ({
  ...gateway,
  send: (request: TestRequest) =>
    gateway.send({ ...request, headers: { ...request.headers, "cf-connecting-ip": address } }),
});

/** Signs in by NTLM from there, and fetches a certificate for this key as alice's desktop. */
async function fetches(address: string, pkcs10: string): Promise<number> {
  const [client, { alice }] = [at(address), gateway.atDesk];
  return (await client.send(asProof(await samlTicket(client, alice), alice.upn, DESKTOP, pkcs10))).status;
}

const keys = async (): Promise<readonly DeviceKeyAnswer[]> => {
  const shown = await operator(gateway, "device", "show", gateway.atDesk.alice.upn, DESKTOP);
  return (shown as { keys: DeviceKeyAnswer[] }).keys;
};
const rings = async (): Promise<unknown[]> => {
  const events = (await operator(gateway, "audit", "--user", gateway.atDesk.alice.upn)) as Record<string, unknown>[];
  return events.filter(({ reason }) => reason === "device-key-added");
};

const waiting = async (): Promise<unknown[]> => {
  const events = (await operator(gateway, "audit", "--user", gateway.atDesk.alice.upn)) as Record<string, unknown>[];
  return events.filter(({ reason }) => reason === "key-awaiting-approval");
};

describe("a thief with the stolen app password and the desktop's public id", () => {
  it("gets no certificate for his own key: a closed door that rings, and `device show` has the key", async () => {
    const [own, stolen] = [pkcs10For(makeDeviceKey()), pkcs10For(makeDeviceKey())];
    expect(await fetches(HOME, own)).toBe(200);
    expect(await fetches(HOME, own)).toBe(200);
    const [first, ...more] = await keys();
    expect(more).toEqual([]);
    expect(first).toMatchObject({ network: HOME, state: "good", hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await rings()).toEqual([]);

    const arrived = await gateway.arrivals(async () => expect(await fetches(ELSEWHERE, stolen)).toBe(403));
    expect(arrived.requests.filter(({ path }) => /certprov/i.test(path))).toEqual([]);
    const [, another] = await keys();
    expect(await keys()).toMatchObject([{ hash: first?.hash }, { network: ELSEWHERE, state: "waiting" }]);
    await expect.poll(waiting, { timeout: 60_000, interval: 1_000 }).toMatchObject([
      {
        outcome: "refused",
        source: ELSEWHERE,
        why: `key ${another?.hash}`,
        deviceKey: expect.stringContaining(DESKTOP.slice(1, -1)),
      },
    ]);
    expect(await fetches(HOME, own)).toBe(200);
  }, 120_000);

  it("S-42: gets none by a request in which the Front-End reads another key than Postern does", async () => {
    const [client, { bob }] = [at(HOME), gateway.atDesk];
    const own = makeDeviceKey();
    const device = "{0b7cd3a2-0000-4000-8000-00000000000d}";
    const ask = async (pkcs10: string, before = "") => {
      const asked = asProof(await samlTicket(client, bob), bob.upn, device, pkcs10);
      return client.send({ ...asked, body: asked.body.replace("<wsse:BinarySecurityToken ", `${before}$&`) });
    };
    expect((await ask(pkcs10For(own))).status).toBe(200);
    // The owner's public key is not secret. The first token is the thief's, and its type is not that of a PKCS#10
    // request.
    const thiefs = `<wsse:BinarySecurityToken ValueType="urn:request">${pkcs10For(makeDeviceKey())}</wsse:BinarySecurityToken>`;
    const answer = await ask(pkcs10For(own), thiefs);
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain("BinarySecurityToken");
    expect((await ask(pkcs10For(own))).status).toBe(200);
  }, 120_000);

  it("that was the owner with a new Windows profile: one approval, and the next key from that network is let in", async () => {
    const { upn } = gateway.atDesk.alice;
    await operator(gateway, "device", "approve-key", upn, DESKTOP);
    // The client makes a new key with its next attempt.
    expect(await fetches(ELSEWHERE, pkcs10For(makeDeviceKey()))).toBe(200);
    expect(await keys()).toMatchObject([{ state: "good" }, { network: ELSEWHERE, state: "good", via: "password" }]);
    expect(await fetches(ELSEWHERE, pkcs10For(makeDeviceKey()))).toBe(403);
    await expect.poll(rings, { timeout: 60_000, interval: 1_000 }).toMatchObject([{ source: ELSEWHERE }]);
  }, 120_000);
});
