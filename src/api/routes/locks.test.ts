// The operations of locks, as a client of the API meets them. What a wait is, app.test.ts shows on real guards.

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiAnswer, apiProblem, callApi, tokenOf } from "../../../test/kit/api.ts";
import { must } from "../../../test/kit/ntlm.ts";
import { findEvents } from "../../../test/kit/stored-events.ts";
import { openDatabase } from "../../store/database.ts";
import { addUser } from "../../store/directory.ts";

const db = openDatabase(env.DB);

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each change
});

let made = 0;
async function someone() {
  const name = `locks-api-${++made}`;
  return must(await addUser(db, { sipUri: `sip:${name}@contoso.test`, account: `CONTOSO\\${name}` }, 0));
}

describe("locks", () => {
  it("of a user are found by the user's id and by every name", async () => {
    const user = await someone();
    for (const name of [user.id, user.sipUri, user.sipUri.slice(4), `CONTOSO\\${user.account}`]) {
      const path = `/v1/locks/users/${encodeURIComponent(name)}`;
      expect(await apiAnswer("GET", path)).toMatchObject({ user: user.sipUri, pairs: [] });
    }
    expect(await apiProblem("GET", `/v1/locks/users/u_${"a".repeat(16)}`)).toEqual([404, "no-such-user"]);
  });

  it("are cleared with a reason and the one who did it in the audit", async () => {
    const user = await someone();
    const token = await tokenOf("helpdesk");
    await apiAnswer("POST", `/v1/locks/users/${user.id}/clear`, { token, body: { why: "called us" } });
    const [event] = await findEvents(db, { userId: user.id }, 1);
    expect(event).toMatchObject({ reason: "locks-cleared", why: "called us", by: `t_${token.slice(3, 19)}` });
    await apiAnswer("POST", "/v1/locks/networks/192.0.2.77/clear", { token, body: { why: "a new proxy" } });
    const [network] = await findEvents(db, { reason: "locks-cleared" }, 1);
    expect(network).toMatchObject({ why: "192.0.2.77: a new proxy" });
  });

  it.each([
    [{ why: 1 }, 422, "invalid", "why"],
    [{ why: "x".repeat(201) }, 422, "invalid", "why"],
    [{ why: "x", by: "somebody else" }, 422, "invalid", "by"],
    [[], 400, "unusable-body", undefined],
    ["{", 400, "unusable-body", undefined],
    [`"${"x".repeat(17_000)}"`, 413, "body-too-large", undefined],
  ])("a body such as %j is refused: %i %s, field %s", async (body, status, code, path) => {
    const response = await callApi("POST", "/v1/locks/networks/192.0.2.1/clear", { body });
    const problem = await response.json<{ code: string; errors?: { path: string }[] }>();
    expect([response.status, problem.code, problem.errors?.[0]?.path]).toEqual([status, code, path]);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
  });

  it("bodies that are not JSON, and methods and parameters that are not there, are refused", async () => {
    const path = "/v1/locks/networks/192.0.2.1/clear";
    const typed = (type: string) => apiProblem("POST", path, { body: "{}", headers: { "content-type": type } });
    expect(await typed("text/plain")).toEqual([415, "unsupported-media-type"]);
    expect(await typed("application/json; charset=utf-16")).toEqual([415, "unsupported-media-type"]);
    expect(await apiProblem("DELETE", path)).toEqual([405, "method-not-allowed"]);
    expect(await apiProblem("GET", "/v1/locks?page=2")).toEqual([400, "unusable-query"]);
  });
});
