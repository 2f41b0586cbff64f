import { describe, expect, it } from "vitest";
import { REASONS } from "../core/policy/reasons.ts";
import { explained, LANGUAGES, type ToExplain } from "./explain.ts";
import { REASONS_BY_OUTCOME } from "./reasons.ts";

const EVENT: ToExplain = {
  ...{
    outcome: "refused",
    reason: "wrong-proof",
    channel: "ntlm",
    source: "203.0.113.7",
    user: "sip:anna@contoso.com",
  },
  ...{ by: null, why: null, change: null, repeats: null, waitUntil: null, wouldRefuse: null },
};
const CHANGE: ToExplain = { ...EVENT, outcome: "changed", reason: "device-blocked", channel: "command", by: "Ben" };

/** Every outcome with every reason that it can have, on the channels that it can come over. */
const ALL: readonly ToExplain[] = [
  ...Object.entries(REASONS_BY_OUTCOME).flatMap(([outcome, reasons]) =>
    reasons.flatMap((reason) =>
      ["ntlm", "guest", "admin", "portal", "command", "clock"].map((channel) => ({
        ...EVENT,
        outcome,
        reason,
        channel,
      })),
    ),
  ),
  ...["allowed", "quarantined", "blocked", "refused"].flatMap((outcome) =>
    [...REASONS, "no-old-phones"].map((reason) => ({ ...EVENT, outcome, reason, channel: "device" })),
  ),
  ...["front-end-400", "front-end-503"].flatMap((reason) =>
    ["refused", "failed"].map((outcome) => ({ ...EVENT, outcome, reason, channel: "guest" })),
  ),
  { ...CHANGE, reason: "user-groups-window" },
];

describe.each(LANGUAGES)("in %s", (language) => {
  it("S-39: every reason is explained in whole sentences, with nobody and with everything", () => {
    for (const event of ALL) {
      for (const more of [
        {},
        { user: null },
        { by: "Ben Adams", why: "he left.", repeats: 7, waitUntil: "2026-11-27T13:45:10.000Z", wouldRefuse: "waiting" },
      ]) {
        const { said, fix } = explained({ ...event, ...more }, language);
        const about = `${event.outcome} ${event.reason} ${event.channel}: ${said} ${fix}`;
        expect(said, about).toMatch(/^(?:\p{Lu}|anna@).*[^.]\.$/u);
        expect(said, about).not.toMatch(/[{}]|undefined|null| {2}|\.\.|sip:/);
        expect(fix ?? "Nothing.", about).toMatch(/^\p{Lu}.*[^.]\.$/u);
        expect(said.length, about).toBeLessThan(500);
      }
    }
  });

  it("does not fail for a reason of another release", () => {
    for (const outcome of ["signed-in", "refused", "failed", "changed", "blocked", "something-else"]) {
      expect(explained({ ...EVENT, outcome, reason: "not-yet-known" }, language).said).not.toMatch(/[{}]|undefined/);
      expect(explained({ ...EVENT, outcome, reason: "toString" }, language).said).not.toMatch(/native code/);
    }
  });
});

it("says what happened, for how many, until when, and what to do", () => {
  const waiting = { reason: "waiting", repeats: 12, waitUntil: "2026-11-27T13:45:10.000Z" };
  expect(explained({ ...EVENT, ...waiting }, "en")).toEqual({
    said: "Somebody tried to sign in as anna@contoso.com from 203.0.113.7, and was refused. This network failed too often with this user. This stands for 12 attempts alike. This network has to wait until 2026-11-27 13:45 UTC.",
    fix: "Nothing: the wait ends by itself. Once the device has a right app password, clear the lock.",
  });
  expect(explained({ ...CHANGE, why: "stolen" }, "de")).toEqual({
    said: "Ben hat ein Gerät von anna@contoso.com gesperrt. Von da an wird es abgewiesen. Vermerkt ist dazu: stolen.",
    fix: null,
  });
  const enrolment = { outcome: "quarantined", reason: "awaiting-approval", channel: "device" };
  expect(explained({ ...EVENT, ...enrolment }, "en").said).toBe(
    "A device of anna@contoso.com has to wait until somebody approves it. New devices have to be approved.",
  );
  const invited = {
    reason: "administrator-invited",
    user: null,
    change: { before: {}, after: { email: "bob@b.test" } },
  };
  expect(explained({ ...CHANGE, ...invited, why: "a_gyydbia6yimwbm2v: new here" }, "en").said).toBe(
    "Ben made a link with which an administrator sets up a passkey (bob@b.test). Noted with it: new here.",
  );
  expect(explained({ ...CHANGE, ...invited, why: "a_gyydbia6yimwbm2v" }, "en").said).toMatch(/\(bob@b\.test\)\.$/);
  expect(explained({ ...EVENT, source: "unknown" }, "de").said).toContain("von einem unbekannten Netz als anna@");
  expect(explained({ ...EVENT, outcome: "changed", reason: "device-expired", channel: "clock" }, "de").said).toBe(
    "Ein Gerät von anna@contoso.com war zu lange nicht zu sehen und ist abgelaufen.",
  );
});
