// The reader agrees with `JSON.parse` on everything but what it was written for: equal names, and a comma before `}`.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { processorTime } from "../../../test/kit/cpu.ts";
import { runs } from "../../../test/kit/runs.ts";
import { readJsonObject } from "./json-object.ts";

describe("an object", () => {
  it("is read as JSON.parse reads it", () => {
    const value = fc.dictionary(fc.string({ unit: "binary", maxLength: 8 }), fc.jsonValue({ maxDepth: 4 }));
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, " ", "\t"), (object, indent) => {
        const read = readJsonObject(JSON.stringify(object, null, indent));
        const parsed: object = JSON.parse(JSON.stringify(object));
        const members = Object.entries(parsed).map(([name, each]) => ({
          name,
          value: typeof each === "string" || each === null ? each : undefined,
        }));
        expect(read).toEqual({ ok: true, value: members });
      }),
      { numRuns: runs(1_000) },
    );
  }, 60_000);

  it("S-9: is refused where JSON.parse refuses it, in 10^4 mutations", () => {
    const seed = '{"a":"b\\u0041\\n","c":[1,-2.5e+3,true,null,[]],"d":{"e":"f"},"g":"\u00e9"}';
    const edit = fc.record({
      at: fc.nat(seed.length),
      gone: fc.nat(3),
      put: fc.constantFrom(
        "",
        ",",
        '"',
        "{",
        "}",
        "[",
        "]",
        "\\",
        "0",
        "-",
        ".",
        "e",
        " ",
        "\n",
        "\u0000",
        "\u007f",
        ":",
        "u",
      ),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let text = seed;
        for (const { at, gone, put } of edits) text = text.slice(0, at) + put + text.slice(at + gone);
        if (/,\s*\}/.test(text)) return;
        expect(readJsonObject(text).ok).toBe(parsesToObject(text));
      }),
      { numRuns: runs(10_000) },
    );
  }, 60_000);

  it.each(['{"a":1,}', '{"a":{"b":1,},}', '{"a":[{"b":1 , }]}'])("may have a comma before its end: %s", (text) => {
    expect(readJsonObject(text).ok).toBe(true);
  });

  it.each([
    ...[
      "",
      "[]",
      "1",
      '"a"',
      "{,}",
      '{"a":1,,}',
      '{"a":[1,]}',
      "{'a':1}",
      "{a:1}",
      '{"a":1}//',
      '{"a":1}{}',
      '{"a":01}',
    ],
    ...[
      "\u00a0{}",
      "\ufeff{}",
      '{"a":NaN}',
      '{"a":"\n"}',
      '{"a":/**/1}',
      '{"a":"\\x41"}',
      '{"a" "b"}',
      '{"a":1 "b":2}',
    ],
  ])("is not %j", (text) => {
    expect(readJsonObject(text)).toEqual({ ok: false, reason: "not-json" });
  });

  it("has its equal names as often as they are there", () => {
    expect(readJsonObject('{"a":"1","\\u0061":"2","__proto__":"3"}')).toEqual({
      ok: true,
      value: [
        { name: "a", value: "1" },
        { name: "a", value: "2" },
        { name: "__proto__", value: "3" },
      ],
    });
  });

  it("S-9: is not deeper than 32, and no depth breaks the reader", () => {
    const nested = (depth: number): string => `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    expect(readJsonObject(nested(32)).ok).toBe(true);
    expect(readJsonObject(nested(33)).ok).toBe(false);
    expect(readJsonObject(nested(1_000_000)).ok).toBe(false);
  });

  it.each(['"', '\\"', "\\u0041", "{", "[", ",", " ", "a"])("S-9: long runs of %j end in short time", (piece) => {
    const started = processorTime();
    for (const head of ["", '{"', '{"a":"', '{"a":['])
      for (const tail of ["", '"}']) readJsonObject(head + piece.repeat(16_000) + tail);
    expect(processorTime() - started).toBeLessThan(2_000);
  });
});

function parsesToObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
