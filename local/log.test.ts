// What the local gateway prints: one JSON object on each line, from the Worker and from workerd, and a log file that
// stays small.

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { olderLogFile } from "../cli/local-log.ts";
import { lineAppender, lineOf } from "./log.ts";

const timestamp = Date.UTC(2026, 10, 23, 12);

describe("a line of the local gateway", () => {
  it("is the Worker's own, as it is", () => {
    const message = '{"event":"unavailable","at":"2026-11-23T12:00:00.000Z","reason":"connector"}';
    expect(lineOf({ timestamp, level: "log", message })).toBe(message);
  });

  it.each(["Uncaught Error: x\n    at y", '{"event":"a"}\n{"event":"b"}', "", "x\u2028y", "plain"])(
    "is one object, too, when workerd says %j",
    (message) => {
      const line = lineOf({ timestamp, level: "error", message });
      expect(line).not.toMatch(/[\r\n\u2028]/);
      expect(JSON.parse(line)).toEqual({
        event: "runtime",
        at: "2026-11-23T12:00:00.000Z",
        level: "error",
        detail: message.replaceAll(/[\n\u2028]/g, "\ufffd"),
      });
    },
  );
});

describe("the file of the log", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "postern-log-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is its owner's, and goes on after a restart", () => {
    const file = join(folder, "log.jsonl");
    lineAppender(file)("one");
    lineAppender(file)("two");
    expect(readFileSync(file, "utf8")).toBe("one\ntwo\n");
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it("S-44: begins anew when it is full, and only the last full one is kept", () => {
    const file = join(folder, "log.jsonl");
    const append = lineAppender(file);
    for (let i = 0; i < 1_200; i++) append(`${i} ${"x".repeat(10_000)}`);
    const newer = readFileSync(file, "utf8");
    const older = readFileSync(olderLogFile(file), "utf8");
    expect(newer.length).toBeLessThan(4 * 1024 * 1024);
    expect(older.length).toBeLessThan(4 * 1024 * 1024);
    expect(newer).toContain("\n1199 ");
    expect(older.trimEnd().split("\n").at(-1)?.split(" ")[0]).toBe(String(Number(newer.split(" ")[0]) - 1));
  });
});
