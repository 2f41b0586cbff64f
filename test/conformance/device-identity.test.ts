// S-28, S-17 on the started gateway. A client makes up another EndpointId each time it starts, first without and then
// with the rule that makes its app password the device. Also: a desktop that is not where it fetched its certificate.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestRequest } from "../../simulator/test-client.ts";
import type { WhyAnswer } from "../../src/api/device-answers.ts";
import type { ListedDeviceAnswer } from "../../src/api/schemas/device-list.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { asCompact, asOpaque, asProof, creation } from "./support/presenting.ts";
import { compactTicket, samlTicket, WINDOWS_GRANT } from "./support/tickets.ts";

let gateway: TestGateway;
let starts = 0;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());

/** The client starts: it signs in, and names an id that it has just made up. */
async function start(who: Person): Promise<{ readonly cwt: string; readonly status: number }> {
  const cwt = await compactTicket(gateway, who);
  const request = creation(`00000000-0000-4000-8000-${String(++starts).padStart(12, "0")}`);
  const headers = { ...request.headers, "x-ms-webticket": `cwt=${cwt}` };
  return { cwt, status: (await gateway.send({ ...request, headers })).status };
}
const uses = async (cwt: string): Promise<number> => (await gateway.send(asCompact(cwt))).status;
const listed = async (who: Person) => (await operator(gateway, "device", "list", who.upn)) as ListedDeviceAnswer[];
const why = async (who: Person, device: string) => (await operator(gateway, "why", who.sipUri, device)) as WhyAnswer;

async function apply(text: string): Promise<void> {
  const file = join(gateway.home, `policy-${++starts}.toml`);
  writeFileSync(file, text);
  await operator(gateway, "policy", "check", file);
  await operator(gateway, "policy", "apply", file, "--why", "a test", "--yes");
}
const ruleFor = ({ upn }: Person) => `
[[rules]]
code = "bots"
action = "allow"
reason = "It makes up an id at each start"
identity = "app-password"
when = { user = "${upn}" }
`;

describe("S-28: a client that makes up an id each time it starts", () => {
  it("is let in once by default, and refused with its next id", async () => {
    const { alice } = gateway;
    expect([(await start(alice)).status, (await start(alice)).status]).toEqual([201, 403]);
    // A rule that is added later does not take the app password away from the device that named itself with it.
    await apply(ruleFor(alice));
    expect((await start(alice)).status).toBe(403);
    const [device] = await listed(alice);
    await operator(gateway, "device", "forget", alice.upn, device?.id ?? "");
    expect([(await start(alice)).status, (await start(alice)).status]).toEqual([201, 201]);
    await apply("");
    expect((await start(alice)).status).toBe(403);
  });

  it("S-17: is one device by a rule: shown so, and blocked at once, whatever has started", async () => {
    const { bob } = gateway;
    await apply(ruleFor(bob));
    const [first, second] = [await start(bob), await start(bob)];
    expect([first.status, second.status]).toEqual([201, 201]);
    const [device, ...others] = await listed(bob);
    expect(others).toEqual([]);
    expect(device?.key).toMatch(/^password:p_/);
    const { judgement, steps } = await why(bob, device?.id ?? "");
    expect(judgement).toMatchObject({ action: "allow", reason: "bots" });
    expect(steps.find(({ step }) => step === "binding")?.detail).toContain(
      "The app password is the device (rule bots)",
    );
    const without = join(gateway.home, "without.toml");
    writeFileSync(without, "");
    expect(await operator(gateway, "policy", "preview", without)).toMatchObject({
      items: [{ id: device?.id, after: "block", reason: "device-changed", key: expect.stringMatching(/^password:/) }],
    });
    expect([await uses(first.cwt), await uses(second.cwt)]).toEqual([200, 200]);
    await operator(gateway, "device", "block", bob.upn, device?.id ?? "");
    expect([await uses(first.cwt), await uses(second.cwt)]).toEqual([401, 401]);
    expect((await signIn(gateway, WINDOWS_GRANT, bob)).status).toBe(401);
    const passwords = (await operator(gateway, "password", "list", bob.upn)) as { id: string; state: string }[];
    const blocked = passwords.filter(({ state }) => state === "device-blocked").map(({ id }) => `password:${id}`);
    expect(blocked).toEqual([device?.key]);
  });
});

describe("S-28: a laptop in a hotel", () => {
  it("has no address book: the audit and `why` say so in the words of a help desk, and a new certificate opens it", async () => {
    const { alice } = gateway.atDesk;
    const desktop = "{0b7cd3a2-0000-4000-8000-00000000000b}";
    const [home, hotel] = [at("198.51.100.77"), at("192.0.2.99")];
    expect((await home.send(asProof(await samlTicket(home, alice), alice.upn, desktop))).status).toBe(200);
    const opens = async (from: typeof home) =>
      (await from.send(asOpaque((await samlTicket(from, alice)).assertion, "/abs/handler"))).status;
    expect([await opens(home), await opens(hotel)]).toEqual([200, 403]);
    const { steps } = await why(alice, desktop);
    const { detail } = steps.find(({ step }) => step === "address-book") ?? {};
    expect(detail).toContain("The address book opens in 198.51.100.77. Anywhere else: signed in, but no address book.");
    expect(detail).toContain('choose "Delete my sign-in info"');
    expect((await hotel.send(asProof(await samlTicket(hotel, alice), alice.upn, desktop))).status).toBe(200);
    expect(await opens(hotel)).toBe(200);
    const audited = async () => {
      const events = (await operator(gateway, "audit", "--user", alice.upn)) as Record<string, unknown>[];
      return events.find(({ reason }) => reason === "no-address-book");
    };
    await expect.poll(audited, { timeout: 60_000, interval: 2_000 }).toMatchObject({
      source: "192.0.2.99",
      why: "signed in, but no address book: the desktop has fetched no certificate from this network, with this client, in the last 30 days",
    });
  }, 120_000);
});

/** A client at that address. */
const at = (address: string) => ({
  ...gateway,
  send: (request: TestRequest) =>
    gateway.send({ ...request, headers: { ...request.headers, "cf-connecting-ip": address } }),
});
