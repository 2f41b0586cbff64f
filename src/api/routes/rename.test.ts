// Renaming, aliases and deleting as a client of the API meets them, with guards and networks that know the user.

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiAnswer, apiProblem, callApi, tokenOf } from "../../../test/kit/api.ts";
import { aboutFrom } from "../../../test/kit/attempts.ts";
import { keptAt, type Resident, resident } from "../../../test/kit/moves.ts";
import { findEvents } from "../../../test/kit/stored-events.ts";
import { DEFAULT_POLICY } from "../../core/policy/read.ts";
import { guardOf, sourceGuardOf, whoKey } from "../../guards/route.ts";
import { openDatabase } from "../../store/database.ts";
import { addAppPassword, namesOfUser, userById } from "../../store/directory.ts";
import { partnershipsOfUser } from "../../store/partnerships.ts";
import { applyPolicy, currentVersion } from "../../store/policies.ts";
import { UserGuard } from "../../user-guard/user-guard.ts";

const db = openDatabase(env.DB);
const HOME = "203.0.113.7"; // where `resident` signs in from

beforeEach(() => {
  vi.restoreAllMocks();
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each change
});

let addresses = 0;
const newAddress = (): string => `sip:renamed${++addresses}@fabrikam.test`;
const path = (who: { readonly id: string }, rest = ""): string => `/v1/users/${who.id}${rest}`;
const nameOf = (sipUri: string): string => sipUri.slice("sip:".length);

/** Somebody with a phone and a ticket, whose network knows the names. */
async function inUse(sipUri?: string): Promise<Resident> {
  const who = await resident(sipUri);
  await addAppPassword(db, { id: `p_${who.id}`, userId: who.id, label: "phone", ntHashes: "x" }, 0);
  expect(await who.signIn()).toBe("signed-in");
  expect([await who.gets(`${who.id} old`), await who.names(`${who.id} old`, "phone")]).toEqual([
    "remembered",
    "served",
  ]);
  const { account } = await who.row();
  const names = [nameOf(who.sipUri), `contoso\\${account}`].map(whoKey);
  const [name = "", ...others] = names;
  const end = { kind: "signed-in", forgiven: 0, names: others } as const;
  await sourceGuardOf(env, HOME).settle(aboutFrom(HOME), { name, client: "client" }, end, { counted: false });
  return who;
}
const familiar = (...names: string[]) => sourceGuardOf(env, HOME).familiarSince(names.map(whoKey));

describe("S-48: a person who is renamed", () => {
  it("keeps id, devices and app password under the new address; tickets end; the old address is free", async () => {
    const who = await inUse();
    const to = newAddress();
    const token = await tokenOf("admin");
    const { account } = await who.row();
    const body = { sipUri: to, upn: "New.Upn@Fabrikam.test", why: "married" };
    const response = await callApi("POST", path(who, "/rename"), { token, body, headers: { "if-match": '"r0"' } });
    expect([response.status, response.headers.get("etag")]).toEqual([200, '"r1"']);
    expect(await response.json()).toEqual({
      ...{ id: who.id, sipUri: to, upn: "New.Upn@Fabrikam.test", account: `CONTOSO\\${account}` },
      ...{ changed: true, released: [nameOf(who.sipUri)], inPolicy: false },
    });
    expect([await who.uses(`${who.id} old`, who.sipUri), await who.uses(`${who.id} old`)]).toEqual(["dead", "dead"]);
    expect([await who.signIn(), await who.gets("new"), await who.names("new", "phone")]).toEqual([
      ...["signed-in", "remembered", "served"],
    ]);
    expect(await partnershipsOfUser(db, who.id)).toHaveLength(1);
    expect(await familiar(nameOf(who.sipUri))).toEqual([]);
    expect(await familiar(`contoso\\${account}`)).toHaveLength(1);
    const [event] = await findEvents(db, { userId: who.id, reason: "user-renamed" }, 1);
    expect(event).toMatchObject({ user: who.sipUri, by: `t_${token.slice(3, 19)}`, why: "married" });
    expect(JSON.parse(event?.change ?? "")).toEqual({
      before: { sipUri: who.sipUri, upn: null },
      after: { sipUri: to, upn: "New.Upn@Fabrikam.test" },
    });
    const next = await inUse(who.sipUri);
    expect((await keptAt(next.sipUri)).devices).toHaveLength(1);
    expect(JSON.stringify(await keptAt(next.sipUri))).not.toContain(who.id);
    expect((await apiAnswer<{ events: unknown[] }>("GET", path(next, "/export/audit"))).events).not.toContainEqual(
      expect.objectContaining({ userId: who.id }),
    );
    const again = await callApi("POST", path(who, "/rename"), { body: { sipUri: to } });
    expect(await again.json()).toMatchObject({ changed: false, released: [] });
  });

  it("keeps the old address as an alias by choice, and nobody else gets it", async () => {
    const who = await inUse();
    const body = { sipUri: newAddress(), keepOldAddress: true };
    expect(await apiAnswer("POST", path(who, "/rename"), { body })).toMatchObject({ released: [] });
    expect(await namesOfUser(db, who.id)).toContainEqual({ name: nameOf(who.sipUri), kind: "alias" });
    const other = await resident();
    const response = await callApi("POST", path(other, "/rename"), { body: { sipUri: who.sipUri } });
    expect(await response.json()).toMatchObject({
      ...{ status: 409, code: "name-taken", name: nameOf(who.sipUri), userId: who.id },
      detail: `${nameOf(who.sipUri)} is a name of ${body.sipUri} (${who.id}). Nothing was changed.`,
    });
  });

  it("with another account or UPN alone stays at the same guard, and tickets end", async () => {
    const who = await inUse();
    expect(await apiAnswer("POST", path(who, "/rename"), { body: { account: "FABRIKAM\\elsewhere" } })).toMatchObject({
      ...{ sipUri: who.sipUri, account: "FABRIKAM\\elsewhere", changed: true },
    });
    expect(await who.uses(`${who.id} old`)).toBe("dead");
    expect([await who.signIn(), await who.gets("new"), await who.names("new", "phone")]).toEqual([
      ...["signed-in", "remembered", "served"],
    ]);
  });

  it("is told when the policy in force names the old address", async () => {
    const who = await resident();
    const [at, text] = [Date.now(), `user = ["${nameOf(who.sipUri)}"]`];
    const version = await currentVersion(db);
    await applyPolicy(db, version, { at, by: "k", why: null, policy: DEFAULT_POLICY, text });
    const body = { sipUri: newAddress() };
    expect(await apiAnswer("POST", path(who, "/rename"), { body })).toMatchObject({ inPolicy: true });
  });

  it.each([
    [{}, 422, "invalid", ""],
    [{ sipUri: "nobody" }, 422, "invalid", "sipUri"],
    [{ sipUri: "x@y.test", account: "x" }, 422, "invalid", "account"],
    [{ upn: "x" }, 422, "invalid", "upn"],
    [{ sipUri: "x@y.test", id: "u_other" }, 422, "invalid", "id"],
    [{ sipUri: 1 }, 422, "invalid", "sipUri"],
  ])("as %j is refused: %i %s, field %j", async (body, status, code, field) => {
    const who = await resident();
    const response = await callApi("POST", path(who, "/rename"), { body });
    const problem = await response.json<{ code: string; errors?: { path: string }[] }>();
    expect([response.status, problem.code, problem.errors?.[0]?.path]).toEqual([status, code, field]);
    expect((await who.row()).sipUri).toBe(who.sipUri);
  });

  it("is not, when somebody has changed the user since", async () => {
    const who = await resident();
    const asking = { body: { sipUri: newAddress() }, headers: { "if-match": '"r7"' } };
    expect(await apiProblem("POST", path(who, "/rename"), asking)).toEqual([412, "changed-meanwhile"]);
  });

  it("S-37: gets a 503 when a guard fails, which the same request or a rename to the old address ends", async () => {
    const who = await inUse();
    const to = newAddress();
    const original = UserGuard.prototype.move;
    vi.spyOn(UserGuard.prototype, "move").mockImplementation(async function (this: UserGuard, step) {
      if (step.kind === "arrive") throw new Error("down");
      return original.call(this, step);
    });
    expect(await apiProblem("POST", path(who, "/rename"), { body: { sipUri: to } })).toEqual([503, "unavailable"]);
    const another = { body: { sipUri: newAddress() } };
    expect(await apiProblem("POST", path(who, "/rename"), another)).toEqual([409, "move-in-progress"]);
    expect(await who.signIn()).toBe("unavailable");
    vi.mocked(UserGuard.prototype.move).mockRestore();
    const stay = { body: { sipUri: who.sipUri } };
    expect(await apiAnswer("POST", path(who, "/rename"), stay)).toMatchObject({ changed: false });
    expect([await who.signIn(), await who.gets("back"), await who.names("back", "phone")]).toEqual([
      ...["signed-in", "remembered", "served"],
    ]);
  });
});

describe("S-10: aliases", () => {
  it("are added, taken away and audited; networks forget one that is gone", async () => {
    const who = await inUse();
    const token = await tokenOf("admin");
    const body = { name: `SIP:Nick${who.id}@X.test`, why: "asked" };
    const alias = `nick${who.id}@x.test`;
    const added = { user: who.sipUri, alias, changed: true };
    expect(await apiAnswer("POST", path(who, "/aliases"), { token, body })).toEqual(added);
    expect(await apiAnswer("POST", path(who, "/aliases"), { token, body })).toEqual({ ...added, changed: false });
    const other = await resident();
    expect(await apiProblem("POST", path(other, "/aliases"), { token, body })).toEqual([409, "name-taken"]);
    const end = { kind: "signed-in", forgiven: 0 } as const;
    const known = { name: whoKey(alias), client: "client" };
    await sourceGuardOf(env, HOME).settle(aboutFrom(HOME), known, end, { counted: false });
    expect(await familiar(alias)).toHaveLength(1);
    const one = path(who, `/aliases/${encodeURIComponent(alias)}`);
    expect(await apiAnswer("DELETE", one, { token, body: { why: "gone" } })).toEqual(added);
    expect(await familiar(alias)).toEqual([]);
    expect(await who.uses(`${who.id} old`)).toBe("served");
    expect(await apiProblem("DELETE", one, { token })).toEqual([404, "no-such-alias"]);
    const sip = path(who, `/aliases/${encodeURIComponent(nameOf(who.sipUri))}`);
    expect(await apiProblem("DELETE", sip, { token })).toEqual([409, "not-an-alias"]);
    expect(await apiProblem("POST", path(who, "/aliases"), { body: { name: "alone" } })).toEqual([422, "invalid"]);
    const reasons = (await findEvents(db, { userId: who.id, outcome: "changed" }, 5)).map(({ reason, why, change }) => [
      ...[reason, why, change],
    ]);
    expect(reasons.slice(0, 2)).toEqual([
      ["user-alias-removed", "gone", JSON.stringify({ before: { alias }, after: {} })],
      ["user-alias-added", "asked", JSON.stringify({ before: {}, after: { alias } })],
    ]);
  });
});

describe("S-48: a person who is deleted", () => {
  it("is served nothing, and the next owner of the names gets nothing; the audit keeps what happened", async () => {
    const who = await inUse();
    const { account } = await who.row();
    const token = await tokenOf("admin");
    const deleted = await apiAnswer("DELETE", path(who), { token, body: { why: "left" } });
    expect(deleted).toMatchObject({ id: who.id, user: who.sipUri, networksLeft: 0 });
    expect(await userById(db, who.id)).toBeUndefined();
    expect(await partnershipsOfUser(db, who.id)).toEqual([]);
    expect(await who.uses(`${who.id} old`, who.sipUri)).toBe("dead");
    expect(await familiar(nameOf(who.sipUri), `contoso\\${account}`)).toEqual([]);
    const events = await findEvents(db, { userId: who.id }, 10);
    expect(events[0]).toMatchObject({ reason: "user-deleted", user: who.sipUri, why: "left" });
    expect(JSON.parse(events[0]?.change ?? "").before).toMatchObject({ account: `CONTOSO\\${account}`, aliases: [] });
    expect(events.length).toBeGreaterThan(1);
    expect(await apiProblem("DELETE", path(who), { token })).toEqual([404, "no-such-user"]);

    const next = await inUse(who.sipUri);
    expect((await guardOf(env, next.sipUri).locks()).pairs).toMatchObject([{ familiar: true, failures: 0 }]);
    expect((await keptAt(next.sipUri)).devices).toHaveLength(1);
    expect(await next.uses(`${who.id} old`)).toBe("dead");
    expect(await apiAnswer("POST", path(next, "/erase"), { body: { audit: "purge" } })).toMatchObject({ more: false });
    expect(await findEvents(db, { userId: who.id }, 10)).toHaveLength(events.length);
  });

  it("S-37: may be asked for again when it failed, and is disabled until then", async () => {
    const who = await inUse();
    vi.spyOn(UserGuard.prototype, "erase").mockRejectedValueOnce(new Error("down"));
    expect(await apiProblem("DELETE", path(who))).toEqual([503, "unavailable"]);
    expect(await who.signIn()).toBe("refused");
    expect(await apiAnswer("DELETE", path(who))).toMatchObject({ id: who.id });
  });
});
