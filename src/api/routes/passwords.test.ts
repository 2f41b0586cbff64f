// The operations of app passwords, as a client of the API meets them: what they make signs in, and ends when it should.

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiAnswer, apiEnv, apiProblem, callApi, tokenOf } from "../../../test/kit/api.ts";
import { must } from "../../../test/kit/ntlm.ts";
import { canonicalAppPassword, ntHashesOf } from "../../core/credentials/app-password.ts";
import { openHashes } from "../../core/credentials/sealed-hash.ts";
import { parseKeyring } from "../../core/crypto/keyring.ts";
import { openDatabase } from "../../store/database.ts";
import { addUser, disableUser, findForSignIn } from "../../store/directory.ts";
import { MAX_LIVE } from "../passwords.ts";
import type { MadePasswordAnswer, PasswordsAnswer, RunningOutAnswer } from "../schemas/passwords.ts";

const db = openDatabase(env.DB);
const DAY = 86_400_000;
const keyring = must(parseKeyring(apiEnv.SEALING_KEYS ?? ""));

beforeEach(() => {
  vi.restoreAllMocks();
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each change
});

let users = 0;
async function someone() {
  const name = `holder${++users}`;
  const user = must(await addUser(db, { sipUri: `sip:${name}@contoso.test`, account: `CONTOSO\\${name}` }, 0));
  return { ...user, path: `/v1/users/${user.id}/passwords`, name: `${name}@contoso.test` };
}
type Someone = Awaited<ReturnType<typeof someone>>;

const made = (who: Someone, body: object = {}) => apiAnswer<MadePasswordAnswer>("POST", who.path, { body });
const listed = async (who: Someone) => (await apiAnswer<PasswordsAnswer>("GET", who.path)).items;
/** Whether a sign-in would find this secret among the live ones. */
async function signsIn(who: Someone, password: string, at = Date.now()): Promise<boolean> {
  const { credentials = [] } = (await findForSignIn(db, who.name, at)) ?? {};
  const wanted = Buffer.from(ntHashesOf(password)[0]).toString("hex");
  return credentials.some(({ id, ntHashes }) => {
    const opened = openHashes(keyring, { userId: who.id, credentialId: id }, ntHashes);
    return opened.ok && Buffer.from(opened.value[0]).toString("hex") === wanted;
  });
}

describe("an app password that the API makes", () => {
  it("S-13, S-14: is drawn and sealed by the Worker, signs in, and is in no other answer", async () => {
    const who = await someone();
    const answer = await callApi("POST", who.path, { body: { label: "  Ada's phone ", why: "new phone" } });
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([201, "no-store"]);
    const { password, ...shown } = await answer.json<MadePasswordAnswer>();
    expect(canonicalAppPassword(password).ok).toBe(true);
    expect(await signsIn(who, password)).toBe(true);
    expect(shown).toMatchObject({ label: "Ada's phone", state: "live", expiresAt: null, userDisabled: false });
    const events = await env.DB.prepare("select * from audit_events where user_id = ?").bind(who.id).all();
    expect(events.results).toMatchObject([{ reason: "password-created", credential_id: shown.id, why: "new phone" }]);
    const elsewhere = JSON.stringify([await listed(who), events.results]);
    expect(elsewhere).not.toContain(password);
    expect(elsewhere).not.toContain(password.replaceAll("-", ""));
    expect((await listed(who))[0]).toMatchObject({
      id: shown.id,
      createdBy: { id: events.results[0]?.changed_by, kind: "key" },
    });
  });

  it.each([
    ["expiresInDays", { expiresInDays: 30 }, 30 * DAY],
    ["expiresAt", { expiresAt: new Date(Date.now() + 5 * DAY).toISOString() }, 5 * DAY],
  ])("ends when %s says", async (_, body, life) => {
    const who = await someone();
    const { password, expiresAt, runsOutSoon } = await made(who, body);
    expect(Date.parse(expiresAt ?? "") / 1_000).toBeCloseTo((Date.now() + life) / 1_000, -2);
    expect(runsOutSoon).toBe(life < 14 * DAY);
    expect(await signsIn(who, password, Date.now() + life - 60_000)).toBe(true);
    expect(await signsIn(who, password, Date.now() + life + 60_000)).toBe(false);
  });

  it.each([
    ["a past end", { expiresAt: "2020-01-01T00:00:00Z" }],
    ["two ends", { expiresAt: "2036-01-01T00:00:00Z", expiresInDays: 1 }],
    ["an end too far", { expiresAt: "2099-01-01T00:00:00Z" }],
    ["no time", { expiresAt: "tomorrow" }],
    ["no days", { expiresInDays: 0 }],
    ["half a day", { expiresInDays: 0.5 }],
    ["a long label", { label: "x".repeat(101) }],
    ["a label of two lines", { label: "a\nb" }],
    ["a secret of somebody's own", { password: "correct horse" }],
    ["hashes of somebody's own", { ntHashes: "AAAA" }],
  ])("is not made with %s", async (_, body) => {
    const who = await someone();
    expect(await apiProblem("POST", who.path, { body })).toEqual([422, "invalid"]);
    expect(await listed(who)).toEqual([]);
  });

  it("says that its user is disabled", async () => {
    const who = await someone();
    await disableUser(db, who.id, Date.now());
    expect(await made(who)).toMatchObject({ userDisabled: true });
  });

  it("is one of fifty at most", async () => {
    const who = await someone();
    for (let i = 0; i < MAX_LIVE; i++) await made(who);
    expect(await apiProblem("POST", who.path, { body: {} })).toEqual([409, "too-many-passwords"]);
  });

  it("is one of fifty at most, when several are asked for at one moment", async () => {
    const who = await someone();
    for (let i = 2; i < MAX_LIVE; i++) await made(who);
    const statuses = await Promise.all(
      Array.from({ length: 6 }, async () => (await callApi("POST", who.path, { body: {} })).status),
    );
    expect(statuses.filter((status) => status === 201)).toHaveLength(2);
    expect(statuses.filter((status) => status === 409)).toHaveLength(4);
    expect(await listed(who)).toHaveLength(MAX_LIVE);
  });

  it("may be made by a help desk, and by nobody who only reads", async () => {
    const who = await someone();
    expect((await callApi("POST", who.path, { token: await tokenOf("helpdesk"), body: {} })).status).toBe(201);
    for (const scope of ["read", "directory", "metrics"] as const) {
      expect(await apiProblem("POST", who.path, { token: await tokenOf(scope), body: {} })).toEqual([
        ...[403, "forbidden-scope"],
      ]);
    }
    expect(await listed(who)).toHaveLength(1);
  });
});

describe("an app password that the API changes", () => {
  it("has another name and end, and the audit says which before", async () => {
    const who = await someone();
    const { id } = await made(who, { label: "phone" });
    const path = `${who.path}/${id}`;
    const changed = await apiAnswer("PATCH", path, { body: { label: "tablet", expiresInDays: 1 } });
    expect(changed).toMatchObject({ id, label: "tablet", state: "live", runsOutSoon: true });
    expect(await apiAnswer("PATCH", path, { body: { expiresAt: null } })).toMatchObject({ expiresAt: null });
    const { results } = await env.DB.prepare(
      "select change from audit_events where reason = 'password-changed' and user_id = ? order by id",
    )
      .bind(who.id)
      .all<{ change: string }>();
    expect(JSON.parse(results[0]?.change ?? "")).toMatchObject({
      ...{ before: { label: "phone" }, after: { label: "tablet" } },
    });
    expect(await apiProblem("PATCH", path, { body: {} })).toEqual([422, "invalid"]);
    expect(await apiProblem("PATCH", `${who.path}/p_other`, { body: { label: "x" } })).toEqual([
      ...[404, "no-such-password"],
    ]);
    const other = await someone();
    expect(await apiProblem("PATCH", `${other.path}/${id}`, { body: { label: "x" } })).toEqual([
      ...[404, "no-such-password"],
    ]);
  });

  it("is renewed beside its old secret, with the same life", async () => {
    const who = await someone();
    const before = await made(who, { label: "phone", expiresInDays: 90 });
    const path = `${who.path}/${before.id}/renew`;
    const after = await apiAnswer<MadePasswordAnswer>("POST", path, { body: { oldForDays: 7 } });
    expect(after).toMatchObject({ id: before.id, label: "phone" });
    expect(after.password).not.toBe(before.password);
    expect(Date.parse(after.expiresAt ?? "") / 1_000).toBeCloseTo((Date.now() + 90 * DAY) / 1_000, -2);
    for (const { password } of [before, after]) expect(await signsIn(who, password)).toBe(true);
    const later = Date.now() + 8 * DAY;
    expect([await signsIn(who, before.password, later), await signsIn(who, after.password, later)]).toEqual([
      ...[false, true],
    ]);
    const third = await apiAnswer<MadePasswordAnswer>("POST", path, { body: {} });
    expect([await signsIn(who, before.password), await signsIn(who, third.password)]).toEqual([false, true]);
    expect(await apiProblem("POST", path, { body: { oldForDays: 0 } })).toEqual([422, "invalid"]);
  });
});

it("the app passwords that run out are listed page by page", async () => {
  const [one, two, none] = [await someone(), await someone(), await someone()];
  const far = (days: number) => new Date(Date.now() + days * DAY).toISOString();
  await made(two, { expiresInDays: 3_002, label: "second" });
  await made(one, { expiresInDays: 3_001, label: "first" });
  await made(none);
  const query = `expiresAfter=${far(3_000)}&expiresBefore=${far(3_003)}&limit=1`;
  const first = await apiAnswer<RunningOutAnswer>("GET", `/v1/passwords?${query}`);
  expect(first.items).toMatchObject([{ label: "first", user: one.sipUri }]);
  const second = await apiAnswer<RunningOutAnswer>("GET", `/v1/passwords?${query}&after=${first.next}`);
  expect(second).toMatchObject({ items: [{ label: "second", user: two.sipUri }], next: null });
  for (const bad of ["", "?expiresBefore=soon", `?${query}&after=x`, `?${query}&limit=0`]) {
    expect(await apiProblem("GET", `/v1/passwords${bad}`)).toEqual([400, "unusable-query"]);
  }
});
