import { describe, expect, it } from "vitest";
import { isMisreadable } from "./misread-path.ts";

describe("S-32: what IIS, ASP.NET, WCF or NTFS could take for another path", () => {
  it.each([
    ["a cookieless session", "/a/(S(lit3py55t21z5v55vlm25s55))/b"],
    ["in lower case", "/a/(s(x))/b"],
    ["of several parts", "/a/(A(x)F(y)S(z))/b"],
    ["empty", "/a/(S())/b"],
    ["at the beginning", "/(X(1))/a"],
    ["at the end", "/a/(S(x))"],
    ["twice", "/a/(S(x))(S(y))/b"],
    ["within one another", "/a/(S((A(x))))/b"],
    ["not closed", "/a/(S(x/b"],
    ["of ASP.NET 1.1", "/a/(lit3py55t21z5v55vlm25s55)/b"],
    ["behind a name", "/a/b(S(x))/c"],
    ["a stream", "/a/b.aspx:x"],
    ["a stream with its type", "/a/b.aspx:x:$DATA"],
    ["the stream without a name", "/a/b::$DATA"],
    ["in lower case", "/a/b::$data"],
    ["an index", "/a/b:$i30:$INDEX_ALLOCATION/c"],
    ["an index without a name", "/a/b::$INDEX_ALLOCATION/c"],
    ["an address with a stream", "/a/sip:b@c:$DATA"],
    ["a drive", "/c:/a"],
    ["a short name", "/a/APPLIC~1/b"],
    ["a short name with its type", "/a/WEB~1.CON"],
    ["the root of an application", "/~/a"],
    ["a device", "/a/con"],
    ["a device in the middle", "/a/NUL/b"],
    ["a device with a type", "/a/aux.aspx"],
    ["a port", "/a/com1"],
    ["a printer", "/a/LPT9.txt"],
    ["the console", "/a/CONIN$"],
    ["wildcards of NTFS", '/a/b"c'],
    ["wildcards of NTFS", "/a/b<"],
    ["wildcards of NTFS", "/a/>b"],
    ["a pipe", "/a/b|c"],
    ["a dot at the end", "/a./b"],
    ["a space at the end", "/a /b"],
    ["a space at the beginning", "/a/ b"],
    ["three dots", "/a/.../b"],
    ["a tab", "/a\tb"],
    ["an escape", "/a/\u001bb"],
  ])("%s: %s", (_, path) => {
    expect(isMisreadable(path)).toBe(true);
  });

  it.each([
    ..."\u2044\u2215\u29f8\u2571\u27cb\u1735\u2cc6\u3033\u4e3f\uff0f", // slash
    // Look-alikes of the backslash, and what Japan and Korea write for it.
    ..."\u2216\u29f5\u29f9\u27cd\u2572\ufe68\uff3c\u20e5\u4e36\u00a5\u20a9",
    // Look-alikes of . : ; % ~ (
    ..."\u2024\uff0e\u3002\uff61\u2236\u0589\ua789\uff1a\u037e\uff1b\uff05\u066a\u223c\u02dc\uff08\u2768",
    ..."\u00ad\u200b\u2060\u3164\u034f\ufe0f\u0338\u00a0\u1680\u2003\u2028", // ignorable characters, strokes, spaces
    ..."\u0130\u0131\u017f\u212a\uff21\u{1d41a}", // letters that become ASCII
  ])("U+%# %s between letters", (sign) => {
    expect(isMisreadable(`/a${sign}b`)).toBe(true);
  });

  it.each([
    "/",
    "/ucwa/oauth/v1/applications/1/people/sip:alice@contoso.test/presence",
    "/ucwa/oauth/v1/applications/1/people/tel:+14255550100",
    "/ucwa/oauth/v1/applications/1/people/con.murphy@contoso.test",
    "/ucwa/oauth/v1/applications/1/photos/o'neill@contoso.test",
    "/ucwa/v1/applications/103a5c/communication/conversations/8f2c-41aa=/messaging",
    "/ucwa/v1/applications/1/onlineMeetings/my(1)*,x=$y",
    "/CertProv/CertProvisioningService.svc/WebTicket_Proof_SHA1",
    "/abs/handler/C-1046-1047.lsabs",
    "/meet/con.murphy/X1Y2Z3",
    "/meet/nullmann/X1Y2Z3",
    "/meet/comet/a b",
    "/meet/auxilia~x/A_B-c.d",
    "/meetingfiles/Protokoll – Müller’s straße 愛 ノート.pptx",
    "/lwa/WebPages/LwaClient.aspx",
  ])("%s is nobody else's", (path) => {
    expect(isMisreadable(path)).toBe(false);
  });
});
