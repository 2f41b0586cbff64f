import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../test/kit/runs.ts";
import { sqlLiteral, withParameters } from "./sql.ts";

const sqlite = new DatabaseSync(":memory:");
const evaluated = (literal: string): unknown => Object.values(sqlite.prepare(`select ${literal}`).get() ?? {})[0];

describe("sqlLiteral", () => {
  it.each([
    ["alice@contoso.test", "'alice@contoso.test'"],
    ["contoso\\alice", "'contoso\\alice'"],
    ["", "''"],
    [42, "42"],
    [-1_790_000_000_000, "-1790000000000"],
    [null, "null"],
  ])("writes %j as %s", (value, literal) => {
    expect(sqlLiteral(value)).toBe(literal);
    expect(evaluated(literal)).toBe(value);
  });

  it.each([
    "'",
    "''",
    "'; drop table users; --",
    "' or '1'='1",
    "\\'; drop table users; --",
    "x' || (select nt_hashes from app_passwords) || '",
    '`"[];--/* */',
    "BEGIN TRANSACTION;COMMIT;",
    "two\r\nlines",
    "?",
    "\u2019\u02bc\uff07",
    "Zoë 🔑",
    "--",
    "%27",
  ])("%j comes out of SQLite as it went in, with no character of it in the statement's syntax", (value) => {
    const literal = sqlLiteral(value);
    expect(evaluated(literal)).toBe(value);
    expect(literal).toMatch(/^'[A-Za-z0-9@._:\\/-]*'$|^cast\(x'[0-9a-f]*' as text\)$/);
  });

  it("any well-formed text comes out of SQLite as it went in", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        if (text.includes("\0") || /\p{Cs}/u.test(text)) return;
        expect(evaluated(sqlLiteral(text))).toBe(text);
      }),
      { numRuns: runs(2000) },
    );
  });

  it.each([
    ["a\0b"],
    ["\ud800"],
    [1.5],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [2 ** 53],
    [true],
    [undefined],
    [{}],
  ])("refuses %j", (value) => {
    expect(() => sqlLiteral(value)).toThrow(TypeError);
  });
});

describe("withParameters", () => {
  it("fills places outside quotes only", () => {
    expect(withParameters(`select "a?", '?''?', \`?\`, ? from t where b = ?`, ["x", 1])).toBe(
      `select "a?", '?''?', \`?\`, 'x' from t where b = 1`,
    );
  });

  it("a value that looks like a place is not filled", () => {
    const written = withParameters("select ?, ?", ["?", "second"]);
    expect(Object.values(sqlite.prepare(written.replace(", '", " as a, '")).get() ?? {})).toEqual(["?", "second"]);
  });

  it("refuses too few and too many parameters", () => {
    expect(() => withParameters("select ?, ?", ["x"])).toThrow(TypeError);
    expect(() => withParameters("select ?", ["x", "y"])).toThrow(TypeError);
  });
});
