// S-28 and S-46 on the started gateway: somebody names another user's device id first, and an administrator forgets a
// phone that was blocked.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeviceChangedAnswer, WhyAnswer } from "../../src/api/device-answers.ts";
import type { ListedDeviceAnswer } from "../../src/api/schemas/device-list.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { APPLICATIONS, asBearer, asProof, creation } from "./support/presenting.ts";
import { compactTicket, samlTicket, WINDOWS_GRANT } from "./support/tickets.ts";

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());

/** The status of the answer to a device that names itself. */
async function names(cwt: string, endpointId: string): Promise<number> {
  const headers = { "x-ms-webticket": `cwt=${cwt}`, "content-type": "application/json" };
  return (await gateway.send({ ...creation(endpointId), headers })).status;
}

/** The Front-End fails at the next request to this path. */
const failNext = (path: string, kind: "internal-error" | "drop" = "internal-error") =>
  fetch(`${gateway.frontEnd}/_sim/fail`, { method: "POST", body: JSON.stringify({ path, kind }) });

const listed = async (who: Person) => (await operator(gateway, "device", "list", who.upn)) as ListedDeviceAnswer[];
const why = async (who: Person, device: string) => (await operator(gateway, "why", who.sipUri, device)) as WhyAnswer;
const events = async (who: Person) =>
  (await operator(gateway, "audit", "--user", who.upn, "--limit", "50")) as Record<string, unknown>[];
const deviceEvents = async (who: Person) =>
  (await events(who)).filter(({ deviceKey }) => deviceKey !== null).map(({ reason }) => reason);

describe("S-28: the id of Alice's phone, which Bob names first", () => {
  it.each(["internal-error", "drop"] as const)("holds nothing while no Front-End has accepted it: %s", async (kind) => {
    const { alice, bob } = gateway;
    const id = `phone of Alice, ${kind}`;
    await failNext("/ucwa/oauth/v1/applications", kind);
    expect([500, 503]).toContain(await names(await compactTicket(gateway, bob), id));
    const hers = await compactTicket(gateway, alice);
    expect(await names(hers, id)).toBe(201);
    expect((await gateway.send(asBearer(hers, `${APPLICATIONS}/100000000001`))).status).not.toBe(403);
    expect(await names(await compactTicket(gateway, bob), id)).toBe(403);
    for (const who of [alice, bob]) {
      const [{ key = "" } = {}] = await listed(who);
      if (key) await operator(gateway, "device", "forget", who.upn, key);
    }
  });

  it("holds nothing without a certificate either", async () => {
    const { alice, bob } = gateway;
    const id = "{0b7cd3a2-0000-4000-8000-00000000000a}";
    await failNext("/certprov/certprovisioningservice.svc/webticket_proof_sha1");
    const refused = await gateway.send(asProof(await samlTicket(gateway, bob), bob.upn, id));
    expect(refused.status).toBe(500);
    expect((await gateway.send(asProof(await samlTicket(gateway, alice), alice.upn, id))).status).toBe(200);
    expect((await gateway.send(asProof(await samlTicket(gateway, bob), bob.upn, id))).status).toBe(403);
    await operator(gateway, "device", "forget", id);
    expect(await listed(alice)).toEqual([]);
  });

  it("is his once a Front-End has accepted it: both are told why, and an administrator frees it", async () => {
    const { alice, bob } = gateway;
    expect(await names(await compactTicket(gateway, bob), "hers by right")).toBe(201);
    expect(await names(await compactTicket(gateway, alice), "hers by right")).toBe(403);
    const key = "endpoint:hers by right";
    const refused = expect.objectContaining({ key, user: alice.sipUri, holder: bob.sipUri });
    for (const who of [alice, bob])
      expect(await operator(gateway, "device", "contests", who.upn)).toContainEqual(refused);
    expect(await why(alice, key)).toMatchObject({
      holder: bob.sipUri,
      judgement: { action: "block", reason: "device-of-another-user", step: "owner" },
    });
    for (const who of [alice, bob]) {
      const told = async () => (await deviceEvents(who)).includes("device-of-another-user");
      await expect.poll(told, { timeout: 60_000, interval: 1_000 }).toBe(true);
    }
    const freed = (await operator(gateway, "device", "forget", alice.upn, key)) as DeviceChangedAnswer;
    expect([freed.user, freed.device.key]).toEqual([bob.sipUri, key]);
    expect(await operator(gateway, "device", "contests", alice.upn)).not.toContainEqual(refused);
    expect(await names(await compactTicket(gateway, alice), "hers by right")).toBe(201);
    await operator(gateway, "device", "forget", key); // only by its id, whichever user has it
    expect(await names(await compactTicket(gateway, bob), "hers by right")).toBe(201);
    await operator(gateway, "device", "forget", "hers by right");
    await expect(operator(gateway, "device", "forget", "hers by right")).rejects.toThrow("3 ");
  });
});

describe("S-46: a blocked phone that an administrator forgets", () => {
  it("stays out: its app password is revoked, and the answer says so", async () => {
    const { alice } = gateway;
    expect(await names(await compactTicket(gateway, alice), "lost")).toBe(201);
    const blocked = (await operator(gateway, "device", "block", alice.upn, "lost")) as DeviceChangedAnswer;
    const forgotten = (await operator(gateway, "device", "forget", alice.upn, "lost")) as DeviceChangedAnswer;
    expect(forgotten.revokedPassword).toBe(blocked.device.credentialId);
    expect(forgotten.revokedPassword).toMatch(/^p_/);
    expect((await signIn(gateway, WINDOWS_GRANT, alice)).status).toBe(401);
    const passwords = (await operator(gateway, "password", "list", alice.upn)) as Record<string, unknown>[];
    expect(passwords.find(({ id }) => id === forgotten.revokedPassword)?.revokedAt).toEqual(expect.any(String));
  });
});
