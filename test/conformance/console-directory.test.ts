// The console's pages about where people come from: the filter of the list, and the end of a source.

import { afterAll, beforeAll, expect, it } from "vitest";
import { type ConsoleUser, consoleAs } from "../kit/gateway/console.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";

let gateway: TestGateway;
let admin: ConsoleUser;
let helpdesk: ConsoleUser;

beforeAll(async () => {
  gateway = await startTestGateway();
  admin = await consoleAs(gateway, "admin");
  helpdesk = await consoleAs(gateway, "helpdesk");
  const { token } = (await operator(gateway, "token", "create", "agent", "--scope", "directory")) as { token: string };
  const ask = async (method: string, path: string, body: object): Promise<void> => {
    const { status, text } = await gateway.send({
      ...{ host: gateway.adminHost, method, path, body: JSON.stringify(body) },
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    });
    expect(status, text).toBe(200);
  };
  const row = (name: string) => ({
    ...{ key: `ad:${name}`, state: "in" },
    person: { sipUri: `${name}@contoso.test`, account: `CONTOSO\\${name}` },
  });
  await ask("POST", "/v1/directory/apply", { source: "ad", rows: ["yara", "zeno"].map(row) });
  await ask("PUT", "/v1/directory/ad/report", { inStep: true, compared: true, people: 2 });
});
afterAll(() => gateway?.stop());

it("S-55: a list of users by where they come from, and the end of a source, which only an administrator makes", async () => {
  const listed = async (origin: string): Promise<boolean[]> => {
    const { text } = await admin.get(`/users?origin=${origin}`);
    return ["yara@contoso.test", "alice@contoso.test"].map((name) => text.includes(name));
  };
  expect([await listed("directory"), await listed("manual"), await listed("scim")]).toEqual([
    [true, false],
    [false, true],
    [false, false],
  ]);
  const unlink = "/settings/directory/ad/unlink";
  expect((await helpdesk.get("/settings/directory")).text).not.toContain(unlink);
  expect((await helpdesk.post(unlink, { people: "2", sure: "yes" })).status).toBe(403);
  const { text } = await admin.get("/settings/directory", { "accept-language": "de" });
  expect(text).toContain(unlink);
  expect(text).toContain('name="people" value="2"');
  expect(text).toContain("Ja, kein Verzeichnis soll diese 2 Personen mehr ändern");
  // Without a yes, and where others come from it meanwhile, nothing is done.
  expect((await admin.post(unlink, { people: "2" })).status).toBe(422);
  expect((await admin.post(unlink, { people: "3", sure: "yes" })).status).toBe(412);
  expect(await listed("directory")).toEqual([true, false]);
  const ended = await admin.post(unlink, { people: "2", sure: "yes", why: "no agent any more" });
  expect([ended.status, ended.headers.location]).toEqual([303, "/settings/directory?done=unlinked"]);
  expect((await admin.get(ended.headers.location ?? "")).text).toContain("The source is ended.");
  expect(await listed("directory")).toEqual([false, false]);
});
