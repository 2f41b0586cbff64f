// S-48 and S-17 on the started gateway: a person is renamed while a poll is open. The poll says nothing more. The
// person signs in by the new name with the old app password, and the device is still the same device. The old name
// belongs to nobody, or to the user who gets it next.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newSealingKey } from "../../cli/sealing-keys.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { PASSWORD_GRANT } from "./support/passwords.ts";
import { Events, openDevice, startPolls } from "./support/polls.ts";
import { asCompact } from "./support/presenting.ts";
import { assertionIn, samlTicket, tokenRequest, WINDOWS_GRANT } from "./support/tickets.ts";

/** S-17: how long anything may be served after the rename, ms: no time at all. */
const BOUND_MS = 5_000;
const PHONE = "7f3a2b1c-0000-4000-8000-000000000048";

let gateway: TestGateway;
beforeAll(async () => {
  const sealingKeys = newSealingKey();
  gateway = await startTestGateway({ sealingKeys, simulator: { newcomersAt: "contoso.test" } });
  writeFileSync(join(gateway.home, "local.json"), JSON.stringify({ sealingKeys }), { mode: 0o600 });
});
afterAll(() => gateway?.stop());

/** The same person, as the pool knows the user of that account. */
const called = (who: Person, account: string): Person => ({
  ...{ ...who, account, upn: `${account}@contoso.test`, sipUri: `sip:${account}@contoso.test` },
});

const renameTo = ({ sipUri, upn, account }: Person, before: Person, keepOldAddress = false): Promise<unknown> =>
  operator(
    gateway,
    ...["user", "rename", before.upn, "--sip-uri", sipUri, "--upn", upn],
    ...[
      ...["--account", `CONTOSO\\${account}`, "--why", "a new name"],
      ...(keepOldAddress ? ["--keep-old-address"] : []),
    ],
  );

describe("a person who is renamed", { timeout: 120_000 }, () => {
  it("S-48 S-17: hears nothing more at an open poll, and goes on under the new name with the old password and device", async () => {
    const { alice } = gateway;
    const alicia = called(alice, "alicia");
    const device = await openDevice(gateway, alice, { endpointId: PHONE, source: "192.0.2.1", applications: [] });
    const polls = startPolls(gateway, device);
    const events = new Events(gateway);
    await events.fire(alice);
    await expect.poll(() => polls.every(({ deliveries }) => deliveries.length > 0)).toBe(true);

    expect(await renameTo(alicia, alice)).toMatchObject({ sipUri: alicia.sipUri, changed: true });
    const returnedAt = Date.now();
    await events.fire(alice);
    await expect.poll(() => polls.every(({ refusals }) => refusals.includes(401)), { timeout: BOUND_MS }).toBe(true);
    await Promise.all(polls.map((poll) => poll.stop()));
    expect(polls.flatMap(({ deliveries }) => deliveries).filter(({ at }) => at > returnedAt)).toEqual([]);
    for (const cwt of device.tickets) expect((await gateway.send(asCompact(cwt))).status).toBe(401);

    expect((await signIn(gateway, WINDOWS_GRANT, alice)).status).toBe(401);
    const again = await openDevice(gateway, alicia, { endpointId: PHONE, source: "192.0.2.1", applications: [] });
    expect((await gateway.send(asCompact(again.tickets[0] ?? ""))).status).toBe(200);
    const atDesk = await samlTicket(gateway, called(gateway.atDesk.alice, "alicia"));
    expect(atDesk.assertion).toContain(alicia.sipUri);
    const devices = (await operator(gateway, "device", "list", alicia.upn)) as { key: string; state: string }[];
    expect(devices.filter(({ key }) => key === `endpoint:${PHONE}`).map(({ state }) => state)).toEqual(["allowed"]);

    // The old name is free, and the user who gets it gets nothing else.
    await operator(gateway, "user", "add", alice.sipUri, "--account", "CONTOSO\\alice", "--upn", alice.upn);
    const made = (await operator(gateway, "password", "create", alice.upn, "--label", "phone")) as { password: string };
    const next: Person = { ...alice, password: made.password };
    expect((await signIn(gateway, WINDOWS_GRANT, alice)).status).toBe(401);
    expect((await signIn(gateway, WINDOWS_GRANT, next)).status).toBe(200);
    for (const cwt of device.tickets) expect((await gateway.send(asCompact(cwt))).status).toBe(401);
    expect(await operator(gateway, "device", "list", alice.upn)).toEqual([]);
    expect((await gateway.send(asCompact(again.tickets[0] ?? ""))).status).toBe(200);
  });

  it("S-10 S-16: with the old address as an alias signs in by it too, and the ticket is for the new address", async () => {
    const { bob } = gateway;
    const robert = called(bob, "robert");
    await renameTo(robert, bob, true);
    const grant = PASSWORD_GRANT.request(bob.upn, bob.password);
    expect((await gateway.send(grant)).status).toBe(200);
    const byOldName = { ...robert, upn: bob.upn };
    const { text } = await signIn(gateway, tokenRequest("saml", robert.sipUri), byOldName);
    expect(assertionIn(text)).toContain(robert.sipUri);
    // A client that claims the old address gets no ticket, as at the Front-End.
    const claimed = await signIn(gateway, tokenRequest("saml", bob.sipUri), byOldName);
    expect([claimed.status, claimed.text.includes("28020")]).toEqual([500, true]);
    await expect(operator(gateway, "user", "alias", "add", "alicia@contoso.test", bob.upn)).rejects.toThrow(/bob/);
  });
});
