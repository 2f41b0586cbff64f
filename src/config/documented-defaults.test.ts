// The defaults that the docs promise, written out as values. A test that imported a default would not notice a change.

import { describe, expect, it } from "vitest";
import configuration from "../../docs/configuration.md?raw";
import guests from "../../docs/design/0009-guests.md?raw";
import devices from "../../docs/devices.md?raw";
import { ROWS_OF_A_NETWORK, ROWS_OF_A_USER, ROWS_OF_GUESTS } from "../audit/cadence.ts";
import { CONFERENCE_FAMILIAR_MS, GUEST_LIMITS } from "../core/lockout/conference.ts";
import { DEAD_TICKETS } from "../core/lockout/dead-tickets.ts";
import { DEFAULT_LIMITS, FAMILIAR_FOR_MS, parseLimits, REPEAT_WINDOW_MS } from "../core/lockout/limits.ts";
import { CHALLENGE_TTL_MS } from "../core/ntlm/constants.ts";
import { DEFAULT_POLICY, MAX_DEVICES, MAX_ITEMS, MAX_RULES } from "../core/policy/read.ts";
import { readRetention } from "../store/audit-retention.ts";
import { VERDICT_REUSE_MS } from "../ticket/verdicts.ts";

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

/** The last cells of the row that begins with this cell, without backticks. */
function row(text: string, first: string): string[] {
  const line = text.split("\n").find((each) => each.startsWith(`| ${first} |`));
  if (line === undefined) throw new Error(`no row ${first}`);
  return line
    .split("|")
    .slice(2, -1)
    .map((cell) => cell.trim().replaceAll("`", ""));
}

describe("the lockout's defaults", () => {
  it("are what the docs say", () => {
    expect(DEFAULT_LIMITS).toEqual({
      stranger: { free: 5, firstWait: 30 * SECOND, longestWait: 15 * MINUTE, forgetAfter: HOUR },
      familiar: { free: 20, firstWait: 5 * SECOND, longestWait: MINUTE, forgetAfter: HOUR },
      strangers: { burst: 100, perHour: 100 },
      network: { burst: 100, perHour: 100 },
      codes: { burst: 100, perHour: 1 },
    });
    expect([FAMILIAR_FOR_MS, REPEAT_WINDOW_MS]).toEqual([30 * DAY, HOUR]);
  });

  it("are in docs/configuration.md as an administrator would write them, each one", () => {
    const words = [...configuration.matchAll(/`((?:stranger|familiar|strangers|network|codes)\.[a-z-]+=[^`]+)`/g)];
    const documented = words.map(([, word]) => word).join(" ");
    expect(documented.split(" ")).toHaveLength(14);
    expect(parseLimits(documented)).toEqual({ limits: DEFAULT_LIMITS });
  });

  it("of guests are what the docs say", () => {
    expect(GUEST_LIMITS).toEqual({
      stranger: { free: 5, firstWait: 30 * SECOND, longestWait: 15 * MINUTE, forgetAfter: HOUR },
      familiar: { free: 20, firstWait: 5 * SECOND, longestWait: MINUTE, forgetAfter: HOUR },
      network: { burst: 20, perHour: 60 },
      conference: { burst: 100, perHour: 300 },
    });
    expect(CONFERENCE_FAMILIAR_MS).toBe(8 * DAY);
    expect(row(guests, "wrong keys, one network at one conference")[1]).toBe(
      "5, then 30 s doubling to 15 min; forgotten after 1 h",
    );
    expect(row(guests, "wrong keys, one network, whatever the conference")[1]).toMatch(/^burst 20, then 60 an hour;/);
  });

  it("of dead tickets are a handful, and then one a minute", () => {
    expect(DEAD_TICKETS).toEqual({ burst: 10, perHour: 60 });
  });
});

describe("the policy's defaults", () => {
  it("are what the docs say", () => {
    expect(DEFAULT_POLICY).toEqual({
      enrolment: { mode: "open", maxDevices: 3, windowMinutes: 15 },
      devices: {
        unnamed: "place",
        nextKey: "approve",
        nextKeyExcept: ["Sipe"],
        requireProof: [],
        authoritySilence: "allow",
      },
      passive: { mode: "never", must: [], never: [], may: [] },
      expireAfterDays: 90,
      rules: [],
    });
    expect([MAX_DEVICES, MAX_RULES, MAX_ITEMS]).toEqual([100, 200, 2_000]);
  });

  it.each([
    ["`passive.mode`", '"never"'],
    ["`enrolment.mode`", '"open"'],
    ["`enrolment.maxDevices`", "3"],
    ["`enrolment.windowMinutes`", "15"],
    ["`devices.unnamed`", '"place"'],
    ["`devices.nextKey`", '"approve"'],
    ["`devices.nextKeyExcept`", '["Sipe"]'],
    ["`devices.requireProof`", "[]"],
    ["`devices.authoritySilence`", '"allow"'],
    ["`expireAfterDays`", "90"],
    ["`rules`", "none"],
  ])("%s is %s in docs/devices.md", (setting, value) => {
    const [, table = ""] = devices.split("| setting | default | values |");
    expect(row(table, setting)[0]).toBe(value);
  });
});

describe("what is kept and for how long", () => {
  it("is what the docs say", () => {
    expect(readRetention({})).toEqual({ days: 180 });
    expect([ROWS_OF_A_NETWORK, ROWS_OF_A_USER, ROWS_OF_GUESTS]).toEqual([200, 1_000, 1_000]);
    expect([CHALLENGE_TTL_MS, VERDICT_REUSE_MS]).toEqual([120 * SECOND, 3 * SECOND]);
  });

  it.each([
    ["`AUDIT_RETENTION_DAYS`", "180"],
    ["`REFUSAL_FLOOR_MS`", "300"],
    ["`LOCKOUT`", "enforce"],
    ["`CHALLENGE`", "NTLM"],
    ["`PLAIN_HTTP`", "refuse"],
    ["`CERTIFICATE_TICKETS`", "off"],
  ])("%s is %s in docs/configuration.md", (variable, value) => {
    expect(row(configuration, variable).at(-1)).toBe(value);
  });
});
