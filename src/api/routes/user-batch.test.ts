// Many users at once, side by side: rows about one user keep their order, a guard that failed hears of the change
// later, and one request makes fewer calls than Cloudflare allows.

import { env } from "cloudflare:test";
import { beforeEach, expect, it, vi } from "vitest";
import { apiAnswer, apiEnv } from "../../../test/kit/api.ts";
import type { UserGuardCalls } from "../../guards/calls.ts";
import { type BatchReportAnswer, MAX_ROWS, type WholeUserAnswer } from "../schemas/directory.ts";

beforeEach(() => {
  vi.restoreAllMocks();
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each change
});

let people = 0;
const person = () => {
  const name = `many${++people}`;
  return { sipUri: `${name}@contoso.test`, account: `CONTOSO\\${name}`, upn: `${name}@corp.test` };
};
const batch = (rows: readonly object[], on = apiEnv) =>
  apiAnswer<BatchReportAnswer>("POST", "/v1/users/batch", { body: { rows }, on });
const statuses = ({ rows }: BatchReportAnswer) => rows.map(({ status, code }) => code ?? status);
const made = async (count: number) => {
  const wanted = Array.from({ length: count }, person);
  await batch(wanted.map((one) => ({ op: "create", ...one })));
  return wanted;
};
const groupsOf = async (name: string) => (await apiAnswer<WholeUserAnswer>("GET", `/v1/users/${name}`)).groups;

/** The platform, with every call to D1 and to users' guards counted. `refuse`: whether a guard fails. */
function metered(refuse: () => boolean = () => false) {
  const calls = { d1: 0, guards: [] as string[] };
  const binding = new Proxy(env.DB, {
    get(db, name) {
      if (name === "prepare") calls.d1++;
      if (name === "batch") {
        return (statements: D1PreparedStatement[]) => {
          calls.d1 += 1 - statements.length; // those of a batch are one call together
          return db.batch(statements);
        };
      }
      const value: unknown = Reflect.get(db, name);
      return typeof value === "function" ? value.bind(db) : value;
    },
  });
  const guards = new Proxy(env.USER_GUARD, {
    get(namespace, name) {
      const value: unknown = Reflect.get(namespace, name);
      if (name !== "get" && name !== "getByName") return typeof value === "function" ? value.bind(namespace) : value;
      return (...words: readonly unknown[]) => {
        const stub = Reflect.apply(value as (...of: readonly unknown[]) => UserGuardCalls, namespace, words);
        const command: UserGuardCalls["command"] = async (profile, given) => {
          calls.guards.push(given.kind);
          if (refuse()) throw new Error("the guard is away");
          return stub.command(profile, given);
        };
        return { command };
      };
    },
  });
  return { calls, on: { ...apiEnv, DB: binding, USER_GUARD: guards } };
}

it("carries out the rows about one user in their order, by whatever name they have the user", async () => {
  const [one, two] = await made(2);
  if (one === undefined || two === undefined) throw new Error("two were made");
  const report = await batch([
    { op: "change", user: one.sipUri, groups: ["a"] },
    { op: "change", user: two.upn, groups: ["x"] },
    { op: "change", user: one.account, groups: ["b"], maxDevices: 2 },
    { op: "disable", user: two.account },
    { op: "change", user: one.upn, groups: ["b"] },
    { op: "delete", user: two.sipUri },
    { op: "enable", user: two.upn },
    { op: "change", user: "nobody@contoso.test", groups: [] },
    { op: "create", ...two },
    { op: "change", user: two.sipUri, groups: ["new"] },
  ]);
  expect(statuses(report)).toEqual([
    ...["done", "done", "done", "done", "unchanged", "done", "no-such-user", "no-such-user", "done", "done"],
  ]);
  expect(report.rows.map(({ row }) => row)).toEqual(report.rows.map((_, at) => at));
  expect([await groupsOf(one.upn), await groupsOf(two.upn)]).toEqual([["b"], ["new"]]);
}, 30_000);

it("S-39: writes the change into the audit with it, one event for each row that changed something", async () => {
  const [one] = await made(1);
  const user = one?.sipUri ?? "";
  await batch([{ op: "change", user, groups: ["a"], displayName: "One" }]);
  await batch([{ op: "change", user, groups: ["a"], displayName: "One" }]);
  const { results } = await env.DB.prepare("select reason, change from audit_events where user = ? order by id")
    .bind(`sip:${user}`)
    .all<{ reason: string; change: string }>();
  expect(results.map(({ reason }) => reason)).toEqual(["user-created", "user-groups-name"]);
  expect(JSON.parse(results[1]?.change ?? "")).toEqual({
    before: { groups: [], displayName: null },
    after: { groups: ["a"], displayName: "One" },
  });
}, 30_000);

it("S-17: tells a guard that failed when the row is sent again, and the others are done meanwhile", async () => {
  const [one, two] = await made(2);
  const rows = [one, two].map((each) => ({ op: "change", user: each?.upn, groups: ["late"] }));
  let calls = 0;
  const away = metered(() => ++calls === 1);
  expect(statuses(await batch(rows, away.on))).toEqual(["unavailable", "done"]);
  const back = metered();
  expect(statuses(await batch(rows, back.on))).toEqual(["unchanged", "unchanged"]);
  expect(back.calls.guards).toEqual(["read-again", "read-again"]);
}, 30_000);

it("makes far fewer calls for a full batch than the thousand that Cloudflare allows", async () => {
  const wanted = await made(MAX_ROWS);
  const { calls, on } = metered();
  const report = await batch(
    wanted.map(({ upn }) => ({ op: "change", user: upn, groups: ["all"] })),
    on,
  );
  expect(report.done).toBe(MAX_ROWS);
  expect(calls.guards).toHaveLength(MAX_ROWS);
  expect(calls.d1).toBeLessThan(20);
  const disabling = metered();
  await batch(
    wanted.map(({ upn }) => ({ op: "disable", user: upn })),
    disabling.on,
  );
  expect(disabling.calls.guards.length + disabling.calls.d1).toBeLessThan(900);
}, 60_000);
