// The console's page that invites a person: with a tick for a mail where one can be sent, and in the reader's language
// what the page of a device says of each step.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConsoleUser, consoleAs } from "../kit/gateway/console.ts";
import { phoneTicket } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";

let gateway: TestGateway;
let helpdesk: ConsoleUser;

beforeAll(async () => {
  gateway = await startTestGateway({ variables: { NOTICES: "invitation" } });
  await operator(gateway, "user", "set", "alice@contoso.test", "--mail", "alice@mail.test");
  helpdesk = await consoleAs(gateway, "helpdesk");
});
afterAll(() => gateway?.stop());

const inviteOf = async (user: string): Promise<string> => {
  const { headers } = await helpdesk.get(`/users/${encodeURIComponent(user)}`);
  return `${headers.location}/invite`;
};
const waiting = () => operator(gateway, "notice", "list");

describe("S-56: an invitation from the console", () => {
  it("goes by mail as well, where that is ticked and the address is known", async () => {
    const at = await inviteOf("alice@contoso.test");
    const { text } = await helpdesk.get(at);
    expect(text).toMatch(/type="checkbox"[^>]*name="mail"[\s\S]*alice@mail\.test/);
    const quiet = await helpdesk.post(at, { minutes: "60" });
    expect([quiet.status, quiet.text.includes("on its way")]).toEqual([200, false]);
    expect(await waiting()).toEqual([]);
    const mailed = await helpdesk.post(at, { minutes: "60", mail: "yes" });
    expect([mailed.status, mailed.text.includes("on its way to alice@mail.test")]).toEqual([200, true]);
    expect(await waiting()).toMatchObject([{ kind: "invitation", user: "sip:alice@contoso.test" }]);
  });

  it("says where no address is known, and then makes nothing that was to be mailed", async () => {
    const at = await inviteOf("bob@contoso.test");
    const { text } = await helpdesk.get(at);
    expect(text).toContain("No mail address of this person is known");
    expect(text).not.toContain('name="mail"');
    expect((await helpdesk.post(at, { minutes: "60", mail: "yes" })).status).toBe(409);
  });
});

describe("S-29: the page of a device", () => {
  it("says each step of the decision in its reader's language", async () => {
    const { headers } = await helpdesk.get("/users/alice%40contoso.test");
    await phoneTicket(gateway, gateway.alice);
    const { text } = await helpdesk.get(`${headers.location}`);
    const device = /href="([^"]*\/devices\/[^"/]*)"/.exec(text)?.[1] ?? "";
    const page = async (language: string) => (await helpdesk.get(device, { "accept-language": language })).text;
    expect(await page("en")).toContain("The device is enrolled.");
    const german = await page("de");
    expect(german).toContain("Das Gerät ist eingetragen.");
    expect(german).not.toContain("The device is enrolled.");
  });
});
