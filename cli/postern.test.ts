// The command line as a whole: help, usage errors, and the installed program.

import { execFileSync, spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { no, runIn } from "../test/kit/gateway/command.ts";
import { scriptedApi } from "../test/kit/gateway/scripted-api.ts";
import { BRIEFS, GROUPS, isCommand, loaded } from "./catalogue.ts";

const { asked, run } = scriptedApi();

describe("the command line", () => {
  const levels = ["", ...Object.keys(GROUPS), ...BRIEFS.map(({ name }) => name)].map((name) => [name]);

  it.each(levels)("%j has help that fits a terminal, with examples of what exists", async (name) => {
    const { code, out, err } = await runIn({}, [...name.split(" ").filter((word) => word !== ""), "--help"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("--target <name>");
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
    if (!isCommand(name)) return;
    const { examples, words } = await loaded(name);
    expect(examples.length).toBeGreaterThan(0);
    for (const word of words) expect(out).not.toMatch(new RegExp(`^  ${word.replace(/\W/g, "")}\\s*$`, "m"));
    for (const example of examples) expect(example).toMatch(new RegExp(`(^|npx postern )${name}( |$)`));
  });

  it("shows its version, and help as JSON", async () => {
    expect(await runIn({}, ["--version"])).toEqual({ code: 0, out: "1.2.3\n", err: "" });
    expect(JSON.parse((await runIn({}, ["user", "--help", "--json"])).out)).toEqual({
      text: expect.stringContaining("Usage: postern user"),
    });
  });

  it.each([
    [[], "no command given"],
    [["user"], '"user" needs a command'],
    [["frobnicate"], "unknown command 'frobnicate'"],
    [["usr", "list"], "Did you mean user?"],
    [["user", "lst"], "Did you mean list?"],
    [["user", "list", "--stat", "x"], "Did you mean --state?"],
    [["user", "show"], "missing required argument 'USER'"],
    [["user", "show", "a@b.test", "c"], "too many arguments"],
    [["user", "show", "alice"], "unqualified"],
    [["user", "add", "sip:a@b.test"], "needs --account"],
    [["user", "list", "--state", "gone"], "Allowed choices are enabled, disabled"],
    [["user", "set", "a@b.test"], "there is nothing to change"],
    [["user", "set", "a@b.test", "--group", "a", "--no-groups"], "exclude each other"],
    [["user", "set", "a@b.test", "--max-devices", "-1"], "from 0 to 100"],
    [["user", "set", "a@b.test", "--max-devices", "1.5"], "from 0 to 100"],
    [["user", "rename", "a@b.test"], "there is nothing to change"],
    [["user", "disable"], "needs USER or --file"],
    [["password", "list"], "needs USER or --ends-within"],
    [["password", "create", "a@b.test", "--expires-in", "90m"], "counts whole days"],
    [["password", "create", "a@b.test", "--expires-in", "9d", "--expires", "2027-01-01"], "exclude each other"],
    [["password", "change", "a@b.test", "p_1"], "there is nothing to change"],
    [["token", "create", "x"], "needs --scope"],
    [["admin", "add", "x@b.test"], "needs --role"],
    [["admin", "change", "a_1", "--enable", "--disable"], "exclude each other"],
    [["keys", "new", "--json", "extra"], "too many arguments"],
  ])("%j is a usage error, and nothing is asked", async (argv, text) => {
    const { code, out, err } = await run([], ...argv);
    expect([code, out, asked]).toEqual([2, "", []]);
    expect(err.replaceAll("\\", "")).toContain(text.replaceAll("\\", ""));
  });

  it.each(["--local", "--remote", "--env", "--env=production"])(
    "%s of the old command says what to use instead",
    async (old) => {
      for (const argv of [
        ["user", "list", old],
        ["why", old, "production", "--request", "x"],
        [old, "lock", "list"],
      ]) {
        const { code, err } = await run([], ...argv);
        expect([code, asked]).toEqual([2, []]);
        expect(err).toContain("is gone: every command asks a target");
        expect(err).toContain(old === "--local" ? "--target local" : "npx postern target add production");
      }
    },
  );

  it("with --json a fault is JSON on standard error", async () => {
    const { code, out, err } = await run(no("no-such-user"), "user", "show", "bob@contoso.test", "--json");
    expect([code, out]).toEqual([3, ""]);
    expect(JSON.parse(err)).toEqual({
      error: {
        ...{
          kind: "notFound",
          message: "The gateway says why",
          fix: "See: npx postern user list",
          code: "no-such-user",
        },
        ...{ target: expect.stringMatching(/^127\.0\.0\.1:/), errors: [], requestId: "r-1" },
      },
    });
  });

  it("an unexpected fault says its cause", async () => {
    const now = () => {
      throw new Error("outer", { cause: new Error("the clock stands still") });
    };
    const { code, err } = await runIn({ now }, ["keys", "new"]);
    expect([code, err]).toEqual([1, expect.stringContaining("the clock stands still")]);
  });

  it("a target may be named before or after the command", async () => {
    for (const argv of [
      ["--target", "nowhere", "lock", "list"],
      ["lock", "list", "--target", "nowhere"],
      ["lock", "list", "--target=nowhere"],
    ]) {
      expect((await runIn({}, argv)).err).toContain('there is no target "nowhere"');
    }
  });
});

describe("the program", () => {
  const launcher = join(import.meta.dirname, "postern.mjs");
  const start = (...argv: string[]): string =>
    execFileSync(process.execPath, [launcher, ...argv], { encoding: "utf8" });

  it("runs from anywhere, and stops quietly when nobody reads", () => {
    expect(execFileSync(process.execPath, [launcher, "--version"], { cwd: tmpdir(), encoding: "utf8" })).toMatch(
      /^\d+\.\d+\.\d+\n$/,
    );
    const command = `"${process.execPath}" "${launcher}" --help | head -1`;
    expect(spawnSync("sh", ["-c", command], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
  });

  it.each(["bash", "zsh", "fish"])("completes in %s", (shell) => {
    expect(start("completion", shell)).toContain("postern");
  });

  it("explains the completion", () => expect(start("completion", "--help")).toContain("Usage: postern completion"));

  it("completes commands, options and their values", () => {
    const completed = (...words: string[]) =>
      start("complete", "--", ...words)
        .split("\n")
        .map((line) => line.split("\t")[0]);
    expect(completed("user", "")).toEqual(expect.arrayContaining(["list", "rename", "alias"]));
    expect(completed("user", "list", "--")).toEqual(expect.arrayContaining(["--state", "--csv"]));
    expect(completed("user", "list", "--state", "")).toEqual(expect.arrayContaining(["enabled", "disabled"]));
  });
});
