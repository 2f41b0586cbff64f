// `postern policy show`, `diff` and `preview` from command line to exit code, with an API of the tests' own.

import { join } from "node:path";
import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { UNKNOWN_DEVICE } from "../src/core/device/types.ts";
import { DEFAULT_POLICY, readPolicy } from "../src/core/policy/read.ts";
import { ok } from "../test/kit/gateway/command.ts";
import { ALICE, APPLIED, DEFAULT_ANSWER, has, policyFiles, TEXT } from "../test/kit/gateway/policy-answers.ts";
import { type Routes, scriptedApi } from "../test/kit/gateway/scripted-api.ts";
import type * as A from "./reach/answers.ts";

const { asked, run } = scriptedApi();
const { folder, file } = policyFiles();

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

${join(folder(), "my.toml")} changes:
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
});

describe("policy diff of two versions", () => {
  const routes: Routes = {
    ...has(APPLIED),
    "GET /v1/policy/diff?from=3&to=5": ok({
      changes: [{ kind: "setting", what: "enrolment.mode", text: '"open" → "approval"' }],
    }),
    [`GET /v1/policy/diff?from=3&to=${APPLIED.version}`]: ok({ changes: [] }),
  };

  it("compares them, the later one being that in force unless it is named", async () => {
    const { out } = await run(routes, "policy", "diff", "--from", "3", "--to", "5");
    expect(out).toContain('version 5 changes:\n  ~ enrolment.mode  "open" → "approval"');
    expect((await run(routes, "policy", "diff", "--from", "3")).out).toContain("decides the same");
  });

  it("needs the first one, and no file", async () => {
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
    expect(out).toContain("Nothing changes for any of them.\n\nA desktop gets its address book only with the ticket");
  });

  it("says when nothing changes", async () => {
    const { out } = await run(previews([]), "policy", "preview", file(""));
    expect(out).toBe("2 devices are in use. Nothing changes for any of them.\n");
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
