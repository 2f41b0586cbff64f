// `postern device …`, `postern why` and `postern user set` from command line to exit code, with an admin API of the tests' own.

import { beforeEach, describe, expect, it } from "vitest";
import type { PartnershipAnswer } from "../src/api/answers.ts";
import type { DeviceAnswer, DeviceChangedAnswer, WhyAnswer } from "../src/api/device-answers.ts";
import type { ProblemCode } from "../src/api/problem.ts";
import { UNKNOWN_DEVICE } from "../src/core/device/types.ts";
import type { AdminAnswer, AdminRequest } from "./admin-api.ts";
import { type Run, runIn } from "./test/run.ts";

const ALICE = "sip:alice@contoso.test";
const PATH = "/v1/users/alice%40contoso.test";
const PHONE: DeviceAnswer = {
  id: "d_phonephonephone1",
  key: "endpoint:a917c6f4-976c-4cf3-847d-cdfffa28ccdf",
  provisional: false,
  credentialId: "p_1",
  state: "allowed",
  decision: null,
  decidedBy: "policy",
  decidedAt: "2026-11-01T08:00:00.000Z",
  reason: "enrolled",
  facts: {
    ...UNKNOWN_DEVICE,
    type: "phone",
    platform: "android",
    product: "AndroidLync",
    version: "6.25.0.27",
    model: "SM-G930U",
    os: "Android 8.0.0",
  },
  source: { network: "203.0.113.7", country: "DE", asn: 64496 },
  firstSeenAt: "2026-11-01T08:00:00.000Z",
  lastSeenAt: "2026-11-23T08:00:00.000Z",
  proof: "none",
};
const REVOKE = `Revoke-CsClientCertificate -Identity '${ALICE}'`;
const listed = (changes: Partial<PartnershipAnswer>): PartnershipAnswer => {
  const { credentialId: _, decidedBy: _by, decidedAt: _at, reason: _why, ...shown } = PHONE;
  const of = { user: ALICE, userId: "u_1", groups: [], devices: 1 };
  return { ...shown, ...of, ...changes };
};
const changed = (
  changes: Partial<DeviceAnswer> = {},
  revokeCertificates: string | null = null,
  revokedPassword: string | null = null,
): AdminAnswer =>
  ok({
    user: ALICE,
    device: { ...PHONE, ...changes },
    revokeCertificates,
    revokedPassword,
    keysWaiting: 0,
  } satisfies DeviceChangedAnswer);
const EXPLAINED: WhyAnswer = {
  upn: "alice@contoso.test",
  user: ALICE,
  device: { ...PHONE, state: "blocked", decision: "block", decidedBy: "0123abcd", reason: "lost" },
  holder: null,
  keys: [
    {
      hash: "0123456789abcdef".repeat(4),
      network: "203.0.113.9",
      firstSeenAt: "2026-11-23T08:00:00.000Z",
      lastSeenAt: "2026-11-24T08:00:00.000Z",
      endsAt: "2027-05-22T08:00:00.000Z",
      state: "good",
      via: "password",
      provedAt: null,
    },
  ],
  judgement: { action: "block", reason: "device-blocked", step: "personal-block" },
  steps: [
    { step: "user", outcome: "passed", detail: "The user is not disabled." },
    { step: "personal-block", outcome: "decided", detail: "Somebody blocked this device." },
    { step: "expiry", outcome: "not-reached", detail: "An earlier step has decided." },
  ],
};

let asked: AdminRequest[];
beforeEach(() => {
  asked = [];
});

/** Runs one command; the admin API gives these answers in turn. */
function run(answers: AdminAnswer | readonly AdminAnswer[], ...argv: string[]): Promise<Run> {
  const all = [answers].flat();
  const adminOf = () => async (request: AdminRequest) => {
    asked.push(request);
    return all[asked.length - 1] ?? expect.fail(`${request.method} ${request.path}`);
  };
  return runIn({ adminOf }, argv);
}
function ok(value: unknown): AdminAnswer {
  return { ok: true, value };
}
const no = (code: ProblemCode): AdminAnswer => ({ ok: false, error: { code, message: "The gateway says why." } });

describe("device list", () => {
  it("shows all pages, by user and age", async () => {
    const bob = listed({ user: "sip:bob@contoso.test", id: "d_bob", state: "quarantined" });
    const older = listed({ id: "d_old", firstSeenAt: "2026-10-01T08:00:00.000Z", facts: UNKNOWN_DEVICE });
    const pages = [
      ok({ partnerships: [bob, listed({})], contests: [], next: "d_x" }),
      ok({ partnerships: [older], contests: [], next: null }),
    ];
    const { code, out } = await run(pages, "device", "list");
    expect(code).toBe(0);
    expect(asked.map(({ path }) => path)).toEqual(["/v1/partnerships", "/v1/partnerships?after=d_x"]);
    const seen = "2026-11-23T08:00:00.000Z";
    expect(out.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["USER", "DEVICE", "STATE", "PRODUCT", "PLATFORM", "MODEL OR NAME", "LAST SEEN"],
      [ALICE, "d_old", "allowed", "-", "unknown", "-", seen],
      [ALICE, PHONE.id, "allowed", "AndroidLync 6.25.0.27", "Android 8.0.0", "SM-G930U", seen],
      ["sip:bob@contoso.test", "d_bob", "quarantined", "AndroidLync 6.25.0.27", "Android 8.0.0", "SM-G930U", seen],
      [""],
    ]);
  });

  it("shows one user's, page by page, what was approved and what has not come yet", async () => {
    const of = [listed({ decision: "allow" }), listed({ id: "d_new", state: "pending", key: null })];
    const pages = [
      ok({ partnerships: of, contests: [], next: "d_x" }),
      ok({ partnerships: [], contests: [], next: null }),
    ];
    const { out } = await run(pages, "device", "list", "CONTOSO\\alice");
    const path = "/v1/partnerships?user=contoso%5Calice";
    expect(asked.map((request) => request.path)).toEqual([path, `${path}&after=d_x`]);
    expect(out).toMatch(/^DEVICE/);
    expect(out).toMatch(/d_phonephonephone1 +allowed by name +AndroidLync/);
    expect(out).toMatch(/d_new +pending +.* -\n/);
  });

  it("says that there are none, and gives JSON as the gateway does", async () => {
    const none = ok({ partnerships: [], contests: [], next: null });
    expect((await run(none, "device", "list")).out).toBe("No devices yet.\n");
    asked = [];
    expect((await run(none, "device", "list", "alice@contoso.test")).out).toBe("alice@contoso.test has no devices.\n");
    asked = [];
    const { out } = await run(ok({ partnerships: [listed({})], contests: [], next: null }), "device", "list", "--json");
    expect(JSON.parse(out)).toEqual([listed({})]);
  });
});

describe("device show and why", () => {
  it("show tells all that is known, and the verdict", async () => {
    const { code, out } = await run(ok(EXPLAINED), "device", "show", "alice@contoso.test", "d_phone");
    expect(code).toBe(0);
    expect(asked).toEqual([{ method: "GET", path: `${PATH}/devices/d_phone/why` }]);
    expect(out).toBe(`d_phonephonephone1 of ${ALICE}
  verdict       block (device-blocked)
  state         blocked, block by name
  decided       2026-11-01T08:00:00.000Z by 0123abcd: lost
  device id     endpoint:a917c6f4-976c-4cf3-847d-cdfffa28ccdf
  app password  p_1
  first seen    2026-11-01T08:00:00.000Z
  last seen     2026-11-23T08:00:00.000Z from 203.0.113.7 (DE, AS64496)
  product       AndroidLync 6.25.0.27
  type          phone
  platform      android
  system        Android 8.0.0
  model         SM-G930U

Keys of its certificates, the first one first:

KEY               STATE                      PROVED  FIRST SEEN                LAST SEEN                 LAST FROM    ENDS
0123456789abcdef  good, by its app password  never   2026-11-23T08:00:00.000Z  2026-11-24T08:00:00.000Z  203.0.113.9  2027-05-22T08:00:00.000Z
`);
    asked = [];
    const { user, device, keys, judgement } = EXPLAINED;
    const json = (await run(ok(EXPLAINED), "device", "show", "alice@contoso.test", "d_phone", "--json")).out;
    expect(JSON.parse(json)).toEqual({ user, device, keys, judgement });
  });

  it("why shows each step in its order, which one decides, and what came of it", async () => {
    const { code, out } = await run(ok(EXPLAINED), "why", "alice@contoso.test", "endpoint:A917/c6");
    expect(code).toBe(0);
    expect(asked).toEqual([{ method: "GET", path: `${PATH}/devices/endpoint%3AA917%2Fc6/why` }]);
    expect(out).toContain(
      `d_phonephonephone1 of ${ALICE}, AndroidLync 6.25.0.27, SM-G930U, Android 8.0.0: refused, device-blocked.`,
    );
    expect(out).toContain("Taken to come from 203.0.113.7");
    const rows = out.split("\n").slice(2, 6);
    expect(rows.map((row) => row.split(/ {2,}/))).toEqual([
      ["STEP", "RESULT", "BECAUSE"],
      ["user", "passed", "The user is not disabled."],
      ["personal-block", "DECIDES", "Somebody blocked this device."],
      ["expiry", "-", "An earlier step has decided."],
    ]);
    asked = [];
    const json = await run(ok(EXPLAINED), "why", "alice@contoso.test", "d_phone", "--json");
    expect(JSON.parse(json.out)).toEqual(EXPLAINED);
    expect(out).not.toContain("UPN");
    asked = [];
    const unnamed = await run(ok({ ...EXPLAINED, upn: null }), "why", "alice@contoso.test", "endpoint:A917/c6");
    expect(unnamed.err).toBe("");
    expect(unnamed.out).toContain("has no UPN, so every sign-in ends in 503 (sign-on-no-upn)");
  });
});

describe("device approve, block and forget", () => {
  it("block says that nothing more is served", async () => {
    const argv = ["device", "block", "alice@contoso.test", "d_phone", "--why", "lost in a taxi"];
    const { code, out } = await run(changed({ state: "blocked" }), ...argv);
    expect(code).toBe(0);
    expect(asked).toEqual([{ method: "POST", path: `${PATH}/devices/d_phone/block`, body: { why: "lost in a taxi" } }]);
    expect(out).toContain(`Blocked d_phonephonephone1 of ${ALICE}, AndroidLync 6.25.0.27`);
    expect(out).toContain("Nothing more is served to it. Its app password p_1 opens nothing any more.");
    expect(out).not.toContain("Revoke-CsClientCertificate");
  });

  it.each(["block", "forget"])("%s says how a desktop's certificates end, and whose do", async (verb) => {
    const { out } = await run(changed({}, REVOKE), "device", verb, "alice@contoso.test", "d_phone");
    expect(out).toContain(`\n    ${REVOKE}\n`);
    expect(out).toContain("it revokes all certificates of this user");
  });

  it("approve says when it is served", async () => {
    const approve = async (device: Partial<DeviceAnswer>) => {
      asked = [];
      return (await run(changed(device), "device", "approve", "alice@contoso.test", "d_phone")).out;
    };
    expect(await approve({})).toContain("From now on it is let in, whatever the rules say.");
    expect(asked).toEqual([{ method: "POST", path: `${PATH}/devices/d_phone/approve`, body: {} }]);
    expect(await approve({ state: "pending" })).toContain("enrols when it comes");
    expect(await approve({ credentialId: null })).toContain("Its app password is revoked");
  });

  it("forget says that its app password lets the next device in, while it is live", async () => {
    const forget = ["device", "forget", "alice@contoso.test", "d_phone"];
    const { out } = await run(changed(), ...forget);
    expect(asked.map(({ path }) => path)).toEqual([`${PATH}/devices/d_phone/forget`]);
    expect(out).toContain(`npm run postern -- password revoke ${ALICE} p_1`);
    asked = [];
    expect((await run(changed({ credentialId: null }), ...forget)).out).not.toContain("password revoke");
  });
});

describe("S-46: device forget of what was blocked", () => {
  const forget = ["device", "forget", "alice@contoso.test", "d_phone"];

  it("says that its app password is revoked with it, and that the block is gone", async () => {
    const { out } = await run(changed({ state: "blocked", credentialId: null }, null, "p_1"), ...forget);
    expect(out).toContain("It was blocked, so its app password p_1 is revoked and opens nothing any more.");
    expect(out).toContain("The block is gone with it: with another app password");
    expect(out).not.toContain("password revoke");
  });

  it("says that the block is gone where the password was revoked before", async () => {
    const { out } = await run(changed({ state: "blocked", credentialId: null }), ...forget);
    expect(out).toContain("It was blocked. The block is gone with it");
  });
});

describe("S-28: an id that another user has", () => {
  const bob = "sip:bob@contoso.test";
  const at = "2026-11-24T08:00:00.000Z";
  const contest = { user: ALICE, key: "endpoint:hers", holder: bob, device: "d_bobs", at };

  it("is in the list: who is refused, who has it, and what frees it", async () => {
    const page = ok({ partnerships: [], contests: [contest], next: null });
    const { out } = await run(page, "device", "list", "alice@contoso.test");
    expect(out).toContain("device-of-another-user");
    expect(out.split("\n").map((line) => line.split(/ {2,}/))).toContainEqual([
      ALICE,
      "endpoint:hers",
      `d_bobs of ${bob}`,
      at,
    ]);
    expect(out).toContain("npm run postern -- device forget DEVICE_ID");
    asked = [];
    const json = await run(page, "device", "list", "alice@contoso.test", "--json");
    expect(JSON.parse(json.out)).toEqual([{ ...contest, state: "refused", reason: "device-of-another-user" }]);
  });

  it("is explained by why, with whose it is", async () => {
    const judgement = { action: "block", reason: "device-of-another-user", step: "owner" } as const;
    const explained = ok({ ...EXPLAINED, device: { ...PHONE, id: "d_bobs" }, holder: bob, judgement });
    const { out } = await run(explained, "why", "alice@contoso.test", "endpoint:hers");
    expect(out).toMatch(
      /^Named by sip:alice@contoso.test: d_bobs of sip:bob@contoso.test, .*refused, device-of-another-user/,
    );
    asked = [];
    const shown = await run(explained, "device", "show", "alice@contoso.test", "endpoint:hers");
    expect(shown.code).toBe(3);
  });

  it("is forgotten without saying whose it is", async () => {
    const { out } = await run(changed(), "device", "forget", "endpoint:hers", "--why", "it is hers");
    expect(asked).toEqual([
      { method: "POST", path: "/v1/devices/endpoint%3Ahers/forget", body: { why: "it is hers" } },
    ]);
    expect(out).toContain(`Forgot ${PHONE.id} of ${ALICE}`);
  });
});

describe("device expect and window", () => {
  it("expect asks for the next device with an app password, or for one device", async () => {
    const pending = { state: "pending", decision: "allow", key: null } as const;
    const any = await run(changed(pending), "device", "expect", "alice@contoso.test", "p_1");
    expect(any.out).toContain("The first device that signs in with the app password p_1, enrols approved");
    const key = "device:7d5c5d6e-0000-4000-8000-5d1c2a3b4c5d";
    const argv = ["device", "expect", "alice@contoso.test", "p_1", key, "--why", "new laptop"];
    asked = asked.slice(0, 1);
    const one = await run([changed(), changed({ ...pending, key })], ...argv);
    expect(one.out).toContain(`The device ${key}, when it signs in with the app password p_1`);
    expect(asked).toEqual([
      { method: "POST", path: `${PATH}/devices`, body: { credentialId: "p_1", key: null } },
      { method: "POST", path: `${PATH}/devices`, body: { credentialId: "p_1", key, why: "new laptop" } },
    ]);
  });

  it.each<[readonly string[], object]>([
    [[], {}],
    [["--for", "15m"], { minutes: 15 }],
    [["--for", "2h"], { minutes: 120 }],
    [["--for", "7d"], { minutes: 10_080 }],
    [["--close"], { minutes: 0 }],
  ])("window %j asks for %j", async (options, body) => {
    const openUntil = options.includes("--close") ? null : "2026-11-23T12:15:00.000Z";
    const answer = ok({ user: ALICE, openUntil, mode: "window" });
    const { code, out } = await run(answer, "device", "window", "alice@contoso.test", ...options);
    expect(code).toBe(0);
    expect(asked).toEqual([{ method: "POST", path: `${PATH}/window`, body }]);
    const text = openUntil === null ? `window of ${ALICE} is closed` : `${ALICE} may enrol until ${openUntil}`;
    expect(out).toContain(text);
    expect(out).not.toContain("changes nothing");
  });

  it("window says when the user's mode asks for none", async () => {
    const answer = ok({ user: ALICE, openUntil: "2026-11-23T12:15:00.000Z", mode: "closed" });
    const { out } = await run(answer, "device", "window", "alice@contoso.test");
    expect(out).toContain('mode is "closed", in which a window changes nothing');
  });
});

describe("user set", () => {
  it.each([
    [
      ["--group", "staff", "--group", "site=berlin"],
      { groups: ["staff", "site=berlin"] },
      "groups: staff, site=berlin",
    ],
    [["--no-groups"], { groups: [] }, "groups: none"],
    [["--enrolment", "approval"], { enrolment: "approval" }, "enrolment: approval"],
    [["--enrolment", "policy"], { enrolment: null }, "enrolment: as the policy says"],
    [["--upn", " Alice.L@contoso.test "], { upn: "Alice.L@contoso.test" }, "UPN: Alice.L@contoso.test"],
    [["--max-devices", "0"], { maxDevices: 0 }, "most devices: 0"],
    [["--max-devices", "policy"], { maxDevices: null }, "most devices: as the policy says"],
    [["--enrolment", "window", "--max-devices", "2"], { enrolment: "window", maxDevices: 2 }, "most devices: 2"],
  ])("%j asks for %j", async (options, body, text) => {
    const { code, out } = await run(ok({ user: ALICE, changed: true }), "user", "set", ALICE, ...options);
    expect(code).toBe(0);
    expect(asked).toEqual([{ method: "POST", path: `${PATH}/settings`, body }]);
    expect(out).toContain(text);
  });
});

describe("faults", () => {
  it.each<[ProblemCode, number, string]>([
    ["no-such-user", 3, 'nobody has the name "alice@contoso.test"'],
    ["no-such-device", 3, 'alice@contoso.test has no device "d_phone"'],
    ["several-such-devices", 2, 'begin with "d_phone"'],
    ["unusable-body", 2, "The gateway says why."],
    ["name-taken", 4, "another user's name already"],
    ["unavailable", 1, "cannot answer now"],
    ["no-such-resource", 1, "does not know this command"],
  ])("%s is exit code %i", async (code, exit, text) => {
    const { code: ended, out, err } = await run(no(code), "device", "block", "alice@contoso.test", "d_phone");
    expect([ended, out]).toEqual([exit, ""]);
    expect(err).toContain(text);
  });

  it.each<[ProblemCode, number, string]>([
    ["no-such-password", 3, 'no such app password as "p_1"'],
    ["password-has-a-device", 4, 'a device is bound to "p_1" already'],
    ["device-id-in-use", 4, "somebody's already"],
    ["unusable-device", 2, "The gateway says why."],
  ])("expecting a device, %s is exit code %i", async (code, exit, text) => {
    const { code: ended, err } = await run(no(code), "device", "expect", "alice@contoso.test", "p_1", "x");
    expect(ended).toBe(exit);
    expect(err).toContain(text);
  });

  it.each([
    [["device"], '"device" needs a command'],
    [["device", "show", ALICE], '"device show" needs DEVICE'],
    [["device", "show", ALICE, ""], 'DEVICE "" is too short'],
    [["why", ALICE, ".."], 'DEVICE ".." is too short'],
    [["why", ALICE], '"why" needs DEVICE'],
    [["why", "alice", "d_phone"], 'USER "alice"'],
    [["device", "list", "alice"], 'USER "alice"'],
    [["device", "block", ALICE, "d_phone", "--why", "two\nlines"], "--why is not usable"],
    [["device", "block", ALICE, "d_phone", "--for", "1h"], "takes no --for"],
    [["device", "list", "--remote", "--env", "production"], '"device list" takes no --env'],
    [["device", "expect", ALICE], '"device expect" needs PASSWORD_ID'],
    [["device", "window", ALICE, "--for", "soon"], '--for "soon" is not a time'],
    [["device", "window", ALICE, "--for", "0m"], "is not a time"],
    [["device", "window", ALICE, "--for", "1h", "--close"], "exclude each other"],
    [["user", "set", ALICE], "needs something to set"],
    [["user", "set", ALICE, "--group", "a", "--no-groups"], "exclude each other"],
    [["user", "set", ALICE, "--upn", "alice"], '--upn "alice" is not usable as a name (unqualified)'],
    [["user", "set", ALICE, "--upn", "CONTOSO\\alice"], "is not usable as a name (unqualified)"],
    [["user", "set", ALICE, "--upn", ""], "is not usable as a name (empty)"],
    [["user", "set", ALICE, "--max-devices", "-1"], "--max-devices"],
    [["user", "set", ALICE, "--max-devices", "1.5"], '--max-devices "1.5" is not a number'],
  ])("%j is a usage error, and nothing is asked", async (argv, text) => {
    const { code, err } = await run([], ...argv);
    expect([code, asked]).toEqual([2, []]);
    expect(err).toContain(text);
  });

  const verbs = ["list", "show", "approve", "block", "forget", "expect", "window"];
  it.each([["device"], ...verbs.map((verb) => ["device", verb]), ["why"], ["user", "set"]])(
    "%s %s has help",
    async (...argv) => {
      const { code, out } = await run([], ...argv, "--help");
      expect(code).toBe(0);
      expect(out).toContain(`npm run postern -- ${argv.join(" ")}`);
      expect(out).toContain("POSTERN_ADMIN_KEY");
      for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
    },
  );
});
