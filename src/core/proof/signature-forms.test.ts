// Forms of a signature, a key reference and a message that are near to the accepted one: which of them are read too,
// and which are refused, and for what.

import { describe, expect, it } from "vitest";
import { certificateFor, edited, HOST, judge, madeUpKey, message, NOW } from "../../../test/kit/proof.ts";
import { beside, inBody, instants, MINUTE, WSSE } from "../../../test/kit/proof-edits.ts";
import { everyElement } from "./element.ts";
import { readMessage } from "./read.ts";

const EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#";
const TRANSFORM = `<Transform Algorithm="${EXCLUSIVE}"></Transform>`;
const METHOD = `<CanonicalizationMethod Algorithm="${EXCLUSIVE}"></CanonicalizationMethod>`;

const said = (text: string): string => {
  const judged = judge(text);
  return judged.ok ? "good" : judged.reason;
};
/** What is said of a message whose `SignedInfo` was changed before it was signed. */
const signing = (change: (text: string) => string): string => said(message({ signedInfo: change }).text);
const changing = (from: string | RegExp, to: string) => signing((text) => edited(text, from, to));

describe("a list of prefixes", () => {
  const list = (attribute: string): string =>
    `<InclusiveNamespaces xmlns="${EXCLUSIVE}"${attribute}></InclusiveNamespaces>`;
  const inTransform = (attribute: string): string =>
    changing(TRANSFORM, edited(TRANSFORM, "></", `>${list(attribute)}</`));
  const inMethod = (attribute: string): string => changing(METHOD, edited(METHOD, "></", `>${list(attribute)}</`));
  const of = (prefixes: string): string => ` PrefixList="${prefixes}"`;
  const numbered = (count: number): string => Array.from({ length: count }, (_, n) => `p${n}`).join(" ");

  it.each(["", of(""), of("q"), of("q  r"), of("_a.B-1"), of("#default"), of("#default q"), of(numbered(64))])(
    "may name what is not in force: %s",
    (attribute) => {
      expect([inTransform(attribute), inMethod(attribute)]).toEqual(["good", "good"]);
    },
  );

  it("is what the signer has to have written by, for those in force", () => {
    expect([inTransform(of("s")), inMethod(of("s"))]).toEqual(["digest-differs", "signature-differs"]);
    const withDefault = (text: string) => edited(text, "<s:Envelope ", '<s:Envelope xmlns="urn:d" ');
    expect(said(withDefault(message().text))).toBe("good");
    const change = (text: string) => edited(text, TRANSFORM, edited(TRANSFORM, "></", `>${list(of("#default"))}</`));
    expect(said(withDefault(message({ signedInfo: change }).text))).toBe("digest-differs");
  });

  it.each([of("q r:s"), of("1a"), of("a*"), of("#Default"), of(numbered(65)), ' PrefixList="q" x=""'])(
    "is refused whole where it has anything else: %s",
    (attribute) => {
      expect([inTransform(attribute), inMethod(attribute)]).toEqual(["transforms", "canonicalization"]);
    },
  );
});

describe("a Signature", () => {
  it("and its parts may have ids", () => {
    expect(said(edited(message().text, "<Signature ", '<Signature Id="a" '))).toBe("good");
    expect(changing(/(?<=<SignedInfo xmlns="[^"]*")/, ' Id="b"')).toBe("good");
    expect(changing("<Reference ", '<Reference Id="c" ')).toBe("good");
    expect(said(edited(message().text, "<KeyInfo>", '<KeyInfo Id="d">'))).toBe("good");
  });

  it("has no attribute of another namespace that has an allowed name", () => {
    expect(said(edited(message().text, "<Signature ", '<Signature xmlns:q="urn:q" q:Id="a" '))).toBe(
      "signature-content",
    );
  });

  it.each(["SignedInfo", "SignatureValue", "KeyInfo"])("has its %s, in its place", (name) => {
    expect(said(message().text.replaceAll(new RegExp(`(?<=</?)${name}`, "g"), "Other"))).toBe("signature-content");
  });

  it.each(["Reference", "DigestMethod", "DigestValue"])("has a %s in its references", (name) => {
    expect(signing((text) => text.replaceAll(new RegExp(`(?<=</?)${name}`, "g"), "Other"))).toBe("reference-content");
  });

  it("has digests without parameters", () => {
    expect(changing("</DigestMethod>", "<x></x></DigestMethod>")).toBe("digest-algorithm");
  });

  it("has one transform in each reference", () => {
    expect(changing(TRANSFORM, TRANSFORM.repeat(2))).toBe("transforms");
  });

  it("has digests and a value in base64, the value not longer than that of the largest key", () => {
    expect(changing(/(?<=<DigestValue>)[^<]*/, "*")).toBe("bad-base64");
    const value = (bytes: number): string =>
      said(edited(message().text, /(?<=<SignatureValue>)[^<]*/, Buffer.alloc(bytes, 1).toString("base64")));
    expect([value(512), value(513)]).toEqual(["signature-differs", "bad-base64"]);
  });

  it("refers to the token by its own id, and not to one without an id", () => {
    const nothing = message({ keyInfo: "<KeyValue></KeyValue>" }).text;
    expect(said(edited(nothing, ' u:Id="token"', ""))).toBe("key-reference");
    expect(said(message({ keyInfo: "" }).text)).toBe("key-reference");
    expect(said(edited(message().text, ' u:Id="token"', ' Id="token"'))).toBe("key-reference");
    const empty = `<o:SecurityTokenReference xmlns:o="${WSSE}"></o:SecurityTokenReference>`;
    expect(said(message({ keyInfo: empty }).text)).toBe("key-reference");
  });
});

describe("a token", () => {
  it.each([' u:Created=""', ' xmlns:q="urn:q" q:x=""'])("has no other attribute: %s", (attribute) => {
    expect(said(edited(message().text, ' u:Id="token"', `${attribute} u:Id="token"`))).toBe("token-type");
  });
});

describe("a message", () => {
  it("asks for one token, by the names of WS-Trust", () => {
    const body = (content: string) => said(message({ body: content }).text);
    const trust = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";
    const request = (name: string, namespace: string) => `<t:${name} xmlns:t="${namespace}"></t:${name}>`;
    expect(body(request("RequestSecurityToken", trust))).toBe("good");
    expect(body(request("RequestSecurityToken", "http://schemas.xmlsoap.org/ws/2005/02/trust"))).toBe("good");
    expect(body(request("RequestSecurityToken", "urn:x"))).toBe("not-one-request");
    expect(body(request("RequestSecurityTokens", trust))).toBe("not-one-request");
    expect(body("")).toBe("not-one-request");
  });

  it("is for this host, by either WS-Addressing", () => {
    const to = (namespace: string) =>
      said(message({ header: `<To xmlns="${namespace}">https://other.test/</To>` }).text);
    expect(to("http://schemas.xmlsoap.org/ws/2004/08/addressing")).toBe("another-host");
    expect(to("http://www.w3.org/2005/08/addressing")).toBe("another-host");
    expect(to("urn:x")).toBe("misplaced");
  });

  it("has a Security with no attribute that is not SOAP's", () => {
    expect(said(edited(message().text, ' s:mustUnderstand="1"', ' mustUnderstand="1"'))).toBe("security-addressed");
  });

  it.each([
    ...[
      "Envelope",
      "Header",
      "Body",
      "RequestSecurityToken",
      "Security",
      "Timestamp",
      "BinarySecurityToken",
      "Signature",
    ],
    ...["To", "UsernameToken", "Assertion", "EncryptedKey", "EncryptedData"],
  ])("has a %s in its place or nowhere", (name) => {
    expect(said(inBody(`<${name}/>`))).toBe("misplaced");
    expect(said(inBody(`<q:${name.toUpperCase()} xmlns:q="urn:q"/>`))).toBe("misplaced");
    expect(said(beside(`<q:${name} xmlns:q="urn:q"/>`))).toBe("security-content");
  });

  it("may declare XML without an encoding", () => {
    expect(said(`<?xml version="1.0"?>${message().text}`)).toBe("good");
  });

  it("has at most so many bytes, elements, attributes and prefixes", () => {
    const { text } = message();
    const free = 32 * 1024 - Buffer.byteLength(inBody("<x></x>"));
    expect([free, free + 1].map((bytes) => said(inBody(`<x>${"a".repeat(bytes)}</x>`)))).toEqual(["good", "too-large"]);
    const elements = 200 - (text.match(/<[^/]/g)?.length ?? 0);
    expect([elements, elements + 1].map((count) => said(inBody("<x/>".repeat(count))))).toEqual([
      ...["good", "too-many-elements"],
    ]);
    const attributes = (count: number) => Array.from({ length: count }, (_, n) => ` a${n}=""`).join("");
    expect([24, 25].map((count) => said(inBody(`<x${attributes(count)}/>`)))).toEqual(["good", "too-many-attributes"]);
    const prefixes = (count: number) =>
      Array.from({ length: Math.ceil(count / 20) }, (_, depth) => {
        const here = Array.from(
          { length: Math.min(20, count - 20 * depth) },
          (_, n) => ` xmlns:p${depth}-${n}="urn:p"`,
        );
        return `<x${here.join("")}>`;
      }).join("");
    const nested = (count: number) => said(inBody(prefixes(count) + "</x>".repeat(Math.ceil(count / 20))));
    const fits = 1 + Array.from({ length: 64 }, (_, n) => nested(n + 1)).lastIndexOf("good");
    const read = readMessage(new TextEncoder().encode(inBody("<x/>")));
    if (!read.ok) return expect.fail(read.reason);
    const inForce = [...everyElement(read.value)].find(({ local }) => local === "x")?.scope.size ?? 0;
    expect([fits + inForce, nested(fits + 1)]).toEqual([64, "too-many-prefixes"]);
  });
});

describe("a timestamp", () => {
  const inside = instants(NOW, NOW + MINUTE);
  const timed = (timestamp: string): string => said(message({ timestamp }).text);
  const created = (instant: string): string => timed(edited(inside, /(?<=<u:Created>)[^<]*/, instant));

  it("has Created and Expires, each an instant, in that order", () => {
    expect(timed(inside)).toBe("good");
    for (const name of ["Created", "Expires"]) {
      expect(timed(inside.replaceAll(`u:${name}`, "u:Other"))).toBe("timestamp-content");
      expect(timed(edited(inside, new RegExp(`(?<=<u:${name}>)[^<]*`), "soon"))).toBe("timestamp-content");
      expect(timed(edited(inside, `<u:${name}>`, `<u:${name} xmlns:u="urn:x">`))).toBe("timestamp-content");
    }
    expect(timed(instants(NOW, NOW))).toBe("expires-before-created");
  });

  it("writes an instant in UTC, with or without decimals, and nothing beside it but white space", () => {
    const at = new Date(NOW).toISOString().slice(0, 19);
    const good = [`${at}Z`, `${at}.1Z`, `${at}.123456789Z`, ` ${at}Z `];
    expect(good.map(created)).toEqual(good.map(() => "good"));
    const bad = [`x${at}Z`, `${at}Z0`, `${at}.Z`, `${at}.1234567890Z`, at, ""];
    expect(bad.map(created)).toEqual(bad.map(() => "timestamp-content"));
  });
});

it("To is a URL of this host from its first character to its last", () => {
  const to = (url: string): string => said(message({ to: url }).text);
  expect([`http://${HOST}/x`, `https://${HOST}?x`, ` https://${HOST}`].map(to)).toEqual(["good", "good", "good"]);
  const others = [`xhttps://${HOST}/`, `https://${HOST}/ x`, `https://${HOST}x`, `ftp://${HOST}/`, HOST];
  expect(others.map(to)).toEqual(others.map(() => "another-host"));
});

it("a key whose numbers the library does not take has signed nothing", () => {
  const even = madeUpKey(2048);
  const at = Buffer.from(even).lastIndexOf(0xd5);
  expect(said(message({ certificate: certificateFor(even.with(at, 0xd4)) }).text)).toBe("signature-differs");
});
