import { env } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { apiAnswer, apiEnv, apiProblem, tokenOf } from "../../../test/kit/api.ts";
import { askApp } from "../../../test/kit/ask-app.ts";
import { openDatabase } from "../../store/database.ts";
import { disableUser } from "../../store/directory.ts";
import { users } from "../../store/schema.ts";
import { directoryLinks, notices } from "../../store/schema-directory.ts";
import type { AuditEventsAnswer } from "../schemas/audit.ts";
import type { PeopleAppliedAnswer } from "../schemas/directory-sync.ts";
import type { MadeUserInvitationAnswer, UserInvitationsAnswer } from "../schemas/invitations.ts";

const PORTAL = "portal.contoso.test";
const on = { ...apiEnv, PORTAL_HOST: PORTAL };
const db = openDatabase(env.DB);

let people = 0;
async function person(state?: "in" | "disabled" | "out") {
  const name = `guest${++people}-${crypto.randomUUID().slice(0, 8)}`;
  const body = { sipUri: `${name}@contoso.test`, account: `CONTOSO\\${name}` };
  const { id } = await apiAnswer<{ id: string }>("POST", "/v1/users", { body });
  const key = `ad:${crypto.randomUUID()}`;
  if (state !== undefined)
    await db.insert(directoryLinks).values({ userId: id, key, state, since: 0, held: false, told: true });
  return { id, key, at: `/v1/users/${id}/invitations` };
}

const invite = (at: string, body: object = {}) => apiAnswer<MadeUserInvitationAnswer>("POST", at, { on, body });

/** What the portal answers to a code. */
async function redeemed({ link }: { readonly link: string }, onEnv: typeof on = on): Promise<number> {
  const answer = await askApp(
    `https://${PORTAL}/join`,
    {
      method: "POST",
      headers: { origin: `https://${PORTAL}`, "cf-connecting-ip": `198.19.0.${++people % 256}` },
      body: new URLSearchParams({ code: new URL(link).hash.slice(1) }),
    },
    onEnv,
  );
  await answer.text();
  return answer.status;
}

describe("S-56: an invitation of a user", () => {
  it("is a link with its code behind the #, and the audit has who made it, without the code", async () => {
    const { at, id } = await person();
    const before = Date.now();
    const made = await invite(at, { minutes: 15, why: "new phone" });
    expect(made.link).toMatch(/^https:\/\/portal\.contoso\.test\/join#(?:\w{4}-){6}\w{4}$/);
    expect(Date.parse(made.expiresAt) - before).toBeGreaterThanOrEqual(15 * 60_000);
    const { items } = await apiAnswer<AuditEventsAnswer>("GET", `/v1/audit?user=${id}&reason=user-invited`);
    expect(items).toMatchObject([{ why: "new phone", change: { after: { invitation: made.id } } }]);
    expect(JSON.stringify(items)).not.toContain(new URL(made.link).hash.slice(1));
    expect(await redeemed(made)).toBe(303);
    expect(await redeemed(made)).toBe(403);
    const list = await apiAnswer<UserInvitationsAnswer>("GET", at, { on });
    expect(list.items).toMatchObject([{ id: made.id, state: "used", usedAt: expect.any(String) }]);
  });

  it("opens under an older sealing key as well, and not when that key is gone", async () => {
    const newer = Buffer.alloc(32, 77).toString("base64");
    const first = await invite((await person()).at);
    const second = await invite((await person()).at);
    expect(await redeemed(first, { ...on, SEALING_KEYS: `${newer} ${String(on.SEALING_KEYS)}` })).toBe(303);
    expect(await redeemed(second, { ...on, SEALING_KEYS: newer })).toBe(403);
  });

  it("is not made without a portal, for somebody who is disabled, for nobody, or for too long", async () => {
    const { at, id } = await person();
    expect(await apiProblem("POST", at, { body: {} })).toEqual([409, "no-portal"]);
    expect(await apiProblem("POST", at, { on, body: { minutes: 4_321 } })).toEqual([422, "invalid"]);
    expect(await apiProblem("POST", "/v1/users/no@x.test/invitations", { on, body: {} })).toEqual([
      404,
      "no-such-user",
    ]);
    await disableUser(db, id, Date.now());
    expect(await apiProblem("POST", at, { on, body: {} })).toEqual([409, "user-disabled"]);
  });

  it("is mailed where NOTICES says so, and its mail ends with it", async () => {
    const { at, id } = await person();
    const mailing = { ...on, NOTICES: "invitation" };
    expect(await apiProblem("POST", at, { on, body: { mail: true } })).toEqual([409, "no-mail"]);
    expect(await apiProblem("POST", at, { on: mailing, body: { mail: true } })).toEqual([409, "no-mail"]);
    await db.update(users).set({ mail: "guest@contoso.test" }).where(eq(users.id, id));
    const made = await apiAnswer<MadeUserInvitationAnswer>("POST", at, { on: mailing, body: { mail: true } });
    expect(made.mailed).toBe(true);
    const waiting = async () => (await db.select().from(notices).where(eq(notices.userId, id))).map(({ end }) => end);
    expect(await waiting()).toEqual([null]);
    expect(await redeemed(made)).toBe(303);
    expect(await waiting()).toEqual(["withdrawn"]);
  });

  it.each(["disabled", "out"])(
    "ends when the directory says %s, in the list and the mail too, for good",
    async (state) => {
      const mailing = { ...on, NOTICES: "invitation" };
      const key = `ad:${crypto.randomUUID()}`;
      const name = key.slice("ad:".length);
      const person = {
        sipUri: `${name}@contoso.test`,
        account: `CONTOSO\\${name.slice(0, 18)}`,
        mail: "g@contoso.test",
      };
      const say = (said: string) =>
        apiAnswer<PeopleAppliedAnswer>("POST", "/v1/directory/apply", {
          body: { source: "ad", rows: [{ key, state: said, person }] },
        });
      const [row] = (await say("in")).rows;
      const at = `/v1/users/${row?.user?.id}/invitations`;
      const made = await apiAnswer<MadeUserInvitationAnswer>("POST", at, { on: mailing, body: { mail: true } });
      expect(made.mailed).toBe(true);
      for (const said of [state, "in"]) await say(said);
      expect(await redeemed(made)).toBe(403);
      expect((await apiAnswer<UserInvitationsAnswer>("GET", at, { on })).items).toMatchObject([{ state: "ended" }]);
      const mails = await db
        .select()
        .from(notices)
        .where(eq(notices.userId, String(row?.user?.id)));
      expect(mails.map(({ end, secret }) => [end, secret])).toEqual([["withdrawn", null]]);
    },
  );

  it("is made ten times an hour for one person at most", async () => {
    const { at } = await person();
    for (let made = 0; made < 10; made++) await invite(at);
    expect(await apiProblem("POST", at, { on, body: {} })).toEqual([429, "too-many-requests"]);
  });

  it("is withdrawn by its id, and only by that of this user", async () => {
    const [one, other] = [await person(), await person()];
    const made = await invite(one.at);
    const withdraw = (at: string, id: string) => apiProblem("POST", `${at}/${id}/withdraw`, { on, body: {} });
    expect(await withdraw(other.at, made.id)).toEqual([404, "no-such-invitation"]);
    expect(await withdraw(one.at, "i_aaaaaaaaaaaaaaaa")).toEqual([404, "no-such-invitation"]);
    for (let times = 0; times < 2; times++) {
      const ended = await apiAnswer("POST", `${one.at}/${made.id}/withdraw`, { on, body: { why: "wrong one" } });
      expect(ended).toMatchObject({ invitation: { state: "ended" } });
    }
    expect(await redeemed(made)).toBe(403);
    const { items } = await apiAnswer<AuditEventsAnswer>("GET", `/v1/audit?user=${one.id}&reason=invitation-withdrawn`);
    expect(items).toHaveLength(1);
  });
});

describe("S-56 S-58: an invitation that a directory's token asks for", () => {
  const ask = async (key: string, body: object = {}) =>
    ({ on, token: await tokenOf("directory"), body: { key, ...body } }) as const;
  const AT = "/v1/directory/invitations";

  it("is for exactly the person with that key, for ten minutes at most", async () => {
    const { key, id } = await person("in");
    const made = await apiAnswer<MadeUserInvitationAnswer>("POST", AT, await ask(key));
    expect(Date.parse(made.expiresAt) - Date.now()).toBeLessThanOrEqual(600_000);
    const list = await apiAnswer<UserInvitationsAnswer>("GET", `/v1/users/${id}/invitations`, { on });
    expect(list.items).toMatchObject([{ id: made.id, createdBy: { kind: "token" } }]);
    expect(await apiProblem("POST", AT, await ask(key, { minutes: 11 }))).toEqual([422, "invalid"]);
    expect(await redeemed(made)).toBe(303);
  });

  it("is refused for somebody whom the directory does not let in, who was made by hand, or who is disabled", async () => {
    for (const state of ["disabled", "out"] as const) {
      expect(await apiProblem("POST", AT, await ask((await person(state)).key))).toEqual([409, "directory-says-no"]);
    }
    const byHand = await person();
    for (const key of [byHand.key, byHand.id, `ad:${byHand.id}`, "ad:", "%"]) {
      expect(await apiProblem("POST", AT, await ask(key))).toEqual([404, "no-such-user"]);
    }
    const held = await person("in");
    await disableUser(db, held.id, Date.now());
    expect(await apiProblem("POST", AT, await ask(held.key))).toEqual([409, "user-disabled"]);
  });

  it("is all that such a token can do with invitations", async () => {
    const { at } = await person("in");
    const token = await tokenOf("directory");
    const { id } = await invite(at);
    for (const [method, path] of [
      ["POST", at],
      ["GET", at],
      ["POST", `${at}/${id}/withdraw`],
    ] as const) {
      const problem = await apiProblem(method, path, { on, token, ...(method === "POST" ? { body: {} } : {}) });
      expect(problem).toEqual([403, "forbidden-scope"]);
    }
  });
});
