import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../test/kit/runs.ts";
import { DEFAULT_POLICY, MAX_RULES, readPolicy } from "./read.ts";
import { REASONS } from "./reasons.ts";

const RULE = { code: "a-rule", action: "block", reason: "Because", when: {} };

function policyIn(value: unknown) {
  const read = readPolicy(value);
  if (!read.ok) expect.fail(JSON.stringify(read.faults));
  return read.policy;
}

function faultsIn(value: unknown): readonly (readonly [string, string])[] {
  const read = readPolicy(value);
  if (read.ok) expect.fail("it is a policy");
  return read.faults.map(({ path, message }) => [path, message] as const);
}

const pathsIn = (value: unknown) => faultsIn(value).map(([path]) => path);
const when = (conditions: unknown) => ({ rules: [{ ...RULE, when: conditions }] });

describe("a policy", () => {
  it("is the default where nothing is said", () => {
    expect(policyIn({})).toEqual(DEFAULT_POLICY);
    expect(policyIn({ enrolment: {}, rules: [] })).toEqual(DEFAULT_POLICY);
    expect(DEFAULT_POLICY.devices).toEqual({
      ...{ unnamed: "place", nextKey: "approve", nextKeyExcept: ["Sipe"], requireProof: [] },
      authoritySilence: "allow",
    });
  });

  it("has a hundred clients at most whose further keys do not wait", () => {
    const except = (entries: number) => ({ devices: { nextKeyExcept: Array.from({ length: entries }, () => "Sipe") } });
    expect(policyIn(except(100)).devices.nextKeyExcept).toHaveLength(100);
    expect(pathsIn(except(101))).toEqual(["devices.nextKeyExcept"]);
  });

  it("has rules by what a device can show for itself", () => {
    expect(policyIn(when({ proof: ["none", "proved"] })).rules[0]?.when).toEqual({ proof: ["none", "proved"] });
    expect(pathsIn(when({ proof: "certificate" }))).toEqual(["rules[0].when.proof"]);
  });

  it("S-54: has rules by the words of the authority, and none about words that no authority can give", () => {
    const read = policyIn(when({ authority: ["Compliant", "unknown"], not: { authority: "site=b_1.x" } })).rules[0];
    expect(read?.when).toEqual({ authority: ["compliant", "unknown"], not: { authority: ["site=b_1.x"] } });
    for (const authority of ["", "two words", "-x", "ä", "x".repeat(41), 7, ["*"]]) {
      const path = Array.isArray(authority) ? "rules[0].when.authority[0]" : "rules[0].when.authority";
      expect(pathsIn(when({ authority }))).toEqual([path]);
    }
    const identity = { ...RULE, action: "allow", identity: "app-password" };
    expect(pathsIn({ rules: [{ ...identity, when: { authority: "managed" } }] })).toEqual(["rules[0].when"]);
    expect(pathsIn({ rules: [{ ...identity, when: { not: { authority: "managed" } } }] })).toEqual(["rules[0].when"]);
  });

  it("reads itself", () => {
    const policy = policyIn({
      enrolment: { mode: "approval", maxDevices: 5, windowMinutes: 60 },
      devices: { unnamed: "refuse", nextKeyExcept: ["*"] },
      expireAfterDays: "never",
      rules: [RULE, { ...RULE, code: "b", when: { version: ["<6.20", "unknown"], not: { asn: [64496, "unknown"] } } }],
    });
    expect(policy.expireAfterDays).toBeNull();
    expect(policy.devices).toEqual({
      unnamed: "refuse",
      nextKey: "approve",
      nextKeyExcept: ["*"],
      requireProof: [],
      authoritySilence: "allow",
    });
    expect(policyIn(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
  });

  it("takes one value for a list of one, and spells ids and countries one way", () => {
    const guid = "{A917C6F4-976C-4CF3-847D-CDFFFA28CCDF}";
    const [rule] = policyIn(
      when({
        platform: "android",
        country: "de",
        deviceId: [guid, `endpoint:${guid}`, "device:A917C6F4976C4CF3847DCDFFFA28CCDF", "X"],
      }),
    ).rules;
    expect(rule?.when).toEqual({
      platform: ["android"],
      country: ["DE"],
      deviceId: [
        "a917c6f4-976c-4cf3-847d-cdfffa28ccdf",
        "endpoint:a917c6f4-976c-4cf3-847d-cdfffa28ccdf",
        "device:a917c6f4-976c-4cf3-847d-cdfffa28ccdf",
        "X",
      ],
    });
  });

  it("may leave `when` out, for a rule that always matches", () => {
    const { when: _, ...rule } = RULE;
    expect(policyIn({ rules: [rule] }).rules[0]?.when).toEqual({});
  });
});

describe("faults", () => {
  it("are all named, each at its place", () => {
    const faults = faultsIn({
      enrolment: { mode: "ask", maxDevices: 0, windowMinutes: 1.5, max_devices: 3 },
      devices: { unnamed: "anything" },
      expireAfterDays: 0,
      rule: [],
      rules: [
        { ...RULE, code: "Old Android", action: "deny", reason: "two\nlines", unless: {} },
        { ...RULE, when: { version: "6.25", Platform: "android", not: { country: "GER" } } },
        RULE,
        "block",
        { ...RULE, code: "user-disabled" },
      ],
    });
    expect(faults.map(([path, message]) => `${path}: ${message}`)).toEqual([
      "rule: There is no such key. There are: enrolment, devices, passive, expireAfterDays, rules.",
      "enrolment.max_devices: There is no such key. Write maxDevices.",
      'enrolment.mode: Write "open", "window", "self", "approval" or "closed", not "ask".',
      "enrolment.maxDevices: Write a whole number from 1 to 100, not 0.",
      "enrolment.windowMinutes: Write a whole number from 1 to 10080, not 1.5.",
      'devices.unnamed: Write "place" or "refuse", not "anything".',
      'expireAfterDays: Write a whole number from 1 to 3650, or "never", not 0.',
      "rules[0].unless: There is no such key. There are: code, action, reason, identity, when.",
      'rules[0].code: Write a code of 1 to 40 characters a-z, 0-9 and "-", such as "old-android", not "Old Android".',
      'rules[0].action: Write "allow", "block" or "quarantine", not "deny".',
      'rules[0].reason: Write one line of at most 200 characters that says to people why, not "two\u{fffd}lines".',
      "rules[1].when.Platform: There is no such key. Write platform.",
      'rules[1].when.version: "6.25" is not a range of versions. Write comparisons with <, <=, >, >= or = before digits and dots, such as ">=6.25 <7" or "<6.20".',
      'rules[1].when.not.country: Write a country by its two letters such as "DE", or "unknown", not "GER".',
      'rules[3]: A rule is a table with "code", "action", "reason" and "when", not "block".',
      'rules[4].code: "user-disabled" is one of Postern\'s own reason codes. Choose another, so that the audit tells them apart.',
      'rules[2].code: "a-rule" is the code of rules[1] already. Give each rule a code of its own.',
    ]);
  });

  it("of a rule that makes the app password the device are named: it lets in, and looks at no id", () => {
    const bot = { ...RULE, action: "allow", identity: "app-password", when: { user: "bot@contoso.test" } };
    expect(policyIn({ rules: [bot] }).rules).toMatchObject([{ action: "allow", identity: "app-password" }]);
    expect(policyIn({ rules: [RULE] }).rules[0]).not.toHaveProperty("identity");
    const faults = faultsIn({
      rules: [
        { ...bot, code: "a", identity: "device" },
        { ...bot, code: "b", action: "block" },
        { ...bot, code: "c", when: { deviceId: "x" } },
        { ...bot, code: "d", when: { not: { deviceId: "x" } } },
      ],
    });
    expect(faults.map(([path, message]) => `${path}: ${message}`)).toEqual([
      'rules[0].identity: Write "app-password", not "device".',
      'rules[1].identity: Leave it out, or write the action "allow" or "quarantine". A client that is blocked gets no device.',
      "rules[2].when: Leave out deviceId. Where the app password is the device, Postern compares no ids.",
      "rules[3].when: Leave out deviceId. Where the app password is the device, Postern compares no ids.",
    ]);
  });

  it.each([null, undefined, 7, "x", [], true, new Date(0)])("%j is none", (value) => {
    expect(pathsIn(value)).toEqual([""]);
  });

  it.each(REASONS)("S-30: no rule may be called %s", (code) => {
    expect(pathsIn({ rules: [{ ...RULE, code }] })).toEqual(["rules[0].code"]);
  });

  it.each([
    ["deviceId", "", "x".repeat(200), " phone", "endpoint:", 7, []],
    ["type", "Phone", "laptop", "", null],
    ["platform", "Android", "symbian", 1],
    ["product", "", " ", "a".repeat(201), "a\u202eb", {}, ["a", ""]],
    ["version", "6.25", ">=six", ">1 >2 >3 >4 >5", 6, ""],
    ["model", 7, false],
    ["os", "\n", ["a", 7]],
    ["userAgent", "\ud800", null],
    ["user", "sip:alice@contoso.test", "SIP:*", 1],
    ["group", "", []],
    ["devices", 3, "3", ">1.5", "<", ">-1", ">12345", ` ${">1".repeat(50)}`],
    ["country", "GER", "", "D", 49, "Deutschland"],
    ["asn", "64496", 0, -1, 1.5, 4_294_967_296, Number.NaN],
    ["network", "contoso.com", "10.0.0.1/8", "2001:db8::1", 7, ""],
    ["workstation", "\u0000", "x".repeat(201)],
  ])("of %s", (name, ...values) => {
    for (const value of values) {
      for (const path of ["when", "when.not"]) {
        const conditions = path === "when" ? { [name]: value } : { not: { [name]: value } };
        const [first, ...rest] = pathsIn(when(conditions));
        expect(first, JSON.stringify(value)).toMatch(new RegExp(`^rules\\[0\\]\\.${path}\\.${name}(\\[1\\])?$`));
        expect(rest).toEqual([]);
      }
    }
  });

  it.each([
    [{ not: {} }, "rules[0].when.not"],
    [{ not: [] }, "rules[0].when.not"],
    [{ not: { not: { user: "a" } } }, "rules[0].when.not.not"],
    ["always", "rules[0].when"],
    [[], "rules[0].when"],
    [null, "rules[0].when"],
    [{ "wh\nen": 1 }, 'rules[0].when."wh\u{fffd}en"'],
    [{ toString: 1 }, "rules[0].when.toString"],
    [JSON.parse('{"__proto__": {"user": "x"}}'), "rules[0].when.__proto__"],
  ])("of when = %j", (conditions, path) => {
    expect(pathsIn(when(conditions))).toEqual([path]);
  });

  it("say which key was meant", () => {
    expect(faultsIn(when({ device_id: "x" }))).toEqual([
      ["rules[0].when.device_id", "There is no such key. Write deviceId."],
    ]);
  });

  it("are found before anything large is read", () => {
    const rules = Array.from({ length: MAX_RULES + 1 }, (_, at) => ({ ...RULE, code: `r${at}` }));
    expect(pathsIn({ rules })).toEqual(["rules"]);
    expect(readPolicy({ rules: rules.slice(1) }).ok).toBe(true);
    expect(pathsIn(when({ user: new Array(101).fill("a") }))).toEqual(["rules[0].when.user"]);
    const long = new Array(100).fill("a");
    const many = rules.slice(0, 21).map((rule) => ({ ...rule, when: { user: long } }));
    expect(pathsIn({ rules: many })).toEqual(["rules"]);
    expect(readPolicy({ rules: many.slice(1) }).ok).toBe(true);
  });

  it("are at most 200, and short", () => {
    const keys = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`key${at}`.padEnd(5_000, "y"), 1]));
    const faults = faultsIn(keys);
    expect(faults.length).toBe(200);
    for (const [path, message] of faults) expect(path.length + message.length).toBeLessThan(400);
  });
});

describe("whatever comes", () => {
  it("is a policy or has faults, and a policy reads itself", () => {
    const condition = fc.constantFrom("platform", "version", "not", "user", "devices", "network", "asn", "x");
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom("android", ">=6", "10.0.0.0/8", 64496, ">2", "unknown"));
    const rule = fc.record(
      {
        code: fc.oneof(fc.constantFrom("a", "b"), fc.jsonValue()),
        action: fc.oneof(fc.constantFrom("allow", "block"), fc.jsonValue()),
        reason: fc.oneof(fc.constant("Why"), fc.jsonValue()),
        when: fc.oneof(fc.dictionary(condition, value), fc.jsonValue()),
      },
      { requiredKeys: ["code", "action", "reason"] },
    );
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.record({ rules: fc.oneof(fc.array(rule), fc.jsonValue()), expireAfterDays: value }, { requiredKeys: [] }),
    );
    let policies = 0;
    fc.assert(
      fc.property(anything, (given) => {
        const read = readPolicy(given);
        if (!read.ok) {
          expect(read.faults.length).toBeGreaterThan(0);
          return;
        }
        policies++;
        expect(readPolicy(JSON.parse(JSON.stringify(read.policy)))).toEqual(read);
      }),
      { numRuns: runs(3_000) },
    );
    expect(policies).toBeGreaterThan(0);
  });
});
