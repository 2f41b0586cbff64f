// Finding events, against D1 in workerd.

import { env } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { eventAt } from "../../test/kit/events.ts";
import { planOf, recordedDatabase } from "../../test/kit/recorded-database.ts";
import { findEvents } from "../../test/kit/stored-events.ts";
import type { AuditedEvent } from "../audit/event.ts";
import { type AuditFilter, insertEvents, waitingSources, waitingUsers } from "./audit.ts";
import { openDatabase } from "./database.ts";
import { users } from "./schema.ts";

const db = openDatabase(env.DB);
const NOW = 1_795_000_000_000;
const MINUTE = 60_000;
const alice = { userId: "u_alice", user: "sip:alice@contoso.test" };
const bob = { userId: "u_bob", user: "sip:bob@contoso.test" };

const EVENTS = {
  in: eventAt(NOW, { ...alice, outcome: "signed-in", reason: "saml" }),
  wrong: eventAt(NOW + MINUTE, { ...alice, waitUntil: NOW + 30 * MINUTE }),
  again: eventAt(NOW + 2 * MINUTE, { ...alice, waitUntil: NOW + 40 * MINUTE, source: "198.51.100.9" }),
  stranger: eventAt(NOW + 3 * MINUTE, { reason: "unknown-user", waitUntil: NOW + 20 * MINUTE, source: "192.0.2.1" }),
  broken: eventAt(NOW + 4 * MINUTE, { ...bob, outcome: "failed", reason: "front-end-unreachable" }),
  bob: eventAt(NOW + 5 * MINUTE, { ...bob, reason: "waiting", waitUntil: NOW + 10 * MINUTE, source: "192.0.2.1" }),
} satisfies Record<string, AuditedEvent>;
type Name = keyof typeof EVENTS;

beforeAll(async () => {
  await insertEvents(db, Object.values(EVENTS));
  // bob has another address by now
  for (const [id, sipUri] of [
    [alice.userId, alice.user],
    [bob.userId, "sip:robert@contoso.test"],
  ] as const) {
    await db.insert(users).values({ id, sipUri, domain: "CONTOSO", account: id, createdAt: 0 });
  }
});

const nameOf = (id: string): string => Object.entries(EVENTS).find(([, event]) => event.id === id)?.[0] ?? id;

describe("finding events", () => {
  const everything: Name[] = ["bob", "broken", "stranger", "again", "wrong", "in"];
  it.each<[AuditFilter, Name[]]>([
    [{}, everything],
    [{ userId: alice.userId }, ["again", "wrong", "in"]],
    [{ userId: "u_nobody" }, []],
    [{ source: "192.0.2.1" }, ["bob", "stranger"]],
    [{ outcome: "failed" }, ["broken"]],
    [{ reason: "wrong-proof" }, ["again", "wrong"]],
    [{ since: NOW + 4 * MINUTE }, ["bob", "broken"]],
    [{ since: NOW + 4 * MINUTE + 1 }, ["bob"]],
    [{ until: NOW + MINUTE }, ["in"]],
    [{ since: NOW + MINUTE, until: NOW + 3 * MINUTE }, ["again", "wrong"]],
    [{ userId: alice.userId, source: "198.51.100.9", outcome: "refused", reason: "wrong-proof" }, ["again"]],
  ])("%j finds what matches all of it, newest first", async (filter, names) => {
    expect((await findEvents(db, filter, 100)).map(({ id }) => nameOf(id))).toEqual(names);
  });

  it("gives the newest when there are more than asked for", async () => {
    expect((await findEvents(db, {}, 2)).map(({ id }) => nameOf(id))).toEqual(["bob", "broken"]);
  });

  it("an event put in twice is one row, which stays as it was", async () => {
    await insertEvents(db, [{ ...EVENTS.in, reason: "repeated" }]);
    await insertEvents(db, []);
    const found = await findEvents(db, {}, 100);
    expect(found).toHaveLength(everything.length);
    expect(found.at(-1)?.reason).toBe("saml");
  });

  it("reads the events of a user, and those since a time, by an index", async () => {
    const plan = async (where: string) => {
      const sql = `select * from audit_events where ${where} order by id desc limit 5`;
      return (await planOf(env.DB, { sql, params: ["", ""] })).join("; ");
    };
    expect(await plan("user_id = ?1 and id >= ?2")).toBe(
      "SEARCH audit_events USING INDEX audit_events_by_user (user_id=? AND id>?)",
    );
    expect(await plan("id >= ?1 and source = ?2")).toBe(
      "SEARCH audit_events USING INDEX audit_events_by_source (source=? AND id>?)",
    );
    expect(await plan("id >= ?1 and request_id = ?2")).toMatch(
      /^SEARCH audit_events USING INDEX sqlite_autoindex\S+ \(id>\?\)$/,
    );
  });
});

describe("who and what may be waiting", () => {
  it.each<[number, string[], string[]]>([
    [NOW, ["u_alice", "u_bob"], ["192.0.2.1", "198.51.100.9", "203.0.113.7"]],
    [NOW + 10 * MINUTE, ["u_alice"], ["192.0.2.1", "198.51.100.9", "203.0.113.7"]],
    [NOW + 35 * MINUTE, ["u_alice"], ["198.51.100.9"]],
    [NOW + 40 * MINUTE, [], []],
  ])("at %i: each once, nobody who has waited enough, and no name that nobody has", async (now, waiting, sources) => {
    expect((await waitingUsers(db, now)).map(({ userId }) => userId)).toEqual(waiting);
    expect(await waitingSources(db, now)).toEqual(sources);
  });

  it("names the address that each has now", async () => {
    expect(await waitingUsers(db, NOW)).toEqual([alice, { ...bob, user: "sip:robert@contoso.test" }]);
  });

  it("is found by the index of those events alone", async () => {
    const { db: recorded, taken } = recordedDatabase(env.DB);
    await waitingUsers(recorded, NOW);
    await waitingSources(recorded, NOW);
    for (const statement of taken()) {
      const plan = (await planOf(env.DB, statement)).join("; ");
      expect(plan).toContain("SEARCH audit_events USING INDEX audit_events_waiting (wait_until>?)");
    }
  });
});
