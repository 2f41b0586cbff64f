import { describe, expect, it } from "vitest";
import { listed, table, written } from "./answer.ts";

const columns = { NAME: ({ name }: { name: string }) => name, COUNT: ({ count }: { count: number | null }) => count };
const rows = (...items: readonly { name: string; count: number | null }[]) =>
  listed({ items, next: null }, columns, { empty: "None.", also: { "IN FULL": ({ name }) => `${name}!` } });

describe("a table", () => {
  it.each([
    ["umlauts", "Jörg", 4],
    ["a combining accent", "Jo\u0308rg", 4],
    ["Chinese", "李小龙", 6],
    ["emoji", "🙂x", 3],
  ])("is as wide as a terminal shows it: %s", (_, name, width) => {
    expect(
      table([
        [name, "|"],
        ["x", "|"],
      ]).split("\n")[1],
    ).toBe(`x${" ".repeat(width - 1)}  |`);
  });

  it("controls no terminal, and says nothing by direction", () => {
    expect(table([["\u001b[2Ja\nb\u202ec\u009b", ""]])).toBe("�[2Ja�b�c�  -");
  });
});

describe("an answer", () => {
  const evil = rows({ name: "=1+1", count: -1 }, { name: 'a,"b"', count: null });

  it("is CSV that no spreadsheet takes for a formula", async () => {
    expect(await written(evil, "csv")).toBe(`NAME,COUNT,IN FULL\n'=1+1,'-1,'=1+1!\n"a,""b""",,"a,""b""!"\n`);
    expect(await written(rows(), "csv")).toBe("NAME,COUNT,IN FULL\n");
  });

  it("is for people a table, or that there is nothing", async () => {
    expect(await written(evil, "text")).toBe(`NAME   COUNT\n=1+1   -1\na,"b"  -\n`);
    expect(await written(rows(), "text")).toBe("None.\n");
    expect(await written({ text: "a\n\u001b[2Jb", json: null }, "text")).toBe("a\n�[2Jb\n");
  });

  it("is one JSON document, which controls no terminal either", async () => {
    const name = "\u001b[2J\u009b\u202e\u200d\u{e0001}";
    const text = await written({ text: "", json: { name } }, "json");
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    expect(JSON.parse(text)).toEqual({ name });
  });
});
