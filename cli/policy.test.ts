// `postern policy …` from command line to exit code, with an API of the tests' own.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "smol-toml";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PolicyImpactAnswer } from "../src/api/schemas/policy.ts";
import { UNKNOWN_DEVICE } from "../src/core/device/types.ts";
import { policyToml } from "../src/core/policy/describe.ts";
import { diffPolicies, type PolicyChange } from "../src/core/policy/diff.ts";
import { lintPolicy } from "../src/core/policy/lint.ts";
import { DEFAULT_POLICY, readPolicy } from "../src/core/policy/read.ts";
import type { Policy } from "../src/core/policy/types.ts";
import { type Asked, no, ok, type Reply, type Run, runAgainst, runIn } from "../test/kit/gateway/command.ts";
import { rule } from "../test/kit/policies.ts";
import type * as A from "./reach/answers.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const DEFAULT_ANSWER: A.PolicyAnswer = {
  version: 0,
  appliedAt: null,
  by: null,
  why: null,
  policy: DEFAULT_POLICY,
  text: null,
};
const TEXT = `# Reviewed by two
[enrolment]
mode = "approval"

[[rules]]
code = "no-android"
action = "block"
reason = "No Android here"
when = { platform = "android" }
`;
const POLICY: Policy = {
  ...DEFAULT_POLICY,
  enrolment: { ...DEFAULT_POLICY.enrolment, mode: "approval" },
  rules: [{ ...rule("no-android", "block", { platform: ["android"] }), reason: "No Android here" }],
};
const APPLIED: A.PolicyAnswer = {
  version: 7,
  appliedAt: "2026-11-22T08:00:00.000Z",
  by: { id: "k_abc", name: null, kind: "key" },
  why: "ticket 4711",
  policy: POLICY,
  text: TEXT,
};

const ALICE = {
  id: "d_1",
  user: "sip:alice@contoso.test",
  key: "endpoint:a917c6f4-976c-4cf3-847d-cdfffa28ccdf",
  facts: {
    ...UNKNOWN_DEVICE,
    platform: "android",
    product: "AndroidLync",
    version: "6.25.0.27",
    model: "SM-G930U",
    os: "Android 8.0.0",
  },
} as const;

let folder: string;
let asked: Asked[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "postern-policy-"));
  asked = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

type Routes = Readonly<Record<string, Reply>>;

/**
 * Runs one command; the API answers as `routes` say, and fails the test for every other request. A function at the end sits at
 * the terminal.
 */
function run(routes: Routes, ...words: (string | ((text: string) => Promise<string>))[]): Promise<Run> {
  const argv = words.filter((word) => typeof word === "string");
  const question = words.find((word) => typeof word === "function");
  const answer = ({ method, path }: Asked) => routes[`${method} ${path}`] ?? expect.fail(`${method} ${path}`);
  return runAgainst(answer, asked, argv, { question, now: () => NOW });
}

function file(text: string): string {
  const name = join(folder, "my.toml");
  writeFileSync(name, text);
  return name;
}

const NO_IMPACT: PolicyImpactAnswer = {
  ...{ version: 0, inUse: 3, inUseDays: 30, refused: 0, verdicts: [], extent: "none", examples: [] },
};
/** What a check says of TEXT against the default policy. */
const CHANGES = diffPolicies(DEFAULT_POLICY, POLICY);
const impacts = (impact: PolicyImpactAnswer, changes: readonly PolicyChange[] = CHANGES): Routes => ({
  "POST /v1/policy/check": ok({ version: impact.version, warnings: [], changes, impact }),
});
const unmet: Routes = impacts(NO_IMPACT);
const has = (policy: A.PolicyAnswer): Routes => ({
  "GET /v1/policy": ok(policy),
  ...impacts({ ...NO_IMPACT, version: policy.version }, policy === APPLIED ? [] : CHANGES),
});

describe("policy.toml", () => {
  const sample = readFileSync("policy.toml", "utf8");

  it("is the default", async () => {
    expect(readPolicy(parse(sample))).toEqual({ ok: true, policy: DEFAULT_POLICY });
    expect(await run(unmet, "policy", "check")).toEqual({
      code: 0,
      out: "policy.toml is a policy with 0 rules.\n\nIt would refuse none of the 3 devices in use (seen in the last 30 days).\n",
      err: "",
    });
  });

  it("a relative FILE is read from where the user stands, and named as it was typed", async () => {
    const world = { folder: join(process.cwd(), "docs") };
    const { code, out } = await runIn(world, ["policy", "check", "../policy.toml"]);
    expect([code, out.split("\n")[0]]).toEqual([0, "../policy.toml is a policy with 0 rules."]);
  });

  it("is a policy without warnings with all its examples", () => {
    const read = readPolicy(parse(sample.replaceAll(/^# ((?:\[\[rules\]\]|code|action|reason|when).*)$/gm, "$1")));
    if (!read.ok) expect.fail(JSON.stringify(read.faults));
    expect(read.policy.rules.map(({ code }) => code)).toEqual([
      "browsers-off",
      "old-android-client",
      "android-below-9",
      "country-not-served",
      "presence-bot",
      "nothing-known",
    ]);
    expect(lintPolicy(read.policy)).toEqual([]);
  });

  it("so are all examples of docs/devices.md", () => {
    const examples = [...readFileSync("docs/devices.md", "utf8").matchAll(/^```toml\n(.*?)^```$/gms)];
    expect(examples.length).toBe(9);
    for (const [, text = ""] of examples) {
      const read = readPolicy(parse(text));
      if (!read.ok) expect.fail(`${text}${JSON.stringify(read.faults)}`);
      expect(lintPolicy(read.policy)).toEqual([]);
    }
  });
});

describe("policy check", () => {
  it("names every fault with its place, and ends with 2", async () => {
    const name = file(
      'expireAfterDays = 0\n[[rules]]\ncode = "x"\naction = "deny"\nreason = "y"\nwhen = { os = "" }\n',
    );
    const { code, out, err } = await run({}, "policy", "check", name);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toBe(`postern: ${name} has 3 faults.
expireAfterDays: Write a whole number from 1 to 3650, or "never", not 0.
rules[0].action: Write "allow", "block" or "quarantine", not "deny".
rules[0].when.os: Write a text, not "".
`);
    expect(asked).toEqual([]);
  });

  it("tells scripts the same", async () => {
    const { code, err } = await run({}, "policy", "check", file("rules = 1"), "--json");
    const { error } = JSON.parse(err) as { error: { kind: string; faults: unknown[] } };
    expect([code, error.kind]).toEqual([2, "usage"]);
    expect(error.faults).toEqual([
      { path: "rules", message: "Write a list of rules, each beginning with [[rules]], not 1.", line: 1 },
    ]);
  });

  it.each([
    ["mode = \n", "has a fault", "line 1, column 8: "],
    ["a = 1\na = 2\n", "has a fault", "line 2, column 1: "],
    ["x = 2026-11-23\n", "has a fault", "x: There is no such key."],
    [`# ${"x".repeat(262_144)}\n`, "is too large for a policy", "Name a file of at most 262144 bytes."],
  ])("%.20j: %s", async (text, message, fix) => {
    const { code, out, err } = await run({}, "policy", "check", file(text));
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(message);
    expect(err).toContain(fix);
  });

  it("says so when there is no such file", async () => {
    const { code, err } = await run({}, "policy", "check", join(folder, "none.toml"));
    expect(code).toBe(2);
    expect(err).toContain("none.toml cannot be read (ENOENT)");
  });

  it("says of which rules the app password is the device", async () => {
    const rule =
      'code = "bots"\naction = "allow"\nreason = "y"\nidentity = "app-password"\nwhen = { user = "bot@contoso.test" }';
    const { out } = await run(unmet, "policy", "check", file(`[[rules]]\n${rule}\n`));
    expect(out).toContain('Rule "bots": the app password is the device.');
  });

  it("warns of rules that never decide, and ends with 0", async () => {
    const rule = (code: string) => `[[rules]]\ncode = "${code}"\naction = "block"\nreason = "y"\n`;
    const name = file(rule("all") + rule("late"));
    const { code, out, err } = await run(unmet, "policy", "check", name);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain('rules[1]: "late" never decides, because "all" (rules[0]) always matches.');
    const json = JSON.parse((await run(unmet, "policy", "check", name, "--json")).out) as { warnings: unknown[] };
    expect(json.warnings.length).toBe(1);
  });
});

/** Of ten devices in use. */
const impactOf = (refused: number, extent: PolicyImpactAnswer["extent"]): PolicyImpactAnswer => ({
  ...{ version: 7, inUse: 10, inUseDays: 30, refused, verdicts: [], extent },
  examples: [{ ...ALICE, action: "block", reason: "no-android" } as const].slice(0, refused),
});
const EXAMPLE = "sip:alice@contoso.test  AndroidLync 6.25.0.27, SM-G930U, Android 8.0.0  block     no-android";

describe("a policy that refuses what is in use", () => {
  it.each([
    ["all", 10, "It would refuse every one of the 10 devices in use (seen in the last 30 days):\n\nUSER"],
    ["most", 6, "It would refuse most of the devices in use, 6 of 10 (seen in the last 30 days):\n\nUSER"],
  ] as const)("check says it of %s, with examples, and ends with 0", async (extent, refused, sentence) => {
    const { code, out } = await run(impacts(impactOf(refused, extent)), "policy", "check", file(TEXT));
    expect(code).toBe(0);
    expect(out).toContain(sentence);
    expect(out).toContain(EXAMPLE);
    expect(out).toContain(`… and ${refused - 1} more`);
    expect(asked).toEqual([{ method: "POST", path: "/v1/policy/check", body: { text: TEXT } }]);
  });

  it("check says how many it is of some", async () => {
    const { out } = await run(impacts(impactOf(2, "some")), "policy", "check", file(TEXT));
    expect(out).toContain(
      'It would refuse 2 of the 10 devices in use (seen in the last 30 days); "policy preview" names them.',
    );
  });

  it("check tells scripts the same, and says when no gateway was there to ask", async () => {
    const { out } = await run(impacts(impactOf(10, "all")), "policy", "check", file(TEXT), "--json");
    expect(JSON.parse(out)).toMatchObject({ impact: { extent: "all", refused: 10, inUse: 10 } });
    const alone = await runIn({}, ["policy", "check", file(TEXT)]);
    expect(alone.code).toBe(0);
    expect(alone.out).toContain(
      "No gateway was asked which devices in use it would refuse: the local gateway is not running.",
    );
    asked = [];
    const offline = await run({}, "policy", "check", file(TEXT), "--offline");
    expect([offline.code, asked]).toEqual([0, []]);
    expect((await run({ "POST /v1/policy/check": no("bad-policy") }, "policy", "check", file(TEXT))).code).toBe(2);
  });

  describe.each(["all", "most"] as const)("apply, of %s", (extent) => {
    const routes: Routes = {
      ...has(DEFAULT_ANSWER),
      ...impacts(impactOf(extent === "all" ? 10 : 6, extent)),
      "PUT /v1/policy": ok({ version: 1 }),
      "POST /v1/policy/spread": ok({ version: 1, guards: 1, next: null, openWindows: 0 }),
    };
    const applied = () => asked.filter(({ path }) => path === "/v1/policy" || path.endsWith("spread")).length > 1;

    it("does nothing in a script without --yes, and says why", async () => {
      const { code, out, err } = await run(routes, "policy", "apply", file(TEXT));
      expect([code, out, applied()]).toEqual([2, "", false]);
      expect(err).toMatch(/^postern: nothing was applied: this policy would refuse (every one|most) of the /);
      expect(err).toContain(EXAMPLE);
      expect(err).toContain("Give --yes if that is what you mean");
      const json = (await run(routes, "policy", "apply", file(TEXT), "--json")).err;
      expect(JSON.parse(json)).toMatchObject({ error: { kind: "usage", impact: { extent } } });
    });

    it("does it with --yes", async () => {
      expect((await run(routes, "policy", "apply", file(TEXT), "--yes")).code).toBe(0);
      expect(applied()).toBe(true);
    });

    it.each([
      ["yes", 0, true],
      [" YES ", 0, true],
      ["", 2, false],
      ["y", 2, false],
      ["no", 2, false],
    ] as const)("asks at a terminal; %j ends with %i", async (typed, exit, done) => {
      const questions: string[] = [];
      const question = async (text: string) => {
        questions.push(text);
        return typed;
      };
      const { code, err } = await run(routes, "policy", "apply", file(TEXT), question);
      expect([code, applied(), questions.length]).toEqual([exit, done, 1]);
      expect(questions[0]).toContain(EXAMPLE);
      expect(questions[0]).toMatch(/Type yes to put it in place: $/);
      if (!done) expect(err).toContain("postern: nothing was applied.");
    });
  });

  it("apply asks nobody of some", async () => {
    const routes = {
      ...{ ...has(DEFAULT_ANSWER), ...impacts(impactOf(5, "some")), "PUT /v1/policy": ok({ version: 1 }) },
      "POST /v1/policy/spread": ok({ version: 1, guards: 1, next: null, openWindows: 0 }),
    };
    expect((await run(routes, "policy", "apply", file(TEXT))).code).toBe(0);
  });
});

describe("policy show", () => {
  it("prints the file as it was applied, and by whom", async () => {
    const { code, out } = await run(has(APPLIED), "policy", "show");
    expect(code).toBe(0);
    expect(out).toBe(`# policy version 7, applied 2026-11-22T08:00:00.000Z by k_abc: ticket 4711\n\n${TEXT}`);
    expect(JSON.parse((await run(has(APPLIED), "policy", "show", "--json")).out)).toEqual(APPLIED);
  });

  it("prints the default, which is a policy file", async () => {
    const { out } = await run(has(DEFAULT_ANSWER), "policy", "show");
    expect(out).toContain("# the default policy: none was applied yet\n");
    expect(readPolicy(parse(out))).toEqual({ ok: true, policy: DEFAULT_POLICY });
  });

  it("prints nothing that a terminal obeys", async () => {
    expect((await run(has({ ...APPLIED, text: "\u001b[2J" }), "policy", "show")).out).not.toContain("\u001b");
  });
});

describe("policy diff", () => {
  it("says what the file would change", async () => {
    const { code, out } = await run(has(DEFAULT_ANSWER), "policy", "diff", file(TEXT));
    expect(code).toBe(0);
    expect(out).toBe(`The gateway has the default policy: none was applied yet.

${join(folder, "my.toml")} changes:
  ~ enrolment.mode  "open" → "approval"
  + no-android  rules[0]: block when { platform = "android" }, "No Android here"
`);
  });

  it("says when it changes nothing", async () => {
    const { out } = await run(has(APPLIED), "policy", "diff", file(`${TEXT}# the same\n`));
    expect(out).toContain("my.toml decides the same.");
    const json: unknown = JSON.parse((await run(has(APPLIED), "policy", "diff", file(TEXT), "--json")).out);
    expect(json).toEqual({ version: 7, changes: [] });
  });

  it("asks no gateway about a file with faults", async () => {
    expect((await run({}, "policy", "diff", file("rules = 1"))).code).toBe(2);
    expect(asked).toEqual([]);
  });

  it("diff compares two versions of the history, the later one being that in force unless it is named", async () => {
    const routes: Routes = {
      ...has(APPLIED),
      "GET /v1/policy/diff?from=3&to=5": ok({ changes: CHANGES }),
      [`GET /v1/policy/diff?from=3&to=${APPLIED.version}`]: ok({ changes: [] }),
    };
    expect((await run(routes, "policy", "diff", "--from", "3", "--to", "5")).out).toContain("version 5 changes:");
    expect((await run(routes, "policy", "diff", "--from", "3")).out).toContain("decides the same");
    for (const wrong of [
      ["--to", "5"],
      ["--from", "3", file(TEXT)],
    ]) {
      expect((await run(routes, "policy", "diff", ...wrong)).code).toBe(2);
    }
  });
});

describe("policy preview", () => {
  const previews = (items: readonly A.PreviewedDevice[]): Routes => ({
    ...has(DEFAULT_ANSWER),
    "POST /v1/policy/preview": ok({ version: 0, inUse: 2, items, next: null }),
  });
  const changes = [
    { ...ALICE, before: "allow", after: "block", reason: "no-android" },
    {
      ...ALICE,
      user: "sip:bob@contoso.test",
      key: "device:x",
      facts: UNKNOWN_DEVICE,
      before: "quarantine",
      after: "allow",
      reason: "friends",
    },
  ] as const;

  it("names each device that would be blocked or let in, by user and device", async () => {
    const { code, out } = await run(previews(changes), "policy", "preview", file(TEXT));
    expect(code).toBe(0);
    expect(out).toBe(`USER                    DEVICE                                          NOW         WOULD BE  WHY
sip:alice@contoso.test  AndroidLync 6.25.0.27, SM-G930U, Android 8.0.0  allow       block     no-android
sip:bob@contoso.test    device:x                                        quarantine  allow     friends

2 devices are in use; the change would block 1, let in 1.
`);
    const json: unknown = JSON.parse((await run(previews(changes), "policy", "preview", file(TEXT), "--json")).out);
    expect(json).toMatchObject({ version: 0, inUse: 2, items: [{ id: "d_1" }, {}] });
  });

  it("says what desktops lose without the address book by place, though no verdict on a device changes", async () => {
    const { out } = await run(previews([]), "policy", "preview", file('[devices]\nunnamed = "refuse"'));
    expect(out).toContain("Nothing changes for any of them.\n\nNo desktop has its address book but with the ticket");
  });

  it("says when nothing changes", async () => {
    const { out } = await run(previews([]), "policy", "preview", file(""));
    expect(out).toBe("2 devices are in use. Nothing changes for any of them.\n");
  });
});

describe("policy apply", () => {
  const spread: Routes = {
    "POST /v1/policy/spread": ok({ version: 1, guards: 100, next: "u_2", openWindows: 0 }),
    "POST /v1/policy/spread?after=u_2": ok({ version: 1, guards: 23, next: null, openWindows: 0 }),
  };
  const routes: Routes = { ...has(DEFAULT_ANSWER), ...spread, "PUT /v1/policy": ok({ version: 1 }) };

  it("S-46: says that windows are open under the new mode that were opened before it", async () => {
    const last = ok({ version: 1, guards: 23, next: null, openWindows: 2 });
    const { out } = await run({ ...routes, "POST /v1/policy/spread?after=u_2": last }, "policy", "apply", file(TEXT));
    expect(out).toContain("2 enrolment windows are open, perhaps since before");
  });

  it("puts the file in place of what was there, and tells every guard", async () => {
    const { code, out } = await run(routes, "policy", "apply", file(TEXT), "--why", "ticket 4711");
    expect(code).toBe(0);
    expect(out).toContain("+ no-android  rules[0]: block");
    expect(out).toContain(
      "The policy is in place. Version 1 is with every user's guard (123): it decides from now on.",
    );
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /v1/policy",
      "POST /v1/policy/check",
      "PUT /v1/policy",
      "POST /v1/policy/spread",
      "POST /v1/policy/spread?after=u_2",
    ]);
    expect(asked[2]?.body).toEqual({ text: TEXT, why: "ticket 4711" });
  });

  it("finishes an interrupted command, without a version of its own", async () => {
    const { code, out } = await run({ ...has(APPLIED), ...spread }, "policy", "apply", file(TEXT));
    expect(code).toBe(0);
    expect(out).toContain("The gateway has this policy already.");
    expect(asked.map(({ method, path }) => `${method} ${path}`)).not.toContain("PUT /v1/policy");
  });

  it("applies a file that differs in its comments only, for the next reader", async () => {
    const name = file(`# new\n${TEXT}`);
    const { out } = await run({ ...routes, ...has(APPLIED) }, "policy", "apply", name, "--json");
    expect(JSON.parse(out)).toEqual({
      ...{ version: 1, guards: 123, openWindows: 0, applied: true, changes: [] },
      ...{ impact: { ...NO_IMPACT, version: 7 }, target: expect.stringMatching(/^127/) },
    });
    expect(asked[2]?.body).toMatchObject({ text: `# new\n${TEXT}` });
  });

  it.each([
    ["policy-changed", 4],
    ["changed-meanwhile", 4],
    ["bad-policy", 2],
    ["unavailable", 1],
  ] as const)("%s ends with %i, in the gateway's words", async (error, exit) => {
    const { code, out, err } = await run({ ...routes, "PUT /v1/policy": no(error) }, "policy", "apply", file(TEXT));
    expect([code, out]).toEqual([exit, ""]);
    expect(err).toContain("The gateway says why.");
    expect(asked.length).toBe(3);
  });
});

describe("policy history and rollback", () => {
  const versions = [
    {
      version: 7,
      appliedAt: "2026-11-22T08:00:00.000Z",
      by: { id: "t_1", name: "Desk", kind: "token" },
      why: "ticket 4711",
    },
    { version: 6, appliedAt: "2026-11-21T08:00:00.000Z", by: { id: "a_1", name: null, kind: "unknown" }, why: null },
  ];

  it("lists versions, and shows one", async () => {
    const { out } = await run(
      { "GET /v1/policy/history?limit=100": ok({ items: versions, next: null }) },
      "policy",
      "history",
    );
    expect(
      out
        .split("\n")
        .map((line) => line.split(/ {2,}/))
        .slice(1, 3),
    ).toEqual([
      ["7", "2026-11-22T08:00:00.000Z", "Desk", "ticket 4711"],
      ["6", "2026-11-21T08:00:00.000Z", "a_1", "-"],
    ]);
    const shown = await run({ "GET /v1/policy/history/7": ok(APPLIED) }, "policy", "show", "7");
    expect(shown.out).toContain(TEXT);
    expect((await run({}, "policy", "show", "x")).code).toBe(2);
  });

  it("rolls back to a version against the one it has seen, and tells every guard", async () => {
    const routes: Routes = {
      ...{ "GET /v1/policy": ok({ ...APPLIED, version: 9 }), "GET /v1/policy/history/7": ok(APPLIED) },
      ...{ ...unmet, "POST /v1/policy/rollback": ok({ version: 10 }) },
      "POST /v1/policy/spread": ok({ version: 10, guards: 3, next: null, openWindows: 0 }),
    };
    const { code, out } = await run(routes, "policy", "rollback", "7", "--why", "tablets");
    expect(code).toBe(0);
    expect(out).toMatch(/^Version 7 is in place again\. Version 10 is with every user's guard \(3\)/);
    expect(asked.find(({ path }) => path.endsWith("rollback"))?.body).toEqual({ version: 7, why: "tablets" });
    asked = [];
    const refused = { ...routes, ...impacts(impactOf(10, "all")) };
    expect((await run(refused, "policy", "rollback", "7")).code).toBe(2);
    expect(asked.some(({ path }) => path.endsWith("rollback"))).toBe(false);
  });
});

describe("the command line", () => {
  it.each([
    [["policy"], '"policy" needs a command'],
    [["policy", "check", "a.toml", "b.toml"], "too many arguments for 'check'"],
    [["policy", "diff", "--why", "x"], "unknown option '--why'"],
    [["policy", "show", "--remote", "--env", "production"], "--remote is gone"],
  ])("%j is wrong", async (argv, text) => {
    const { code, err } = await run({}, ...argv);
    expect(code).toBe(2);
    expect(err).toContain(text);
  });
});

it("a policy as TOML reads as itself", () => {
  const policy: Policy = {
    enrolment: { mode: "window", maxDevices: 1, windowMinutes: 30 },
    devices: { ...DEFAULT_POLICY.devices, unnamed: "refuse" },
    expireAfterDays: null,
    rules: [
      { ...rule("a", "allow"), reason: 'Says "hello" \\ ünïcode' },
      {
        ...rule("b", "quarantine"),
        when: { asn: [64496, "unknown"], version: [">=6 <7"], not: { group: ["a=b"], network: ["10.0.0.0/8"] } },
      },
    ],
  };
  expect(readPolicy(parse(policyToml(policy)))).toEqual({ ok: true, policy });
});
