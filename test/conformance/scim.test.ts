// SCIM over HTTP, in the order in which Entra ID and Okta send their requests: each asks whether it knows somebody,
// makes the person, changes the person, and lets the person go. Their own words are kept, "Replace" and "False" too.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";
import { PASSWORD_GRANT } from "./support/passwords.ts";

const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const OWN = "urn:ietf:params:scim:schemas:extension:postern:2.0:User";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

type Resource = Readonly<Record<string, unknown>> & { readonly id: string };
type Answer = { readonly status: number; readonly headers: unknown; readonly json: Record<string, unknown> };

let gateway: TestGateway;
let token: string;
beforeAll(async () => {
  gateway = await startTestGateway({ simulator: { newcomersAt: "contoso.test" } });
  token = await tokenFor("directory");
});
afterAll(() => gateway?.stop());

async function tokenFor(scope: string): Promise<string> {
  return ((await operator(gateway, "token", "create", scope, "--scope", scope)) as { token: string }).token;
}

async function scim(method: string, path: string, body?: unknown, by = token): Promise<Answer> {
  const answer = await gateway.send({
    ...{ host: gateway.adminHost, method, path: `/scim/v2${path}` },
    headers: { authorization: `Bearer ${by}`, "content-type": "application/scim+json; charset=utf-8" },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { ...answer, json: answer.text === "" ? {} : (JSON.parse(answer.text) as Record<string, unknown>) };
}

const idOf = ({ json }: Answer): string => (json as Resource).id;
const found = async (filter: string): Promise<readonly Resource[]> => {
  const { status, json } = await scim("GET", `/Users?filter=${encodeURIComponent(filter)}`);
  expect(status).toBe(200);
  expect(json.totalResults).toBe((json.Resources as unknown[]).length);
  return json.Resources as Resource[];
};
const change = (id: string, ...Operations: readonly object[]): Promise<Answer> =>
  scim("PATCH", `/Users/${id}`, { schemas: [PATCH], Operations });
/** Whether somebody signs in with that app password. */
const signsIn = async (name: string, password: string): Promise<boolean> =>
  (await gateway.send(PASSWORD_GRANT.request(name, password))).status === 200;
const passwordFor = async (user: string): Promise<string> =>
  ((await operator(gateway, "password", "create", user)) as { password: string }).password;

// Side by side: each provider has a person of its own, whose steps come one after the other.
describe.concurrent("as Entra ID sends it, S-55: a person", () => {
  const name = `Test_User_${randomUUID()}`;
  const mail = `Test_User_${randomUUID()}@testuser.com`;
  let id: string;

  it("is asked for, made, and found by each name", { concurrent: false }, async () => {
    expect(await found('userName eq "non-existent user"')).toEqual([]);
    const made = await scim("POST", "/Users", {
      ...{ schemas: [CORE, ENTERPRISE], externalId: "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef", userName: name },
      ...{ active: true, emails: [{ primary: true, type: "work", value: mail }], meta: { resourceType: "User" } },
      ...{ name: { formatted: "givenName familyName", familyName: "familyName", givenName: "givenName" }, roles: [] },
    });
    expect(made.status, JSON.stringify(made.json)).toBe(201);
    expect(made.json).toMatchObject({
      ...{ userName: name, active: true, displayName: "givenName familyName" },
      emails: [{ value: mail, type: "work" }],
      meta: { resourceType: "User", location: expect.stringContaining(`/scim/v2/Users/${idOf(made)}`) },
    });
    id = idOf(made);
    for (const filter of [`userName eq "${name}"`, `userName eq "${name.toUpperCase()}"`, `id eq "${id}"`]) {
      expect(
        (await found(filter)).map((each) => each.id),
        filter,
      ).toEqual([id]);
    }
    expect(await found('externalId eq "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef" and active eq true')).toHaveLength(1);
    expect((await scim("GET", `/Users/${id}`)).json).toEqual(made.json);
  });

  it("made again is a conflict, and nobody is there twice", { concurrent: false }, async () => {
    const emails = [{ value: mail, type: "work" }];
    const again = await scim("POST", "/Users", { schemas: [CORE], userName: name, externalId: "other", emails });
    expect(again).toMatchObject({ status: 409, json: { status: "409", scimType: "uniqueness" } });
  });

  it("is changed in many words", { concurrent: false }, async () => {
    const changed = await change(
      id,
      { op: "Replace", path: 'emails[type eq "work"].value', value: "updatedEmail@microsoft.com" },
      { op: "Replace", path: "name.familyName", value: "updatedFamilyName" },
      { op: "Add", path: 'phoneNumbers[type eq "mobile"].value', value: "+1 555 0100" },
    );
    expect(changed.status, JSON.stringify(changed.json)).toBe(200);
    expect(changed.json).toMatchObject({
      emails: [{ value: "updatedEmail@microsoft.com" }],
      phoneNumbers: [{ value: "+1 555 0100" }],
    });
    const userName = `${randomUUID()}@testuser.com`;
    const renamed = await change(id, { op: "Replace", path: "userName", value: userName });
    expect(renamed.json, JSON.stringify(renamed.json)).toMatchObject({ id, userName });
    expect(await found(`userName eq "${userName}"`)).toHaveLength(1);
    expect(await found(`userName eq "${name}"`)).toEqual([]);
  });

  it("is disabled, comes back, and leaves", { concurrent: false }, async () => {
    expect((await change(id, { op: "Replace", path: "active", value: "False" })).json).toMatchObject({ active: false });
    expect(await operator(gateway, "user", "show", id)).toMatchObject({ disabledAt: expect.any(String) });
    expect((await change(id, { op: "Replace", path: "active", value: "True" })).json).toMatchObject({ active: true });
    expect((await scim("DELETE", `/Users/${id}`)).status).toBe(204);
    expect((await scim("GET", `/Users/${id}`)).status).toBe(404);
    expect((await scim("DELETE", `/Users/${id}`)).status).toBe(404);
    expect(await operator(gateway, "user", "show", id)).toMatchObject({ disabledAt: expect.any(String) });
  });

  it("who left and comes again is the same person", { concurrent: false }, async () => {
    const back = await scim("POST", "/Users", {
      ...{ schemas: [CORE], externalId: "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef", userName: "back@testuser.com" },
      ...{ active: true, [OWN]: { account: "CONTOSO\\back" } },
    });
    expect(back.status, JSON.stringify(back.json)).toBe(201);
    expect(idOf(back)).toBe(id);
    expect(await operator(gateway, "user", "show", id)).toMatchObject({ disabledAt: null });
  });
});

describe.concurrent("S-55: an externalId that is no key", () => {
  it("is refused, changes nothing, and the person can still be let go", async () => {
    const made = await scim("POST", "/Users", { userName: "keyed@contoso.test", externalId: "keyed" });
    for (const value of ["two words", "~nameless", "x".repeat(201), "a\u0000b", "\u202eabc"]) {
      const refused = await change(idOf(made), { op: "replace", path: "externalId", value });
      expect([value, refused.status, refused.json.scimType]).toEqual([value, 400, "invalidValue"]);
      expect((await scim("POST", "/Users", { userName: "other@contoso.test", externalId: value })).status).toBe(400);
    }
    expect(await found('externalId eq "keyed"')).toHaveLength(1);
    expect((await change(idOf(made), { op: "replace", path: "active", value: false })).status).toBe(200);
    const another = await change(idOf(made), { op: "replace", path: "externalId", value: "keyed-again" });
    expect(another.json).toMatchObject({ externalId: "keyed-again", active: false });
    const audit = await operator(gateway, "audit", "--user", idOf(made), "--reason", "user-details");
    expect(JSON.stringify(audit)).toContain("scim:keyed-again");
  });
});

describe.concurrent("S-10 S-55: names and a SID that nobody can have", () => {
  it("are refused", async () => {
    const parked = await scim("POST", "/Users", { userName: "x@parked.invalid", externalId: "parked" });
    expect([parked.status, parked.json.scimType]).toEqual([400, "invalidValue"]);
    const withSid = (userName: string) =>
      scim("POST", "/Users", { userName, externalId: userName, [OWN]: { sid: "S-1-5-21-9-9-9-1104" } });
    expect((await withSid("first@contoso.test")).status).toBe(201);
    const second = await withSid("second@contoso.test");
    expect([second.status, second.json.scimType]).toEqual([409, "uniqueness"]);
    expect(await found('userName eq "second@contoso.test"')).toEqual([]);
  });
});

describe.concurrent("S-55: somebody who left and is made again, not active", () => {
  it("is let in at no moment", async () => {
    const person = { userName: "left@contoso.test", externalId: "left" };
    const id = idOf(await scim("POST", "/Users", person));
    expect((await scim("DELETE", `/Users/${id}`)).status).toBe(204);
    const again = await scim("POST", "/Users", { ...person, active: false });
    expect(again).toMatchObject({ status: 201, json: { id, active: false } });
    const audit = await operator(gateway, "audit", "--user", id, "--reason", "user-enabled");
    expect(JSON.stringify(audit)).not.toContain("user-enabled");
    const fresh = await scim("POST", "/Users", { userName: "new-off@contoso.test", active: false });
    expect(fresh).toMatchObject({ status: 201, json: { active: false } });
  });
});

describe.concurrent("as Okta sends it, a person", () => {
  const userName = "okta.user@contoso.test";
  const whole = {
    ...{ schemas: [CORE], userName, externalId: "00ujl29u0le5T6Aj10h7", displayName: "Okta User", locale: "en-US" },
    ...{ name: { givenName: "Okta", familyName: "User" }, emails: [{ primary: true, value: userName, type: "work" }] },
    ...{ groups: [], password: "1mz050nq", active: true },
  };
  let id: string;

  it("is looked for, made with everything, and signs in", { concurrent: false }, async () => {
    expect((await scim("GET", "/Users?startIndex=1&count=2")).status).toBe(200);
    expect((await scim("GET", "/Groups?startIndex=1&count=100")).json).toMatchObject({ totalResults: 0 });
    expect(await found(`userName eq "${userName}"`)).toEqual([]);
    const made = await scim("POST", "/Users", whole);
    expect(made).toMatchObject({ status: 201, json: { userName, [OWN]: { account: "CONTOSO\\okta.user" } } });
    id = idOf(made);
    // The password of the provider is no app password, and stands nowhere.
    expect(await signsIn(userName, whole.password)).toBe(false);
    expect(JSON.stringify(await operator(gateway, "user", "export", id))).not.toContain(whole.password);
    expect(gateway.log.join("\n")).not.toContain(whole.password);
  });

  it("is replaced whole, and let go: nothing is served when that is answered", { concurrent: false }, async () => {
    const password = await passwordFor(id);
    expect(await signsIn(userName, password)).toBe(true);
    const put = await scim("PUT", `/Users/${id}`, { ...whole, id, displayName: "Okta U.", [OWN]: { groups: ["vip"] } });
    expect(put).toMatchObject({ status: 200, json: { displayName: "Okta U.", [OWN]: { groups: [{ value: "vip" }] } } });
    const off = await scim("PATCH", `/Users/${id}`, {
      schemas: [PATCH],
      Operations: [{ op: "replace", value: { active: false } }],
    });
    expect(off).toMatchObject({ status: 200, json: { active: false } });
    expect(await signsIn(userName, password)).toBe(false);
  });

  it("S-46: whom an administrator disabled too, is not let in by the provider", { concurrent: false }, async () => {
    await operator(gateway, "user", "disable", id);
    expect((await change(id, { op: "replace", value: { active: true } })).json).toMatchObject({ active: true });
    expect(await operator(gateway, "user", "show", id)).toMatchObject({ disabledAt: expect.any(String) });
  });
});

describe("S-58: SCIM", () => {
  it("opens to the scope directory, and to no lesser one", async () => {
    for (const scope of ["read", "helpdesk", "metrics"]) {
      const refused = await scim("GET", "/Users", undefined, await tokenFor(scope));
      expect(refused, scope).toMatchObject({ status: 403, json: { status: "403" } });
    }
  });

  it("S-33: is not there for a stranger", async () => {
    const nowhere = await gateway.send({ host: gateway.adminHost, path: "/scim/v2/Users" });
    expect(nowhere).toMatchObject({ status: 404, text: "" });
  });

  it("S-55: never shows or changes a user who was made by hand", async () => {
    const { upn } = gateway.alice;
    expect(await found(`userName eq "${upn}"`)).toEqual([]);
    const shown = (await operator(gateway, "user", "show", upn)) as { id: string; account: string };
    for (const method of ["GET", "PUT", "PATCH", "DELETE"]) {
      const body = method === "GET" || method === "DELETE" ? undefined : { schemas: [PATCH], userName: upn };
      expect((await scim(method, `/Users/${shown.id}`, body)).status, method).toBe(404);
    }
    const taken = await scim("POST", "/Users", { schemas: [CORE], userName: upn, [OWN]: { account: shown.account } });
    expect(taken).toMatchObject({ status: 409, json: { scimType: "uniqueness" } });
    expect(await operator(gateway, "user", "show", upn)).toMatchObject({ disabledAt: null });
  });

  it("lists people in pages", async () => {
    const all = await scim("GET", "/Users");
    const { totalResults } = all.json as { totalResults: number };
    expect(totalResults).toBeGreaterThanOrEqual(2);
    const second = await scim("GET", "/Users?startIndex=2&count=1");
    expect(second.json).toMatchObject({ totalResults, startIndex: 2, itemsPerPage: 1 });
    expect((second.json.Resources as Resource[])[0]).toEqual((all.json.Resources as Resource[])[1]);
    expect((await scim("GET", "/Users?count=0")).json).toMatchObject({ totalResults, Resources: [] });
  });

  it("says what it can do", async () => {
    expect((await scim("GET", "/ServiceProviderConfig")).json).toMatchObject({ patch: { supported: true } });
    const types = await scim("GET", "/ResourceTypes");
    expect(types.json).toMatchObject({ totalResults: 1, Resources: [{ endpoint: "/Users" }] });
    const schemas = (await scim("GET", "/Schemas")).json as { Resources: Resource[] };
    for (const { id } of schemas.Resources) expect((await scim("GET", `/Schemas/${id}`)).json).toMatchObject({ id });
    expect((await scim("GET", "/Schemas/none")).status).toBe(404);
  });

  it.each<[string, string, string, unknown, number, string | undefined]>([
    ["a body that is no JSON", "POST", "/Users", "{", 400, "invalidSyntax"],
    ["nobody's name", "POST", "/Users", {}, 400, "invalidValue"],
    [
      "a group of two words",
      "POST",
      "/Users",
      { userName: "x@contoso.test", [OWN]: { groups: ["a b"] } },
      400,
      "invalidValue",
    ],
    [
      "a filter that finds nobody for certain",
      "GET",
      "/Users?filter=title%20eq%20%22x%22",
      undefined,
      400,
      "invalidFilter",
    ],
    ["a person who is not there", "PATCH", "/Users/u_aaaaaaaaaaaaaaaa", { Operations: [] }, 404, undefined],
    ["an operation of nobody's", "POST", "/Bulk", {}, 404, undefined],
    ["too much", "POST", "/Users", { userName: "x".repeat(70_000) }, 413, undefined],
  ])("refuses %s", async (_, method, path, body, status, scimType) => {
    const refused = await scim(method, path, body);
    expect(refused).toMatchObject({ status, json: { status: String(status), ...(scimType && { scimType }) } });
  });
});
