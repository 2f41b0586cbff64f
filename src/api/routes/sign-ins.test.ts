import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { apiAnswer, apiEnv, apiProblem, callApi, tokenOf } from "../../../test/kit/api.ts";
import { API_SCOPES } from "../../core/credentials/api-scopes.ts";
import { hashOfWebSecret } from "../../core/credentials/web-secrets.ts";
import { openDatabase } from "../../store/database.ts";
import { newSessionId } from "../../store/ids.ts";
import { invitationByHash } from "../../store/invitations.ts";
import { addPasskey } from "../../store/passkeys.ts";
import { addWebSession, webSessionByHash } from "../../store/web-sessions.ts";
import type { AuditEventsAnswer } from "../schemas/audit.ts";
import type { InvitationAnswer, PasskeyAnswer, SessionAnswer } from "../schemas/sign-ins.ts";
import type { AdministratorAnswer } from "../schemas/tokens.ts";

const db = openDatabase(env.DB);
const HOUR = 3_600_000;
const CLOCK = { now: Date.now(), idleMs: HOUR };
const on = { ...apiEnv, CONSOLE_HOST: "console.contoso.test" };

let people = 0;
const add = (role = "viewer") => {
  const body = { name: "Ann", email: `ann${++people}-${crypto.randomUUID()}@contoso.com`, role };
  return apiAnswer<AdministratorAnswer>("POST", "/v1/administrators", { body });
};
const invite = (id: string, asking: object = {}) =>
  apiAnswer<InvitationAnswer>("POST", `/v1/administrators/${id}/invitation`, { on, body: {}, ...asking });
const opened = ({ link }: InvitationAnswer) =>
  invitationByHash(db, hashOfWebSecret(new URL(link).hash.slice(1)), Date.now());

/** A session, and whether it lives. */
const signIn = async ({ id: administratorId }: AdministratorAnswer) => {
  const id = newSessionId();
  const hash = hashOfWebSecret(id);
  await addWebSession(db, {
    ...{ hash, id, administratorId, createdAt: CLOCK.now, seenAt: CLOCK.now, expiresAt: CLOCK.now + HOUR },
    ...{ freshAt: CLOCK.now, how: "passkey", subject: null, source: "203.0.113.7", userAgent: "Firefox" },
  });
  return { id, lives: async () => (await webSessionByHash(db, hash, CLOCK)) !== undefined };
};
const addKey = async ({ id: administratorId }: AdministratorAnswer, rpId = "console.contoso.test") => {
  const id = `key-${crypto.randomUUID()}`;
  const key = { id, administratorId, userHandle: "h", publicKey: Uint8Array.of(1), counter: 0, transports: [] };
  const backed = { deviceType: "multiDevice", backedUp: true, rpId, createdAt: 0, lastUsedAt: null } as const;
  await addPasskey(db, { ...key, ...backed, name: "Ann's phone" });
  return id;
};
const lastEvent = async (reason: string) =>
  (await apiAnswer<AuditEventsAnswer>("GET", `/v1/audit?reason=${reason}&limit=1`)).items[0];

describe("an invitation", () => {
  it("S-49: is a link of the console, whose secret is nowhere else, and a new one ends the one before", async () => {
    const ann = await add();
    const first = await invite(ann.id, { body: { why: "new here" } });
    expect(first.link).toMatch(/^https:\/\/console\.contoso\.test\/invite#[\w-]{43}$/);
    expect(Date.parse(first.expiresAt) - Date.now()).toBeGreaterThan(71 * HOUR);
    expect(await opened(first)).toMatchObject({ administrator: { email: ann.email } });
    const second = await invite(ann.id);
    expect([await opened(first), (await opened(second))?.id]).toEqual([undefined, second.id]);
    const secret = new URL(second.link).hash.slice(1);
    for (const table of ["admin_invitations", "audit_events", "idempotency"]) {
      const rows = await env.DB.prepare(`select * from ${table}`).all();
      expect(JSON.stringify(rows.results)).not.toContain(secret);
    }
    expect(await lastEvent("administrator-invited")).toMatchObject({
      why: ann.id,
      change: { after: { email: ann.email } },
    });
  });

  it("has the port of the request where the gateway runs without TLS", async () => {
    const plain = { ...on, PLAIN_HTTP: "allow", CONSOLE_HOST: "console.localhost" };
    const response = await callApi("POST", `/v1/administrators/${(await add()).id}/invitation`, {
      on: plain,
      body: {},
    });
    expect((await response.json<InvitationAnswer>()).link).toMatch(/^http:\/\/console\.localhost\/invite#/);
  });

  it("is not made without a console, for nobody, or for somebody who is disabled", async () => {
    const ann = await add();
    const path = `/v1/administrators/${ann.id}/invitation`;
    expect(await apiProblem("POST", path, { body: {} })).toEqual([409, "no-console"]);
    expect(await apiProblem("POST", "/v1/administrators/a_0/invitation", { on, body: {} })).toEqual([
      404,
      "no-such-administrator",
    ]);
    await apiAnswer("DELETE", `/v1/administrators/${ann.id}`);
    expect(await apiProblem("POST", path, { on, body: {} })).toEqual([409, "administrator-disabled"]);
  });

  it("is made once for an idempotency key, and its link is not shown again", async () => {
    const headers = { "idempotency-key": crypto.randomUUID() };
    const ann = await add();
    const made = await invite(ann.id, { headers });
    const again = await callApi("POST", `/v1/administrators/${ann.id}/invitation`, { on, body: {}, headers });
    expect([again.status, await again.json()]).toMatchObject([409, { code: "already-done", id: made.id }]);
    expect(await opened(made)).toBeDefined();
  });
});

describe("S-49: passkeys and sessions of administrators", () => {
  it("are listed without what is secret", async () => {
    const ann = await add();
    const [usable, old] = [await addKey(ann), await addKey(ann, "fabrikam.com")];
    const keys = await apiAnswer<{ items: PasskeyAnswer[] }>("GET", `/v1/administrators/${ann.id}/passkeys`, { on });
    expect(Object.fromEntries(keys.items.map((key) => [key.id, key.usable]))).toEqual({ [usable]: true, [old]: false });
    const session = await signIn(ann);
    const path = `/v1/administrators/${ann.id}/sessions`;
    const { items } = await apiAnswer<{ items: SessionAnswer[] }>("GET", path, { on });
    expect(items).toMatchObject([{ id: session.id, how: "passkey", source: "203.0.113.7" }]);
    expect(JSON.stringify([keys, items])).not.toMatch(/hash|publicKey|userHandle/);
  });

  it("end one by one, all together, and with a passkey that is taken away", async () => {
    const [ann, bob] = [await add(), await add()];
    const [one, two, three, bobs] = [await signIn(ann), await signIn(ann), await signIn(ann), await signIn(bob)];
    const path = `/v1/administrators/${ann.id}`;
    expect(await apiProblem("DELETE", `${path}/sessions/${bobs.id}`)).toEqual([404, "no-such-session"]);
    expect(await apiAnswer("DELETE", `${path}/sessions/${one.id}`)).toEqual({ sessionsEnded: 1 });
    expect([await one.lives(), await two.lives()]).toEqual([false, true]);
    expect(await apiAnswer("DELETE", `${path}/sessions`, { body: { why: "lost" } })).toEqual({ sessionsEnded: 2 });
    expect([await two.lives(), await three.lives(), await bobs.lives()]).toEqual([false, false, true]);
    expect(await lastEvent("sessions-ended")).toMatchObject({
      why: `${ann.id}: lost`,
      change: { before: { sessions: 2 } },
    });
    const [key, again] = [await addKey(ann), await signIn(ann)];
    expect(await apiProblem("DELETE", `/v1/administrators/${bob.id}/passkeys/${key}`)).toEqual([
      404,
      "no-such-passkey",
    ]);
    expect(await apiAnswer("DELETE", `${path}/passkeys/${key}`)).toEqual({ sessionsEnded: 1 });
    expect(await again.lives()).toBe(false);
    expect(await lastEvent("passkey-removed")).toMatchObject({ change: { before: { passkey: "Ann's phone" } } });
  });

  it("S-37: end when the person is disabled, and do not come back with the person", async () => {
    const ann = await add();
    const [session, invited] = [await signIn(ann), await invite(ann.id)];
    await apiAnswer("PATCH", `/v1/administrators/${ann.id}`, { body: { disabled: true } });
    expect([await session.lives(), await opened(invited)]).toEqual([false, undefined]);
    await apiAnswer("PATCH", `/v1/administrators/${ann.id}`, { body: { disabled: false } });
    expect([await session.lives(), await opened(invited)]).toEqual([false, undefined]);
  });

  it("have the role that the person has now", async () => {
    const ann = await add("admin");
    const session = await signIn(ann);
    await apiAnswer("PATCH", `/v1/administrators/${ann.id}`, { body: { role: "viewer" } });
    const live = await webSessionByHash(db, hashOfWebSecret(session.id), CLOCK);
    expect(live?.administrator.role).toBe("viewer");
  });

  it.each(API_SCOPES.filter((scope) => scope !== "admin"))("are closed to a token of the scope %s", async (scope) => {
    const token = await tokenOf(scope);
    const ann = await add();
    const path = `/v1/administrators/${ann.id}`;
    const session = await signIn(ann);
    for (const [method, at] of [
      ["POST", "/invitation"],
      ["GET", "/passkeys"],
      ["DELETE", "/passkeys/x"],
      ["GET", "/sessions"],
      ["DELETE", `/sessions/${session.id}`],
      ["DELETE", "/sessions"],
    ] as const) {
      const body = method === "GET" ? {} : { body: {} };
      expect(await apiProblem(method, path + at, { token, on, ...body })).toEqual([403, "forbidden-scope"]);
    }
    expect(await session.lives()).toBe(true);
  });
});
