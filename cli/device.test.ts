// `postern device …` and `postern why` from command line to exit code, with an API of the tests' own.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { DeviceAnswer, DeviceChangedAnswer, WhyAnswer } from "../src/api/device-answers.ts";
import type { ProblemCode } from "../src/api/problem.ts";
import type { PartnershipAnswer } from "../src/api/schemas/policy.ts";
import { UNKNOWN_DEVICE } from "../src/core/device/types.ts";
import { type Asked, no, ok, type Reply, type Run, runAgainst } from "../test/kit/gateway/command.ts";

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
): Reply =>
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
  device: { ...PHONE, state: "blocked", decision: "block", decidedBy: "a_1", reason: "lost" },
  decider: { id: "a_1", name: "Erin Hill", kind: "administrator" },
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

let asked: Asked[];
beforeEach(() => {
  asked = [];
});

/** Runs one command; the API gives these answers in turn. */
function run(answers: Reply | readonly Reply[], ...argv: string[]): Promise<Run> {
  const all = [answers].flat();
  return runAgainst(() => all[asked.length - 1] ?? expect.fail(`asked ${asked.length} times`), asked, argv);
}

const page = (items: readonly unknown[], next: string | null = null) => ok({ items, next });

describe("device list", () => {
  const seen = "2026-11-23T08:00:00.000Z";
  const bob = listed({ user: "sip:bob@contoso.test", id: "d_bob", state: "quarantined" });

  it("shows devices as the gateway orders them, and that there are more", async () => {
    const unknown = listed({ id: "d_old", facts: UNKNOWN_DEVICE });
    const { code, out } = await run(
      [page([unknown, listed({}), bob], "d_x"), page([])],
      "device",
      "list",
      "--limit",
      "3",
    );
    expect(code).toBe(0);
    expect(asked.map(({ path }) => path)).toEqual(["/v1/devices?limit=3", "/v1/devices/contests?limit=1"]);
    expect(out.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["USER", "DEVICE", "STATE", "PRODUCT", "PLATFORM", "MODEL OR NAME", "LAST SEEN"],
      [ALICE, "d_old", "allowed", "-", "unknown", "-", seen],
      [ALICE, PHONE.id, "allowed", "AndroidLync 6.25.0.27", "Android 8.0.0", "SM-G930U", seen],
      ["sip:bob@contoso.test", "d_bob", "quarantined", "AndroidLync 6.25.0.27", "Android 8.0.0", "SM-G930U", seen],
      [""],
      ["There are more than these 3: give --all, or a larger --limit."],
      [""],
    ]);
  });

  it("--all reads every page", async () => {
    const pages = [page([listed({})], "d_x"), page([bob]), page([])];
    const { out } = await run(pages, "device", "list", "--all", "--json");
    expect(asked.map(({ path }) => path).slice(0, 2)).toEqual([
      "/v1/devices?limit=500",
      "/v1/devices?limit=500&after=d_x",
    ]);
    expect(JSON.parse(out)).toEqual({ items: [listed({}), bob], next: null });
  });

  it("shows one user's, what was approved and what has not come yet", async () => {
    const of = [listed({ decision: "allow" }), listed({ id: "d_new", state: "pending", key: null })];
    const { out } = await run([page(of), page([])], "device", "list", "CONTOSO\\alice");
    expect(asked[0]?.path).toBe("/v1/devices?user=contoso%5Calice&limit=100");
    expect(out).toMatch(/^DEVICE/);
    expect(out).toMatch(/d_phonephonephone1 +allowed by name +AndroidLync/);
    expect(out).toMatch(/d_new +pending +.* -\n/);
  });

  it("asks for what the options say", async () => {
    const argv = ["--state", "quarantined", "--type", "phone", "--product", "AndroidLync", "--product-version", "6."];
    const times = ["--seen-since", "2026-11-01", "--not-seen-since", "2026-11-20T12:00:00Z", "--query", "SM-G930U"];
    await run([page([]), page([])], "device", "list", ...argv, ...times);
    expect(Object.fromEntries(new URL(asked[0]?.path ?? "", "http://x").searchParams)).toEqual({
      ...{ state: "quarantined", type: "phone", product: "AndroidLync", version: "6.", q: "SM-G930U", limit: "100" },
      ...{ seenAfter: "2026-11-01T00:00:00.000Z", seenBefore: "2026-11-20T12:00:00.000Z" },
    });
  });

  it("is CSV that a spreadsheet may open, with the user and the device first", async () => {
    const evil = listed({ facts: { ...PHONE.facts, model: '=HYPERLINK("http://x")', userAgent: "+1, \u001b[2J" } });
    const { out, err } = await run([page([evil], "d_x"), page([])], "device", "list", "--csv", "--limit", "1");
    const [heads, row] = out.split("\n");
    expect(heads).toMatch(/^USER,DEVICE,STATE,PRODUCT,.*,DEVICE ID,TYPE,USER AGENT,NETWORK/);
    expect(row).toMatch(/^sip:alice@contoso.test,d_phonephonephone1,allowed,/);
    expect(row).toContain(`"'=HYPERLINK(""http://x"")"`);
    expect(row).toContain(`"'+1, `);
    expect(err).toContain("There are more than these 1");
  });

  it("says that there are none", async () => {
    expect((await run([page([]), page([])], "device", "list")).out).toBe("No such devices.\n");
    asked = [];
    expect((await run([page([]), page([])], "device", "list", "--csv")).out).toMatch(/^USER,DEVICE,[^\n]*\n$/);
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
  decided       2026-11-01T08:00:00.000Z by Erin Hill: lost
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
    const { user, device, decider, keys, judgement } = EXPLAINED;
    const json = (await run(ok(EXPLAINED), "device", "show", "alice@contoso.test", "d_phone", "--json")).out;
    expect(JSON.parse(json)).toEqual({ user, device, decider, keys, judgement });
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
    expect(out).toContain(`npx postern password revoke ${ALICE} p_1`);
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

  it("is told of below the list, and listed: who is refused, who has it, and what frees it", async () => {
    const told = await run([page([]), page([contest])], "device", "list", "alice@contoso.test");
    expect(told.out).toContain('see "npx postern device contests"');
    asked = [];
    const { out } = await run(page([contest]), "device", "contests", "alice@contoso.test");
    expect(asked[0]?.path).toBe("/v1/devices/contests?user=alice%40contoso.test&limit=100");
    const row = [ALICE, "endpoint:hers", `d_bobs of ${bob}`, at];
    expect(out.split("\n").map((line) => line.split(/ {2,}/))).toContainEqual(row);
    expect(out).toContain("npx postern device forget DEVICE_ID");
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

describe("many devices at once", () => {
  const rows = [
    { row: 0, status: "done" },
    { row: 1, status: "failed", code: "no-such-device", message: "There is no such device." },
  ];
  const file = (text: string) => {
    const name = join(mkdtempSync(join(tmpdir(), "postern-many-")), "devices.csv");
    writeFileSync(name, text);
    return name;
  };
  const CSV =
    "\ufeffUSER,DEVICE,STATE\r\nsip:alice@contoso.test,d_phone,allowed\r\n# old\r\n\r\nsip:bob@contoso.test,d_bobs1,x\r\n";
  const items = [
    { user: "alice@contoso.test", device: "d_phone" },
    { user: "bob@contoso.test", device: "d_bobs1" },
  ];

  it.each(["approve", "block", "forget"])("%s takes what the list writes, and reports each", async (action) => {
    const { code, out } = await run(ok({ rows }), "device", action, "--file", file(CSV), "--why", "a sweep", "--yes");
    expect(asked).toEqual([
      { method: "POST", path: "/v1/devices/batch", body: { action, items, dryRun: false, why: "a sweep" } },
    ]);
    expect(code).toBe(1);
    expect(out).toMatch(
      /bob@contoso.test +d_bobs1 +failed +There is no such device\.\n\n2 lines: 1 done, 1 failed\.\n\nTarget: 127/,
    );
  });

  it("asks before it, where the gateway is not the local one; a dry run changes nothing", async () => {
    const refused = await run([], "device", "block", "--file", file(CSV));
    expect([refused.code, asked]).toEqual([2, []]);
    expect(refused.err).toMatch(/nothing was done: this would block 2 devices at the target 127\.0\.0\.1/);
    const question = async () => "yes";
    const asking = await runAgainst(() => ok({ rows }), asked, ["device", "block", "--file", file(CSV)], { question });
    expect([asking.code, asked.length]).toEqual([1, 1]);
    asked = [];
    await run(ok({ rows: [{ row: 0, status: "would-block" }] }), "device", "block", "--file", file(CSV), "--dry-run");
    expect(asked[0]?.body).toMatchObject({ dryRun: true });
  });

  it("sends parts that the API takes, and counts rows through", async () => {
    const lines = Array.from({ length: 450 }, (_, at) => `u${at}@contoso.test d_phone${at}`);
    const part = (count: number) => ok({ rows: Array.from({ length: count }, (_, row) => ({ row, status: "done" })) });
    const { code, out } = await run(
      [part(200), part(200), part(50)],
      "device",
      "approve",
      "--yes",
      "--json",
      "--file",
      file(lines.join("\n")),
    );
    expect([code, asked.length]).toEqual([0, 3]);
    const { rows, target } = JSON.parse(out) as { rows: { row: number }[]; target: string };
    expect([rows.length, rows.at(-1)?.row]).toEqual([450, 449]);
    expect(target).toMatch(/^127/);
  });

  it.each([
    [["--file", "/nonexistent"], "cannot be read (ENOENT)"],
    [["--file", file("alice@contoso.test")], "has not 2 words"],
    [["--file", file("alice d_phone")], 'USER "alice"'],
    [["alice@contoso.test", "--file", file(CSV)], "takes no USER and DEVICE beside it"],
    [["alice@contoso.test", "d_phone", "--dry-run"], "--dry-run is for --file"],
  ])("%j is a usage error, and nothing is asked", async (argv, text) => {
    const { code, err } = await run([], "device", "block", ...argv);
    expect([code, asked]).toEqual([2, []]);
    expect(err).toContain(text);
  });
});

describe("faults", () => {
  it.each<[ProblemCode, number]>([
    ["no-such-user", 3],
    ["no-such-device", 3],
    ["no-such-password", 3],
    ["several-such-devices", 4],
    ["password-has-a-device", 4],
    ["device-id-in-use", 4],
    ["unusable-device", 2],
    ["forbidden-scope", 5],
    ["unavailable", 1],
  ])("%s is exit code %i, in the gateway's words", async (code, exit) => {
    const { code: ended, out, err } = await run(no(code), "device", "block", "alice@contoso.test", "d_phone");
    expect([ended, out]).toEqual([exit, ""]);
    expect(err).toContain("postern: The gateway says why.\n");
  });

  it.each([
    [["device"], '"device" needs a command'],
    [["device", "show", ALICE], "missing required argument 'DEVICE'"],
    [["device", "show", ALICE, ""], 'DEVICE "" is too short'],
    [["device", "block", ALICE], '"device block" needs USER and DEVICE, or --file'],
    [["device", "forget"], '"device forget" needs DEVICE, or --file'],
    [["why", ALICE, ".."], 'DEVICE ".." is too short'],
    [["why", ALICE], '"why" needs USER and DEVICE, or --request'],
    [["why", "alice", "d_phone"], 'USER "alice"'],
    [["device", "list", "alice"], 'USER "alice"'],
    [["device", "block", ALICE, "d_phone", "--for", "1h"], "unknown option '--for'"],
    [["device", "list", "--remote", "--env", "production"], "--remote is gone"],
    [["device", "expect", ALICE], "missing required argument 'PASSWORD_ID'"],
    [["device", "window", ALICE, "--for", "soon"], "argument 'soon' is invalid"],
    [["device", "window", ALICE, "--for", "0m"], "argument '0m' is invalid"],
    [["device", "window", ALICE, "--for", "1h", "--close"], "exclude each other"],
  ])("%j is a usage error, and nothing is asked", async (argv, text) => {
    const { code, err } = await run([], ...argv);
    expect([code, asked]).toEqual([2, []]);
    expect(err).toContain(text);
  });
});
