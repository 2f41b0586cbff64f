import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { processorTime } from "../../../test/kit/cpu.ts";
import { runs } from "../../../test/kit/runs.ts";
import { type CanonicalTarget, canonicalTarget, hostOf, MAX_PATH_CHARS } from "./canonical.ts";

const HOST = "https://web.contoso.test";
const read = (url: string): CanonicalTarget => {
  const target = canonicalTarget(url);
  if (!target.ok) throw new Error(`${url}: ${target.reason}`);
  return target.value;
};
const fault = (url: string): string => {
  const target = canonicalTarget(url);
  return target.ok ? `accepted as ${target.value.path}` : target.reason;
};

describe("S-32: one reading of host and path", () => {
  it("keeps the client's letter case in what is sent, and judges in lower case", () => {
    expect(read(`${HOST}/WebTicket/WebTicketService.svc?wsdl`)).toEqual({
      scheme: "https",
      host: "web.contoso.test",
      path: "/WebTicket/WebTicketService.svc",
      key: "/webticket/webticketservice.svc",
      query: "?wsdl",
    });
  });

  it.each([
    [`${HOST}/%41bs`, "/Abs", "/abs"],
    [`${HOST}/%61%62%73/x`, "/abs/x", "/abs/x"],
    [`${HOST}/meet/a%20b`, "/meet/a%20b", "/meet/a b"],
    [`${HOST}/meet/%C3%A9`, "/meet/%C3%A9", "/meet/é"],
    [`${HOST}/meet/%c3%89`, "/meet/%C3%89", "/meet/é"],
    [`${HOST}/ucwa/oauth/v1/applications/1/photos/alice@contoso.test`, undefined, undefined],
    [`${HOST}/lwa/x!y$(1)'*+,=~-._`, undefined, undefined],
  ])("%s", (url, path, key) => {
    const raw = url.slice(HOST.length);
    const target = read(url);
    expect([target.path, target.key]).toEqual([path ?? raw, key ?? raw.toLowerCase()]);
  });

  it.each([
    ["https://WEB.Contoso.Test/", "web.contoso.test"],
    ["https://web.contoso.test./", "web.contoso.test"],
    ["https://web.contoso.test:8443/", "web.contoso.test"],
    ["https://web.contoso.test:/", "web.contoso.test"],
    ["https://web.contoso.test:65535/", "web.contoso.test"],
    ["https://web.contoso.test.:443/?x", "web.contoso.test"],
  ])("the host of %s", (url, host) => {
    expect(read(url)).toMatchObject({ host, path: "/", key: "/" });
  });

  it.each([
    ["http://web.contoso.test/x", "http"],
    ["HTTP://web.contoso.test/x", "http"],
    ["HTTPS://web.contoso.test/x", "https"],
  ])("the scheme of %s", (url, scheme) => {
    expect(read(url)).toMatchObject({ scheme, host: "web.contoso.test" });
  });

  it("a URL begins with its scheme: another one behind it is not read", () => {
    expect(hostOf(`ftp://evil.test/${HOST}/`)).toBeUndefined();
    expect(fault(`${HOST}/meet/#${HOST}/cscp`)).toBe("not-a-url");
  });

  it.each([
    ["an asterisk for a path", "http://web.contoso.test*"],
    ["no path", "https://web.contoso.test"],
    ["a query in the Host line", "http://web.contoso.test?x/cscp"],
    ["userinfo", "https://web.contoso.test@evil.test/"],
    ["userinfo with the published name", "https://evil.test@web.contoso.test/"],
    ["a port above the last", "https://web.contoso.test:65536/"],
    ["a port of many digits", `https://web.contoso.test:${"9".repeat(400)}/`],
    ["a port of letters", "https://web.contoso.test:https/"],
    ["a negative port", "https://web.contoso.test:-1/"],
    ["two ports", "https://web.contoso.test:80:80/"],
    ["two names", "https://web.contoso.test, evil.test/"],
    ["an address of version 6", "https://[::1]/"],
    ["half an address", "https://[::1/"],
    ["an escape", "https://web%2econtoso.test/"],
    ["a space", "https://web contoso/"],
    ["letters beyond ASCII", "https://w\u00e9b.contoso.test/"],
    ["nothing but a dot", "https://./"],
  ])("S-32: %s makes no URL", (_, url) => {
    expect(fault(url)).toBe("not-a-url");
  });

  it.each([
    "/meet/..%2fcscp",
    "/meet/%2e%2e/cscp",
    "/meet/../cscp",
    "/meet/..",
    "/meet/.",
    "/./cscp",
    "//cscp",
    "/meet//x",
    "/meet%2f%2fx",
    "/meet/..%5ccscp",
    "/meet\\..\\cscp",
    "/meet/..;/cscp",
    "/meet;x=1",
    "/meet/%3bx",
    "/meet/%252e%252e/cscp",
    "/meet/%25",
    "/meet/a%3fb",
    "/meet/a%23b",
    "/meet/a%00",
    "/meet/a%0d%0ab",
    "/meet/a%09",
    "/meet/a%7f",
    "/meet/a\u007f",
    "/meet/a%c2%85",
    "/meet./x",
    "/meet /x",
    "/meet%20/x",
    "/meet/x.",
    "/meet/x%2e",
    "/meet/x%20",
    "/meet/x...",
    "/meet/web.config::$DATA",
    "/meet/%ef%bc%8fcscp",
    "/meet/%ef%bc%8e%ef%bc%8e/cscp",
    "/%ef%bc%a3scp",
    "/c%c5%bfcp",
    "/%e2%84%aaelvin",
    "/meet/e%cc%81",
    "/meet/%e2%80%8bx",
    "/meet/%c2%adx",
    "/meet/%ef%bb%bfx",
    "/meet/%e2%80%aex",
    "/meet/%e2%80%a8x",
  ])("%s is ambiguous", (path) => {
    expect(fault(HOST + path)).toBe("ambiguous-path");
  });

  it.each([
    "/meet/%",
    "/meet/%4",
    "/meet/%zz",
    "/meet/%u0041",
    "/meet/%c0%af",
    "/meet/%c1%a1",
    "/meet/%e0%80%af",
    "/meet/%f0%80%80%af",
    "/meet/%f8%80%80%80%af",
    "/meet/%ed%a0%80",
    "/meet/%f4%90%80%80",
    "/meet/%ff",
    "/meet/%c3",
    "/meet/é",
    "/meet/ｘ",
  ])("%s is not the UTF-8 of anything", (path) => {
    expect(fault(HOST + path)).toBe("bad-encoding");
  });

  it.each([
    "",
    "/",
    "web.contoso.test/",
    "ftp://web.contoso.test/",
    "https:///x",
    "https://",
    "https:\\\\web.contoso.test\\",
  ])("`%s` is no URL", (url) => {
    expect(fault(url)).toBe("not-a-url");
  });

  it("a fragment is no part of what is read", () => {
    expect(fault(`${HOST}/meet/x#/cscp`)).toBe("not-a-url");
    expect(fault(`${HOST}/meet/x?a#b`)).toBe("not-a-url");
  });

  it("a path has a length at which it ends", () => {
    const path = `/${"a".repeat(MAX_PATH_CHARS - 1)}`;
    expect(read(HOST + path).path).toBe(path);
    expect(fault(`${HOST}${path}a`)).toBe("path-too-long");
  });
});

/** Paths made of the characters and sequences that are hard to read. */
const oddPath = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "/",
        "\\",
        ".",
        "..",
        ";",
        "%2e",
        "%2f",
        "%5c",
        "%25",
        "%00",
        "%c0%af",
        "%ef%bc%8f",
        "%41",
        "%C3%A9",
      ),
      fc.constantFrom(
        "meet",
        "cscp",
        "ABS",
        " ",
        "%20",
        "~1",
        "::$DATA",
        "#",
        "?",
        "%",
        "@",
        ":",
        "é",
        "\u0000",
        "\u2044",
      ),
      fc.string({ maxLength: 3 }),
      fc.string({ maxLength: 3, unit: "grapheme" }).map(encodeURIComponentSafely),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => `/${pieces.join("")}`);

function encodeURIComponentSafely(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
}

const RUNS = { numRuns: runs(20_000) };

describe("S-32: whatever a client sends", () => {
  it("is read or refused: never an exception", () => {
    const reasons = ["not-a-url", "path-too-long", "bad-encoding", "ambiguous-path"];
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          oddPath.map((path) => HOST + path),
        ),
        (url) => {
          const target = canonicalTarget(url);
          if (!target.ok) expect(reasons).toContain(target.reason);
        },
      ),
      RUNS,
    );
  });

  it("what was read reads the same again: the Front-End gets the path that was judged", () => {
    let accepted = 0;
    fc.assert(
      fc.property(oddPath, (path) => {
        const once = canonicalTarget(HOST + path);
        if (!once.ok) return;
        accepted++;
        const { path: sent, query } = once.value;
        expect(canonicalTarget(HOST + sent + query)).toEqual(once);
        // A reader of another kind, one that follows the URL standard, must see the same path.
        expect(new URL(HOST + sent).pathname).toBe(sent);
      }),
      RUNS,
    );
    expect(accepted).toBeGreaterThan(RUNS.numRuns / 40);
  });

  it("what was read has no segment that anybody could take for another", () => {
    fc.assert(
      fc.property(oddPath, (path) => {
        const target = canonicalTarget(HOST + path);
        if (!target.ok) return;
        const { key } = target.value;
        expect(key).not.toMatch(/\\|;|\/\/|%|::|:\$|\/\(|~\d|[. ](\/|$)/);
        expect(key.split("/")).not.toContain("..");
        expect(key).toBe(key.toLowerCase());
        expect(target.value.path).toMatch(/^\/[\x21-\x7e]*$/);
      }),
      RUNS,
    );
  });

  it("is read in no more time than it deserves", () => {
    for (const piece of ["%2e", "/", ".", " ", "%", "%c3%a9", "a", ";", "."]) {
      const url = `${HOST}/${piece.repeat(200_000 / piece.length)}`;
      const begun = processorTime();
      canonicalTarget(url);
      expect(processorTime() - begun).toBeLessThan(300);
    }
  });
});
