// What happened: which events are one entry, whose network it was, and which entries somebody may disown.

import { describe, expect, it } from "vitest";
import { BY_SELF } from "../../audit/event.ts";
import type { StoredEvent } from "../../store/audit.ts";
import { canBeDisowned, toldOf } from "./told.ts";

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 10, 27, 12);
const STRANGER = "203.0.113.0";
const HOME = "192.0.2.0";

let made = 0;
const event = (given: Partial<StoredEvent>): StoredEvent => {
  made += 1;
  return {
    ...{
      id: `e_${String(made).padStart(10, "0")}`,
      at: NOON,
      requestId: "r",
      channel: "ntlm",
      host: "web.contoso.test",
    },
    ...{ source: STRANGER, userAgent: "", workstation: "", outcome: "refused", reason: "wrong-proof" },
    ...{ userId: "u_1", user: "sip:alice@contoso.test", credentialId: null, waitUntil: null, wouldRefuse: null },
    ...{ repeats: null, device: null, deviceKey: null, by: null, why: null, change: null, channelBinding: null },
    ...{ country: null, city: null, stages: null },
    ...given,
  };
};
const told = (events: readonly StoredEvent[], own: readonly string[] = [HOME]) => toldOf(events, new Set(own));
const only = (given: Partial<StoredEvent>) => told([event(given)])[0];

describe("which events are one entry", () => {
  it("tries from one network are, with the newest id and the whole time", () => {
    const [newest, middle, oldest] = [NOON, NOON - HOUR, NOON - 2 * HOUR].map((at) => event({ at }));
    if (newest === undefined || middle === undefined || oldest === undefined) throw new Error("no events");
    expect(told([newest, middle, oldest])).toMatchObject([
      { id: newest.id, count: 3, first: oldest.at, last: newest.at, what: { kind: "tried", own: false } },
    ]);
  });

  it("counts an event that stands for several as that many", () => {
    expect(told([event({ repeats: 12 }), event({ repeats: 1 }), event({})])).toMatchObject([{ count: 14 }]);
  });

  it("other events between them do not part them", () => {
    const entries = told([event({}), event({ source: HOME, outcome: "signed-in", reason: "cwt" }), event({})]);
    expect(entries.map(({ count, what }) => [what.kind, count])).toEqual([
      ["tried", 2],
      ["signed-in", 1],
    ]);
  });

  it("tries from two networks, of the portal and of Lync, are apart", () => {
    expect(told([event({}), event({ source: "198.51.100.0" }), event({ channel: "portal" })])).toHaveLength(3);
  });

  it("the sign-ins of two app passwords are apart", () => {
    const signedIn = (credentialId: string) => event({ outcome: "signed-in", reason: "cwt", credentialId });
    expect(told([signedIn("p_1"), signedIn("p_2"), signedIn("p_1")]).map(({ count }) => count)).toEqual([2, 1]);
  });

  it("the refusals of two devices are apart", () => {
    const refused = (device: string) => event({ channel: "device", reason: "device-changed", device });
    expect(told([refused("d_1"), refused("d_2"), refused("d_1")]).map(({ count }) => count)).toEqual([2, 1]);
  });

  it("six hours of quiet part them, and a long attack stays one", () => {
    expect(told([event({}), event({ at: NOON - 6 * HOUR })])).toHaveLength(2);
    expect(told([event({}), event({ at: NOON - 6 * HOUR + 1 })])).toHaveLength(1);
    const allDay = [0, 5, 10, 15, 20].map((hours) => event({ at: NOON - hours * HOUR }));
    expect(told(allDay)).toMatchObject([{ count: 5, first: NOON - 20 * HOUR }]);
  });

  it("changes are told one by one", () => {
    const change = () => event({ outcome: "changed", reason: "password-created", by: BY_SELF });
    expect(told([change(), change()])).toHaveLength(2);
  });

  it("a client that has not named its device yet is no entry", () => {
    expect(told([event({ channel: "ticket", reason: "device-unnamed" })])).toEqual([]);
  });
});

describe("whose it was", () => {
  it("a refusal in a network of the person's devices is an own one", () => {
    expect(only({ source: HOME })?.what).toEqual({ kind: "tried", own: true, portal: false });
    expect(only({ source: STRANGER })?.what).toEqual({ kind: "tried", own: false, portal: false });
  });

  it("a change is the person's own, or somebody else's", () => {
    expect(only({ outcome: "changed", reason: "passkey-added", by: BY_SELF })?.what).toMatchObject({ bySelf: true });
    expect(only({ outcome: "changed", reason: "user-disabled", by: "a_1" })?.what).toMatchObject({ bySelf: false });
  });

  it("an invitation is used as the person, though the event has the invitation's id", () => {
    expect(only({ outcome: "changed", reason: "invitation-used", by: "i_1" })?.what).toMatchObject({ bySelf: true });
  });

  it("the label of an app password is read from its change, even from a shortened one", () => {
    const labelled = (change: string) => only({ outcome: "changed", reason: "password-created", change })?.label;
    expect(labelled('{"before":{},"after":{"label":"My iPhone"}}')).toBe("My iPhone");
    expect(labelled('{"before":{"label":"Old"},"after":{"state":"revoked"}}')).toBe("Old");
    expect(labelled('{"before":{},"aft…')).toBeNull();
  });
});

describe("what somebody may disown", () => {
  const may = (given: Partial<StoredEvent>) => {
    const entry = only(given);
    return entry !== undefined && canBeDisowned(entry);
  };

  it.each<[string, Partial<StoredEvent>]>([
    ["a sign-in", { outcome: "signed-in", reason: "cwt" }],
    ["a sign-in to the portal", { outcome: "signed-in", channel: "portal", why: "passkey" }],
    ["a device that was let in", { outcome: "allowed", channel: "device", reason: "device-enrolled", device: "d_1" }],
    ["a device that waits", { outcome: "quarantined", channel: "device", reason: "awaiting-own-approval" }],
    ["an own change", { outcome: "changed", reason: "passkey-added", by: BY_SELF }],
    ["an invitation that was used", { outcome: "changed", reason: "invitation-used", by: "i_1" }],
  ])("%s: yes", (_name, given) => {
    expect(may(given)).toBe(true);
  });

  it.each<[string, Partial<StoredEvent>]>([
    ["a try, because nobody got in", {}],
    ["a failure of a server", { outcome: "failed", reason: "front-end-unreachable" as StoredEvent["reason"] }],
    ["a device that was refused", { channel: "device", reason: "device-changed", device: "d_1" }],
    ["what an administrator did", { outcome: "changed", reason: "user-disabled", by: "a_1" }],
    ["the report itself", { outcome: "changed", reason: "reported-not-me", by: BY_SELF }],
  ])("%s: no", (_name, given) => {
    expect(may(given)).toBe(false);
  });
});
