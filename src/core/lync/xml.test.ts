import { describe, expect, it } from "vitest";
import { processorTime } from "../../../test/kit/cpu.ts";
import { assertionsIn } from "./assertion.ts";
import { issuedTicket, readTokenRequest } from "./web-ticket.ts";
import { MAX_XML_CHARS, readXml } from "./xml.ts";

const nothing = { open: () => {}, close: () => {}, text: () => {} };

/** Repeats a piece as often as fits into the longest document. */
const filledWith = (head: string, piece: string): string =>
  head + piece.repeat(Math.floor((MAX_XML_CHARS - head.length) / piece.length));

const numbered = (write: (n: number) => string): string => {
  let text = "";
  for (let n = 0; text.length < MAX_XML_CHARS - 40; n++) text += write(n);
  return text;
};

describe("the longest document, whatever is in it, is read or refused in short time", () => {
  it.each([
    ["nesting", filledWith("", "<a>")],
    ["nesting with namespaces", filledWith("", '<a xmlns="b">')],
    ["unfinished tags", filledWith("<x>", "<a ")],
    ["comments", filledWith("<x>", "<!--")],
    ["stray ends", filledWith("<x>", "]]>")],
    ["ampersands", filledWith("<x>", "&")],
    ["entities", filledWith("<x>", "&lt;")],
    ["CDATA sections", filledWith("<x>", "<![CDATA[]]>")],
    ["siblings", filledWith("<x>", "<a b='c'/>")],
    ["instructions", filledWith("<x>", "<?a b?>")],
    ["attributes", `<x ${numbered((n) => `a${n}="" `)}/>`],
    ["namespaces", `<x ${numbered((n) => `xmlns:a${n}="b" `)}/>`],
    ["text", filledWith("<x>", "a")],
    ["white space", filledWith("", " ")],
  ])("%s", (_, xml) => {
    const started = processorTime();
    for (const read of [assertionsIn, readTokenRequest, issuedTicket]) read(xml);
    expect(processorTime() - started).toBeLessThan(1_500);
  });
});

describe("reading", () => {
  it("goes 64 elements deep and no deeper", () => {
    const nested = (depth: number): string => "<a>".repeat(depth) + "</a>".repeat(depth);
    expect(readXml(nested(64), () => nothing).ok).toBe(true);
    expect(readXml(nested(65), () => nothing)).toEqual({ ok: false, reason: "not-xml" });
    expect(readXml(`<a>${nested(1).repeat(1_000)}</a>`, () => nothing).ok).toBe(true);
  });

  it("ends with the handler's own fault, and at once", () => {
    const seen: string[] = [];
    const read = readXml<"no-b">("<a><b/><c/></a>", (fail) => ({
      ...nothing,
      open: ({ local }) => {
        seen.push(local);
        if (local === "b") fail("no-b");
      },
    }));
    expect([read, seen]).toEqual([{ ok: false, reason: "no-b" }, ["a", "b"]]);
  });

  it("does not hide a mistake of a handler", () => {
    const handlers = {
      ...nothing,
      open: () => {
        throw new TypeError("a mistake");
      },
    };
    expect(() => readXml("<a/>", () => handlers)).toThrow(TypeError);
  });
});
