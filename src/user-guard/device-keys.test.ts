// The keys of a device's certificates in the user's guard: they are remembered with the device and listed, their number
// has a limit, and a further key makes an event.

import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { eventsOf, pass, SECOND, stopClock } from "../../test/kit/attempts.ts";
import { apply, type Owner, owner } from "../../test/kit/devices.ts";
import { DEFAULT_POLICY } from "../core/policy/read.ts";
import type { KeptRows } from "../guards/kept-rows.ts";
import { LazyTables } from "../guards/storage.ts";
import { DeviceKeys, KEY_SCHEMA, MAX_KEYS, TOLD_FOR_MS } from "./device-keys.ts";

const [HOME, ELSEWHERE] = ["198.51.100.7", "203.0.113.9"];
const sighted = (hash: string) => ({ hash, endsAt: 1_900_000_000_000 });

let lines: string[];
beforeAll(stopClock);
beforeEach(async () => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((line) => void lines.push(String(line)));
  // device-proof.test.ts tests keys that wait for approval.
  await apply({ devices: { ...DEFAULT_POLICY.devices, nextKey: "open" } });
});

const rings = async ({ guard }: Owner) => (await eventsOf(guard)).filter(({ reason }) => reason === "device-key-added");
const keysOf = async (who: Owner, device: string) => {
  const outcome = await who.command({ kind: "explain", device });
  return outcome.ok ? (outcome.value.keys ?? []) : [];
};

/** A ticket of that app password that has named the desktop. */
async function desk(who: Owner, credentialId = "p_1", id = "desk"): Promise<string> {
  const ticket = (await who.signIn(credentialId)) ?? "none";
  expect(await who.names(ticket, id, { kind: "device" })).toBe("served");
  return ticket;
}

describe("the key of a device's certificate", () => {
  it("is remembered with the device, and the first one rings nowhere", async () => {
    const who = await owner();
    const ticket = await desk(who);
    expect(await who.confirms(ticket, sighted("aa"), HOME)).toBe("served");
    expect(await who.confirms(ticket, sighted("aa"), HOME)).toBe("served");
    expect(await keysOf(who, "desk")).toMatchObject([{ hash: "aa", network: HOME }]);
    expect(await rings(who)).toEqual([]);
    await evictDurableObject(who.guard);
    expect(await keysOf(who, "desk")).toHaveLength(1);
  });

  it("of a thief who has the password and the id rings in the audit, and both keys are listed", async () => {
    const who = await owner();
    await who.confirms(await desk(who), sighted("aa"), HOME);
    pass(SECOND);
    expect(await who.confirms(await desk(who), sighted("bb"), ELSEWHERE)).toBe("served");
    expect(await keysOf(who, "desk")).toMatchObject([
      { hash: "aa", network: HOME },
      { hash: "bb", network: ELSEWHERE },
    ]);
    expect(await rings(who)).toMatchObject([
      { outcome: "changed", source: ELSEWHERE, credentialId: "p_1", why: "key bb", userId: who.id },
    ]);
  });

  it("is new at each start of some clients: one event a day from one network, and another network rings all the same", async () => {
    const who = await owner();
    const ticket = await desk(who);
    for (const hash of ["a1", "a2", "a3", "a4"]) await who.confirms(ticket, sighted(hash), HOME);
    expect(await rings(who)).toMatchObject([{ why: "key a2" }]);
    await who.confirms(ticket, sighted("bb"), ELSEWHERE);
    expect(await rings(who)).toMatchObject([{ why: "key a2" }, { why: "key bb" }]);
    pass(TOLD_FOR_MS);
    await who.confirms(await desk(who), sighted("a5"), HOME);
    expect(await rings(who)).toHaveLength(3);
  });

  it("is not remembered where the user has it at another device, which the log says", async () => {
    const who = await owner();
    await who.confirms(await desk(who), sighted("aa"), HOME);
    await who.confirms(await desk(who, "p_2", "laptop"), sighted("aa"), HOME);
    expect([await keysOf(who, "desk"), await keysOf(who, "laptop")]).toMatchObject([[{ hash: "aa" }], []]);
    expect(lines.filter((line) => line.includes('"key-not-remembered"'))).toHaveLength(1);
  });

  it("is not remembered for a device that was blocked meanwhile, whose certificate is not released", async () => {
    const who = await owner();
    const ticket = await desk(who);
    await who.command({ kind: "block", device: "desk" });
    expect(await who.confirms(ticket, sighted("aa"), HOME)).toBe("dead");
    expect(await keysOf(who, "desk")).toEqual([]);
  });

  it("S-40: is in the export, and goes with the device and with the user", async () => {
    const who = await owner();
    await who.confirms(await desk(who), sighted("aa"), HOME);
    const kept = JSON.parse(await who.guard.kept()) as KeptRows;
    expect(kept.device_keys).toMatchObject([{ hash: "aa", network: HOME, endsAt: "2030-03-17T17:46:40.000Z" }]);
    await who.command({ kind: "forget", device: "desk" });
    const rows = () =>
      runInDurableObject(who.guard, (_, { storage }) => storage.sql.exec("SELECT hash FROM device_keys").toArray());
    expect(await rows()).toEqual([]);
  });
});

describe("the book of keys", () => {
  it("keeps the first key of a device and its last ones", async () => {
    const stub = env.USER_GUARD.get(env.USER_GUARD.newUniqueId());
    const kept = await runInDurableObject(stub, (_, { storage }) => {
      const book = new DeviceKeys(new LazyTables(storage, [KEY_SCHEMA]));
      for (let n = 0; n < 2 * MAX_KEYS; n++) book.remember("d_1", sighted(`k${n}`), HOME, "password", n);
      return book.of("d_1", 0).map(({ hash }) => hash);
    });
    const last = Array.from({ length: MAX_KEYS - 1 }, (_, n) => `k${n + MAX_KEYS + 1}`);
    expect(kept).toEqual(["k0", ...last]);
  });
});
