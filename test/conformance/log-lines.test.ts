// Everything that a started gateway logs is one JSON object a line, as docs/audit.md says, whatever clients ask.

import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { PATIENCE } from "../kit/patience.ts";
import { desktopTicket } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { WINDOWS_GRANT } from "./support/tickets.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());

it("S-39: each line of the log is one JSON object with its event and its time", async () => {
  const { alice } = gateway;
  await desktopTicket(gateway, alice); // the lines of a sign-in and of a device
  await signIn(gateway, WINDOWS_GRANT, alice, { password: 'wrong\r\n{"event":"sign-in"}' });
  await operator(gateway, "lock", "clear", "alice@contoso.test");
  const headers = { authorization: `Bearer cwt=x{"event":"sign-in"}`, "user-agent": 'x"}\u2028{"event":"change"' };
  await gateway.send({ path: "/ucwa/oauth/v1/applications/1", headers: { ...headers, "user-agent": "x" } });
  await gateway.send({ path: '/a//b"}{', headers: { "user-agent": 'x"}{"event":"change"' } });
  const events = (): string[] => gateway.log.map((line) => JSON.parse(line).event);
  await vi.waitFor(
    () =>
      expect(new Set(events())).toEqual(new Set(["sign-in", "device", "change", "ticket-refused", "request-refused"])),
    PATIENCE,
  );
  for (const line of gateway.log) {
    expect(line).not.toMatch(/[\r\n]/);
    const { event, at } = JSON.parse(line);
    expect([event, new Date(at).toISOString()]).toEqual([expect.stringMatching(/^[a-z-]+$/), at]);
  }
});
