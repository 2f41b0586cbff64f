// S-65: a round of the post against D1 in workerd, with an other side that fails, is slow, and dies.

import { env } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ABOUT } from "../../test/kit/events.ts";
import { must } from "../../test/kit/ntlm.ts";
import { auditEvent } from "../audit/event.ts";
import { parseKeyring } from "../core/crypto/keyring.ts";
import { readNotices } from "../notices/settings.ts";
import { insertEvents } from "../store/audit.ts";
import { openDatabase } from "../store/database.ts";
import { addUser } from "../store/directory.ts";
import { queueInvitation } from "../store/invitation-mail.ts";
import { endNotices, LEASE_MS, postStatus, queueTest, takeNotices } from "../store/notice-post.ts";
import { maintainNotices } from "../store/notice-upkeep.ts";
import { auditEvents, users } from "../store/schema.ts";
import { notices } from "../store/schema-directory.ts";
import { CRON_RUN, deliver, EVENT_RUN, type Post } from "./deliver.ts";

const db = openDatabase(env.DB);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Math.floor(1_790_000_000_000 / DAY) * DAY + DAY / 2;
const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const read = readNotices({
  ...{ NOTICE_DELIVERY: "webhook", NOTICE_WEBHOOK_URL: "https://mail.contoso.test/", NOTICE_WEBHOOK_SECRETS: SECRET },
  ...{ NOTICE_HELPDESK: "desk@contoso.test", NOTICE_LANGUAGE: "de", NOTICE_CONTACT: "Helpdesk: 4444" },
});
if ("faults" in read) throw new Error(read.faults.join("\n"));
const settings = read.notices;
const post: Post = {
  ...{ db, keyring: must(parseKeyring(env.SEALING_KEYS)), notices: settings, mail: undefined },
  portal: "https://portal.contoso.test",
};

type Got = { readonly id: string; readonly to: string; readonly text: string; readonly subject: string };
/** What the receiver got, in order; and what it answers. */
const got: Got[] = [];
let answers: (n: number) => Response | Promise<Response>;
const ok = () => new Response(null, { status: 200 });

let made = 0;
async function person(language: string | null = "en"): Promise<string> {
  const name = `posted${++made}`;
  const user = must(await addUser(db, { sipUri: `sip:${name}@contoso.test`, account: `CONTOSO\\${name}` }, NOW));
  await db
    .update(users)
    .set({ mail: `${name}@contoso.test`, language })
    .where(eq(users.id, user.id));
  return user.id;
}
const enrolled = (userId: string, device: string, at = NOW) =>
  auditEvent({ ...ABOUT, channel: "device" }, { outcome: "allowed", reason: "enrolled", device, userId }, at);
const run = (now: number, how = CRON_RUN, over: Partial<Post> = {}) => deliver({ ...post, ...over }, how, () => now);
const rows = () => db.select().from(notices);

beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  vi.spyOn(globalThis, "fetch").mockImplementation(async (_url, init) => {
    const { data } = JSON.parse(String(init?.body)) as { data: Got };
    got.push(data);
    return answers(got.length);
  });
  answers = ok;
  got.length = 0;
  for (const table of [notices, auditEvents, users]) await db.delete(table);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("S-65: a round of the post", () => {
  it("sends what is due, in the person's language, once", async () => {
    await insertEvents(db, [enrolled(await person("en"), "d_1"), enrolled(await person(null), "d_2")], settings);
    expect((await run(NOW)).map(({ end }) => end)).toEqual(["sent", "sent"]);
    expect(await run(NOW + HOUR)).toEqual([]);
    const texts = got.map(({ text }) => text);
    expect(texts.find((text) => text.startsWith("Hello posted"))).toContain("sign in to https://portal.contoso.test");
    expect(texts.find((text) => text.startsWith("Guten Tag posted"))).toContain("Helpdesk: 4444");
    expect((await rows()).map(({ end }) => end)).toEqual(["sent", "sent"]);
  });

  it("an hour of 500s costs one try for each run, loses nothing, and ends when the receiver is back", async () => {
    const userId = await person();
    await insertEvents(
      db,
      [1, 2, 3].map((n) => enrolled(userId, `d_${n}`, NOW + n)),
      settings,
    );
    answers = () => new Response(null, { status: 500 });
    let runs = 0;
    for (let now = NOW + MINUTE; now < NOW + HOUR; now += MINUTE) {
      const before = got.length;
      await run(now);
      expect(got.length - before).toBeLessThanOrEqual(1); // the first failure ends the run
      runs += got.length - before;
    }
    expect(runs).toBeLessThan(30); // the waits grow
    expect(await postStatus(db, NOW + HOUR)).toMatchObject({
      ...{ waiting: 3, oldestUnsentAt: NOW + 1, oldestEnd: "the webhook answered 500", failedOfADay: 0 },
    });
    answers = ok;
    got.length = 0;
    for (let now = NOW + HOUR; now < NOW + 4 * HOUR; now += MINUTE) await run(now);
    expect(got).toHaveLength(3);
    expect(new Set(got.map(({ id }) => id)).size).toBe(3);
    expect((await rows()).every(({ end }) => end === "sent")).toBe(true);
  });

  // The waits are drawn. So its last try ends it, or the clock before another one.
  it.each([
    [0, "undeliverable"],
    [0.25, "expired"],
    [0.5, "expired"],
    [0.75, "undeliverable"],
    [0.999, "undeliverable"],
  ])("gives up after three days, and then an administrator is warned (drawn: %d)", async (drawn, how) => {
    vi.spyOn(Math, "random").mockReturnValue(drawn);
    await queueTest(db, "x@contoso.test", NOW);
    answers = () => new Response(null, { status: 422 });
    for (let now = NOW; now < NOW + 4 * DAY; now += HOUR) {
      await run(now);
      await maintainNotices(db, settings, now);
    }
    const [row] = await rows();
    expect(row?.end).toBe(`${how}: the webhook answered 422`);
    expect(row?.endedAt).toBeLessThanOrEqual(NOW + 3 * DAY);
    expect((await postStatus(db, (row?.endedAt ?? 0) + 1)).failedOfADay).toBe(1);
    expect(got.length).toBeLessThan(40);
  });

  it("what nobody could try in time is kept as failed, not dropped", async () => {
    await queueTest(db, "x@contoso.test", NOW);
    await maintainNotices(db, settings, NOW + 3 * DAY);
    expect((await rows()).map(({ end }) => end)).toEqual(["expired"]);
  });

  it("two Workers at once send each once", async () => {
    const userId = await person();
    await insertEvents(
      db,
      [1, 2, 3, 4, 5].map((n) => enrolled(userId, `d_${n}`, NOW + n)),
      settings,
    );
    answers = async () => {
      await scheduler.wait(5);
      return ok();
    };
    const ended = await Promise.all([1, 2, 3].map(() => run(NOW + MINUTE, { ...CRON_RUN, most: 2 })));
    await run(NOW + MINUTE);
    expect(ended.flat()).toHaveLength(5);
    expect(new Set(got.map(({ id }) => id)).size).toBe(5);
    expect(got).toHaveLength(5);
  });

  it("a crash after the receiver took it sends it once more, with the same id", async () => {
    await queueTest(db, "x@contoso.test", NOW);
    vi.spyOn(scheduler, "wait").mockResolvedValue(undefined);
    const dying = openDatabase(withoutWriting(env.DB));
    await expect(run(NOW, CRON_RUN, { db: dying })).rejects.toThrow();
    expect(got).toHaveLength(1);
    expect(await run(NOW + LEASE_MS - 1)).toEqual([]);
    expect((await run(NOW + LEASE_MS)).map(({ end }) => end)).toEqual(["sent"]);
    expect(got[1]?.id).toBe(got[0]?.id);
    expect(await run(NOW + DAY)).toEqual([]);
  });

  it("a crash before it sent anything loses nothing", async () => {
    await queueTest(db, "x@contoso.test", NOW);
    await takeNotices(db, post, 1, NOW); // and then it died
    expect((await run(NOW + LEASE_MS)).map(({ end }) => end)).toEqual(["sent"]);
    expect(got).toHaveLength(1);
  });

  it("a run that stalled puts nothing back that another run has taken, and its success counts all the same", async () => {
    const id = await queueTest(db, "x@contoso.test", NOW);
    const [stalled] = await takeNotices(db, post, 1, NOW);
    const later = NOW + LEASE_MS;
    const [other] = await takeNotices(db, post, 1, later);
    expect([stalled?.takes, other?.takes]).toEqual([1, 2]);
    expect(await endNotices(db, [{ id, takes: 1, end: "later", detail: "slow" }], later + 1)).toBe(0);
    expect(await endNotices(db, [{ id, takes: 1, end: "undeliverable" }], later + 1)).toBe(0);
    expect(await takeNotices(db, post, 1, later + 1)).toEqual([]);
    expect(await endNotices(db, [{ id, takes: 1, end: "sent" }], later + 2)).toBe(1);
    expect(await endNotices(db, [{ id, takes: 2, end: "later" }], later + 3)).toBe(0);
  });

  it("begins none so late that its lease could run out", async () => {
    const userId = await person();
    await insertEvents(
      db,
      [1, 2, 3].map((n) => enrolled(userId, `d_${n}`, NOW + n)),
      settings,
    );
    let now = NOW + MINUTE;
    answers = () => {
      now += 0.75 * CRON_RUN.beginWithinMs;
      return ok();
    };
    const slowly = () => now;
    expect(await deliver(post, CRON_RUN, slowly)).toHaveLength(2);
    expect(await deliver(post, CRON_RUN, slowly)).toEqual([]);
    now += LEASE_MS;
    expect(await deliver(post, CRON_RUN, slowly)).toHaveLength(1);
    expect(new Set(got.map(({ id }) => id)).size).toBe(3);
  });

  it("right after an event takes what nobody tried, and leaves a backlog to the cron trigger", async () => {
    const old = await queueTest(db, "old@contoso.test", NOW);
    await takeNotices(db, post, 1, NOW);
    await endNotices(db, [{ id: old, end: "later", detail: "down" }], NOW);
    await queueTest(db, "new@contoso.test", NOW + HOUR);
    await run(NOW + HOUR, EVENT_RUN);
    expect(got.map(({ to }) => to)).toEqual(["new@contoso.test"]);
    await run(NOW + HOUR);
    expect(got.map(({ to }) => to)).toEqual(["new@contoso.test", "old@contoso.test"]);
  });

  it("goes to one address and to nothing else", async () => {
    const userId = await person();
    await insertEvents(db, [enrolled(userId, "d_1")], settings);
    await db.update(users).set({ mail: "a@b.test, c@d.test" }).where(eq(users.id, userId));
    await run(NOW);
    expect(got).toEqual([]);
    expect((await rows())[0]?.end).toBe("undeliverable: this is not one mail address");
  });

  it("an invitation's link is in the letter alone, and gone from D1 when it was sent", async () => {
    const userId = await person();
    const link = "https://portal.contoso.test/join#c2VjcmV0";
    await queueInvitation(db, post, { userId, link, expiresAt: NOW + DAY }, NOW);
    answers = () => new Response("c2VjcmV0", { status: 500 });
    await run(NOW);
    expect(JSON.stringify(await rows())).not.toContain("c2VjcmV0");
    answers = ok;
    await run(NOW + HOUR);
    expect(got.at(-1)?.text).toContain(link);
    expect(got.at(-1)?.subject).not.toContain("c2VjcmV0");
    expect((await rows()).map(({ secret }) => secret)).toEqual([null]);
  });

  it("by Cloudflare's mail, a binding that throws is one failed try", async () => {
    const email = readNotices({ NOTICE_DELIVERY: "email", NOTICE_FROM: "Contoso IT <it@contoso.test>" });
    if ("faults" in email) throw new Error(email.faults.join("\n"));
    await queueTest(db, "x@contoso.test", NOW);
    await queueTest(db, "y@contoso.test", NOW);
    const throwing = {
      send: () => {
        throw new TypeError("not a function of this binding");
      },
    };
    const over = { notices: email.notices, mail: throwing as unknown as SendEmail };
    expect((await run(NOW, CRON_RUN, over)).map(({ end }) => end)).toEqual(["later", "later"]);
    expect((await rows()).map(({ end }) => end)).toEqual(Array(2).fill("Cloudflare: not a function of this binding"));
    expect(await run(NOW, CRON_RUN, { notices: email.notices, mail: undefined })).toEqual([]); // no binding, no round
  });
});

/** D1 that dies when the end of a notice is to be written down: what takes a notice is one statement, not a batch. */
function withoutWriting(d1: D1Database): D1Database {
  return new Proxy(d1, {
    get: (target, name) => {
      if (name === "batch") return () => Promise.reject(new Error("the Worker died"));
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
