// SIPE as a device. Its DeviceId makes a partnership, and another installation with the same app password gets nothing.
// Approval and blocking decide about it, and a refused client stops asking. Each run has a HOME of its own. SIPE makes
// its DeviceId from the machine's name, so another name is another installation.

import { afterAll, beforeAll, expect, it } from "vitest";
import type { Person } from "../../conformance/support/gateway.ts";
import { decidesOwn } from "../../conformance/support/own-devices.ts";
import { type AdministeredGateway, startAdministered } from "../administered.ts";
import { describeClient } from "../requirements.ts";
import { type Exchange, ntlmLeg, statusOf, summary, targetOf } from "../transcript.ts";
import { SIPE_REQUIREMENTS } from "./finch.ts";
import { type SipeOptions, type SipeRun, signInWithSipe } from "./sign-in.ts";

const CERTIFICATE = "POST https://web.contoso.test/CertProv/CertProvisioningService.svc/WebTicket_Proof_SHA1";
const TICKET = "POST https://web.contoso.test/WebTicket/WebTicketService.svc";
/**
 * libpurple's error number when the account is refused. After some of its errors, this one among them, it does not
 * connect again.
 */
const GAVE_UP = /Connection error on \S+ \(reason: 2 /;
/**
 * How long the test watches whether SIPE asks again after it gave up. docs/real-clients.md says what a longer look
 * showed.
 */
const WATCHED_MS = 3_000;

const refusedCertificate = (exchange: Exchange) => targetOf(exchange) === CERTIFICATE && statusOf(exchange) !== 200;
const refusedSignIn = (exchange: Exchange) => ntlmLeg(exchange) === "NTLM <message 3> → 401";
const gaveUp: SipeOptions["until"] = (_, log) => GAVE_UP.test(log);

/** The DeviceId by which SIPE named itself, without its braces. */
function deviceIdIn({ exchanges }: SipeRun): string {
  const asked = exchanges.find((exchange) => targetOf(exchange) === CERTIFICATE);
  const [, id] = /\bDeviceId="\{([0-9a-f-]+)\}"/i.exec(Buffer.from(asked?.request.body ?? []).toString("utf8")) ?? [];
  if (id === undefined) throw new Error("SIPE did not name its device");
  return id.toLowerCase();
}

const said = (run: SipeRun) => `${run.exchanges.map(summary).join("\n")}\n${run.log.slice(-3000)}`;
const connectionErrors = ({ log }: SipeRun) => log.split("\n").filter((line) => line.includes("Connection error on"));

describeClient("SIPE as a device", SIPE_REQUIREMENTS, () => {
  let gateway: AdministeredGateway;
  beforeAll(async () => {
    gateway = await startAdministered();
  });
  afterAll(() => gateway?.stop());

  const signIn = (who: Person, options: SipeOptions = {}) =>
    signInWithSipe(gateway.placeOf(who), who.password, options);

  /** Checks that SIPE was refused at most so often, gave up, asked for nothing more, and has no certificate. */
  const expectStopped = (run: SipeRun, refused: (exchange: Exchange) => boolean, most = 1) => {
    expect(run.certified, said(run)).toBe(false);
    expect(connectionErrors(run), said(run)).toEqual([expect.stringMatching(GAVE_UP)]);
    const refusals = run.exchanges.filter(refused).length;
    expect([refusals > 0, refusals <= most, run.lingering], said(run)).toEqual([true, true, 0]);
  };

  it("makes a partnership by its DeviceId, and is the same device when it comes back", async () => {
    const { alice, administrator } = gateway;
    const first = await signIn(alice);
    expect(first.certified, said(first)).toBe(true);
    const id = deviceIdIn(first);
    const device = await administrator.device(alice, id);
    expect(device).toMatchObject({
      key: `device:${id}`,
      state: "allowed",
      reason: "enrolled",
      facts: { product: "OC", version: "15.0.4420.1017", platform: "windows", type: "desktop", workstation: "DESK-1" },
    });
    // SIPE makes a new key at each start. Here it calls itself Lync, so its key waits as a desktop's would.
    const waiting = await signIn(alice);
    expect([waiting.certified, deviceIdIn(waiting)]).toEqual([false, id]);
    expect(gateway.log.filter((line) => line.includes("key-awaiting-approval"))).not.toEqual([]);
    await administrator.decide(alice, id, "approve-key");
    const again = await signIn(alice);
    expect([again.certified, deviceIdIn(again)]).toEqual([true, id]);
    expect(await administrator.device(alice, id)).toMatchObject({ id: device?.id, firstSeenAt: device?.firstSeenAt });
  });

  it("on another machine, with the same stolen password, gets no certificate and stops", async () => {
    const { alice, administrator } = gateway;
    const thief = await signIn(alice, { hostName: "thief-7", until: gaveUp, linger: WATCHED_MS });
    expectStopped(thief, refusedCertificate);
    expect(deviceIdIn(thief)).not.toBe(gateway.simulator.ledger().certificates[0]?.deviceId);
    expect(await administrator.device(alice, deviceIdIn(thief))).toBeUndefined();
    expect(gateway.simulator.ledger().certificates).toHaveLength(2);
    expect(gateway.log.filter((line) => line.includes("device-changed"))).toHaveLength(1);
  });

  it("is quarantined where approval is needed, works once it is approved, and stops once it is blocked", async () => {
    const { bob, administrator } = gateway;
    await administrator.settings(bob, { enrolment: "approval" });
    const stranger = await signIn(bob, { until: gaveUp, linger: WATCHED_MS });
    expectStopped(stranger, refusedCertificate);
    const id = deviceIdIn(stranger);
    expect(await administrator.device(bob, id)).toMatchObject({ state: "quarantined", reason: "awaiting-approval" });

    await administrator.decide(bob, id, "approve");
    const approved = await signIn(bob);
    expect(approved.certified, said(approved)).toBe(true);
    expect(deviceIdIn(approved)).toBe(id);

    // At this moment SIPE has its first ticket, and is signed in. It does not have its second one.
    const blocked = await signIn(bob, {
      meanwhile: () => administrator.decide(bob, id, "block"),
      until: gaveUp,
      linger: WATCHED_MS,
    });
    expectStopped(blocked, refusedSignIn);
    expect(blocked.exchanges.filter((exchange) => targetOf(exchange) === TICKET).map(ntlmLeg)).toContain(
      "NTLM <message 3> → 200",
    );
    expect(gateway.simulator.ledger().certificates.filter(({ user }) => user === bob.sipUri)).toHaveLength(1);
  });

  it("S-62: waits for its own user in the mode self, and signs in once the user has approved it", async () => {
    const { administrator } = gateway;
    const { alice } = gateway.atDesk;
    await administrator.settings(alice, { enrolment: "self" });
    const machine = { hostName: "desk-2" };
    const stranger = await signIn(alice, { ...machine, until: gaveUp, linger: WATCHED_MS });
    expectStopped(stranger, refusedCertificate);
    const device = await administrator.device(alice, deviceIdIn(stranger));
    expect(device).toMatchObject({ state: "quarantined", waitsFor: "owner", reason: "awaiting-own-approval" });

    const given = { device: device?.id ?? "", shownAt: Date.parse(device?.lastSeenAt ?? "") };
    expect(await decidesOwn(gateway, alice, { kind: "approve-own", ...given })).toMatchObject({ ok: true });
    const approved = await signIn(alice, machine);
    expect([approved.certified, deviceIdIn(approved)], said(approved)).toEqual([true, deviceIdIn(stranger)]);
  });

  it("gets no ticket when it is blocked, and gives up after both discoveries and the SIP server", async () => {
    const { bob } = gateway;
    const run = await signIn(bob, { until: gaveUp, linger: WATCHED_MS });
    // Two discoveries, each by http and https, which may count as one attempt; and the SIP server.
    expectStopped(run, refusedSignIn, 5);
  });
});
