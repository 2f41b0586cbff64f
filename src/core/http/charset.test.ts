import { describe, expect, it } from "vitest";
import { type BodyOf, contentTypeInUtf8, type Decoded, decodeBody } from "./charset.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
function decoded(contentType: string, bytes: Uint8Array, of: BodyOf = "request"): Decoded | string {
  const result = decodeBody(of, contentType, bytes);
  return result.ok ? result.value : result.reason;
}
/** The text that was read, or why it was not. */
function read(contentType: string, body: string | readonly number[], of?: BodyOf): string {
  const result = decoded(contentType, typeof body === "string" ? encode(body) : Uint8Array.from(body), of);
  return typeof result === "string" ? result : result.text;
}
const latin1 = (text: string): number[] => [...Buffer.from(text, "latin1")];

describe("S-32: a body of ASCII alone", () => {
  it.each([
    "text/xml",
    "text/xml; charset=utf-8",
    "text/xml;charset=UTF-8",
    'text/xml; charset="utf-8"',
    "application/x-www-form-urlencoded;charset='utf-8'",
    "application/json; charset=utf8",
    "application/json;Charset=UTF8",
    "text/xml; charset=us-ascii",
    "text/xml; charset=ASCII",
    'text/xml; charset="ISO-8859-1"',
    "text/xml; CHARSET = 'iso-8859-1'",
    "text/xml; charset=Latin1",
    "text/xml; charset=windows-1252",
    "text/xml; charset=cp1252",
    "text/xml; charset=iso-8859-15",
    "text/xml; charset=windows-1250",
    "text/xml; charset=us-ascii; charset=utf-8",
  ])("is the same in `%s`", (contentType) => {
    expect(read(contentType, "<x/>")).toBe("<x/>");
  });

  it.each([
    "text/xml; charset=utf-16",
    "text/xml; charset=utf-16le",
    "text/xml; charset=utf-7",
    "text/xml; charset=utf-32",
    "text/xml; charset=ibm037",
    "text/xml; charset=iso-2022-jp",
    "text/xml; charset=hz-gb-2312",
    "text/xml; charset=shift_jis",
    "text/xml; charset=x-user-defined",
    "text/xml; charset=utf-8; charset=utf-16",
    "text/xml; charset=utf-16; charset=utf-8",
    'text/xml; x="; charset=utf-8"; charset=utf-7',
    "text/xml; charset=utf-8x",
    "text/xml; charset=nonsense",
  ])("is refused in `%s`, where ASCII may mean something else", (contentType) => {
    expect(read(contentType, "<x/>")).toBe("not-utf-8");
  });

  it.each(["UTF-8", "utf8", "us-ascii", "ISO-8859-1", "windows-1252"])(
    "is the same to an XML declaration of %s, which goes on as UTF-8",
    (encoding) => {
      const xml = `<?xml version="1.0" encoding="${encoding}"?><x/>`;
      const text = read("text/xml", xml);
      expect(text).toMatch(/^<\?xml version="1.0" encoding="utf-8"\?><x\/>$/i);
      expect(decoded("text/xml", encode(xml))).toEqual({ text, bytes: encode(text) });
    },
  );

  it.each(["utf-16", "utf-7", "", "ibm037"])("is refused with an XML declaration of `%s`", (encoding) => {
    expect(read("text/xml", `<?xml version="1.0" encoding="${encoding}"?><x/>`)).toBe("not-utf-8");
    expect(read("text/xml", `\ufeff\r\n<?xml version='1.0' encoding = '${encoding}' ?><x/>`)).toBe("not-utf-8");
    expect(read("text/xml", `<?xml version='encoding="utf-8"' encoding='${encoding}'?><x/>`)).toBe("not-utf-8");
  });
});

describe("S-32: other bytes", () => {
  it.each(["text/xml", "text/xml; charset=utf-8", "text/xml; charset=utf8", "text/xml; charset=unicode-1-1-utf-8"])(
    "are UTF-8 in `%s`, and stay as they are",
    (contentType) => {
      const bytes = encode("<é/>");
      expect(decoded(contentType, bytes)).toEqual({ text: "<é/>", bytes });
    },
  );

  it.each<[string, readonly number[], string]>([
    ["text/xml; charset=iso-8859-1", latin1("<é/>"), "<é/>"],
    ["text/xml; charset=LATIN1", latin1("<é/>"), "<é/>"],
    ["text/xml; charset=windows-1252", [0x80, 0xe9], "€é"],
    ["text/xml; charset=cp1252", [0x80, 0xe9], "€é"],
    ["text/xml; charset=iso-8859-15", [0xa4], "€"],
    ["text/xml; charset=windows-1251", [0xc6], "Ж"],
    ["text/xml; charset=windows-1252; charset=cp1252", [0x80], "€"],
  ])("in `%s` are decoded by their label, and go on as UTF-8", (contentType, bytes, text) => {
    expect(decoded(contentType, Uint8Array.from(bytes))).toEqual({ text, bytes: encode(text) });
  });

  it("are decoded by an XML declaration that stands alone or agrees, and it goes on as UTF-8", () => {
    const bytes = Uint8Array.from(latin1('<?xml version="1.0" encoding="windows-1252"?><é/>'));
    const text = '<?xml version="1.0" encoding="utf-8"?><é/>';
    for (const contentType of ["text/xml", "text/xml; charset=cp1252"]) {
      expect(decoded(contentType, bytes), contentType).toEqual({ text, bytes: encode(text) });
    }
  });

  it.each<[string, string, readonly number[]]>([
    ["two names", "text/xml; charset=utf-8; charset=iso-8859-1", [...encode("é")]],
    ["two names of one decoder", "text/xml; charset=iso-8859-1; charset=windows-1252", [0x80]],
    [
      "a declaration of another charset",
      "text/xml; charset=utf-8",
      [...encode('<?xml version="1.0" encoding="iso-8859-1"?><é/>')],
    ],
    [
      "a content type of another charset",
      "text/xml; charset=iso-8859-1",
      [...encode('<?xml version="1.0" encoding="utf-8"?><é/>')],
    ],
    ["ASCII for a name", "text/xml; charset=us-ascii", latin1("é")],
    ["another name of ASCII", "text/xml; charset=ANSI_X3.4-1968", latin1("é")],
    ["what is a control character to some and a letter to others", "text/xml; charset=iso-8859-1", [0x80]],
    ["a byte that windows-1252 has not", "text/xml; charset=windows-1252", [0x81]],
    ["a mark of UTF-8 under another name", "text/xml; charset=windows-1252", [0xef, 0xbb, 0xbf, 0x78]],
    ["a mark of UTF-8 under a name of ASCII", "text/xml; charset=us-ascii", [0xef, 0xbb, 0xbf, 0x78]],
    ["a mark of UTF-8 under two names", "text/xml; charset=utf-8; charset=latin1", [0xef, 0xbb, 0xbf, 0x78]],
    [
      "a mark of UTF-8 before a declaration of another charset",
      "text/xml",
      [...encode('\ufeff<?xml version="1.0" encoding="iso-8859-1"?><x/>')],
    ],
    ["a charset of several bytes a character", "text/xml; charset=gb18030", [0xb0, 0xa1]],
    ["overlong UTF-8", "text/xml", [0xc0, 0xaf]],
    ["a surrogate", "text/xml", [0xed, 0xa0, 0x80]],
    ["half a character", "text/xml", [0x78, 0xc3]],
    ["Latin-1 that no name announces", "text/xml", [0xe9, 0x78]],
    ["UTF-16 with its mark", "text/xml", [0xff, 0xfe, 0x78, 0x00]],
    ["UTF-16 with its mark and its name", "text/xml; charset=utf-16", [0xff, 0xfe, 0xe9, 0x00]],
  ])("are refused: %s", (_, contentType, bytes) => {
    expect(read(contentType, bytes)).toBe("not-utf-8");
  });
});

describe("S-32: a byte order mark", () => {
  it("stands once before XML, is no part of the text, and goes on with the body", () => {
    const plain = encode("\ufeff<é/>");
    expect(decoded("text/xml; charset=utf8", plain)).toEqual({ text: "<é/>", bytes: plain });
    const text = '<?xml version="1.0" encoding="utf-8"?><é/>';
    const relabelled = encode(`\ufeff${text}`);
    expect(decoded("text/xml", encode('\ufeff<?xml version="1.0" encoding="utf8"?><é/>'))).toEqual({
      ...{ text, bytes: relabelled },
    });
    for (const of of ["request", "answer"] as const)
      expect(read("text/xml", "\ufeff\ufeff<x/>", of)).toBe("byte-order-mark");
  });

  it.each([
    "application/json; charset=utf8",
    "application/x-www-form-urlencoded",
    "multipart/batching; boundary=x",
    "",
  ])("does not stand before `%s`, unless the Front-End writes it", (contentType) => {
    expect(read(contentType, "\ufeffx")).toBe("byte-order-mark");
    expect(read(contentType, "\ufeffx", "answer")).toBe("x");
  });

  it("of another charset is not taken for one", () => {
    for (const of of ["request", "answer"] as const) {
      expect(read("text/xml; charset=utf-16", [0xff, 0xfe, 0x78, 0x00], of)).toBe("not-utf-8");
      expect(read("text/xml", [0xfe, 0xff, 0x00, 0x78], of)).toBe("not-utf-8");
    }
  });
});

describe("S-32: the content type that goes on", () => {
  it.each([
    ["text/xml", "text/xml"],
    ["text/xml; charset=utf-8", "text/xml; charset=utf-8"],
    ['text/xml; Charset="UTF-8"', 'text/xml; Charset="UTF-8"'],
    ["application/json; charset=utf8", "application/json; charset=utf-8"],
    ['text/xml; charset="us-ascii"; action="x"', 'text/xml; charset="utf-8"; action="x"'],
    ["text/xml; charset = ISO-8859-1; charset=utf8", "text/xml; charset = utf-8; charset=utf-8"],
  ])("of `%s` is `%s`", (contentType, passed) => {
    expect(contentTypeInUtf8(contentType)).toBe(passed);
  });
});
