import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  cookieValue,
  headersForClient,
  headersForFrontEnd,
  mayReachFrontEnd,
  poolCookieValue,
  withoutSource,
} from "./headers.ts";

const passed = (incoming: HeadersInit): Record<string, string> =>
  Object.fromEntries(headersForFrontEnd(new Headers(incoming)));
const passedNames = (incoming: HeadersInit): string[] => Object.keys(passed(incoming));

describe("S-31: towards the Front-End", () => {
  it("passes what Lync's clients need", () => {
    const incoming = new Headers({
      Accept: "application/json",
      "Content-Type": "text/xml",
      SOAPAction: '"urn:x"',
      "User-Agent": "UCCAPI/15.0",
      "X-Ms-Origin": "https://apps.contoso.test",
      "X-MS-RequiresMinResourceVersion": "2",
      "X-MS-Namespace": "internal",
      "X-Ms-SDK-Version": "SkypeWeb/0.4.275",
      "X-Ms-SDK-Host": "Exchange",
      "If-None-Match": '"1"',
      Range: "bytes=0-1",
    });
    expect(passed(incoming)).toEqual(Object.fromEntries(incoming));
  });

  it.each([
    "Authorization",
    "Proxy-Authorization",
    "X-MS-WebTicket",
    "X-Forwarded-For",
    "X_Forwarded_For",
    "Forwarded",
    "X-Real-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
    "CF-Worker",
    "Cf-Access-Jwt-Assertion",
    "Cf-Access-Client-Secret",
    "Via",
    "Remote-User",
    "X-Original-URL",
    "X-HTTP-Method-Override",
    "Front-End-Https",
    "X-ARR-ClientCert",
    "Connection",
    "Upgrade",
    "Expect",
    "TE",
    "Translate",
  ])("does not pass %s", (name) => {
    expect(passedNames({ [name]: "x" })).toEqual([]);
  });

  it("passes what is on the list and nothing else, of any mixture of headers", () => {
    const names = fc.constantFrom(
      "accept",
      "Range",
      "X-Ms-Origin",
      "if-match",
      "via",
      "cf-ray",
      "authorization",
      "x-range",
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.constantFrom("a", "b, c", "")), { maxLength: 12 }), (lines) => {
        const incoming = new Headers();
        for (const [name, value] of lines) incoming.append(name, value);
        const walked = new Headers([...incoming].filter(([name]) => mayReachFrontEnd(name)));
        expect(passed(incoming)).toEqual(Object.fromEntries(walked));
      }),
    );
  });

  it("passes nothing it does not know, however it is called", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/), (name) => {
        expect(passedNames({ [`x-${name}-y`]: "1", [`${name}_`]: "1" })).toEqual([]);
      }),
    );
  });

  it.each([
    ["a=1; cwt_ucwa=x; b=2", "a=1; b=2"],
    ["cwt_ucwa=x", undefined],
    ["CWT_UCWA=x; Cf_Authorization=y; CF_AppSession=z", undefined],
    [" cwt_ucwa =x;b=2", "b=2"],
    ["cwt_ucwa", undefined],
    ['a="x; cwt_ucwa=y"', 'a="x'],
    ["cwt_ucwa2=x", "cwt_ucwa2=x"],
  ])("the cookies `%s` become `%s`", (cookie, left) => {
    expect(passed({ cookie }).cookie).toBe(left);
  });
});

describe("the ticket cookie", () => {
  const value = (cookie: string) => poolCookieValue(new Headers({ cookie }), "cwt_ucwa");
  it("is read where there is one, and not where there are two", () => {
    expect(value("a=1; cwt_ucwa=AAEB; b=2")).toBe("AAEB");
    expect(value("CWT_UCWA=AAEB")).toBe("AAEB");
    expect(value("cwt_ucwa=AAEB; cwt_ucwa=AAEC")).toBeUndefined();
    expect(value("cwt_ucwa=AAEB; CWT_UCWA=AAEB")).toBeUndefined();
    expect(value("xcwt_ucwa=AAEB")).toBeUndefined();
    expect(poolCookieValue(new Headers(), "cwt_ucwa")).toBeUndefined();
  });

  it("S-97: a cookie of Postern's own has one spelling", () => {
    const own = (cookie: string) => cookieValue(new Headers({ cookie }), "__Host-pf");
    expect(own("a=1;\t__Host-pf=x=y ; b=2")).toBe("x=y");
    for (const other of ["__host-pf=x", "__Host-pf =x", "\u00a0__Host-pf=x", "__Host-pf=x; __Host-pf=x", "__Host-pf"]) {
      expect(own(other)).toBeUndefined();
    }
  });
});

describe("S-36: towards the client", () => {
  const clean = (headers: Record<string, string>, inside = ["contoso.local", "fe01"]): Record<string, string> =>
    Object.fromEntries(headersForClient(new Headers(headers), inside));

  it("drops what IIS says about itself and the sign-on it offers", () => {
    expect(
      clean({
        Server: "Microsoft-IIS/8.5",
        "X-Powered-By": "ASP.NET",
        "X-AspNet-Version": "4.0.30319",
        "X-AspNetMvc-Version": "4.0",
        "X-MS-Server-Fqdn": "fe01.contoso.local",
        "WWW-Authenticate": "Negotiate",
        "Proxy-Authenticate": "NTLM",
        "Persistent-Auth": "true",
        "X-MS-WebTicketURL": "https://web.contoso.test/",
        Via: "1.1 x",
        "Content-Type": "text/html",
        ETag: '"1"',
      }),
    ).toEqual({ "content-type": "text/html", etag: '"1"' });
  });

  it.each([
    ...["X-FEServer", "X-BEServer", "X-CalculatedFETarget", "X-CalculatedBETarget", "X-FEProxyInfo", "X-Backend"],
    ...["X-Server", "Proxy-Connection", "CF-Ray", "CF-Cache-Status", "CF-Access-Client-Secret", "cf-anything"],
  ])("drops %s, which tells of a machine or of a connection behind Postern", (name) => {
    expect(clean({ [name]: "ZRHFE17", "X-Content-Type-Options": "nosniff" })).toEqual({
      "x-content-type-options": "nosniff",
    });
  });

  it.each([
    ["https://pool.contoso.local/meet/?a=1", "/meet/?a=1"],
    ["https://POOL.CONTOSO.LOCAL:4443/meet/", "/meet/"],
    ["http://fe01/meet/", "/meet/"],
    ["https://pool.contoso.local", "/"],
    ["https://web.contoso.test/meet/", "https://web.contoso.test/meet/"],
    ["/meet/", "/meet/"],
  ])("the Location %s becomes %s", (location, expected) => {
    expect(clean({ location })).toEqual({ location: expected });
  });

  it("drops a Location that names the inside in its path, and any other header that names it anywhere", () => {
    expect(
      clean({ location: "https://web.contoso.test/?to=fe01.contoso.local", "x-new": "at FE01.Contoso.Local" }),
    ).toEqual({});
    expect(clean({ location: "//pool.contoso.local/meet/" })).toEqual({});
  });

  it("takes out only the cookie that names the inside, and leaves the Front-End's own headers as they are", () => {
    const answer = new Headers({ server: "IIS", location: "https://fe01/meet/" });
    for (const cookie of ["a=1; path=/", "b=2; domain=FE01.contoso.local", "c=3"]) answer.append("set-cookie", cookie);
    const passed = headersForClient(answer, ["contoso.local", "fe01"]);
    expect([passed.getSetCookie(), passed.get("location"), passed.get("server")]).toEqual([
      ["a=1; path=/", "c=3"],
      "/meet/",
      null,
    ]);
    expect([answer.getSetCookie().length, answer.get("server")]).toEqual([3, "IIS"]);
  });

  it("leaves several cookies apart", () => {
    const answer = new Headers();
    answer.append("set-cookie", "a=1; path=/");
    answer.append("set-cookie", "b=2; expires=Tue, 01 Jan 2030 00:00:00 GMT");
    expect(headersForClient(answer, ["contoso.local"]).getSetCookie()).toEqual([
      "a=1; path=/",
      "b=2; expires=Tue, 01 Jan 2030 00:00:00 GMT",
    ]);
  });

  it.each([
    ['28020;source="fe01.contoso.local";reason="No valid security token."', '28020;reason="No valid security token."'],
    ['28020;reason="x";source="fe01"', '28020;reason="x"'],
    ["28020; Source = fe01.contoso.local ; reason=x", "28020; reason=x"],
    ['28020;source="fe01', "28020"],
    ['28020;source="a";source="b";reason="r"', '28020;reason="r"'],
    ['28020;source="a;b";reason="r"', '28020;reason="r"'],
    ["28020", "28020"],
  ])("the diagnostics `%s` become `%s`", (diagnostics, expected) => {
    expect(withoutSource(diagnostics)).toBe(expected);
    expect(clean({ "x-ms-diagnostics": diagnostics }, [])["x-ms-diagnostics"]).toBe(expected);
  });
});
