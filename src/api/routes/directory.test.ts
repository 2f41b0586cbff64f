// Users as a client of the API makes them, one and many.

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiAnswer, apiProblem, callApi, tokenOf } from "../../../test/kit/api.ts";
import { openDatabase } from "../../store/database.ts";
import { findForSignIn } from "../../store/directory.ts";
import { type BatchReportAnswer, MAX_ROWS, type UsersPageAnswer, type WholeUserAnswer } from "../schemas/directory.ts";

const db = openDatabase(env.DB);

beforeEach(() => {
  vi.restoreAllMocks();
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each change
});

let people = 0;
const person = (more: object = {}) => {
  const name = `person${++people}`;
  return { sipUri: `${name}@contoso.test`, account: `CONTOSO\\${name}`, upn: `${name}@corp.test`, ...more };
};

const reasonsOf = async (user: string): Promise<string[]> => {
  const { results } = await env.DB.prepare("select reason from audit_events where user_id = ? order by id")
    .bind(user)
    .all<{ reason: string }>();
  return results.map(({ reason }) => reason);
};

const batch = (rows: readonly object[], more: object = {}) =>
  apiAnswer<BatchReportAnswer>("POST", "/v1/users/batch", { body: { rows, ...more } });

describe("a new user", () => {
  it("is found by id and by every name, with an ETag and who made it", async () => {
    const wanted = person({ aliases: ["ADA.L@contoso.test"], displayName: "Ada Lovelace", groups: ["sales"] });
    const made = await callApi("POST", "/v1/users", { body: { ...wanted, why: "joined" } });
    expect(made.status).toBe(201);
    const user = await made.json<WholeUserAnswer>();
    expect(user).toMatchObject({
      ...{ sipUri: `sip:${wanted.sipUri}`, account: wanted.account, upn: wanted.upn, displayName: "Ada Lovelace" },
      ...{ groups: ["sales"], enrolment: null, disabledAt: null, revision: 0 },
    });
    expect(user.names.map(({ kind }) => kind)).toEqual(["account", "alias", "sip", "upn"]);
    for (const name of [user.id, wanted.sipUri, "ada.l@contoso.test", wanted.account.replace("\\", "/")]) {
      const got = await callApi("GET", `/v1/users/${encodeURIComponent(name)}`);
      expect([got.status, got.headers.get("etag")]).toEqual([200, '"r0"']);
      expect(await got.json()).toEqual(user);
    }
    const { results } = await env.DB.prepare("select * from audit_events where user_id = ?").bind(user.id).all();
    expect(results).toMatchObject([{ reason: "user-created", why: "joined", changed_by: user.createdBy?.id }]);
    expect(JSON.parse(String(results[0]?.change))).toMatchObject({ after: { displayName: "Ada Lovelace" } });
  });

  it("S-10: cannot have a name of another; the answer says which", async () => {
    const first = person();
    await apiAnswer("POST", "/v1/users", { body: first });
    const again = await callApi("POST", "/v1/users", { body: person({ upn: first.sipUri.toUpperCase() }) });
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({ code: "name-taken", detail: expect.stringContaining(first.sipUri) });
  });

  it.each([
    ["no account", { account: undefined }, "account"],
    ["an account without a domain", { account: "ada" }, "account"],
    ["an address without a domain", { sipUri: "ada" }, "sipUri"],
    ["a UPN that is an account", { upn: "CONTOSO\\ada" }, "upn"],
    ["an alias that is no name", { aliases: ["x"] }, "aliases"],
    ["a group of two words", { groups: ["two words"] }, "groups.0"],
    ["a display name of two lines", { displayName: "a\nb" }, "displayName"],
    ["an id of somebody's own", { id: "u_aaaaaaaaaaaaaaaa" }, "id"],
    ["a revision of somebody's own", { revision: 7 }, "revision"],
    ["a maker of somebody's own", { createdBy: "somebody" }, "createdBy"],
  ])("is not made with %s, and the answer names the field", async (_, change, path) => {
    const body = person(change);
    const answer = await callApi("POST", "/v1/users", { body });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ code: "invalid", errors: [{ path }] });
    expect(await findForSignIn(db, body.upn ?? "", 0)).toBeUndefined();
  });

  it("S-58: may be made by an administrator, and by no help desk and no agent", async () => {
    expect((await callApi("POST", "/v1/users", { token: await tokenOf("admin"), body: person() })).status).toBe(201);
    for (const scope of ["helpdesk", "directory"] as const) {
      const refused = await apiProblem("POST", "/v1/users", { token: await tokenOf(scope), body: person() });
      expect(refused, scope).toEqual([403, "forbidden-scope"]);
    }
  });
});

describe("the list of users", () => {
  const listed = (query: string) => apiAnswer<UsersPageAnswer>("GET", `/v1/users?${query}`);

  it("comes in pages, in the order of the addresses, each user once", async () => {
    await batch(Array.from({ length: 7 }, (_, at) => ({ op: "create", ...person({ groups: [`paged`, `n${at}`] }) })));
    const seen: string[] = [];
    for (let after: string | null = ""; after !== null; ) {
      const { items, next }: UsersPageAnswer = await listed(`group=PAGED&limit=3&after=${encodeURIComponent(after)}`);
      seen.push(...items.map(({ sipUri }) => sipUri));
      after = next;
    }
    expect(seen).toHaveLength(7);
    expect(seen).toEqual([...new Set(seen)].toSorted());
  });

  it("finds people by the beginnings of their words, and by state", async () => {
    const grace = person({ displayName: "Grace Brewster Hopper" });
    await apiAnswer("POST", "/v1/users", { body: grace });
    const found = async (query: string) => (await listed(query)).items.map(({ sipUri }) => sipUri);
    for (const q of ["hop", "brew grace", grace.sipUri.slice(0, -6), grace.account]) {
      expect(await found(`q=${encodeURIComponent(q)}`), q).toContain(`sip:${grace.sipUri}`);
    }
    expect(await found("q=opper")).toEqual([]);
    expect(await found("q=hop&state=disabled")).toEqual([]);
    await batch([{ op: "disable", user: grace.sipUri }]);
    expect(await found("q=hop&state=disabled")).toEqual([`sip:${grace.sipUri}`]);
  });
});

describe("many users at once", () => {
  it("are made, changed, disabled, enabled and deleted row by row", async () => {
    const [one, two] = [person(), person()];
    const bad = person({ account: "nobody" });
    const made = await batch([
      { op: "create", ...one },
      { op: "create", ...bad },
      { op: "create", ...two },
      { op: "create", ...person({ upn: one.upn }) },
    ]);
    expect(made).toMatchObject({ done: 2, failed: 2, unchanged: 0, dryRun: false });
    expect(made.rows.map(({ row, status, code }) => [row, status, code])).toEqual([
      [0, "done", undefined],
      [1, "failed", "invalid"],
      [2, "done", undefined],
      [3, "failed", "name-taken"],
    ]);
    const [id1 = "", id2 = ""] = made.rows.flatMap(({ user }) => (user === undefined ? [] : [user.id]));
    const rows = [
      { op: "disable", user: id1 },
      { op: "change", user: two.upn, groups: ["a", "b"], maxDevices: 3 },
      { op: "enable", user: id2 },
      { op: "disable", user: "nobody@contoso.test" },
    ];
    const dry = await batch(rows, { dryRun: true });
    expect(dry.rows.map(({ status }) => status)).toEqual(["done", "done", "unchanged", "failed"]);
    expect(await reasonsOf(id1)).toEqual(["user-created"]);
    const wet = await batch(rows, { why: "moved to Berlin" });
    expect(wet.rows.map(({ status }) => status)).toEqual(["done", "done", "unchanged", "failed"]);
    expect(await apiAnswer("GET", `/v1/users/${id1}`)).toMatchObject({ disabledAt: expect.any(String) });
    expect(await apiAnswer("GET", `/v1/users/${id2}`)).toMatchObject({ groups: ["a", "b"], maxDevices: 3 });
    const again = await batch(rows.slice(0, 2));
    expect(again).toMatchObject({ done: 0, unchanged: 2 });
    expect(await batch([{ op: "delete", user: id1 }])).toMatchObject({ done: 1 });
    expect(await apiProblem("GET", `/v1/users/${id1}`)).toEqual([404, "no-such-user"]);
    expect(await batch([{ op: "create", ...one }])).toMatchObject({ done: 1 }); // the names are free
  });

  it.each([
    ["no row", []],
    ["too many rows", Array.from({ length: MAX_ROWS + 1 }, () => ({ op: "enable", user: "a@b.c" }))],
    ["an unknown operation", [{ op: "promote", user: "a@b.c" }]],
    ["a field of another operation", [{ op: "disable", user: "a@b.c", groups: [] }]],
    ["what is no row", ["create"]],
  ])("are refused as a whole with %s", async (_, rows) => {
    expect(await apiProblem("POST", "/v1/users/batch", { body: { rows } })).toEqual([422, "invalid"]);
  });
});
