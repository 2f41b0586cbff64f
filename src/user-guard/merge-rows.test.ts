import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Partnership } from "../core/device/partnership.ts";
import { isStricter } from "../core/device/stricter.ts";
import { type PartnershipState, UNKNOWN_DEVICE } from "../core/device/types.ts";
import type { GuardRows, OlderSide } from "../guards/backup-question.ts";
import { compareDevices } from "./compare-devices.ts";
import { MOVED } from "./luggage.ts";
import { type Merging, mergeRows } from "./merge-rows.ts";

const STATES: readonly PartnershipState[] = ["allowed", "pending", "quarantined", "expired", "blocked"];

const device = (id: string, state: PartnershipState, more: Partial<Partnership> = {}): Partnership => ({
  ...{ id, key: `endpoint:${id}`, provisional: false, credentialId: `p_${id}`, state, decision: null },
  ...{ decidedBy: "policy", decidedAt: 1, reason: state, facts: UNKNOWN_DEVICE },
  source: { network: "unknown", country: "", asn: 0 },
  ...{ firstSeenAt: 0, lastSeenAt: 1 },
  ...more,
});
const rowsOf = (...devices: readonly Partnership[]): GuardRows => ({
  devices: devices.map((each) => ({ id: each.id, partnership: JSON.stringify(each) })),
});
const devicesIn = (rows: GuardRows): Partnership[] =>
  (rows.devices ?? []).map(({ partnership }) => JSON.parse(String(partnership)) as Partnership);
const merged = (merging: Partial<Merging>) =>
  mergeRows({
    ...{ userId: "u_1", here: {}, backup: {}, known: true, taken: new Set<string>(), dead: new Set<string>() },
    opens: () => false,
    ...merging,
  });

const side = fc
  .dictionary(fc.constantFrom("a", "b", "c", "d"), fc.constantFrom(...STATES))
  .map((all) => Object.entries(all).map(([id, state]) => device(id, state)));

describe("S-76: merging a backup into a guard", () => {
  it("never opens a device that is closed or gone here, whatever the backup says; a second time changes nothing", () => {
    fc.assert(
      fc.property(side, side, (here, backup) => {
        const first = merged({ here: rowsOf(...here), backup: rowsOf(...backup) });
        const after = devicesIn(first.rows);
        for (const each of after) {
          const before = here.find(({ id }) => id === each.id);
          if (before === undefined) expect(each.state).toBe("blocked");
          else expect(isStricter(before.state, each.state)).toBe(false);
        }
        expect(here.every(({ id }) => after.some((each) => each.id === id))).toBe(true);
        const second = merged({ here: first.rows, backup: rowsOf(...backup) });
        expect(devicesIn(second.rows)).toEqual(after);
        expect(second.findings.filter(({ did }) => did !== "kept")).toEqual([]);
        // Each thing that stays closed is named, and opened when its line is given back.
        for (const { did, line } of first.findings) {
          if (did !== "kept") continue;
          const opened = merged({ here: rowsOf(...here), backup: rowsOf(...backup), opens: (each) => each === line });
          expect(opened.findings.find((each) => each.line === line)?.did).toBe("opened");
        }
      }),
    );
  });

  it("an unknown user comes back whole, with every table that a backup has", () => {
    const backup = Object.fromEntries(
      MOVED.map((table) => [table, [{ id: "1", mark: "m", device: "x", source: "s", client: "c" }]]),
    );
    const { rows, findings } = merged({ known: false, backup: { ...backup, ...rowsOf(device("x", "allowed")) } });
    expect(Object.keys(rows).toSorted()).toEqual([...MOVED].toSorted());
    expect(MOVED.filter((table) => rows[table]?.length !== 1)).toEqual([]);
    expect(findings).toEqual([]);
  });

  it("counters here stay; gaps are filled, but never by a familiar place", () => {
    const pair = (source: string, client: string, failures: number) => ({ source, client, failures });
    const here = { pairs: [pair("n1", "", 9)], strangers: [{ id: 1, level: 50, at: 1 }] };
    const backup = {
      pairs: [pair("n1", "", 1), pair("n2", "", 3), pair("n2", "hash", 0)],
      strangers: [{ id: 1, level: 0, at: 2 }],
    };
    const { rows } = merged({ here, backup });
    expect(rows.pairs).toEqual([pair("n1", "", 9), pair("n2", "", 3)]);
    expect(rows.strangers).toEqual(here.strangers);
    expect(merged({ known: false, backup }).rows.pairs).toEqual(backup.pairs);
  });

  it("what either side has used up stays used up", () => {
    const here = {
      used_challenges: [{ id: "c1", expires_at: 1 }],
      portal_totp: [{ id: 1, sealed: "s", since: 1, last_step: 70 }],
      portal_recovery_codes: [
        { mark: "k.a", since: 1, used_at: null },
        { mark: "k.b", since: 1, used_at: 7 },
      ],
      code_holds: [{ credential: "p", source: "n", client: "c", step: 5, at: 1 }],
      dead_passwords: [{ id: "p_1", at: 3 }],
    };
    const backup = {
      used_challenges: [{ id: "c2", expires_at: 1 }],
      portal_totp: [{ id: 1, sealed: "s", since: 1, last_step: 71 }],
      portal_recovery_codes: [
        { mark: "k.a", since: 1, used_at: 5 },
        { mark: "k.b", since: 1, used_at: null },
      ],
      code_holds: [{ credential: "p", source: "n", client: "c", step: 6, at: 1 }],
      dead_passwords: [{ id: "p_2", at: 1 }],
    };
    const { rows } = merged({ here, backup });
    expect(rows.used_challenges?.map(({ id }) => id)).toEqual(["c1", "c2"]);
    expect(rows.portal_totp).toMatchObject([{ last_step: 71 }]);
    expect(rows.portal_recovery_codes).toMatchObject([{ used_at: 5 }, { used_at: 7 }]);
    expect(rows.code_holds).toMatchObject([{ step: 6 }]);
    expect(rows.dead_passwords?.map(({ id }) => id)).toEqual(["p_1", "p_2"]);
  });

  it("factors that were taken away stay away until they are named", () => {
    const backup = {
      portal_passkeys: [{ id: "k1", counter: 1 }],
      portal_totp: [{ id: 1, sealed: "old", since: 1, last_step: 1 }],
      portal_recovery_codes: [{ mark: "k.old", since: 1, used_at: null }],
    };
    const away = merged({ backup });
    expect([away.rows.portal_passkeys, away.rows.portal_totp, away.rows.portal_recovery_codes]).toEqual([[], [], []]);
    expect(away.findings).toMatchObject([{ did: "kept", line: "factor:u_1" }]);
    const back = merged({ backup, opens: (line) => line === "factor:u_1" });
    expect(back.rows).toMatchObject(backup);
    // A new app stays; the old one does not take its place, not even by name.
    const here = { portal_totp: [{ id: 1, sealed: "new", since: 2, last_step: 9 }] };
    expect(merged({ here, backup, opens: () => true }).rows.portal_totp).toEqual(here.portal_totp);
  });

  it("a device that another user has now stays away; a block comes back without the id", () => {
    const taken = new Set(["endpoint:a", "endpoint:b"]);
    const backup = rowsOf(device("a", "allowed"), device("b", "blocked"));
    const { rows, findings } = merged({ known: false, backup, taken });
    expect(devicesIn(rows)).toMatchObject([{ id: "b", key: null, state: "blocked" }]);
    expect(findings).toMatchObject([{ did: "kept", line: "device:a" }]);
  });

  it("a device whose app password is dead comes back without it, and an expected one not at all", () => {
    const backup = rowsOf(device("a", "allowed"), device("b", "pending"));
    const { rows } = merged({ known: false, backup, dead: new Set(["p_a", "p_b"]) });
    expect(devicesIn(rows)).toMatchObject([{ id: "a", credentialId: null }]);
  });
});

describe("S-77: comparing D1 with a guard", () => {
  const OLDER: readonly OlderSide[] = ["d1", "guards", "unknown"];

  it("every pair of states: the stricter wins, whichever side is older", () => {
    for (const older of OLDER) {
      for (const [i, a] of STATES.entries()) {
        for (const [j, b] of STATES.entries()) {
          const found = compareDevices([device("x", a)], [device("x", b)], older);
          expect([a, b, found.write.map(({ state }) => state)]).toEqual([a, b, j > i ? [b] : []]);
          expect(found.tell).toEqual(i > j ? ["x"] : []);
          expect(found.findings.map(({ did }) => did)).toEqual(i === j ? [] : ["closed"]);
        }
      }
    }
  });

  it.each([
    ["d1", "allowed", { tell: ["x"], remove: [] }, { write: [], gone: ["x"] }],
    ["d1", "blocked", { tell: ["x"], remove: [] }, { write: ["x"], gone: [] }],
    ["guards", "allowed", { tell: [], remove: ["x"] }, { write: ["x"], gone: [] }],
    ["guards", "blocked", { tell: ["x"], remove: [] }, { write: ["x"], gone: [] }],
    ["unknown", "allowed", { tell: [], remove: ["x"] }, { write: [], gone: ["x"] }],
    ["unknown", "blocked", { tell: ["x"], remove: [] }, { write: ["x"], gone: [] }],
  ] as const)("older %s, %s on one side only", (older, state, inGuard, inD1) => {
    const guard = compareDevices([device("x", state)], [], older);
    expect({ tell: guard.tell, remove: guard.remove }).toEqual(inGuard);
    const d1 = compareDevices([], [device("x", state)], older);
    expect({ write: d1.write.map(({ id }) => id), gone: d1.gone }).toEqual(inD1);
  });

  it("a device that has lost its app password in the guard: D1 has to revoke it, unless the guard is the older", () => {
    const [guard, d1] = [[device("x", "allowed", { credentialId: null })], [device("x", "allowed")]];
    expect(OLDER.map((older) => compareDevices(guard, d1, older).revoked)).toEqual([["p_x"], [], ["p_x"]]);
  });
});
