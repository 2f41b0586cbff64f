// S-54: the guard's part of asking the authority, on real storage and D1: what an answer changes, what a silence does,
// and what happens to an answer that comes too late.

import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { presented, relayed } from "../../test/kit/attempts.ts";
import { apply, type Owner, owner } from "../../test/kit/devices.ts";
import { ABOUT } from "../../test/kit/events.ts";
import { PATIENCE } from "../../test/kit/patience.ts";
import { findEvents } from "../../test/kit/stored-events.ts";
import { ROWS_OF_A_USER } from "../audit/cadence.ts";
import type { AuthorityQuestion } from "../core/authority/question.ts";
import { ok, refuse } from "../core/result.ts";
import { GuardAudit } from "../guards/guard-audit.ts";
import { LazyTables } from "../guards/storage.ts";
import type { Authority } from "../origin/authority.ts";
import { authoritySilenceOf, BREAKS_AFTER, endSilence, mayAsk, noteSilence, OPEN_FOR_MS } from "../store/authority.ts";
import { openDatabase } from "../store/database.ts";
import { Inquiries } from "./inquiries.ts";
import { PartnershipTable } from "./partnership-table.ts";
import { SCHEMA_STEPS } from "./schema.ts";
import { Snapshots } from "./snapshots.ts";
import { UserGuard } from "./user-guard.ts";

const db = openDatabase(env.DB);
const DAY_MS = 86_400_000;

beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each decision
  await endSilence(db);
  await apply({});
});

/** The guard's parts over the storage of somebody's guard, with this authority. */
type Desk = {
  readonly inquiries: Inquiries;
  readonly devices: PartnershipTable;
  readonly audit: GuardAudit;
  /** The one device. */
  readonly id: string;
  /** As after `PartnershipTable.forget`: the object reads its tables again. */
  readonly wake: () => Inquiries;
};

async function withPhone(who: Owner): Promise<void> {
  await who.names(await who.signIn("p_1"), "phone");
}

function at<T>(who: Owner, ask: Authority["ask"], act: (desk: Desk) => Promise<T>): Promise<T> {
  return runInDurableObject(who.guard as DurableObjectStub, async (_, { storage }) => {
    const tables = new LazyTables(storage, SCHEMA_STEPS);
    const devices = new PartnershipTable(tables);
    const audit = new GuardAudit(tables, ROWS_OF_A_USER);
    const parts = { tables, devices, audit, snapshots: new Snapshots(tables), db: () => db, authority: { ask } };
    const [device] = devices.all();
    return act({
      inquiries: new Inquiries(parts),
      devices,
      audit,
      id: device?.id ?? "",
      wake: () => new Inquiries(parts),
    });
  });
}

const answering =
  (...words: string[]): Authority["ask"] =>
  async () =>
    ok({ words, askedAt: Date.now(), until: Date.now() + DAY_MS });
const ADMIN = { about: { ...ABOUT, channel: "command" as const }, by: "a_1", why: "" };
const silent: Authority["ask"] = async () => refuse("timeout");

describe("S-54: an answer", () => {
  it("is kept with the device, told to D1, and the audit has an event when its words are others", async () => {
    const who = await owner();
    await withPhone(who);
    const questions: AuthorityQuestion[] = [];
    await at(
      who,
      async (question) => {
        questions.push(question);
        return answering("managed")(question);
      },
      async ({ inquiries, devices, audit, id, wake }) => {
        const now = Date.now();
        inquiries.want(devices.get(id), now, true);
        expect([inquiries.takeNewDue(), inquiries.takeNewDue()]).toEqual([now, undefined]);
        await wake().askDue(now); // the question has survived a crash
        expect(devices.get(id)?.authority?.words).toEqual(["managed"]);
        inquiries.forget();
        expect(inquiries.of(id)).toMatchObject({ failures: 0, fault: null });
        expect(inquiries.dueAt).toBeGreaterThan(now);
        const used = devices.get(id);
        if (used !== undefined) devices.write({ ...used, lastSeenAt: now + 3_600_000 });
        await inquiries.askDue(now + DAY_MS); // the same words: no event
        await audit.flushAll(db, now);
      },
    );
    expect(questions.map(({ first, user, credentialId }) => [first, user.sipUri, credentialId])).toEqual([
      [true, who.sipUri, "p_1"],
      [false, who.sipUri, "p_1"],
    ]);
    const events = await findEvents(db, { userId: who.id, outcome: "changed" }, 10);
    expect(events.map(({ reason, change }) => [reason, change])).toEqual([
      ["authority-answered", '{"before":{},"after":{"words":["managed"]}}'],
    ]);
  });

  it("that comes when the device was forgotten is kept nowhere", async () => {
    const who = await owner();
    await withPhone(who);
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await at(
      who,
      async (question) => {
        await asked;
        return answering("lost")(question);
      },
      async ({ inquiries, devices, id }) => {
        inquiries.want(devices.get(id), Date.now(), true);
        const asking = inquiries.askDue(Date.now());
        devices.remove(id);
        answer();
        await asking;
        inquiries.expire();
        expect([devices.all(), inquiries.of(id)]).toEqual([[], undefined]);
      },
    );
  });

  it("is waited for by no request: a device is named and used while the question is under way", async () => {
    const who = await owner();
    const ticket = await who.signIn("p_1");
    await who.names(ticket, "phone");
    let [isAsked, mayAnswer] = [false, false];
    const ask: Authority["ask"] = async (question) => {
      isAsked = true;
      while (!mayAnswer) await scheduler.wait(5);
      return answering("managed")(question);
    };
    const asking = at(who, ask, async ({ inquiries, devices, id }) => {
      inquiries.want(devices.get(id), Date.now(), true);
      await inquiries.askDue(Date.now());
    });
    await vi.waitFor(() => expect(isAsked).toBe(true), PATIENCE);
    expect([await who.names(ticket, "phone"), await who.uses(ticket, "service")]).toEqual(["served", "served"]);
    mayAnswer = true;
    await asking;
  });
});

describe("S-54: a silence", () => {
  it("is tried again later, and not at all when the device is not in use", async () => {
    const who = await owner();
    await withPhone(who);
    await at(who, silent, async ({ inquiries, devices, id }) => {
      const now = Date.now();
      inquiries.want(devices.get(id), now, true);
      await inquiries.askDue(now);
      expect(inquiries.of(id)).toMatchObject({ failures: 1, fault: "timeout" });
      expect(devices.get(id)?.authority ?? null).toBeNull();
      await inquiries.askDue(now + DAY_MS);
      expect(inquiries.of(id)).toMatchObject({ failures: 1, askAt: null });
      expect(inquiries.dueAt).toBeUndefined();
    });
  });

  it("about a device whose user D1 does not have is not asked, and rings no alarm", async () => {
    const who = await owner();
    await withPhone(who);
    await env.DB.prepare("DELETE FROM users WHERE id = ?").bind(who.id).run();
    await at(who, silent, async ({ inquiries, devices, id }) => {
      inquiries.want(devices.get(id), Date.now(), true);
      await inquiries.askDue(Date.now());
      expect([inquiries.of(id)?.failures, inquiries.dueAt]).toEqual([0, undefined]);
    });
  });

  it("of five questions, whosever, opens the breaker for all, and one question at a time tries whether it is over", async () => {
    const [one, other] = [await owner(), await owner()];
    for (const who of [one, other]) await withPhone(who);
    await at(one, silent, async ({ inquiries, devices, id }) => {
      const device = devices.get(id);
      for (let times = 0; times < BREAKS_AFTER; times++) if (device) await inquiries.askNow(device, ADMIN);
    });
    let asked = 0;
    await at(
      other,
      async () => {
        asked++;
        return refuse("timeout");
      },
      async ({ inquiries, devices, id }) => {
        inquiries.want(devices.get(id), Date.now(), true);
        await inquiries.askDue(Date.now());
        expect([asked, inquiries.of(id)?.fault]).toEqual([0, "held-off"]);
      },
    );
    const silence = await authoritySilenceOf(db);
    expect(silence).toMatchObject({ failures: BREAKS_AFTER, fault: "timeout" });
    const later = (silence?.openUntil ?? 0) + 1;
    const tries = await Promise.all([1, 2, 3].map(() => mayAsk(db, silence, later)));
    expect(tries.filter((may) => may)).toHaveLength(1);
    expect((await authoritySilenceOf(db))?.openUntil).toBe(later + OPEN_FOR_MS);
    await at(other, answering("managed"), async ({ inquiries, devices, id }) => {
      const device = devices.get(id);
      if (device) await inquiries.askNow(device, ADMIN);
    });
    expect(await authoritySilenceOf(db)).toBeUndefined();
  });

  it("that held a question off is over for it too: it is asked when the breaker may have closed", async () => {
    const who = await owner();
    await withPhone(who);
    for (let times = 0; times < BREAKS_AFTER; times++) await noteSilence(db, "timeout", Date.now());
    await at(who, answering("managed"), async ({ inquiries, devices, id }) => {
      const now = Date.now();
      inquiries.want(devices.get(id), now, true);
      await inquiries.askDue(now);
      expect([inquiries.of(id)?.fault, devices.get(id)?.authority ?? null]).toEqual(["held-off", null]);
      const { askAt } = inquiries.of(id) ?? {};
      expect(askAt).toBeGreaterThan(now + OPEN_FOR_MS - 1_000);
      await endSilence(db); // somebody else's question was answered
      await inquiries.askDue((askAt ?? 0) - 1);
      expect(devices.get(id)?.authority ?? null).toBeNull();
      await inquiries.askDue(askAt ?? 0);
      expect([inquiries.of(id)?.fault, devices.get(id)?.authority?.words]).toEqual([null, ["managed"]]);
    });
  });

  it("is counted from the first question without an answer", async () => {
    expect(await noteSilence(db, "timeout", 1_000)).toMatchObject({ since: 1_000, failures: 1, openUntil: 0 });
    expect(await noteSilence(db, "malformed", 2_000)).toMatchObject({ since: 1_000, failures: 2, fault: "malformed" });
    expect(await mayAsk(db, await authoritySilenceOf(db), 3_000)).toBe(true);
  });
});

describe("S-46: a device that enrols again", () => {
  it("keeps what the authority said of it, and one that is forgotten does not", async () => {
    const who = await owner();
    await withPhone(who);
    const words = () => at(who, silent, async ({ devices }) => devices.all().map(({ authority }) => authority?.words));
    await at(who, answering("lost"), async ({ inquiries, devices, id }) => {
      inquiries.want(devices.get(id), Date.now(), true);
      await inquiries.askDue(Date.now());
      const device = devices.get(id);
      if (device !== undefined) devices.write({ ...device, state: "expired" });
    });
    await evictDurableObject(who.guard);
    expect(await who.names(await who.signIn("p_1"), "phone")).toBe("served");
    expect(await words()).toEqual([["lost"]]);
    await who.command({ kind: "forget", device: "phone" });
    expect(await who.names(await who.signIn("p_1"), "phone")).toBe("served");
    expect(await words()).toEqual([undefined]);
  });
});

describe("S-54: a question is scheduled, and the alarm set for it,", () => {
  const AUTHORITY = {
    AUTHORITY_URL: "http://127.0.0.1:9/",
    AUTHORITY_SECRETS: `whsec_${Buffer.alloc(32, 1).toString("base64")}`,
  };

  it("by the sign-in of a known device and by the use of an old answer, not by a stranger or while an answer is fresh", async () => {
    const who = await owner();
    const ticket = await who.signIn("p_1");
    await who.names(ticket, "phone");
    const profile = await who.profile();
    const found = await runInDurableObject(who.guard as DurableObjectStub, async (_, state) => {
      const { storage } = state;
      // Each step is a guard that has just woken, and has an authority. The object's own has none.
      const woken = () => new UserGuard(state, { ...env, ...AUTHORITY });
      const scheduled = async () => {
        const rows = storage.sql.exec<{ n: number }>(
          "SELECT count(*) AS n FROM inquiries WHERE ask_at <= ?",
          Date.now(),
        );
        const seen = [rows.one().n, (await storage.getAlarm()) ?? Number.POSITIVE_INFINITY];
        storage.sql.exec("DELETE FROM inquiries");
        await storage.deleteAlarm();
        return [seen[0], (seen[1] ?? 0) <= Date.now()];
      };
      const keep = (until: number) => {
        const devices = new PartnershipTable(new LazyTables(storage, SCHEMA_STEPS));
        for (const device of devices.all()) {
          devices.write({ ...device, authority: { words: ["managed"], askedAt: until - DAY_MS, until } });
        }
      };
      await scheduled();
      const all: Record<string, unknown> = {};
      await woken().judge(presented("no such ticket", { kind: "service" }));
      all.stranger = await scheduled();
      await woken().rememberTicket(relayed("t of another app password", { credentialId: "p_2" }), profile);
      all["no device yet"] = await scheduled();
      await woken().rememberTicket(relayed("t again", { credentialId: "p_1" }), profile);
      all["sign-in"] = await scheduled();
      keep(Date.now() + DAY_MS);
      await woken().rememberTicket(relayed("t fresh", { credentialId: "p_1" }), profile);
      await woken().judge(presented(ticket ?? "", { kind: "service" }));
      all.fresh = (await scheduled())[0];
      keep(Date.now() - 1);
      await woken().judge(presented(ticket ?? "", { kind: "service" }));
      all.old = await scheduled();
      return all;
    });
    expect(found).toEqual({
      ...{ stranger: [0, false], "no device yet": [0, false], "sign-in": [1, true] },
      ...{ fresh: 0, old: [1, true] },
    });
  });
});

describe("S-54: what a question costs", () => {
  it("is what docs/costs.md says, in rows of the guard and statements and rows of D1", async () => {
    const who = await owner();
    await withPhone(who);
    let written = 0;
    const d1 = { statements: 0, read: 0 };
    const counted = openDatabase(countedDatabase(d1));
    const ask = answering("managed");
    const costs = await runInDurableObject(who.guard as DurableObjectStub, async (_, { storage }) => {
      const tables = new LazyTables(storage, SCHEMA_STEPS);
      tables.exist();
      const metered = Object.create(tables, {
        exec: {
          value: (statement: string, ...values: SqlStorageValue[]) => {
            const cursor = storage.sql.exec(statement, ...values);
            return {
              toArray: () => {
                const rows = cursor.toArray();
                written += cursor.rowsWritten;
                return rows;
              },
            };
          },
        },
        exist: { value: () => true },
      }) as LazyTables;
      const devices = new PartnershipTable(metered);
      const audit = new GuardAudit(metered, ROWS_OF_A_USER);
      const parts = { tables: metered, devices, audit, snapshots: new Snapshots(metered), authority: { ask } };
      const inquiries = new Inquiries({ ...parts, db: () => counted });
      const [device] = devices.all();
      expect(inquiries.dueAt).toBeUndefined(); // the object is awake: what it has read once is in memory
      parts.snapshots.subject();
      const taken: Record<string, object> = {};
      const take = (name: string): void => {
        taken[name] = { written, ...d1 };
        written = 0;
        Object.assign(d1, { statements: 0, read: 0 });
      };
      take("awake");
      inquiries.want(device, Date.now(), true);
      take("wanted");
      await inquiries.askDue(Date.now());
      take("first");
      const used = devices.get(device?.id ?? "");
      if (used !== undefined) devices.write({ ...used, lastSeenAt: Date.now() + DAY_MS }, true);
      take("used");
      await inquiries.askDue(Date.now() + DAY_MS);
      take("again");
      return taken;
    });
    // That D1 does not have the device yet is noted already, from its enrolment.
    expect(costs).toMatchObject({
      wanted: { written: 1, statements: 0 },
      first: { written: 3, statements: 2, read: 2 },
      again: { written: 2, statements: 2, read: 2 },
    });
  });
});

/** D1 with what is asked of it counted. Each statement of a batch counts. */
function countedDatabase(d1: { statements: number; read: number }): D1Database {
  return new Proxy(env.DB, {
    get: (target, key) => {
      if (key !== "batch") return Reflect.get(target, key).bind(target);
      return async (statements: D1PreparedStatement[]) => {
        const results = await target.batch(statements);
        d1.statements += statements.length;
        for (const { meta } of results) d1.read += meta.rows_read;
        return results;
      };
    },
  });
}
