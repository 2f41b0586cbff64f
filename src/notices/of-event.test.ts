// Which events make mail, for whom, and how often: what the portal does, and what a stranger can cause.

import { describe, expect, it } from "vitest";
import { ABOUT } from "../../test/kit/events.ts";
import { type AuditedEvent, auditEvent, type Decision } from "../audit/event.ts";
import type { AuditReason } from "../audit/reasons.ts";
import { deviceNumber } from "../core/device/number.ts";
import { noticesOfEvent } from "./of-event.ts";
import { type NoticeEnv, readNotices } from "./settings.ts";

const NOW = 1_790_000_000_000;
const DAY = 86_400_000;
const settingsOf = (env: NoticeEnv) => {
  const read = readNotices({ NOTICE_HELPDESK: "desk@contoso.test", ...env });
  if ("faults" in read) throw new Error(read.faults.join("\n"));
  return read.notices;
};
const usual = settingsOf({});
const event = (decision: Partial<Decision>, at = NOW, channel: AuditedEvent["channel"] = "portal") =>
  auditEvent(
    { ...ABOUT, channel, source: "203.0.113.7" },
    { outcome: "changed", reason: "totp-added", userId: "u_1", ...decision },
    at,
  );
const told = (of: AuditedEvent, settings = usual) =>
  noticesOfEvent(of, settings).map(({ kind, audience }) => `${kind} ${audience}`);
const FACTORS = [
  ...(["passkey-added", "passkey-removed", "totp-added", "totp-removed", "passphrase-changed"] as const),
  "recovery-codes-made",
] as const;

describe("S-65: the mail of the portal's events", () => {
  it.each([...FACTORS, "recovery-code-used", "invitation-used"] as const)("%s is told to its person", (reason) => {
    expect(told(event({ reason, by: "self" }))).toEqual([`${reason} person`]);
    const [notice] = noticesOfEvent(event({ reason }), usual);
    expect(notice?.facts).toMatchObject({ at: NOW, network: "203.0.113.7" });
    expect(told(event({ reason }), settingsOf({ NOTICES: "device-new" }))).toEqual([]);
  });

  it.each(FACTORS)("%s by an invitation is told by the mail about the invitation", (reason) => {
    expect(told(event({ reason, by: "self", why: "invitation" }))).toEqual([]);
  });

  it("a passkey is told by its name", () => {
    const what = (change: string) => noticesOfEvent(event({ reason: "passkey-added", change }), usual)[0]?.facts.what;
    expect(what(JSON.stringify({ after: { name: "Alice's phone" } }))).toBe("Alice's phone");
    expect(what(JSON.stringify({ before: { name: "old" } }))).toBe("old");
    expect([what("{"), what("null"), what('{"after":{"name":1}}')]).toEqual([undefined, undefined, undefined]);
  });

  it("of somebody who administrates, nothing is told: such an event names no user", () => {
    for (const reason of ["passkey-added", "passkey-removed"] as const) {
      expect(told(event({ reason, userId: undefined, by: "a_1" }, NOW, "console"))).toEqual([]);
    }
  });

  it("a device that its own user approves has a number to compare, and is nothing for the help desk", () => {
    const reason = "awaiting-own-approval" as AuditReason;
    const waits = event({ outcome: "quarantined", reason, device: "d_abc" }, NOW, "device");
    const [notice, ...more] = noticesOfEvent(waits, usual);
    expect([notice?.audience, more]).toEqual(["person", []]);
    expect(notice?.facts.number).toBe(deviceNumber("d_abc"));
    const other = event({ outcome: "quarantined", reason: "awaiting-approval", device: "d_abc" }, NOW, "device");
    expect(told(other)).toEqual(["device-waiting person", "device-waiting helpdesk"]);
    expect(noticesOfEvent(other, usual)[0]?.facts.number).toBeUndefined();
  });

  it("what its owner decides about a device is told as what an administrator decides", () => {
    const own = (outcome: "allowed" | "blocked", reason: string) =>
      told(event({ outcome, reason: reason as AuditReason, device: "d_1", by: "self" }));
    expect(own("allowed", "device-approved-by-owner")).toEqual(["device-new person"]);
    expect(own("blocked", "device-blocked-by-owner")).toEqual(["device-blocked person"]);
  });

  it("“this was not me” goes to the help desk, with what it is about", () => {
    const report = event({ reason: "reported-not-me", why: "e_1", device: "d_1", credentialId: "p_1" });
    expect(told(report)).toEqual(["reported-not-me helpdesk"]);
    expect(noticesOfEvent(report, usual)[0]?.facts).toMatchObject({ what: "e_1", device: "d_1", password: "p_1" });
    expect(told(report, settingsOf({ NOTICE_HELPDESK: "" }))).toEqual([]);
  });

  it("the help desk hears of what NOTICE_HELPDESK_KINDS names", () => {
    const some = settingsOf({ NOTICE_HELPDESK_KINDS: "passkey-added portal-locked" });
    expect(told(event({ reason: "passkey-added" }), some)).toEqual(["passkey-added person", "passkey-added helpdesk"]);
    expect(told(event({ reason: "reported-not-me" }), some)).toEqual([]);
    expect(told(event({ reason: "passkey-added" }), settingsOf({ NOTICE_HELPDESK_KINDS: "none" }))).toEqual([
      "passkey-added person",
    ]);
  });

  it("S-57: a person is told once a day of being locked out, whatever a stranger does", () => {
    const ids = [0, 1, 1_000, 40_000_000].flatMap((after) =>
      noticesOfEvent(event({ reason: "portal-locked" }, Math.floor(NOW / DAY) * DAY + after), usual).map(
        ({ id }) => id,
      ),
    );
    expect(new Set(ids).size).toBe(1);
    const refused = event({ outcome: "refused", reason: "wrong-password" });
    expect(told(refused)).toEqual([]);
  });
});
