// A program inside keeps Postern in step with a directory, over HTTP and with a token of its own scope: who leaves is
// served nothing more when the answer comes, and a linked user's tickets are for the account that the directory names.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Directory } from "../../simulator/users.ts";
import type { PeopleAppliedAnswer } from "../../src/api/schemas/directory-sync.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { Events, openDevice, startPolls } from "./support/polls.ts";
import { compactTicket, WINDOWS_GRANT } from "./support/tickets.ts";

const userAt = (account: string) => ({
  ...{ sipUri: `sip:${account}@contoso.test`, upn: `${account}@contoso.test`, domain: "CONTOSO", account },
});
/** Every account of the simulated directory has a SID of this domain. */
const DOMAIN_SID = "S-1-5-21-1004336348-1177238915-682003330";
const PATIENCE = { timeout: 60_000, interval: 50 };

let gateway: TestGateway;
let token = "";

beforeAll(async () => {
  gateway = await startTestGateway({
    moreUsers: ["carol", "dave"].map(userAt),
    simulator: { newcomersAt: "contoso.test" },
  });
  const made = await ask("POST", "/v1/tokens", { name: "the agent", scope: "directory" }, gateway.adminKey);
  token = (JSON.parse(made.text) as { token: string }).token;
  const open = await ask("POST", "/v1/directory/ad/adoption", { minutes: 60 }, gateway.adminKey);
  expect(open.status).toBe(200);
});
afterAll(() => gateway?.stop());

const ask = (method: string, path: string, body: object, key: string) =>
  gateway.send({
    ...{ path, method, host: gateway.adminHost, body: JSON.stringify(body) },
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
  });

const keyOf = (n: number): string => `ad:5f0c1d2e-0000-4000-8000-00000000000${n}`;

async function apply(...rows: readonly object[]): Promise<string[]> {
  const { status, text } = await ask("POST", "/v1/directory/apply", { source: "ad", rows }, token);
  expect(status, text).toBe(200);
  return (JSON.parse(text) as PeopleAppliedAnswer).rows.map((row) => row.status);
}

const rowOf = (n: number, account: string, more: object = {}) => ({
  ...{ key: keyOf(n), state: "in" },
  person: {
    sipUri: `${account}@contoso.test`,
    account: `CONTOSO\\${account}`,
    upn: `${account}@contoso.test`,
    ...more,
  },
});

describe("S-47: a person whom the directory disables", () => {
  it("hears nothing more at an open poll from when the answer comes, and cannot sign in", {
    timeout: 90_000,
  }, async () => {
    const [carol] = gateway.others;
    if (carol === undefined) throw new Error("no carol");
    expect(await apply(rowOf(1, "carol"))).toEqual(["adopted"]);
    const events = new Events(gateway);
    const device = await openDevice(gateway, carol, {
      endpointId: "carols phone",
      source: "192.0.2.9",
      applications: [],
    });
    const [poll] = startPolls(gateway, device);
    if (poll === undefined) throw new Error("no poll");
    try {
      const first = await events.fire(carol);
      await expect.poll(() => poll.deliveries.map(({ n }) => n), PATIENCE).toContain(first);
      expect(await apply({ key: keyOf(1), state: "disabled" })).toEqual(["disabled"]);
      const returnedAt = Date.now();
      await events.fire(carol);
      await expect.poll(() => poll.refusals[0], PATIENCE).toBe(401);
      expect(poll.deliveries.filter(({ at }) => at > returnedAt)).toEqual([]);
      expect((await signIn(gateway, WINDOWS_GRANT, carol)).status).toBe(401);
      expect(await apply({ key: keyOf(1), state: "disabled" })).toEqual(["unchanged"]);
      expect(await apply(rowOf(1, "carol"))).toEqual(["enabled"]);
      expect((await signIn(gateway, WINDOWS_GRANT, carol)).status).toBe(200);
    } finally {
      await poll.stop();
    }
  });
});

describe("S-35 S-55: the account that the directory names", () => {
  it("must be that of the first ticket too; a user who was made by hand is trusted on first use", async () => {
    const [, dave] = gateway.others;
    if (dave === undefined) throw new Error("no dave");
    expect(await apply(rowOf(2, "dave", { sid: `${DOMAIN_SID}-9` }))).toEqual(["adopted"]);
    const refused = await signIn(gateway, WINDOWS_GRANT, dave);
    expect([refused.status, refused.text]).toEqual([503, ""]);
    const { text } = await gateway.send({
      ...{ path: "/v1/audit?user=dave@contoso.test&reason=ticket-of-another-user&wait=10", host: gateway.adminHost },
      headers: { authorization: `Bearer ${gateway.adminKey}` },
    });
    expect(text).toContain("sip:dave@contoso.test");
    const sid = new Directory([], "contoso.test").admit(dave.upn)?.sid;
    expect(await apply(rowOf(2, "dave", { sid }))).toEqual(["changed"]);
    await compactTicket(gateway, dave);
    await compactTicket(gateway, gateway.bob);
  });
});
