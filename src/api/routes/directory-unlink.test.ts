// The end of a source of people, and the list of users by where they come from.

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiAnswer, apiProblem, tokenOf } from "../../../test/kit/api.ts";
import { UserGuard } from "../../user-guard/user-guard.ts";
import type { AuditEventsAnswer } from "../schemas/audit.ts";
import type { UsersPageAnswer, WholeUserAnswer } from "../schemas/directory.ts";
import type { DirectoryStatusAnswer, PeopleAppliedAnswer } from "../schemas/directory-sync.ts";
import type { SourceUnlinkedAnswer } from "../schemas/directory-unlink.ts";

beforeEach(() => {
  vi.restoreAllMocks();
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each change
});

const rowOf = (source: string, name: string, state = "in") => ({
  ...{ key: `${source}:${name}`, state },
  person: {
    sipUri: `${name}@corp.test`,
    account: `CORP\\${name}`,
    sid: `S-1-5-21-${name.length}-1-1-${source.length}`,
  },
});
const apply = async (source: string, ...rows: readonly object[]) =>
  apiAnswer<PeopleAppliedAnswer>("POST", "/v1/directory/apply", {
    ...{ token: await tokenOf("directory"), body: { source, rows } },
  });
const user = (name: string) => apiAnswer<WholeUserAnswer>("GET", `/v1/users/${name}@corp.test`);
const unlink = (source: string, body: object) =>
  apiAnswer<SourceUnlinkedAnswer>("POST", `/v1/directory/${source}/unlink`, { body });
const listed = async (query: string) =>
  (await apiAnswer<UsersPageAnswer>("GET", `/v1/users?${query}`)).items.map(({ sipUri }) => sipUri.split(/[:@]/)[1]);

describe("S-55: a source of people that ends", () => {
  it("is listed until then; its users stay as they are, and nobody else's link goes", async () => {
    await apply("ad", rowOf("ad", "ann"), rowOf("ad", "benn"), rowOf("ad", "left1"));
    await apply("ad", { key: "ad:left1", state: "expired" });
    await apply("scim", rowOf("scim", "cloudia"));
    const byHand = { sipUri: "made@corp.test", account: "CORP\\made" };
    await apiAnswer("POST", "/v1/users", { body: byHand });
    await apiAnswer("POST", "/v1/directory/ad/adoption", { body: { minutes: 60 } });
    expect(await listed("origin=directory")).toEqual(["ann", "benn", "left1"]);
    expect(await listed("origin=scim&q=cloud")).toEqual(["cloudia"]);
    expect(await listed("origin=manual")).toEqual(["made"]);
    expect(await apiProblem("GET", "/v1/users?origin=ad")).toEqual([400, "unusable-query"]);

    const dry = { source: "ad", people: 3, mayNotSignIn: 1 };
    expect(await unlink("ad", { dryRun: true })).toEqual({ ...dry, dryRun: true, changed: false });
    const path = "/v1/directory/ad/unlink";
    expect(await apiProblem("POST", path, { body: {} })).toEqual([422, "invalid"]);
    expect(await apiProblem("POST", path, { body: { people: 4 } })).toEqual([412, "changed-meanwhile"]);
    const token = await tokenOf("directory");
    expect(await apiProblem("POST", path, { token, body: { people: 3 } })).toEqual([403, "forbidden-scope"]);
    expect(await listed("origin=directory")).toHaveLength(3);

    expect(await unlink("ad", { people: 3, why: "no agent" })).toEqual({ ...dry, dryRun: false, changed: true });
    expect(await listed("origin=directory")).toEqual([]);
    expect(await listed("origin=manual")).toEqual(["ann", "benn", "left1", "made"]);
    expect(await user("ann")).toMatchObject({ directory: null, disabledAt: null, sid: expect.any(String) });
    expect(await user("left1")).toMatchObject({ directory: null, disabledAt: expect.any(String) });
    const { sources } = await apiAnswer<DirectoryStatusAnswer>("GET", "/v1/directory");
    expect(sources.map(({ source }) => source)).toEqual([]);
    const { items } = await apiAnswer<AuditEventsAnswer>("GET", "/v1/audit?reason=directory-unlinked");
    expect(items).toMatchObject([
      { why: "no agent", change: { before: { source: "ad", people: 3 }, after: { source: null, people: 0 } } },
    ]);

    // From now on the administrator decides, and an agent that still runs touches nobody.
    await apiAnswer("POST", "/v1/users/left1@corp.test/enable", { body: {} });
    expect((await apply("ad", { key: "ad:ann", state: "deleted" }, rowOf("ad", "benn"))).rows).toMatchObject([
      { status: "unchanged" },
      { status: "conflict", code: "made-by-hand" },
    ]);
    expect(await user("ann")).toMatchObject({ disabledAt: null });
    expect(await unlink("ad", { people: 0 })).toMatchObject({ people: 0, changed: false });
  });

  it("forgets the SID of a user who gets another account by hand", async () => {
    await apply("hr", rowOf("hr", "dorothea"));
    await unlink("hr", { people: 1 });
    await apiAnswer("POST", "/v1/users/dorothea@corp.test/rename", { body: { account: "CORP\\DOROTHEA" } });
    expect(await user("dorothea")).toMatchObject({ account: "CORP\\DOROTHEA", sid: null });
  });

  it("first tells the guards that have not heard of its last change", async () => {
    await apply("hr", rowOf("hr", "emilia"));
    await env.DB.prepare("update directory_links set told = 0 where directory_key = 'hr:emilia'").run();
    const told = vi.spyOn(UserGuard.prototype, "command").mockRejectedValueOnce(new Error("down"));
    expect(await apiProblem("POST", "/v1/directory/hr/unlink", { body: { people: 1 } })).toEqual([503, "unavailable"]);
    expect(await user("emilia")).toMatchObject({ directory: { source: "hr" } });
    expect(await unlink("hr", { people: 1 })).toMatchObject({ people: 1, changed: true });
    expect(told.mock.calls.map(([, { kind }]) => kind)).toEqual(["renamed", "renamed"]);
    expect(await user("emilia")).toMatchObject({ directory: null });
  });
});
