import { describe, expect, it } from "vitest";
import { readTarget } from "./iis-path.ts";

describe("a request target as the simulated IIS reads it", () => {
  it.each([
    ["/CSCP/default.aspx", "/cscp/default.aspx"],
    ["/meet/..%2fcscp/", "/cscp/"],
    ["/meet/%2e%2e/cscp", "/cscp"],
    ["/meet/..\\cscp", "/cscp"],
    ["/meet/..%5ccscp", "/cscp"],
    ["//cscp", "/cscp"],
    ["/%63scp", "/cscp"],
    ["/cscp;x=/meet", "/cscp/meet"],
    ["/cscp;jsessionid=1", "/cscp"],
    ["/cscp./", "/cscp/"],
    ["/cscp%20", "/cscp"],
    ["/cscp%00/meet", "/cscp"],
    ["/meet/..%c0%afcscp", "/cscp"],
    ["/meet/%c0%ae%c0%ae/cscp", "/cscp"],
    ["/meet/%u002e%u002e/cscp", "/cscp"],
    ["/cscp#/meet", "/cscp"],
    ["/cscp?path=/meet", "/cscp"],
    ["http://web.contoso.test/cscp", "/cscp"],
    ["/../../cscp", "/cscp"],
    ["/meet/(S(x))/cscp", "/meet/cscp"],
    ["/(A(x)F(y))/cscp", "/cscp"],
    ["/(lit3py55t21z5v55vlm25s55)/cscp", "/cscp"],
    ["/cscp::$DATA", "/cscp"],
    ["/cscp:$i30:$INDEX_ALLOCATION/x", "/cscp/x"],
    ["/ucwa/people/sip:alice@contoso.test", "/ucwa/people/sip:alice@contoso.test"],
    ["/meet/..%e2%88%95cscp", "/cscp"],
    ["/%2563scp", "/%63scp"],
    ["/m%C3%BCnchen", "/münchen"],
    ["/%ff", "/\u00ff"],
    ["/", "/"],
    ["*", "/*"],
  ])("%s is %s", (raw, path) => {
    expect(readTarget(raw).path).toBe(path);
  });

  it("keeps the query apart", () => {
    expect(readTarget("/?sipuri=sip:alice%40contoso.test").query.get("sipuri")).toBe("sip:alice@contoso.test");
  });
});
