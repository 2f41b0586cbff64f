// Tokens and the people who administrate, as a client of the API meets them.

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiAnswer, apiEnv, apiProblem, callApi, tokenOf } from "../../../test/kit/api.ts";
import { findEvents } from "../../../test/kit/stored-events.ts";
import { openDatabase } from "../../store/database.ts";
import type { AdministratorAnswer, MadeTokenAnswer, TokenAnswer, WhoamiAnswer } from "../schemas/tokens.ts";

const db = openDatabase(env.DB);
const DAY_MS = 86_400_000;

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each change
});

const make = (body: object, headers = {}) =>
  apiAnswer<MadeTokenAnswer>("POST", "/v1/tokens", { body: { name: "a console", scope: "read", ...body }, headers });

describe("tokens", () => {
  it("S-49: are shown once, kept hashed, listed, and ended", async () => {
    const made = await make({ expiresInDays: 30, why: "for the console" });
    expect(made.token).toMatch(/^pt_[a-z2-7]{16}_[\w-]{43}$/);
    expect(Math.round((Date.parse(made.expiresAt) - Date.parse(made.createdAt)) / DAY_MS)).toBe(30);
    const whoami = await apiAnswer<WhoamiAnswer>("GET", "/v1/whoami", { token: made.token });
    expect(whoami).toMatchObject({ id: made.id, name: "a console", kind: "token", scope: "read" });
    const secret = made.token.slice(-43);
    const rows = await env.DB.prepare("select * from api_tokens where id = ?").bind(made.id).all();
    expect(JSON.stringify(rows.results)).not.toContain(secret);
    const { items } = await apiAnswer<{ items: TokenAnswer[] }>("GET", "/v1/tokens?limit=500");
    const listed = items.find(({ id }) => id === made.id);
    expect(listed).toMatchObject({ createdBy: { kind: "key" }, revokedAt: null });
    expect(JSON.stringify(items)).not.toContain(secret);
    const path = `/v1/tokens/${made.id}/revoke`;
    const ended = await apiAnswer<TokenAnswer>("POST", path, { body: { why: "gone" } });
    expect(ended.revokedAt).not.toBeNull();
    expect((await apiAnswer<TokenAnswer>("POST", path)).revokedAt).toBe(ended.revokedAt);
    expect((await callApi("GET", "/v1/whoami", { token: made.token })).status).toBe(404);
    const events = await findEvents(db, {}, 50);
    const about = events
      .filter(({ change, why }) => `${change} ${why}`.includes(made.id))
      .map(({ reason, why }) => [reason, why]);
    expect(about).toEqual([
      ["token-revoked", `${made.id}: gone`],
      ["token-created", "for the console"],
    ]);
    expect(JSON.stringify(events)).not.toContain(secret);
  });

  it.each([
    [{ expiresInDays: 401 }, "expiresInDays"],
    [{ expiresInDays: 0 }, "expiresInDays"],
    [{ scope: "everything" }, "scope"],
    [{ name: "" }, "name"],
    [{ name: "two\nlines" }, "name"],
    [{ hash: "0".repeat(64) }, "hash"],
    [{ id: "t_mine", createdBy: "somebody" }, "id"],
  ])("%j is refused at the field %s", async (body, field) => {
    const response = await callApi("POST", "/v1/tokens", { body: { name: "n", scope: "read", ...body } });
    const problem = await response.json<{ code: string; errors: { path: string }[] }>();
    expect([problem.code, problem.errors[0]?.path]).toEqual(["invalid", field]);
  });

  it("are made once for one idempotency key, and the secret is not kept for a second answer", async () => {
    const headers = { "idempotency-key": crypto.randomUUID() };
    const made = await make({}, headers);
    const body = { name: "a console", scope: "read" };
    const again = await callApi("POST", "/v1/tokens", { body, headers });
    expect([again.status, await again.json()]).toEqual([
      409,
      expect.objectContaining({ code: "already-done", id: made.id }),
    ]);
    const kept = await env.DB.prepare("select body from idempotency").all();
    expect(JSON.stringify(kept.results)).not.toContain(made.token.slice(-43));
  });
});

let people = 0;
const add = (role: string) =>
  apiAnswer<AdministratorAnswer>("POST", "/v1/administrators", {
    body: { name: "Ann", email: `Ann${++people}@Contoso.com`, role },
  });

describe("administrators", () => {
  it("S-49: are added, changed and taken away, each with who did it", async () => {
    const ann = await add("viewer");
    expect(ann).toMatchObject({ email: `ann${people}@contoso.com`, revision: 0, createdBy: { kind: "key" } });
    const path = `/v1/administrators/${ann.id}`;
    const body = { name: "Other", email: ann.email, role: "viewer" };
    expect(await apiProblem("POST", "/v1/administrators", { body })).toEqual([409, "email-taken"]);
    const changed = await callApi("PATCH", path, { body: { role: "helpdesk" }, headers: { "if-match": '"r0"' } });
    expect([changed.headers.get("etag"), (await changed.json<AdministratorAnswer>()).role]).toEqual([
      '"r1"',
      "helpdesk",
    ]);
    const stale = { body: { role: "admin" }, headers: { "if-match": '"r0"' } };
    expect(await apiProblem("PATCH", path, stale)).toEqual([412, "changed-meanwhile"]);
    expect((await apiAnswer<AdministratorAnswer>("DELETE", path)).disabledAt).not.toBeNull();
    await apiAnswer("POST", "/v1/administrators", { body }); // the address is free
    expect(await apiProblem("PATCH", path, { body: { disabled: false } })).toEqual([409, "email-taken"]);
  });

  it("S-37: the last admin stays while ADMIN_KEYS has no key, also when two go at one moment", async () => {
    const token = await tokenOf("admin");
    const on = { ...apiEnv, ADMIN_KEYS: "none" };
    const [one, two] = [await add("admin"), await add("admin")];
    const remove = ({ id }: AdministratorAnswer) => callApi("DELETE", `/v1/administrators/${id}`, { token, on });
    const statuses = (await Promise.all([remove(one), remove(two)])).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 409]);
  });
});
