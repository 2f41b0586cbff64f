// S-4 from outside: a response that a client made for another service, and that somebody carries to the gateway, signs nobody in, and
// looks like a wrong password.

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { PROFILES } from "../../src/ntlm/test-client.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { type HowToSignIn, signIn } from "./support/ntlm.ts";
import { WINDOWS_GRANT } from "./support/tickets.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());

const reasons = (): readonly string[] =>
  gateway.log.flatMap((line) => /reason: '(target-of-another-service|wrong-proof)'/.exec(line)?.[1] ?? []);

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
    const shape = ({ status, headers, text }: typeof wrong) => ({ status, headers: { ...headers, date: "" }, text });
    expect(shape(relayed)).toEqual(shape(wrong));
    // A wrong proof says nothing of where its response was made for.
    await vi.waitFor(() => expect(reasons().slice(-2)).toEqual(["target-of-another-service", "wrong-proof"]));
  });
});
