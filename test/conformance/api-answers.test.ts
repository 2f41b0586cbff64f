// What the gateway answers about devices, held to docs/openapi.json as a client made from that file would read it. The
// file is all that the test knows of the answers.

import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeDeviceKey, pkcs10For } from "../../simulator/signing-client.ts";
import { SECRET, startAuthority, type TestAuthority } from "./support/authority.ts";
import { phoneOf, phoneTicket } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { PASSWORD_GRANT } from "./support/passwords.ts";
import { asProof, creation } from "./support/presenting.ts";
import { accessTokenIn, samlTicket } from "./support/tickets.ts";

type Described = { readonly operationId: string };
const description = JSON.parse(readFileSync(join(import.meta.dirname, "../../docs/openapi.json"), "utf8")) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
};
/** Every operation about devices: its id, its method, its path. */
const described = Object.entries(description.paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, { operationId }]) =>
    operationId.startsWith("devices.") ? [{ id: operationId, method, path }] : [],
  ),
);
const DESKTOP = "{0b7cd3a2-0000-4000-8000-00000000000c}";

// OpenAPI's own words in the schemas, and formats, are for people here.
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema({ $id: "openapi", ...description });

let gateway: TestGateway;
let authority: TestAuthority;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "postern-answers-"));
  authority = await startAuthority(folder);
  gateway = await startTestGateway({ variables: { AUTHORITY_URL: authority.url, AUTHORITY_SECRETS: SECRET } });
});
afterAll(async () => {
  await gateway?.stop();
  await authority?.stop();
  await rm(folder, { recursive: true, force: true });
});

const asAdmin = (method: string, path: string, body?: object) => ({
  ...{ host: gateway.adminHost, method, path },
  headers: { authorization: `Bearer ${gateway.adminKey}`, "content-type": "application/json" },
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
});

const answered = new Set<string>();
/** Asks the operation, and holds the answer to its description. `values`: of the path's parameters. */
async function ask(
  id: string,
  values: Readonly<Record<string, string>> = {},
  body?: object,
): Promise<Record<string, unknown>> {
  const found = described.find((each) => each.id === id);
  if (found === undefined) throw new Error(`docs/openapi.json has no ${id}`);
  const { method, path } = found;
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
  const answer = await gateway.send(asAdmin(method.toUpperCase(), filled, body));
  expect(answer.status, `${id}: ${answer.text}`).toBe(200);
  const value = JSON.parse(answer.text);
  const pointer = [path, method].map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1")).join("/");
  const holds = ajv.compile({
    $ref: `openapi#/paths/${encodeURI(pointer)}/responses/200/content/application~1json/schema`,
  });
  holds(value);
  expect(holds.errors ?? [], `${id}: ${answer.text.slice(0, 400)}`).toEqual([]);
  answered.add(id);
  return value;
}

/** Fetches a certificate for a new key as alice's desktop. */
async function fetches(address: string): Promise<number> {
  const at = {
    ...gateway,
    send: (request: Parameters<TestGateway["send"]>[0]) => gateway.send(from(address, request)),
  };
  const { alice } = gateway.atDesk;
  return (await at.send(asProof(await samlTicket(at, alice), alice.upn, DESKTOP, pkcs10For(makeDeviceKey())))).status;
}
const from = <R extends { readonly headers?: Readonly<Record<string, string>> }>(address: string, request: R) => ({
  ...request,
  headers: { ...request.headers, "cf-connecting-ip": address },
});

it("S-49: every answer about devices is what docs/openapi.json says", async () => {
  const { alice, bob } = gateway;
  const phone = { user: alice.upn, device: `endpoint:${phoneOf(alice)}` };
  await phoneTicket(gateway, alice);
  expect(await fetches("198.51.100.77")).toBe(200);
  expect(await fetches("203.0.113.66")).toBe(403); // a further key waits for approval
  // bob names alice's phone, and is refused.
  const bobs = accessTokenIn((await gateway.send(PASSWORD_GRANT.request(bob.upn, bob.password))).text);
  const headers = { "x-ms-webticket": `cwt=${bobs}`, "content-type": "application/json" };
  expect((await gateway.send({ ...creation(phoneOf(alice)), headers })).status).toBe(403);

  const listed = async () => (await ask("devices.list")).items as unknown[];
  await expect.poll(async () => (await listed()).length).toBe(2);
  await expect.poll(async () => ((await ask("devices.contests")).items as unknown[]).length).toBe(1);
  await ask("devices.get", phone);
  expect(await ask("devices.ask-authority", phone, {})).toMatchObject({ device: { authority: { words: [] } } });
  await ask("devices.why", phone);
  await ask("devices.why", { user: bob.upn, device: phone.device });
  const desktop = { user: alice.upn, device: DESKTOP };
  expect(await ask("devices.get", desktop)).toMatchObject({ keys: [{}, {}] });
  await ask("devices.approve-key", desktop, {});
  await ask("devices.reset-key", desktop, {});
  await ask("devices.block", phone, { why: "lost" });
  await ask("devices.approve", phone, {});
  const nobody = { user: "nobody@contoso.test", device: "d_nothing" };
  const batch = { action: "reset-key", items: [desktop, phone, nobody] };
  await ask("devices.batch", {}, { ...batch, dryRun: true });
  expect(await ask("devices.batch", {}, batch)).toMatchObject({ rows: [{}, {}, { status: "failed" }] });
  await ask("devices.forget", phone, {});
  await ask("devices.forget-any", { device: `device:${DESKTOP}` }, {});
  const password = await gateway.send(asAdmin("POST", "/v1/users/bob%40contoso.test/passwords", { label: "new" }));
  const { id } = JSON.parse(password.text) as { id: string };
  await ask("devices.expect", { user: bob.upn }, { credentialId: id });
  expect([...answered].sort()).toEqual(described.map(({ id }) => id).sort());
}, 240_000);
