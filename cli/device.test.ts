// `postern device …` of one device, and `postern why`, from command line to exit code, with an API of the tests' own.

import { describe, expect, it } from "vitest";
import type { DeviceAnswer, WhyAnswer } from "../src/api/device-answers.ts";
import type { ProblemCode } from "../src/api/problem.ts";
import { no, ok } from "../test/kit/gateway/command.ts";
import { ALICE, changed, EXPLAINED, PATH, REVOKE } from "../test/kit/gateway/device-answers.ts";
import { scriptedApi } from "../test/kit/gateway/scripted-api.ts";

const { asked, run } = scriptedApi();

describe("device show and why", () => {
  it("show tells all that is known, and the verdict", async () => {
    const { code, out } = await run(ok(EXPLAINED), "device", "show", "alice@contoso.test", "d_phone");
    expect(code).toBe(0);
    expect(asked).toEqual([{ method: "GET", path: `${PATH}/devices/d_phone/why` }]);
    expect(out).toBe(`d_phonephonephone1 of ${ALICE}
  verdict       block (device-blocked)
  state         blocked, block by name
  number        5659 (its user sees the same in the portal)
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
    asked.length = 0;
    const { user, device, decider, keys, inquiry, judgement } = EXPLAINED;
    const json = (await run(ok(EXPLAINED), "device", "show", "alice@contoso.test", "d_phone", "--json")).out;
    expect(JSON.parse(json)).toEqual({ user, device, decider, keys, inquiry, judgement });
  });

  it("S-54: show says what the authority says, until when, and what its silence does", async () => {
    const [askedAt, until] = ["2026-11-23T08:00:00.000Z", "2026-11-23T09:00:00.000Z"];
    const said = (authority: WhyAnswer["device"]["authority"], inquiry: Partial<WhyAnswer["inquiry"]> = {}) =>
      run(
        ok({
          ...EXPLAINED,
          device: { ...EXPLAINED.device, authority },
          inquiry: { ...EXPLAINED.inquiry, configured: true, ...inquiry },
        }),
        ...["device", "show", "alice@contoso.test", "d_phone"],
      );
    const { out } = await said(
      { words: ["compliant", "managed"], askedAt, until, holds: true },
      { triedAt: askedAt, nextAt: until },
    );
    expect(out).toContain(`
  authority says  compliant, managed
  answered        ${askedAt}
  holds until     ${until}
  last asked      ${askedAt}
  asked next      ${until}
  silence         changes nothing
`);
    expect((await said({ words: [], askedAt, until, holds: false })).out).toContain("authority says  nothing (old)");
    const { out: silent } = await said(null, { fault: "timeout", silence: "block", triedAt: askedAt });
    expect(silent).toMatch(/authority says +it has not answered yet\n +last asked/);
    expect(silent).toMatch(/no answer +timeout: docs\/authority\.md says what that means/);
    expect(silent).toMatch(/silence +refuses the device until the authority answers/);
  });

  it("S-54: ask-authority has it asked, and says the verdict after it", async () => {
    const { user, device, inquiry } = EXPLAINED;
    const authority = {
      words: ["lost"],
      askedAt: "2026-11-23T08:00:00.000Z",
      until: "2026-11-24T08:00:00.000Z",
      holds: true,
    };
    const answer = {
      user,
      device: { ...device, authority },
      inquiry: { ...inquiry, configured: true },
      judgement: EXPLAINED.judgement,
    };
    const { out } = await run(ok(answer), "device", "ask-authority", "alice@contoso.test", "d_phone", "--why", "found");
    expect(asked.at(-1)).toEqual({
      method: "POST",
      path: `${PATH}/devices/d_phone/ask-authority`,
      body: { why: "found" },
    });
    expect(out).toMatch(/: block \(device-blocked\)\.\n\n +authority says +lost\n/);
  });

  it("S-46: forget says that the authority's words are forgotten with the device", async () => {
    const authority = {
      words: ["lost"],
      askedAt: "2026-11-23T08:00:00.000Z",
      until: "2026-11-24T08:00:00.000Z",
      holds: true,
    };
    const { out } = await run(changed({ authority }), "device", "forget", "alice@contoso.test", "d_phone");
    expect(out).toContain("What the authority said of it (lost) is forgotten as well");
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
    asked.length = 0;
    const json = await run(ok(EXPLAINED), "why", "alice@contoso.test", "d_phone", "--json");
    expect(JSON.parse(json.out)).toEqual(EXPLAINED);
    expect(out).not.toContain("UPN");
    asked.length = 0;
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
      asked.length = 0;
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
    asked.length = 0;
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

describe("device expect and window", () => {
  it("expect asks for the next device with an app password, or for one device", async () => {
    const pending = { state: "pending", decision: "allow", key: null } as const;
    const any = await run(changed(pending), "device", "expect", "alice@contoso.test", "p_1");
    expect(any.out).toContain("The first device that signs in with the app password p_1, enrols approved");
    const key = "device:7d5c5d6e-0000-4000-8000-5d1c2a3b4c5d";
    const argv = ["device", "expect", "alice@contoso.test", "p_1", key, "--why", "new laptop"];
    const one = await run(changed({ ...pending, key }), ...argv);
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
