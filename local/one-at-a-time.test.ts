import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { takeCheckout } from "./one-at-a-time.ts";

describe("two `npm start` from one checkout", () => {
  let state: string;
  let file: string;
  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), "postern-running-"));
    file = join(state, "running.json");
  });
  afterEach(() => rmSync(state, { recursive: true, force: true }));

  it("the second is told which process has the checkout, on which port", () => {
    writeFileSync(file, JSON.stringify({ pid: process.ppid, port: 8787 }));
    expect(() => takeCheckout(state, 8788)).toThrow(`process ${process.ppid}, port 8787`);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ pid: process.ppid, port: 8787 });
  });

  it("the first gives it back", () => {
    takeCheckout(state, 8787)();
    expect(existsSync(file)).toBe(false);
    takeCheckout(state, 8788);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ pid: process.pid, port: 8788 });
  });

  it.each([
    ["a process that was killed", () => JSON.stringify({ pid: deadProcess(), port: 8787 })],
    ["half a file", () => '{"pid":'],
    ["a file of something else", () => '{"pid":"x"}'],
    ["JSON that is nothing", () => "null"],
  ])("what %s left behind is replaced", (_, content) => {
    writeFileSync(file, content());
    takeCheckout(state, 8788);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ pid: process.pid, port: 8788 });
  });
});

/** The number of a process that has ended. */
function deadProcess(): number {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  return pid;
}
