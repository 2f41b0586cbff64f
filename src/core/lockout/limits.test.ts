// The limits an operator may set, and the sentences for what is wrong with them.

import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS, type Limits, parseLimits } from "./limits.ts";
import { lockoutOf, readLockout } from "./mode.ts";

const limits = (text: string): Limits => {
  const read = parseLimits(text);
  if ("faults" in read) throw new Error(read.faults.join("\n"));
  return read.limits;
};
const faults = (text: string): readonly string[] => {
  const read = parseLimits(text);
  return "faults" in read ? read.faults : [];
};

describe("LOCKOUT_LIMITS", () => {
  it("empty, it is the defaults", () => {
    expect(limits("")).toEqual(DEFAULT_LIMITS);
    expect(limits(" \n, ")).toEqual(DEFAULT_LIMITS);
  });

  it.each([
    ["stranger.free=7", { stranger: { free: 7 } }],
    ["stranger.first-wait=45s", { stranger: { firstWait: 45_000 } }],
    ["stranger.longest-wait=30m", { stranger: { longestWait: 1_800_000 } }],
    ["stranger.forget-after=2h", { stranger: { forgetAfter: 7_200_000 } }],
    ["familiar.free=50", { familiar: { free: 50 } }],
    ["familiar.first-wait=1s", { familiar: { firstWait: 1_000 } }],
    ["familiar.longest-wait=2m", { familiar: { longestWait: 120_000 } }],
    ["familiar.forget-after=24h", { familiar: { forgetAfter: 86_400_000 } }],
    ["strangers.burst=1", { strangers: { burst: 1 } }],
    ["strangers.per-hour=1000000", { strangers: { perHour: 1_000_000 } }],
    ["network.burst=500", { network: { burst: 500 } }],
    ["network.per-hour=20", { network: { perHour: 20 } }],
  ])("`%s` changes that and nothing else", (text, change) => {
    const [group, fields] = Object.entries(change)[0] ?? ["", {}];
    const before = DEFAULT_LIMITS[group as keyof Limits];
    expect(limits(text)).toEqual({ ...DEFAULT_LIMITS, [group]: { ...before, ...fields } });
  });

  it("takes several, between spaces, lines and commas, and leaves the defaults alone", () => {
    const read = limits(" stranger.free=3,network.burst=9\nnetwork.per-hour=8 ");
    expect([read.stranger.free, read.network]).toEqual([3, { burst: 9, perHour: 8 }]);
    expect(DEFAULT_LIMITS.stranger.free).toBe(5);
  });

  it.each([["0"], ["-1"], ["1.5"], ["1e3"], ["1000001"], ["10000000"], ["٣"], [""], ["5s"], ["0x5"], ["5=6"]])(
    "a count of `%s` is refused, and the sentence says what a count is",
    (value) => {
      expect(faults(`network.burst=${value}`)).toEqual([
        `LOCKOUT_LIMITS gives network.burst the value "${value}"; it must be a whole number from 1 to 1000000.`,
      ]);
    },
  );

  it.each([["0s"], ["30"], ["25h"], ["1441m"], ["1d"], ["15M"], ["1h30m"], ["-5s"], [""], ["99999999s"], ["30s=1h"]])(
    "a time of `%s` is refused, and the sentence says what a time is",
    (value) => {
      expect(faults(`stranger.first-wait=${value}`)).toEqual([
        `LOCKOUT_LIMITS gives stranger.first-wait the value "${value}"; it must be a time from 1s to 24h, such as 30s, 15m or 1h.`,
      ]);
    },
  );

  it.each(["stranger.Free=5", "free=5", "stranger=5", "constructor=1", "__proto__.free=1", "network.free=5", "=5"])(
    "`%s` names no limit, and the sentence names all there are",
    (text) => {
      const [sentence = "", ...others] = faults(text);
      expect(others).toEqual([]);
      expect(sentence).toMatch(/^LOCKOUT_LIMITS names ".*", which is not a limit\. The limits are: /);
      const named = sentence.split("The limits are: ")[1]?.replace(/\.$/, "").split(", ") ?? [];
      expect(named).toHaveLength(14);
      for (const name of named) {
        const value = /wait|after/.test(name) ? "59m" : "7";
        expect(faults(`${name}=${value}`).join(), name).not.toContain("which is not a limit");
      }
    },
  );

  it("refuses waits that contradict each other, by name", () => {
    for (const group of ["stranger", "familiar"]) {
      expect(faults(`${group}.first-wait=20m`)).toEqual([
        `LOCKOUT_LIMITS makes ${group}.first-wait longer than ${group}.longest-wait.`,
      ]);
      for (const time of ["1h", "2h"]) {
        expect(faults(`${group}.longest-wait=${time}`)).toEqual([
          `LOCKOUT_LIMITS makes ${group}.longest-wait as long as ${group}.forget-after: a wait sat out would forget everything.`,
        ]);
      }
      expect(faults(`${group}.longest-wait=2h ${group}.forget-after=3h`)).toEqual([]);
    }
  });

  it("takes a first wait that is the longest", () => {
    expect(faults("stranger.first-wait=15m")).toEqual([]);
  });

  it("refuses a limit that is given twice", () => {
    expect(faults("network.burst=1 strangers.burst=2 network.burst=1")).toEqual([
      "LOCKOUT_LIMITS gives network.burst twice. Remove one of the two.",
    ]);
  });

  it("names every fault at once", () => {
    const found = faults("strangers.burst=0 nonsense stranger.first-wait=1 familiar.first-wait=5m network.per-hour=");
    expect(found.map((sentence) => /"([^"]*)"|makes (\S+)/.exec(sentence)?.slice(1).join(""))).toEqual([
      "0",
      "nonsense",
      "1",
      "",
      "familiar.first-wait",
    ]);
  });
});

describe("LOCKOUT", () => {
  it("enforces unless it says report", () => {
    expect(readLockout({})).toEqual({ lockout: { dryRun: false, limits: DEFAULT_LIMITS } });
    expect(readLockout({ LOCKOUT: "enforce" })).toEqual(readLockout({}));
    expect(readLockout({ LOCKOUT: "report" })).toEqual({ lockout: { dryRun: true, limits: DEFAULT_LIMITS } });
  });

  it.each(["", "off", "Report", "report ", "enforce,report"])("`%s` is a fault with its fix", (mode) => {
    expect(readLockout({ LOCKOUT: mode })).toEqual({
      faults: [expect.stringMatching(/^LOCKOUT is "[^"]*"; it must be "enforce" \(default\) or "report",.*\.$/)],
    });
  });

  it("is read together with the limits", () => {
    const read = readLockout({ LOCKOUT: "off", LOCKOUT_LIMITS: "network.burst=0" });
    expect("faults" in read && read.faults.map((sentence) => sentence.split(" ")[0])).toEqual([
      "LOCKOUT_LIMITS",
      "LOCKOUT",
    ]);
  });

  it("S-26: a guard takes both variables", () => {
    const limits = { ...DEFAULT_LIMITS, network: { ...DEFAULT_LIMITS.network, burst: 9 } };
    expect(lockoutOf({ LOCKOUT: "report", LOCKOUT_LIMITS: "network.burst=9" })).toEqual({ dryRun: true, limits });
    expect(lockoutOf({})).toEqual({ dryRun: false, limits: DEFAULT_LIMITS });
  });

  it("S-37: to a guard a variable that is not text is as if it were absent", () => {
    const limits = { ...DEFAULT_LIMITS, network: { ...DEFAULT_LIMITS.network, burst: 9 } };
    const number = 7 as unknown as string;
    expect(lockoutOf({ LOCKOUT: number, LOCKOUT_LIMITS: "network.burst=9" })).toEqual({ dryRun: false, limits });
    expect(lockoutOf({ LOCKOUT: "report", LOCKOUT_LIMITS: number })).toEqual({ dryRun: true, limits: DEFAULT_LIMITS });
  });

  it("S-37: a guard that is given faults enforces the defaults, whatever they are", () => {
    for (const env of [{ LOCKOUT: "off" }, { LOCKOUT: "report", LOCKOUT_LIMITS: "x" }, { LOCKOUT_LIMITS: "x" }]) {
      expect(lockoutOf(env)).toEqual({ dryRun: false, limits: DEFAULT_LIMITS });
    }
  });
});
