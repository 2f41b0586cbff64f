// Attacks on the API as the started gateway serves it: a scope that does not reach, and what a revoked app password can
// still be made to do.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());

/** One request to the API. Default: with the bootstrap key. */
async function ask(line: string, body?: object, token = gateway.adminKey): Promise<{ status: number; value: Value }> {
  const [method = "", path = ""] = line.split(" ");
  const { status, text } = await gateway.send({
    ...{ host: gateway.adminHost, method, path },
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status, value: text === "" ? {} : JSON.parse(text) };
}
type Value = Readonly<Record<string, unknown>>;

const ALICE = "/v1/users/alice%40contoso.test";
/** Somebody whom Postern does not know leaves: nothing is done. */
const NOBODY = [{ key: "ad:00000000-0000-4000-8000-000000000000", state: "deleted" }];
/** One operation of each rung, and who may do it: admin, helpdesk, read, directory, metrics. */
const RUNGS: readonly (readonly [who: string, line: string, body: object | undefined, may: string])[] = [
  ["anybody", "GET /v1/whoami", undefined, "admin helpdesk read directory metrics"],
  ["who reads, and programs", "GET /v1/health", undefined, "admin helpdesk read directory metrics"],
  ["who reads", "GET /v1/users", undefined, "admin helpdesk read directory"],
  ["who reads the audit", "GET /v1/audit", undefined, "admin helpdesk read"],
  ["who counts", "GET /v1/statistics", undefined, "admin helpdesk read metrics"],
  ["a help desk", "POST /v1/locks/networks/203.0.113.9/clear", {}, "admin helpdesk"],
  ["a help desk, of a user made by hand", `POST ${ALICE}/enable`, {}, "admin helpdesk"],
  ["an administrator, of a user made by hand", `PATCH ${ALICE}`, { displayName: "Alice" }, "admin"],
  ["an administrator, and a directory", "POST /v1/directory/apply", { source: "ad", rows: NOBODY }, "admin directory"],
  ["an administrator", "GET /v1/tokens", undefined, "admin"],
];

describe("S-49: a token of each scope", () => {
  it.each(["admin", "helpdesk", "read", "directory", "metrics"])("%s opens its rungs and no other", async (scope) => {
    const made = await ask("POST /v1/tokens", { name: `a ${scope}`, scope });
    const token = String(made.value.token);
    for (const [who, line, body, may] of RUNGS) {
      const { status, value } = await ask(line, body, token);
      const allowed = may.split(" ").includes(scope);
      expect([who, status, value.code]).toEqual([who, allowed ? 200 : 403, allowed ? undefined : "forbidden-scope"]);
    }
    await ask(`POST /v1/tokens/${made.value.id}/revoke`, {});
    for (const [who, line, body] of RUNGS) expect([who, (await ask(line, body, token)).status]).toEqual([who, 404]);
  });
});

it("S-49: a revoked app password is neither changed nor renewed, and its secret opens nothing again", async () => {
  const made = await ask(`POST ${ALICE}/passwords`, { label: "old phone" });
  const at = `${ALICE}/passwords/${made.value.id}`;
  const sent = { label: "still good", expiresInDays: 30 };
  expect((await ask(`PATCH ${at}`, { label: "a phone" })).status).toBe(200);
  expect((await ask(`POST ${at}/revoke`, {})).status).toBe(200);
  for (const [line, body] of [
    [`PATCH ${at}`, sent],
    [`PATCH ${at}`, { label: "renamed" }],
    [`POST ${at}/renew`, {}],
  ] as const) {
    expect(await ask(line, body)).toMatchObject({ status: 404, value: { code: "no-such-password" } });
  }
  const { value } = await ask(`GET ${ALICE}/passwords`);
  const kept = (value.items as Value[]).find(({ id }) => id === made.value.id);
  expect(kept).toMatchObject({ label: "a phone", expiresAt: null, revokedAt: expect.any(String) });
});
