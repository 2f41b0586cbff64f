// Every sentence that tells an administrator what is wrong with a policy, word for word: each says the place, what to
// write, and what was written. And the last value on each side of every limit.

import { describe, expect, it } from "vitest";
import { completePolicy, DEFAULT_POLICY, readPolicy } from "./read.ts";
import { shown } from "./read-values.ts";

const RULE = { code: "a", action: "block", reason: "Because", when: {} };
const rule = (change: object) => ({ rules: [{ ...RULE, ...change }] });
const when = (conditions: unknown) => rule({ when: conditions });

const faultsIn = (value: unknown): string[] => {
  const read = readPolicy(value);
  return read.ok ? [] : read.faults.map(({ path, message }) => `${path}: ${message}`);
};

describe("what is wrong with a policy is said in one sentence, at its path", () => {
  it.each([
    [7, ': A policy is an object with "enrolment", "devices", "passive", "expireAfterDays" and "rules", not 7.'],
    [{ enrolment: "open" }, 'enrolment: Write a table with "mode", "maxDevices" and "windowMinutes", not "open".'],
    [
      { devices: [] },
      'devices: Write a table with "unnamed", "nextKey", "nextKeyExcept", "requireProof" and "authoritySilence", not a list.',
    ],
    [
      { devices: { named: 1 } },
      "devices.named: There is no such key. There are: unnamed, nextKey, nextKeyExcept, requireProof, authoritySilence.",
    ],
    [{ devices: { nextKey: "proved" } }, 'devices.nextKey: Write "approve" or "open", not "proved".'],
    [
      { devices: { nextKeyExcept: "Sipe" } },
      'devices.nextKeyExcept: Write a list of at most 100 entries, such as [], not "Sipe".',
    ],
    [
      { devices: { authoritySilence: "refuse" } },
      /^devices\.authoritySilence: Write "allow" or "block", not "refuse"\.$/,
    ],
    [{ devices: { requireProof: ["dos"] } }, /^devices\.requireProof\[0\]: Write "windows", .*, not "dos"\.$/],
    [{ rules: {} }, "rules: Write a list of rules, each beginning with [[rules]], not a table."],
    [
      { rules: Array.from({ length: 201 }, () => RULE) },
      "rules: There are 201 rules; at most 200 are read. Put conditions into one list.",
    ],
    [when(null), 'rules[0].when: Write conditions, such as { platform = "android" }, not null.'],
    [when({ not: {} }), 'rules[0].when.not: Write at least one condition, such as { group = "staff" }, not a table.'],
    [
      when({ not: new Date(0) }),
      'rules[0].when.not: Write at least one condition, such as { group = "staff" }, not a date.',
    ],
    [when({ "wh en": 1 }), /^rules\[0\]\.when\."wh en": There is no such key\. There are: .*\.$/],
    [when({ user: [] }), "rules[0].when.user: The list has 0 entries. Name at least one, or leave the condition out."],
    [when({ user: ["a", true] }), "rules[0].when.user[1]: Write a text, not true."],
    [when({ user: "  " }), 'rules[0].when.user: Write a text, not "  ".'],
    [
      when({ user: "a\u0007" }),
      "rules[0].when.user: Leave out characters that are not printable. No fact about a device has them.",
    ],
    [when({ user: "SIP:alice@contoso.test" }), 'rules[0].when.user: Leave "sip:" out: "alice@contoso.test".'],
    [
      when({ devices: "many" }),
      'rules[0].when.devices: Write a range of numbers such as ">3" or ">=2 <5", not "many".',
    ],
    [when({ devices: "x>3" }), 'rules[0].when.devices: Write a range of numbers such as ">3" or ">=2 <5", not "x>3".'],
    [when({ devices: [[">3"]] }), /^rules\[0\]\.when\.devices\[0\]: .*, not a list\.$/],
    [when({ devices: ">1.5 >3" }), /^rules\[0\]\.when\.devices: Write a range of numbers/],
    [when({ devices: `>1 ${" ".repeat(36)}<3` }), /^rules\[0\]\.when\.devices: Write a range of numbers/],
    [when({ deviceId: " x" }), 'rules[0].when.deviceId: " x" cannot be the id of a device.'],
    [when({ deviceId: "a".repeat(110) }), "rules[0].when.deviceId: Write at most 109 characters, not 110."],
    [when({ user: "a".repeat(201) }), "rules[0].when.user: Write at most 200 characters, not 201."],
    [
      when({ user: Array.from({ length: 101 }, (_, at) => `u${at}`) }),
      "rules[0].when.user: The list has 101 entries. At most 100 are read.",
    ],
    [when({ devices: 3 }), 'rules[0].when.devices: Write a range of numbers such as ">3" or ">=2 <5", not 3.'],
    [
      when({ asn: 0 }),
      'rules[0].when.asn: Write a whole number from 1 to 4294967295, such as 64496, or "unknown", not 0.',
    ],
    [
      when({ version: ">1 >2 >3 >4 >5" }),
      'rules[0].when.version: ">1 >2 >3 >4 >5" is not a range of versions. Write at most four comparisons. Put several ranges into a list.',
    ],
    [
      when({ network: "2001:db8::/96" }),
      'rules[0].when.network: "2001:db8::/96" is a part of an IPv6 /64, and Postern sees only whole /64s. Write the /64.',
    ],
    [
      when({ network: "203.0.113.7/24" }),
      'rules[0].when.network: "203.0.113.7/24" has bits beyond its prefix. Write the network\'s first address, or a longer prefix.',
    ],
    [
      when({ network: "home" }),
      'rules[0].when.network: Write a network such as "203.0.113.0/24" or "2001:db8::/32", or "unknown", not "home".',
    ],
    [
      rule({ code: `${"a".repeat(40)}b` }),
      `rules[0].code: Write a code of 1 to 40 characters a-z, 0-9 and "-", such as "old-android", not "${"a".repeat(40)}b".`,
    ],
    [
      rule({ code: 5 }),
      'rules[0].code: Write a code of 1 to 40 characters a-z, 0-9 and "-", such as "old-android", not 5.',
    ],
    [
      rule({ reason: " " }),
      'rules[0].reason: Write one line of at most 200 characters that says to people why, not " ".',
    ],
    [
      rule({ reason: undefined }),
      "rules[0].reason: Write one line of at most 200 characters that says to people why, not nothing.",
    ],
  ])("%j", (value, sentence) => {
    const faults = faultsIn(value);
    expect(faults).toHaveLength(1);
    if (typeof sentence === "string") expect(faults[0]).toBe(sentence);
    else expect(faults[0]).toMatch(sentence);
  });

  it("of several rules each is named, and an unreadable code is nobody's double", () => {
    const places = (rules: unknown[]) => faultsIn({ rules }).map((fault) => fault.split(":")[0]);
    expect(places([1, 2])).toEqual(["rules[0]", "rules[1]"]);
    expect(places([5, 6].map((code) => ({ ...RULE, code })))).toEqual(["rules[0].code", "rules[1].code"]);
  });
});

describe("the limits of a policy", () => {
  const names = (count: number, at: number) => Array.from({ length: count }, (_, index) => `u${at}-${index}`);

  it("the last value on each side is read", () => {
    for (const value of [
      ...[
        { enrolment: { maxDevices: 1, windowMinutes: 1 } },
        { enrolment: { maxDevices: 100, windowMinutes: 10_080 } },
      ],
      ...[{ expireAfterDays: 1 }, { expireAfterDays: 3_650 }, when({ asn: [1, 4_294_967_295, "unknown"] })],
      ...[rule({ code: "a".repeat(40) }), rule({ reason: "a".repeat(200) }), { rules: [] }],
      ...[
        when({ devices: ["  >=2  <5 ", ">9999"] }),
        when({ network: ["unknown", "203.0.113.0/24", "2001:db8::/64"] }),
      ],
      ...[when({ version: "unknown", country: "unknown" }), when({ user: "a sip:b" })],
      ...[when({ user: "a".repeat(200) }), when({ deviceId: `endpoint:${"a".repeat(100)}` })],
      ...[when({ user: names(100, 0) }), when({ devices: `>1 ${" ".repeat(35)}<3` })],
    ])
      expect(faultsIn(value), JSON.stringify(value)).toEqual([]);
  });

  it("the first beyond is not", () => {
    for (const value of [
      ...[
        { enrolment: { maxDevices: 101 } },
        { enrolment: { windowMinutes: 10_081 } },
        { enrolment: { maxDevices: "3" } },
      ],
      ...[{ expireAfterDays: 3_651 }, when({ asn: 4_294_967_296 }), rule({ reason: "a".repeat(201) })],
      ...[when({ devices: ">99999" }), when({ devices: ">" }), when({ country: "DEU" }), when({ country: ["D"] })],
    ])
      expect(faultsIn(value), JSON.stringify(value)).toHaveLength(1);
  });

  it("counts the patterns of all rules, those of `not` too", () => {
    const rules = (last: number) =>
      Array.from({ length: 20 }, (_, at) => ({
        ...RULE,
        code: `r${at}`,
        when: { user: names(50, at), not: { group: names(at === 19 ? last : 50, at) } },
      }));
    expect(faultsIn({ rules: rules(50) })).toEqual([]);
    expect(faultsIn({ rules: [...rules(50), { ...RULE, when: { user: "one" } }] })).toEqual([
      "rules: The rules name 2001 patterns, ranges and words; at most 2000 are read.",
    ]);
  });
});

describe("what was written, as a fault shows it", () => {
  it.each([
    [undefined, "nothing"],
    [null, "null"],
    [true, "true"],
    [1.5, "1.5"],
    [12n, "12"],
    [[1], "a list"],
    [{}, "a table"],
    [new Date(0), "a date"],
    ["text", '"text"'],
  ])("%s", (value, text) => {
    expect(shown(value)).toBe(text);
  });

  it("a text is cut with a sign that it was, and not before", () => {
    const longest = [...Array(400).keys()].findLast((length) => !shown("a".repeat(length)).endsWith('…"')) ?? 0;
    expect(shown("a".repeat(longest))).toBe(`"${"a".repeat(longest)}"`);
    expect(shown("a".repeat(longest + 1))).toBe(`"${"a".repeat(longest)}…"`);
  });
});

describe("a policy that an earlier release stored", () => {
  it("has the defaults where that release had no setting", () => {
    expect(completePolicy({ expireAfterDays: 7 })).toEqual({ ...DEFAULT_POLICY, expireAfterDays: 7 });
  });
});
