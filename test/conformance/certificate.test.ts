// S-41: a desktop signs in with the key of its certificate. The test works over HTTP, against the started gateway. The
// simulated Front-End verifies each signature again, with its own code.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchCertificate } from "../../simulator/certificate-client.ts";
import { makeDeviceKey, pkcs10For } from "../../simulator/signing-client.ts";
import { extractRaw } from "../../simulator/sipe-client.ts";
import type { TestRequest } from "../../simulator/test-client.ts";
import { demoUsers } from "../../simulator/users.ts";
import { certificateFor, edited } from "../kit/proof.ts";
import { WRAPPED } from "../kit/proof-variants-message.ts";
import { addressBook, CERT, type CertifiedDesktop, certified, from, request, signed } from "./support/certified.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { metadataGet } from "./support/metadata.ts";
import { operator } from "./support/operator.ts";
import { authRequest, usernameToken } from "./support/passwords.ts";
import { asOpaque, asProof } from "./support/presenting.ts";
import { shapeOf } from "./support/shape.ts";
import { assertionIn, samlTicket } from "./support/tickets.ts";

const MINUTE = 60_000;
const HOTEL = "203.0.113.66";
const people = ["carol", "dave", "erin", "frank"].map((account, index) => ({
  ...{ sipUri: `sip:${account}@contoso.test`, upn: `${account}@contoso.test`, domain: "CONTOSO", account },
  ...{ directoryPassword: `Directory-Only-${account}!`, sid: `S-1-5-21-1-2-3-${2000 + index}`, enabled: true },
}));
const deviceOf = (number: number): string => `{0b7cd3a2-0000-4000-8000-${`${number}`.padStart(12, "0")}}`;

let gateway: TestGateway;
let desktop: CertifiedDesktop;
let bobs: CertifiedDesktop;

beforeAll(async () => {
  gateway = await startTestGateway({
    variables: { CERTIFICATE_TICKETS: "on" },
    simulator: { users: [...demoUsers, ...people] },
    moreUsers: people,
  });
  desktop = await certified(gateway, gateway.atDesk.alice, deviceOf(1));
  bobs = await certified(gateway, gateway.atDesk.bob, deviceOf(2));
});
afterAll(() => gateway?.stop());

const other = (index: number) => gateway.others[index] ?? gateway.bob;

/** Checks a refusal: the client gets the fault of a wrong password, and the Front-End hears nothing. */
async function isRefused(asked: TestRequest, send = gateway.send): Promise<void> {
  const wrong = await gateway.send(authRequest(usernameToken("bm9ib2R5", "d3Jvbmc=")));
  gateway.simulator.clearLedger();
  const answer = await send(asked);
  expect(shapeOf(answer)).toEqual(shapeOf(wrong));
  expect(gateway.simulator.ledger().requests).toEqual([]);
}

/** The newest events of the audit with that reason. */
async function audited(reason: string, ...more: string[]): Promise<Record<string, unknown>[]> {
  const find = async () => {
    const events = (await operator(gateway, "audit", "--reason", reason, ...more)) as Record<string, unknown>[];
    return events.filter(({ channel }) => channel === "certificate");
  };
  await expect.poll(find, { timeout: 60_000, interval: 500 }).not.toEqual([]);
  return find();
}

describe("S-41: a request that the desktop's key signed", () => {
  it("is a sign-in from any network: no password, no connector, and the ticket is the device's from the start", async () => {
    const atHotel = from(gateway, HOTEL);
    const byPassword = await samlTicket({ ...gateway, send: atHotel }, desktop.who);
    expect((await atHotel(asOpaque(byPassword.assertion, "/abs/handler"))).status).toBe(403);
    gateway.simulator.clearLedger();
    const answer = await atHotel(request(desktop));
    expect(answer.status).toBe(200);
    const { certificateSignOns, signOns, requests } = gateway.simulator.ledger();
    expect(certificateSignOns).toMatchObject([{ user: desktop.who.sipUri }]);
    expect([signOns.length, requests.length]).toEqual([0, 1]);
    expect((await atHotel(addressBook(answer))).status).toBe(200);
    expect((await from(gateway, "203.0.113.67")(addressBook(answer))).status).toBe(200);
    const [event] = await audited("saml", "--user", desktop.who.upn);
    expect(event).toMatchObject({
      outcome: "signed-in",
      source: HOTEL,
      why: expect.stringMatching(/^key [0-9a-f]{64}$/),
    });
  });

  it("goes on byte for byte, whatever is signed, in either version of SOAP, for either kind of ticket", async () => {
    const to = `https://web.contoso.test${CERT}`;
    for (const more of [
      { hash: "sha256" as const, to, signs: ["timestamp", "to", "body", "token"] as const },
      { to },
      { sipUri: null }, // the certificate names the user
      { tokenType: "cwt" as const, lifetimeMs: 8 * 60 * MINUTE },
    ]) {
      expect((await gateway.send(request(desktop, more))).status, JSON.stringify(more)).toBe(200);
    }
    const soap12 = request(desktop).body.replaceAll(
      "http://schemas.xmlsoap.org/soap/envelope/",
      "http://www.w3.org/2003/05/soap-envelope",
    );
    expect((await gateway.send(signed(soap12))).status).toBe(200);
    const sent = request(desktop).body;
    const [arrived] = (await gateway.arrivals(() => gateway.send(signed(sent)))).requests;
    expect(arrived).toMatchObject({ method: "POST", path: CERT });
  });

  it("renews its certificate by itself, from any network, and either key signs in then", async () => {
    const entropy = Buffer.alloc(32, 9);
    const atHotel = from(gateway, HOTEL);
    const answer = await atHotel(request(desktop, { entropy: entropy.toString("base64") }));
    const ticket = { assertion: assertionIn(answer.text), response: answer.text, entropy };
    const key = makeDeviceKey();
    const issued = await atHotel(asProof(ticket, desktop.who.upn, desktop.deviceId, pkcs10For(key)));
    const certificate = extractRaw(issued.text, "BinarySecurityToken", false) ?? "";
    expect(issued.status).toBe(200);
    expect((await atHotel(request({ ...desktop, key, certificate }))).status).toBe(200);
    expect((await atHotel(request(desktop))).status).toBe(200);
  });

  it("works with a clock that is up to five minutes ahead, or 15 behind, whatever Expires says", async () => {
    const at = (minutes: number, lifetimeMs = 8 * 60 * MINUTE) =>
      request(desktop, { now: Date.now() + minutes * MINUTE, lifetimeMs });
    for (const minutes of [4.9, -14.5]) expect((await gateway.send(at(minutes))).status, `${minutes}`).toBe(200);
    for (const minutes of [5.2, -15.1]) await isRefused(at(minutes));
    await isRefused(at(-11, 5 * MINUTE)); // expired more than five minutes ago
    const rules = async () => new Set((await audited("proof-stale")).map(({ why }) => why));
    const all = new Set(["created-in-future", "too-old", "expired"]);
    await expect.poll(rules, { timeout: 60_000, interval: 500 }).toEqual(all);
  });
});

describe("S-41: is refused, and the Front-End hears nothing:", () => {
  it("a signature that comes again, with the same or another request; of two at once one passes", async () => {
    const used = request(desktop);
    expect((await gateway.send(used)).status).toBe(200);
    await isRefused(used);
    await isRefused(signed(edited(used.body, "CertProvisioningService.svc", "Other.svc")));
    const both = request(desktop);
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await gateway.send(both)).status));
    expect(statuses.sort()).toEqual([200, ...Array.from({ length: 7 }, () => 500)]);
    expect(await audited("proof-repeated", "--user", desktop.who.upn)).not.toEqual([]);
  });

  it("a signed part that was moved, and another put in its place", async () => {
    for (const [name, , sent] of WRAPPED)
      await isRefused(signed(Buffer.from(sent()).toString()), async (asked) => {
        const answer = await gateway.send(asked);
        expect(answer.status, name).toBe(500);
        return answer;
      });
  });

  it("a thief's own key, with the user's name in its certificate, the device's id, client string and address", async () => {
    const key = makeDeviceKey();
    const forged = { ...desktop, key, certificate: certificateFor(key.spki) };
    await isRefused(request(forged), from(gateway, "198.51.100.77"));
    await isRefused(request({ ...forged, who: bobs.who }));
    await isRefused(request({ ...forged, who: { ...bobs.who, sipUri: "sip:nobody@contoso.test" } }));
    await isRefused(request(forged, { sipUri: "no address" }));
    const [event] = await audited("key-unknown", "--user", desktop.who.upn);
    expect(event).toMatchObject({ source: "198.51.100.77", why: expect.stringMatching(/^key /) });
  });

  it("the key for which a thief with the password and the id asked a certificate: it waits for approval", async () => {
    const key = makeDeviceKey();
    await expect(certified(gateway, bobs.who, bobs.deviceId, { address: HOTEL, key })).rejects.toThrow("403");
    await isRefused(request({ ...bobs, key, certificate: certificateFor(key.spki, "bob@contoso.test") }));
    const [event] = await audited("key-waiting", "--user", bobs.who.upn);
    expect(event).toMatchObject({ device: expect.stringMatching(/^d_/), why: expect.stringMatching(/^key /) });
  });

  it("another user's name with this key, and this certificate without its key", async () => {
    await isRefused(request({ ...desktop, who: bobs.who }));
    await isRefused(request({ ...desktop, key: bobs.key }));
    await isRefused(request({ ...desktop, certificate: bobs.certificate }));
  });

  it("a certificate from inside, whose key Postern has not seen", async () => {
    const key = makeDeviceKey();
    const certificate = await fetchCertificate(gateway.simulator, desktop.who.upn, key);
    await isRefused(request({ ...desktop, key, certificate }));
  });

  it("another host, another credential beside it, a message of another kind", async () => {
    await isRefused(request(desktop, { to: "https://mallory.test/WebTicket/WebTicketService.svc/Cert" }));
    const good = request(desktop);
    await isRefused({ ...good, headers: { ...good.headers, authorization: "NTLM TlRMTVNTUAABAAAA" } });
    await isRefused({ ...good, headers: { ...good.headers, authorization: "Bearer x" } });
    const beside = '<x:KeyIdentifier xmlns:x="urn:x">alice</x:KeyIdentifier>';
    await isRefused(signed(edited(good.body, "<s:Header>", `<s:Header>${beside}`)));
    await isRefused(signed(authRequest(usernameToken("YWxpY2U=", "d3Jvbmc=")).body));
    for (const body of ["", "<a/>", "\u0000", "x".repeat(60_000)]) await isRefused(signed(body));
    expect((await gateway.send(good)).status).toBe(200); // none of these requests has used up its signature
    const [event] = await audited("proof-malformed");
    expect(event).toMatchObject({ outcome: "refused", why: expect.any(String) });
  });

  it("a body over the limit, an encoded one, and every other method", async () => {
    const good = request(desktop);
    expect((await gateway.send(signed("x".repeat(70_000)))).status).toBe(413);
    const encoded = { ...good, headers: { ...good.headers, "content-encoding": "gzip" } };
    expect((await gateway.send(encoded)).status).toBe(400);
    for (const method of ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]) {
      expect((await gateway.send({ path: CERT, method })).status, method).toBe(405);
    }
  });
});

describe("S-41: what an administrator closes is closed at once", () => {
  it("a blocked device: its key, and the tickets of its key; approved again, the key works again", async () => {
    const laptop = await certified(gateway, other(0), deviceOf(10));
    const ticket = await gateway.send(request(laptop));
    expect((await gateway.send(addressBook(ticket))).status).toBe(200);
    await operator(gateway, "device", "block", laptop.who.upn, laptop.deviceId);
    await isRefused(request(laptop));
    expect((await gateway.send(addressBook(ticket))).status).not.toBe(200);
    expect(await audited("device-blocked", "--user", laptop.who.upn)).not.toEqual([]);
    await operator(gateway, "device", "approve", laptop.who.upn, laptop.deviceId);
    expect((await gateway.send(request(laptop))).status).toBe(200);
  });

  it("no ticket outlives a block that comes while proofs are under way", async () => {
    const laptop = await certified(gateway, other(1), deviceOf(11));
    const under = Array.from({ length: 12 }, () => gateway.send(request(laptop)));
    await operator(gateway, "device", "block", laptop.who.upn, laptop.deviceId);
    const late = await gateway.send(request(laptop));
    expect(late.status).toBe(500);
    for (const answer of await Promise.all(under)) {
      if (answer.status === 200) expect((await gateway.send(addressBook(answer))).status).not.toBe(200);
    }
  });

  it("a revoked app password: the key of its device opens nothing", async () => {
    const laptop = await certified(gateway, other(2), deviceOf(12));
    const ticket = await gateway.send(request(laptop));
    const passwords = (await operator(gateway, "password", "list", laptop.who.upn)) as { id: string }[];
    for (const { id } of passwords) await operator(gateway, "password", "revoke", laptop.who.upn, id);
    await isRefused(request(laptop));
    expect((await gateway.send(addressBook(ticket))).status).not.toBe(200);
    expect(await audited("revoked-password", "--user", laptop.who.upn)).not.toEqual([]);
  });

  it("a disabled user; a device that is forgotten", async () => {
    const laptop = await certified(gateway, other(3), deviceOf(13));
    await operator(gateway, "user", "disable", laptop.who.upn);
    await isRefused(request(laptop));
    await operator(gateway, "user", "enable", laptop.who.upn);
    expect((await gateway.send(request(laptop))).status).toBe(200);
    await operator(gateway, "device", "forget", laptop.who.upn, laptop.deviceId);
    await isRefused(request(laptop));
  });
});

describe("S-38: the metadata", () => {
  const MEX = "/WebTicket/WebTicketService.svc/mex";

  it("names the port while it is open, and the port for PINs never", async () => {
    for (const asked of [{ path: MEX }, metadataGet(MEX, "1.1"), metadataGet(MEX, "1.2")]) {
      const { status, text } = await gateway.send(asked);
      expect([status, text.includes("svc/Cert"), /svc\/pin/i.test(text)]).toEqual([200, true, false]);
    }
  });

  it("names neither where the switch is off, and the row is closed for a good signature too", async () => {
    const off = await startTestGateway();
    try {
      const { status, text } = await off.send({ path: MEX });
      expect([status, text.includes("svc/Cert"), /svc\/pin/i.test(text)]).toEqual([200, false, false]);
      const own = await certified(off, off.atDesk.alice, deviceOf(1));
      off.simulator.clearLedger();
      for (const method of ["POST", "GET", "PUT"]) {
        expect((await off.send({ ...request(own), method })).status).toBe(404);
      }
      expect(off.simulator.ledger().requests).toEqual([]);
    } finally {
      await off.stop();
    }
  });
});
