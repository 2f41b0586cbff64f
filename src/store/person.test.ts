// What D1 keeps of a person is found, made anonymous, or deleted. What belongs to others is left alone.

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { eventAt } from "../../test/kit/events.ts";
import { must } from "../../test/kit/ntlm.ts";
import { findEvents } from "../../test/kit/stored-events.ts";
import type { Partnership } from "../core/device/partnership.ts";
import { UNKNOWN_DEVICE } from "../core/device/types.ts";
import { DEFAULT_POLICY } from "../core/policy/read.ts";
import { insertEvents } from "./audit.ts";
import { openDatabase } from "./database.ts";
import { addAppPassword, addUser, listAppPasswords, namesOfUser, type User, userById } from "./directory.ts";
import { newPseudonym } from "./ids.ts";
import { partnershipsOfUser, savePartnerships } from "./partnerships.ts";
import { deleteUser, deviceKeysOf, eventsAbout, forgetInAudit, networksOf, policiesNaming } from "./person.ts";
import { applyPolicy } from "./policies.ts";
import { auditEvents } from "./schema.ts";

const db = openDatabase(env.DB);
const NOW = 1_795_000_000_000;
let people = 0;
let zoe: User;
let yan: User;

const add = async (name: string): Promise<User> =>
  must(await addUser(db, { sipUri: `sip:${name}@contoso.test`, account: `CONTOSO\\${name}` }, NOW));

beforeEach(async () => {
  people++;
  await db.delete(auditEvents);
  [zoe, yan] = [await add(`zoe${people}`), await add(`yan${people}`)];
  await addAppPassword(db, { id: `p_${people}`, userId: zoe.id, label: "phone", ntHashes: "x" }, NOW);
  await savePartnerships(db, zoe.id, [phone()], []);
});

const key = (): string => `endpoint:phone ${people}`;
const phone = (): Partnership => ({
  ...{ id: `d_${people}`, key: key(), credentialId: `p_${people}`, state: "allowed", decision: null },
  ...{ decidedBy: "policy", decidedAt: NOW, reason: "enrolled", facts: UNKNOWN_DEVICE },
  ...{ source: { network: "203.0.113.7", country: "DE", asn: 1 }, firstSeenAt: NOW, lastSeenAt: NOW },
  provisional: false,
});
const of = ({ id, sipUri }: User) => ({ userId: id, user: sipUri });

/** Four events: of zoe, of somebody who had her address before, of yan who named her phone, and of yan alone. */
const someEvents = () =>
  insertEvents(db, [
    eventAt(NOW, {
      ...of(zoe),
      device: `d_${people}`,
      deviceKey: key(),
      credentialId: `p_${people}`,
      waitUntil: NOW + 1,
    }),
    eventAt(NOW + 1, { userId: "u_before", user: zoe.sipUri, why: "lost", by: "abcd1234" }),
    eventAt(NOW + 2, { ...of(yan), reason: "device-of-another-user", deviceKey: key() }),
    eventAt(NOW + 3, { ...of(yan), source: "198.51.100.1" }),
  ]);
const rows = async () => (await findEvents(db, {}, 100)).reverse();

describe("S-40: the events of a person", () => {
  it("S-48: are those of the user and of the devices, in pages, and not of who had the address before", async () => {
    await someEvents();
    const all = await rows();
    const first = await eventsAbout(db, zoe, { after: "", limit: 1 });
    const second = await eventsAbout(db, zoe, { after: first.at(-1)?.id ?? "", limit: 2 });
    expect([...first, ...second]).toEqual([all[0], all[2]]);
    expect(await networksOf(db, yan.id, NOW)).toEqual(["198.51.100.1", "203.0.113.7"]);
  });

  it("are made nobody's: what stays of each says nothing of who it was", async () => {
    await someEvents();
    const before = await rows();
    const pseudonym = newPseudonym();
    expect(await forgetInAudit(db, zoe, "pseudonymise", pseudonym)).toEqual({ events: 1, more: false });
    const after = await rows();
    expect(after.slice(1)).toEqual(before.slice(1));
    for (const [at, row] of after.slice(0, 1).entries()) {
      const { id, at: time, channel, host, outcome, reason, repeats, wouldRefuse, by } = before[at] ?? row;
      expect(row).toEqual({
        ...{ id, at: time, channel, host, outcome, reason, repeats, wouldRefuse, by },
        ...{ userId: pseudonym, user: null, credentialId: null, requestId: "", source: "unknown", userAgent: "" },
        ...{
          workstation: "",
          channelBinding: null,
          country: null,
          city: null,
          stages: null,
          waitUntil: null,
          device: null,
          deviceKey: null,
          why: null,
          change: null,
        },
      });
    }
  });

  it("are deleted, more of them than a statement takes", async () => {
    await env.DB.prepare(
      "INSERT INTO audit_events (id, at, request_id, channel, host, source, user_agent, workstation, outcome, reason, user_id) SELECT 'e_' || value, 0, '', 'ntlm', '', '', '', '', 'refused', 'old', ? FROM json_each(?)",
    )
      .bind(zoe.id, JSON.stringify(Array.from({ length: 4_500 }, (_, at) => at)))
      .run();
    await someEvents();
    expect(await forgetInAudit(db, zoe, "purge", newPseudonym())).toEqual({ events: 4_501, more: false });
    expect((await rows()).map(({ user }) => user)).toEqual([zoe.sipUri, yan.sipUri, yan.sipUri]);
  });
});

it("S-40: a user goes with names, app passwords and devices, and another's event loses the device, in one step", async () => {
  await someEvents();
  const event = eventAt(NOW + 10, { outcome: "changed", reason: "user-erased" });
  await deleteUser(db, zoe, await deviceKeysOf(db, zoe.id), event, "taken-out");
  expect([await userById(db, zoe.id), await namesOfUser(db, zoe.id)]).toEqual([undefined, []]);
  expect([await listAppPasswords(db, zoe.id), await partnershipsOfUser(db, zoe.id)]).toEqual([[], []]);
  expect((await rows()).slice(2)).toMatchObject([
    { reason: "device-of-another-user", user: yan.sipUri, deviceKey: null, source: "203.0.113.7" },
    { user: yan.sipUri },
    { reason: "user-erased" },
  ]);
  expect(await userById(db, yan.id)).toEqual(yan);
});

it("S-48: a user who is deleted goes the same way, and the audit keeps everything", async () => {
  await someEvents();
  const before = await rows();
  const event = eventAt(NOW + 10, { outcome: "changed", reason: "user-deleted" });
  await deleteUser(db, zoe, await deviceKeysOf(db, zoe.id), event, "kept");
  expect([await userById(db, zoe.id), await namesOfUser(db, zoe.id)]).toEqual([undefined, []]);
  expect((await rows()).slice(0, -1)).toEqual(before);
});

it("S-40: says which versions of the policy name somebody", async () => {
  const applied = { at: NOW, by: "abcd1234", why: null, policy: DEFAULT_POLICY };
  await applyPolicy(db, 0, { ...applied, text: "# nobody" });
  await applyPolicy(db, 1, { ...applied, text: `user = ["${zoe.sipUri.toUpperCase()}"]` });
  expect(await policiesNaming(db, [zoe.sipUri.replace("sip:", "")])).toEqual([2]);
});
