// `postern device` and `postern why` on the started gateway. A device that came by HTTP is listed, shown and explained.
// A decision about it counts for the next request with its ticket.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type {
  DeviceChangedAnswer,
  PasswordRevokedAnswer,
  UserChangedAnswer,
  WhyAnswer,
  WindowAnswer,
} from "../../src/api/device-answers.ts";
import type { ListedDeviceAnswer } from "../../src/api/schemas/device-list.ts";
import type { User } from "../../src/store/directory.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { asCompact, creation } from "./support/presenting.ts";
import { compactTicket, WINDOWS_GRANT } from "./support/tickets.ts";

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

/** A person's device that has just enrolled. Returns its ticket. */
async function enrolled(who: Person, endpointId: string): Promise<string> {
  const cwt = await compactTicket(gateway, who);
  expect(await names(cwt, endpointId)).toBe(201);
  return cwt;
}

const device = async (...argv: readonly string[]) =>
  (await operator(gateway, "device", ...argv)) as DeviceChangedAnswer;
const why = async (who: Person, named: string) => (await operator(gateway, "why", who.sipUri, named)) as WhyAnswer;
const listed = async (who: Person) => (await operator(gateway, "device", "list", who.upn)) as ListedDeviceAnswer[];
const signsIn = async (who: Person): Promise<number> => (await signIn(gateway, WINDOWS_GRANT, who)).status;
const decidedBy = ({ steps }: WhyAnswer) => steps.find(({ outcome }) => outcome === "decided")?.step;

describe("a device", () => {
  it("S-17: is listed, shown, explained, blocked, approved and forgotten", async () => {
    const { alice } = gateway;
    const cwt = await enrolled(alice, "Alice's phone");
    const [phone, ...others] = await listed(alice);
    expect([others, (await operator(gateway, "device", "list")) as unknown]).toEqual([[], [phone]]);
    expect(phone).toMatchObject({ user: alice.sipUri, key: "endpoint:Alice's phone", state: "allowed" });
    const id = phone?.id ?? "";
    const shown = (await operator(gateway, "device", "show", alice.sipUri, "Alice's phone")) as WhyAnswer;
    expect([shown.device.id, shown.judgement]).toEqual([id, { action: "allow", reason: "enrolled", step: "enrolled" }]);
    const use = async (): Promise<number> => (await gateway.send(asCompact(cwt))).status;
    expect([decidedBy(await why(alice, id)), await use()]).toEqual(["enrolled", 200]);

    const blocked = await device("block", alice.sipUri, id.slice(0, 10), "--why", "lost");
    expect([await use(), await names(cwt, "Alice's phone"), await signsIn(alice)]).toEqual([401, 401, 401]);
    expect(blocked.device).toMatchObject({ id, state: "blocked", decision: "block", reason: "lost" });
    expect(await why(alice, id)).toMatchObject({ judgement: { action: "block", reason: "device-blocked" } });
    expect(await listed(alice)).toMatchObject([{ id, state: "blocked" }]);

    await device("approve", alice.sipUri, id);
    const again = await enrolled(alice, "Alice's phone");
    expect([decidedBy(await why(alice, id)), (await gateway.send(asCompact(again))).status]).toEqual([
      "personal-allow",
      200,
    ]);

    await device("forget", alice.sipUri, id);
    expect([await listed(alice), await names(again, "Alice's phone")]).toEqual([[], 401]);
    await expect(why(alice, id)).rejects.toThrow("3 ");
    await enrolled(alice, "Alice's next phone");
    expect((await listed(alice)).map(({ key }) => key)).toEqual(["endpoint:Alice's next phone"]);
  });

  it("S-39: each decision is one event: which device, by which key, why", async () => {
    const found = async () =>
      (await operator(gateway, "audit", "--user", gateway.alice.upn, "--limit", "50")) as Record<string, unknown>[];
    const commands = async () => (await found()).filter(({ channel }) => channel === "command");
    await expect.poll(async () => (await commands()).length, { timeout: 60_000, interval: 1_000 }).toBe(3);
    const by = expect.objectContaining({ kind: "key" });
    expect(await commands()).toMatchObject([
      { outcome: "changed", reason: "device-forgotten", by, why: null },
      { outcome: "allowed", reason: "device-approved", by, why: null },
      { outcome: "blocked", reason: "device-blocked", by, why: "lost", device: expect.stringMatching(/^d_/) },
    ]);
  });
});

describe("enrolment", () => {
  it("waits for approval where the user is set so, and then for nobody", async () => {
    const { bob } = gateway;
    await operator(
      gateway,
      "user",
      "set",
      bob.upn,
      "--enrolment",
      "approval",
      "--group",
      "staff",
      "--max-devices",
      "1",
    );
    expect((await operator(gateway, "user", "show", bob.upn)) as User).toMatchObject({
      ...{ enrolment: "approval", groups: ["staff"], maxDevices: 1 },
    });
    const cwt = await compactTicket(gateway, bob);
    expect(await names(cwt, "bob's phone")).toBe(403);
    expect(await why(bob, "bob's phone")).toMatchObject({ judgement: { reason: "awaiting-approval" } });
    await device("approve", bob.sipUri, "bob's phone", "--why", "asked him");
    expect(await names(cwt, "bob's phone")).toBe(201);
  });

  it("waits for a window, or for a device that is expected", async () => {
    const { alice } = gateway;
    await operator(gateway, "user", "set", alice.upn, "--enrolment", "window");
    await device("forget", alice.upn, "Alice's next phone");
    const cwt = await compactTicket(gateway, alice);
    expect(await names(cwt, "a third phone")).toBe(403);
    const open = (await operator(gateway, "device", "window", alice.upn, "--for", "1h")) as WindowAnswer;
    expect([open.mode, Date.parse(open.openUntil ?? "") > Date.now()]).toEqual(["window", true]);
    expect(await names(cwt, "a third phone")).toBe(201);
    const closed = (await operator(gateway, "device", "window", alice.upn, "--close")) as WindowAnswer;
    expect(closed.openUntil).toBeNull();

    await operator(gateway, "user", "set", alice.upn, "--enrolment", "closed");
    const forgotten = await device("forget", alice.upn, "a third phone");
    const password = forgotten.device.credentialId ?? "";
    const expected = await device("expect", alice.upn, password, "endpoint:a fourth phone");
    expect(expected.device).toMatchObject({ state: "pending", key: "endpoint:a fourth phone" });
    const next = await compactTicket(gateway, alice);
    expect([await names(next, "another"), await names(next, "a fourth phone")]).toEqual([403, 201]);
  });
});

describe("S-17: what ends at once", () => {
  it("an app password's tickets, with the password, and its device is named", async () => {
    const { alice } = gateway;
    const cwt = await compactTicket(gateway, alice);
    const { device: phone } = (await operator(gateway, "device", "show", alice.upn, "a fourth phone")) as WhyAnswer;
    const argv = ["password", "revoke", alice.upn, phone.credentialId ?? ""];
    const revoked = (await operator(gateway, ...argv)) as PasswordRevokedAnswer;
    expect([(await gateway.send(asCompact(cwt))).status, await signsIn(alice)]).toEqual([401, 401]);
    expect(revoked.device).toMatchObject({ key: "endpoint:a fourth phone", credentialId: null });
    expect(await why(alice, revoked.device?.id ?? "")).toMatchObject({ judgement: { reason: "password-revoked" } });
  });

  it("a user's tickets, with the user", async () => {
    const { bob } = gateway;
    const cwt = await compactTicket(gateway, bob);
    expect((await gateway.send(asCompact(cwt))).status).toBe(200);
    const disabled = (await operator(gateway, "user", "disable", bob.upn)) as UserChangedAnswer;
    expect([disabled.changed, (await gateway.send(asCompact(cwt))).status, await signsIn(bob)]).toEqual([
      true,
      401,
      401,
    ]);
    await operator(gateway, "user", "enable", bob.upn);
    expect(await signsIn(bob)).toBe(200);
  });
});
