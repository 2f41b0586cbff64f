// S-62 seen from outside: with the mode `self` a phone and a desktop wait, their user approves them, and they are served
// without a new sign-in. The person's command goes to the guard here, as the portal's page gives it.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WhyAnswer } from "../../src/api/device-answers.ts";
import type { ListedDeviceAnswer } from "../../src/api/schemas/device-list.ts";
import { deviceNumber } from "../../src/core/device/number.ts";
import { startApplication } from "./support/devices.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { decidesOwn } from "./support/own-devices.ts";
import { Events, Poll } from "./support/polls.ts";
import { asCompact, asProof, creation } from "./support/presenting.ts";
import { compactTicket, samlTicket, WINDOWS_GRANT } from "./support/tickets.ts";

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  for (const { upn } of [gateway.alice, gateway.bob]) {
    await operator(gateway, "user", "set", upn, "--enrolment", "self");
  }
});
afterAll(() => gateway?.stop());

const names = async (cwt: string, endpointId: string): Promise<number> => {
  const request = creation(endpointId);
  const headers = { ...request.headers, "x-ms-webticket": `cwt=${cwt}` };
  return (await gateway.send({ ...request, headers })).status;
};
const why = async (who: Person, device: string) => (await operator(gateway, "why", who.upn, device)) as WhyAnswer;
const listed = async (who: Person) => (await operator(gateway, "device", "list", who.upn)) as ListedDeviceAnswer[];

describe("S-62: a device in the mode self", () => {
  it("a phone waits, is the same for the help desk and its user, and is served once its user has approved it", async () => {
    const { alice } = gateway;
    const cwt = await compactTicket(gateway, alice);
    expect(await names(cwt, "Alice's phone")).toBe(403);
    const { device, judgement } = await why(alice, "Alice's phone");
    expect(judgement).toEqual({ action: "quarantine", reason: "awaiting-own-approval", step: "own-approval" });
    expect(device).toMatchObject({ state: "quarantined", waitsFor: "owner", number: deviceNumber(device.id) });
    expect(await listed(alice)).toMatchObject([{ id: device.id, number: device.number, waitsFor: "owner" }]);
    expect((await gateway.send(asCompact(cwt))).status).toBe(403);

    const shownAt = Date.parse(device.lastSeenAt);
    expect(await decidesOwn(gateway, alice, { kind: "approve-own", device: device.id, shownAt })).toMatchObject({
      ok: true,
    });
    await startApplication(gateway, cwt, "Alice's phone");
    expect((await gateway.send(asCompact(cwt))).status).toBe(200);
    expect(await why(alice, device.id)).toMatchObject({
      ...{ judgement: { action: "allow", reason: "enrolled" }, decider: { id: "self", kind: "person" } },
      device: { state: "allowed", decision: null, waitsFor: null, reason: "device-approved-by-owner" },
    });
  });

  it("a desktop gets no certificate before its user has approved it", async () => {
    const { bob } = gateway;
    const ticket = await samlTicket(gateway, bob);
    expect((await gateway.send(asProof(ticket, bob.upn))).status).toBe(403);
    await expect.poll(async () => (await listed(bob)).length, { timeout: 60_000 }).toBe(1); // the guard tells D1 later
    const [waiting] = await listed(bob);
    const { device } = await why(bob, waiting?.id ?? ""); // as the guard has it
    const given = { device: device.id, shownAt: Date.parse(device.lastSeenAt) };
    expect(await decidesOwn(gateway, bob, { kind: "approve-own", ...given })).toMatchObject({ ok: true });
    expect((await gateway.send(asProof(ticket, bob.upn))).status).toBe(200);
  });

  it("S-39: blocked by its user, it is dead with its app password and its open poll; the audit says who did it", async () => {
    const { alice } = gateway;
    const [phone] = await listed(alice);
    const cwt = await compactTicket(gateway, alice);
    const application = await startApplication(gateway, cwt, "Alice's phone");
    const of = { source: "192.0.2.9", tickets: [cwt], applications: [application] };
    const poll = new Poll(gateway, of, application, cwt);
    const isOpen = () =>
      gateway.simulator.ledger().requests.some(({ path, status }) => status === null && path.startsWith(application));
    await expect.poll(isOpen, { timeout: 60_000 }).toBe(true);
    expect(await decidesOwn(gateway, alice, { kind: "block-own", device: phone?.id ?? "" })).toMatchObject({
      ok: true,
      value: { revokedPassword: phone?.credentialId },
    });
    expect((await gateway.send(asCompact(cwt))).status).toBe(401);
    await new Events(gateway).fire(alice); // what happens from now on does not reach the phone
    await expect.poll(() => poll.refusals[0], { timeout: 60_000 }).toBe(401);
    await poll.stop();
    expect(poll.deliveries).toEqual([]);
    expect((await signIn(gateway, WINDOWS_GRANT, alice)).status).toBe(401);
    const own = async () =>
      ((await operator(gateway, "audit", "--user", alice.upn, "--limit", "50")) as Record<string, unknown>[]).filter(
        ({ channel }) => channel === "portal",
      );
    await expect.poll(async () => (await own()).length, { timeout: 60_000, interval: 1_000 }).toBe(3);
    const by = { id: "self", name: "the person, in the portal", kind: "person" };
    expect(await own()).toMatchObject([
      { outcome: "changed", reason: "password-revoked", by },
      { outcome: "blocked", reason: "device-blocked-by-owner", by },
      { outcome: "allowed", reason: "device-approved-by-owner", by },
    ]);
  });
});
