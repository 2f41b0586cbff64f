// Files of people as PowerShell and Excel write them.

import { describe, expect, it } from "vitest";
import { fileFaultText } from "./said.ts";
import { tableIn, textIn } from "./table.ts";

const TEXT = 'SipAddress,SamAccountName,DisplayName\r\nsip:joerg@contoso.test,jörg,"Müller, Jörg"\r\n';
const utf16 = (text: string) => new Uint8Array(Buffer.from(`\ufeff${text}`, "utf16le"));
const swapped = (bytes: Uint8Array) => new Uint8Array(Buffer.from(bytes).swap16());
const linesOf = (text: string) => {
  const table = tableIn(text);
  return table.ok ? table.value.lines : table.reason;
};

describe("the encoding", () => {
  it.each([
    ["UTF-8", new TextEncoder().encode(TEXT)],
    ["UTF-8 with its mark", new TextEncoder().encode(`\ufeff${TEXT}`)],
    ["UTF-16, as -Encoding Unicode writes", utf16(TEXT)],
    ["UTF-16 with the high byte first", swapped(utf16(TEXT))],
  ])("%s is read", (_, bytes) => {
    expect(textIn(bytes)).toEqual({ ok: true, value: TEXT });
  });

  it.each([
    ["Windows-1252", new Uint8Array(Buffer.from(TEXT, "latin1"))],
    ["UTF-16 without its mark", utf16(TEXT).slice(2)],
    ["text that another program has spoilt", new TextEncoder().encode("a\ufffdb")],
  ])("%s is refused, with what to do", (_, bytes) => {
    expect(textIn(bytes)).toEqual({ ok: false, reason: { code: "encoding" } });
  });
});

it("Windows-1252 is read when somebody says so; what is UTF-8 stays so", () => {
  const ansi = new Uint8Array(Buffer.from(TEXT, "latin1"));
  expect(textIn(ansi, "windows-1252")).toEqual({ ok: true, value: TEXT });
  expect(textIn(new Uint8Array([0x80]), "windows-1252")).toEqual({ ok: true, value: "\u20ac" });
  expect(textIn(new TextEncoder().encode(TEXT), "windows-1252")).toEqual({ ok: true, value: TEXT });
  expect(textIn(utf16(TEXT), "windows-1252")).toEqual({ ok: true, value: TEXT });
});

describe("the columns", () => {
  const person = { sipUri: "a@b.test", account: "B\\a", groups: "x;y" };
  it.each([
    ["commas", "SIPADDRESS,account,Groups\na@b.test,B\\a,x;y\n", 2],
    ["semicolons, as a German Excel writes", 'groups;sipUri;SamAccountName\r\n"x;y";a@b.test;B\\a\r\n', 2],
    ["tabs", "SIP ADDRESS\tACCOUNT\tGROUPS\na@b.test\tB\\a\tx;y", 2],
    [
      "the #TYPE line of PowerShell 5",
      '#TYPE Selected.User\r\n"SipAddress","account","groups"\r\n"a@b.test","B\\a","x;y"',
      3,
    ],
    ["the line by which Excel names the separator", 'sep=;\nsipUri;account;groups\na@b.test;B\\a;"x;y"\n', 3],
  ])("with %s", (_, text, line) => {
    expect(linesOf(text)).toEqual([{ line, cells: person }]);
  });

  it("NAME is the display name where there is no other, and columns that say nothing are named", () => {
    expect(tableIn("sipUri,account,Name,Identity\na@b.test,B\\a,A,CN=a")).toMatchObject({
      ok: true,
      value: { lines: [{ cells: { displayName: "A" } }], ignored: ["Identity"] },
    });
    expect(linesOf("sipUri,account,Name,DisplayName\na@b.test,B\\a,A,Anna")).toMatchObject([
      { cells: { displayName: "Anna" } },
    ]);
  });

  it("a line with another number of values has no cells, and empty lines are left out", () => {
    expect(linesOf("sipUri,account,displayName\n\na@b.test,B\\a,Smith, Ann\n,,\n")).toEqual([
      { line: 3, cells: undefined },
    ]);
  });

  it.each([
    ["", "It is empty"],
    ["SipAddress,DisplayName\n", "Its header names no account (SamAccountName)"],
    ["constructor,__proto__\n", "Its header names no SIP address (SipAddress)"],
    ["SipAddress,sipUri,account\n", "Two of its columns are the SIP address"],
    ['sipUri,account\n"a@b.test,B\\a\n', "It is not CSV: "],
  ])("%j is refused", (text, reason) => {
    const read = tableIn(text);
    expect(read.ok ? "" : fileFaultText(read.reason)).toContain(reason);
  });
});
