// What cannot be changed by hand about somebody who comes from a directory.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiAnswer, apiProblem, callApi, tokenOf } from "../../../test/kit/api.ts";
import type { BatchReportAnswer, WholeUserAnswer } from "../schemas/directory.ts";
import type { PersonAnswer } from "../schemas/person.ts";

beforeEach(() => {
  vi.restoreAllMocks();
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each change
});

let people = 0;
async function linked(state = "in") {
  const n = ++people;
  const row = {
    ...{ key: `ad:00000000-0000-0000-0000-${String(n).padStart(12, "0")}`, state: "in" },
    person: {
      sipUri: `l${n}@corp.test`,
      account: `CORP\\l${n}`,
      displayName: `L ${n}`,
      mail: `l${n}@corp.test`,
      groups: ["g"],
    },
  };
  await apply(row);
  if (state !== "in") await apply({ ...row, state });
  return { row, at: `/v1/users/l${n}@corp.test` };
}
const apply = (row: object) => apiAnswer("POST", "/v1/directory/apply", { body: { source: "ad", rows: [row] } });

describe("S-55: a user who comes from a directory", () => {
  it("is shown with where the user comes from, and with what the directory says", async () => {
    const { row, at } = await linked();
    expect(await apiAnswer<WholeUserAnswer>("GET", at)).toMatchObject({
      ...{ mail: row.person.mail, mobile: null, language: null, sid: null },
      directory: { source: "ad", key: row.key, state: "in", held: false },
    });
    const { user, directory } = await apiAnswer<PersonAnswer>("GET", `${at}/export`);
    expect([user, directory]).toMatchObject([{ mail: row.person.mail }, { key: row.key }]);
  });

  it("keeps what the directory tells; the answer names the fields, and how devices are judged may be changed", async () => {
    const { at } = await linked();
    const refused = await callApi("PATCH", at, { body: { displayName: "Other", mail: "o@corp.test", maxDevices: 2 } });
    expect(await refused.json()).toMatchObject({
      code: "synced-field",
      errors: [{ path: "displayName" }, { path: "mail" }],
    });
    for (const body of [{ upn: "x@corp.test" }, { groups: [] }, { language: "de" }, { mobile: "1" }]) {
      expect(await apiProblem("PATCH", at, { body })).toEqual([409, "synced-field"]);
    }
    expect(await apiProblem("POST", `${at}/rename`, { body: { sipUri: "x@corp.test" } })).toEqual([
      409,
      "synced-field",
    ]);
    const rows = [{ op: "change", user: at.slice(10), groups: [] }];
    const batch = await apiAnswer<BatchReportAnswer>("POST", "/v1/users/batch", { body: { rows } });
    expect(batch.rows).toMatchObject([{ status: "failed", code: "synced-field" }]);
    const same = { displayName: `L ${people}`, groups: ["g"], maxDevices: 2 };
    expect(await apiAnswer("PATCH", at, { body: same })).toMatchObject({ maxDevices: 2, displayName: `L ${people}` });
    await apiAnswer("POST", `${at}/aliases`, { body: { name: "alias@corp.test" } });
  });

  it("S-46: is enabled by nobody while the directory says no, and by no sync while held", async () => {
    const { row, at } = await linked("expired");
    expect(await apiProblem("POST", `${at}/enable`, { body: {} })).toEqual([409, "directory-says-no"]);
    const rows = [{ op: "enable", user: at.slice(10) }];
    const ask = { body: { rows } };
    expect((await apiAnswer<BatchReportAnswer>("POST", "/v1/users/batch", ask)).rows).toMatchObject([
      { status: "failed", code: "directory-says-no" },
    ]);
    expect(await apiAnswer("POST", `${at}/disable`, { body: {} })).toMatchObject({ changed: true });
    expect(await apiAnswer("POST", `${at}/disable`, { body: {} })).toMatchObject({ changed: false });
    await apply(row);
    expect(await apiAnswer("GET", at)).toMatchObject({
      ...{ disabledAt: expect.any(String), directory: { state: "in", held: true } },
    });
    const token = await tokenOf("directory");
    expect(await apiProblem("POST", `${at}/enable`, { body: {}, token })).toEqual([403, "forbidden-scope"]);
    await apiAnswer("POST", `${at}/enable`, { body: {}, token: await tokenOf("helpdesk") });
    expect(await apiAnswer("GET", at)).toMatchObject({ disabledAt: null, directory: { held: false } });
  });

  it("comes back when the user is deleted and the directory still lets the person in, and the answer says so", async () => {
    const { row, at } = await linked();
    expect(await apiAnswer("DELETE", at, { body: {} })).toMatchObject({ comesBack: true });
    expect(await apiProblem("GET", at)).toEqual([404, "no-such-user"]);
    expect(await apply(row)).toMatchObject({ counts: { created: 1 } });
    await apply({ ...row, state: "deleted" });
    const erase = { body: { audit: "purge" } };
    expect(await apiAnswer("POST", `${at}/erase`, erase)).toMatchObject({ comesBack: false });
    expect(await apply({ ...row, state: "deleted" })).toMatchObject({ counts: { unchanged: 1 } });
  });
});

describe("a user who was made by hand", () => {
  it("may be given mail, mobile and language", async () => {
    const body = { sipUri: "h@corp.test", account: "CORP\\h", mail: "h@corp.test", language: "de" };
    expect(await apiAnswer("POST", "/v1/users", { body })).toMatchObject({
      mail: "h@corp.test",
      language: "de",
      directory: null,
    });
    const changed = { mail: null, mobile: "+49 1", language: "" };
    expect(await apiAnswer("PATCH", "/v1/users/h@corp.test", { body: changed })).toMatchObject({
      ...{ mail: null, mobile: "+49 1", language: null },
    });
    expect(await apiProblem("PATCH", "/v1/users/h@corp.test", { body: { mail: "a@b, c@d" } })).toEqual([
      422,
      "invalid",
    ]);
  });
});
