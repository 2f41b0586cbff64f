// `postern policy check`: the file of a policy, its faults and its warnings. Also the example policies that Postern
// comes with.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { policyToml } from "../src/core/policy/describe.ts";
import { lintPolicy } from "../src/core/policy/lint.ts";
import { DEFAULT_POLICY, readPolicy } from "../src/core/policy/read.ts";
import type { Policy } from "../src/core/policy/types.ts";
import { runIn } from "../test/kit/gateway/command.ts";
import { policyFiles, unmet } from "../test/kit/gateway/policy-answers.ts";
import { scriptedApi } from "../test/kit/gateway/scripted-api.ts";
import { rule } from "../test/kit/policies.ts";

const { asked, run } = scriptedApi();
const { folder, file } = policyFiles();

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
    expect(examples.length).toBe(10);
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
    [`# ${"x".repeat(262_144)}\n`, "is too large", "Name a file of at most 262144 bytes."],
  ])("%.20j: %s", async (text, message, fix) => {
    const { code, out, err } = await run({}, "policy", "check", file(text));
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(message);
    expect(err).toContain(fix);
  });

  it("says so when there is no such file", async () => {
    const { code, err } = await run({}, "policy", "check", join(folder(), "none.toml"));
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

it("a policy as TOML reads as itself", () => {
  const policy: Policy = {
    enrolment: { mode: "window", maxDevices: 1, windowMinutes: 30 },
    devices: { ...DEFAULT_POLICY.devices, unnamed: "refuse" },
    passive: { mode: "may", must: ["finance", "*@branch.contoso.test"], never: [], may: [] },
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
