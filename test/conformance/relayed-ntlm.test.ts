// S-4 from outside. Somebody carries a response that a client made for another service to the gateway. It signs nobody
// in, and looks like a wrong password. Also: what a response says of its TLS channel, in the audit.

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { PROFILES } from "../kit/ntlm-client.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { type HowToSignIn, signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { shapeOf } from "./support/shape.ts";
import { WINDOWS_GRANT } from "./support/tickets.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());

const reasons = (): readonly string[] =>
  gateway.log.flatMap((line) => /"reason":"(target-of-another-service|wrong-proof)"/.exec(line)?.[1] ?? []);

type Event = { readonly [field: string]: unknown };

const eventsOf = async (who: Person) => (await operator(gateway, "audit", "--user", who.upn)) as Event[];
/** Guards send events to D1 after five seconds. */
const IN_D1_WITHIN = { timeout: 60_000, interval: 500 };

describe("S-4: a response made for another service", () => {
  it.each([
    [undefined, 200],
    ["http/WEB.contoso.test:443", 200],
    ["HTTP/meet.contoso.test", 200],
    ["HTTP/rogue.example", 401],
    ["cifs/fileserver", 401],
    ["cifs/web.contoso.test", 401],
  ])("for %s is %i", async (targetName, status) => {
    const how: HowToSignIn = { profile: PROFILES.windowsHttp, ...(targetName === undefined ? {} : { targetName }) };
    const { signOns } = await gateway.arrivals(async () => {
      expect((await signIn(gateway, WINDOWS_GRANT, gateway.alice, how)).status).toBe(status);
    });
    expect(signOns.length).toBe(status === 200 ? 1 : 0);
  });

  it("is audited by a reason of its own, and answered like a wrong password", async () => {
    const how: HowToSignIn = { profile: PROFILES.windowsHttp, targetName: "HTTP/rogue.example" };
    const relayed = await signIn(gateway, WINDOWS_GRANT, gateway.bob, how);
    const wrong = await signIn(gateway, WINDOWS_GRANT, gateway.bob, { ...how, password: "wrong" });
    expect(shapeOf(relayed)).toEqual(shapeOf(wrong));
    // A wrong proof says nothing about the service for which its response was made.
    await vi.waitFor(
      () => expect(reasons().slice(-2)).toEqual(["target-of-another-service", "wrong-proof"]),
      IN_D1_WITHIN,
    );
    const inAudit = async () => (await eventsOf(gateway.bob)).map(({ outcome, reason }) => [outcome, reason]);
    await vi.waitFor(async () => {
      expect((await inAudit()).slice(0, 2)).toEqual([
        ["refused", "wrong-proof"],
        ["refused", "target-of-another-service"],
      ]);
    }, IN_D1_WITHIN);
  });
});

describe("S-39: what an NTLM response says of its TLS channel is in the audit, whatever comes of it", () => {
  const hash = Buffer.alloc(16, 0x6f);
  const windows: HowToSignIn = { profile: PROFILES.windowsHttp, channelBinding: hash };

  const ways: readonly (HowToSignIn & { status: number; reason: string; expected: string })[] = [
    { ...windows, status: 200, reason: "cwt", expected: "present" },
    { ...windows, scheme: "SPNEGO", status: 200, reason: "cwt", expected: "present" },
    { ...windows, channelBinding: new Uint8Array(16), status: 200, reason: "cwt", expected: "absent" },
    { profile: PROFILES.curl, status: 200, reason: "cwt", expected: "absent" },
    { ...windows, password: "wrong", status: 401, reason: "wrong-proof", expected: "present" },
    { profile: PROFILES.curl, password: "wrong", status: 401, reason: "wrong-proof", expected: "absent" },
    { ...windows, targetName: "cifs/x", status: 401, reason: "target-of-another-service", expected: "present" },
    { ...windows, user: "nobody", status: 401, reason: "unknown-user", expected: "present" },
  ];

  it("of a ticket and of a refusal, for whatever reason", async () => {
    const expected: Record<string, unknown> = {};
    for (const { status, reason, expected: channelBinding, ...how } of ways) {
      const workstation = `PC-${reason}-${Object.keys(expected).length}`; // tells its event from all others in the file
      expect((await signIn(gateway, WINDOWS_GRANT, gateway.alice, { ...how, workstation })).status).toBe(status);
      expected[workstation] = { reason, channelBinding };
    }
    await vi.waitFor(async () => {
      const events = (await operator(gateway, "audit", "--limit", "100")) as Event[];
      const found = events.flatMap(({ workstation, reason, channelBinding }) =>
        String(workstation) in expected ? [[workstation, { reason, channelBinding }]] : [],
      );
      expect(Object.fromEntries(found)).toEqual(expected);
    }, IN_D1_WITHIN);
  });

  it("is in the user's export, and not in an event of another channel", async () => {
    const { alice } = gateway;
    const grant = new URLSearchParams({ grant_type: "password", username: alice.upn, password: alice.password });
    const type = "application/x-www-form-urlencoded";
    const request = { ...WINDOWS_GRANT, headers: { "content-type": type }, body: grant.toString() };
    expect((await gateway.send(request)).status).toBe(200);
    await vi.waitFor(async () => {
      const { audit } = (await operator(gateway, "user", "export", alice.upn)) as { readonly audit: readonly Event[] };
      const bindings = (channel: string) =>
        new Set(audit.flatMap((event) => (event.channel === channel ? [event.channelBinding] : [])));
      expect(bindings("password-grant")).toEqual(new Set([null]));
      expect(bindings("ntlm")).toEqual(new Set(["present", "absent"]));
    }, IN_D1_WITHIN);
  });
});
