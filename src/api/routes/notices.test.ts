// Mail over the API, as an agent and an administrator see it, and as an event of a guard makes it.

import { env, runDurableObjectAlarm } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiEnv, apiProblem, callApi, tokenOf } from "../../../test/kit/api.ts";
import { guardOf } from "../../guards/route.ts";
import { openDatabase } from "../../store/database.ts";
import { addUser } from "../../store/directory.ts";
import { users } from "../../store/schema.ts";
import { notices } from "../../store/schema-directory.ts";
import type { NoticeAnswer, NoticesStatusAnswer, NoticeTestedAnswer, TakenNoticesAnswer } from "../schemas/notices.ts";

const db = openDatabase(env.DB);
const withDesk = { ...apiEnv, NOTICE_HELPDESK: "desk@contoso.test" };
const json = async <T>(response: Promise<Response>): Promise<T> => (await response).json<T>();
const take = async () =>
  (await json<TakenNoticesAnswer>(callApi("POST", "/v1/notices/take", { token: await tokenOf("directory"), body: {} })))
    .notices;

beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  await db.delete(notices);
});

async function person(name: string): Promise<string> {
  const added = await addUser(db, { sipUri: `sip:${name}@contoso.test`, account: `CONTOSO\\${name}` }, 0);
  if (!added.ok) throw new Error(added.reason);
  await db
    .update(users)
    .set({ mail: `${name}@mail.test` })
    .where(eq(users.id, added.value.id));
  return added.value.id;
}

describe("mail over the API", () => {
  it("S-57: an app password that an administrator makes is told to its owner, without the password", async () => {
    const user = await person("told");
    const made = await json<{ id: string; password: string }>(
      callApi("POST", `/v1/users/${user}/passwords`, { body: { label: "Jörgs Telefon" } }),
    );
    const [notice, ...more] = await take();
    expect(more).toEqual([]);
    expect(notice).toMatchObject({ kind: "password-created", to: "told@mail.test", takes: 1, language: null });
    expect(notice?.facts).toMatchObject({ user: "told@contoso.test", label: "Jörgs Telefon" });
    expect(JSON.stringify([notice, await db.select().from(notices)])).not.toContain(made.password);
  });

  it("S-57: a blocked device is told when the guard's alarm brings the event to D1", async () => {
    const user = await person("blocked");
    const password = await json<{ id: string }>(
      callApi("POST", `/v1/users/${user}/passwords`, { body: { label: "" } }),
    );
    await take();
    const expected = { credentialId: password.id, key: "endpoint:7f1e2c3d-0000-4000-8000-000000000001" };
    const { device } = await json<{ device: { id: string } }>(
      callApi("POST", `/v1/users/${user}/devices`, { body: expected }),
    );
    await callApi("POST", `/v1/users/${user}/devices/${device.id}/block`, { body: {} });
    await runDurableObjectAlarm(guardOf(env, "sip:blocked@contoso.test") as never);
    expect((await take()).map(({ kind, to }) => [kind, to])).toEqual([["device-blocked", "blocked@mail.test"]]);
  });

  it("S-57: a test is queued, taken once, ended, and listed with what became of it", async () => {
    expect(await apiProblem("POST", "/v1/notices/test", { body: {} })).toEqual([409, "no-notice-address"]);
    const tested = await json<NoticeTestedAnswer>(callApi("POST", "/v1/notices/test", { body: {}, on: withDesk }));
    expect(tested.to).toBe("desk@contoso.test");
    const [notice] = await take();
    expect(notice).toMatchObject({ id: tested.id, kind: "test", to: "desk@contoso.test", name: null });
    expect(await take()).toEqual([]);
    const end = async (word: string) =>
      json(
        callApi("POST", "/v1/notices/end", {
          token: await tokenOf("directory"),
          body: { ended: [{ id: tested.id, end: word, detail: "550 no\r\nsuch mailbox" }] },
        }),
      );
    expect(await end("undeliverable")).toEqual({ ended: 1 });
    expect(await end("sent")).toEqual({ ended: 0 });
    const list = (state: string) => json<{ items: NoticeAnswer[] }>(callApi("GET", `/v1/notices?state=${state}`));
    expect((await list("waiting")).items).toEqual([]);
    const [ended] = (await list("ended")).items;
    expect(ended?.end).toBe("undeliverable: 550 no\ufffd\ufffdsuch mailbox");
    const status = await json<NoticesStatusAnswer>(callApi("GET", "/v1/notices/status", { on: withDesk }));
    expect(status).toMatchObject({ waiting: 0, failedOfADay: 1, helpdesk: "desk@contoso.test" });
  });

  it("S-57: refuses what is not one address, so nobody writes a header or reaches a second person", async () => {
    for (const to of ["a@b.test, c@d.test", "a@b.test\r\nBcc: c@d.test", "Alice <a@b.test>", "a@b@c", "@b", "a@", ""]) {
      expect([to, ...(await apiProblem("POST", "/v1/notices/test", { body: { to } }))]).toEqual([to, 422, "invalid"]);
    }
  });
});
