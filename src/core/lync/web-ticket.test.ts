import fc from "fast-check";
import { SaxesParser } from "saxes";
import { describe, expect, it } from "vitest";
import { runs } from "../../../test/kit/runs.ts";
import { issuedTicket, readTokenRequest, tokenFault, withCompactTicket } from "./web-ticket.ts";
import { MAX_XML_CHARS } from "./xml.ts";

const CLAIM = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/uri";
const claim = (value: string, uri = CLAIM): string =>
  `<auth:ClaimType Uri="${uri}" Optional="false"><auth:Value>${value}</auth:Value></auth:ClaimType>`;
const request = (claims = claim("sip:alice@contoso.test")): string =>
  `<s:Envelope xmlns:s="s" xmlns:wst="w" xmlns:auth="a"><s:Body><wst:RequestSecurityToken Context="1">` +
  `<wst:TokenType>t</wst:TokenType><wst:Claims>${claims}</wst:Claims></wst:RequestSecurityToken></s:Body></s:Envelope>`;

describe("a RequestSecurityToken", () => {
  it.each<[string, string, string | undefined]>([
    ["a claim", request(), "sip:alice@contoso.test"],
    ["white space around it", request(claim("\n sip:alice@contoso.test ")), "sip:alice@contoso.test"],
    ["characters by number", request(claim("sip:&#97;lice@contoso.test")), "sip:alice@contoso.test"],
    ["a comment in it", request(claim("sip:ali<!-- -->ce@contoso.test")), "sip:alice@contoso.test"],
    ["a CDATA section in it", request(claim("<![CDATA[sip:alice]]>@contoso.test")), "sip:alice@contoso.test"],
    ["the same claim twice", request(claim("sip:a@b").repeat(2)), "sip:a@b"],
    ["no claim", request(""), undefined],
    ["another claim", request(claim("x", "http://other")), undefined],
  ])("with %s", (_, xml, sipUri) => expect(readTokenRequest(xml)).toEqual({ ok: true, value: { sipUri } }));

  it.each([
    ["two claims that differ", request(claim("sip:a@b") + claim("sip:c@d")), "claims-differ"],
    ["two values in a claim", request(claim("sip:a@b</auth:Value><auth:Value>sip:c@d")), "claims-differ"],
    [
      "two requests",
      request().replace(/(<wst:RequestSecurityToken.*RequestSecurityToken>)/, "$1$1"),
      "not-one-request",
    ],
    ["no request", "<a/>", "not-one-request"],
    ["a document type", `<!DOCTYPE a>${request()}`, "doctype"],
    ["a form", "grant_type=x", "not-xml"],
    ["nothing", "", "not-xml"],
    ["too much", " ".repeat(MAX_XML_CHARS + 1), "too-large"],
  ])("%s: refused", (_, xml, reason) => expect(readTokenRequest(xml)).toEqual({ ok: false, reason }));

  it("is read or refused, never an exception", () => {
    const whole = request();
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(8), fc.string({ unit: "binary", maxLength: 4 }), (at, cut, text) => {
        void readTokenRequest(whole.slice(0, at) + text + whole.slice(at + cut));
      }),
      { numRuns: runs(2_000) },
    );
  });
});

describe("a response", () => {
  const response = (ticket: string, expires = "2026-10-23T16:00:00.000Z"): string =>
    `<s:Envelope xmlns:s="s" xmlns:u="u"><s:Body><r xmlns="w"><RequestedSecurityToken>${ticket}</RequestedSecurityToken>` +
    `<Lifetime><u:Created>2026-10-23T08:00:00.000Z</u:Created><u:Expires>${expires}</u:Expires></Lifetime></r></s:Body></s:Envelope>`;
  const compact = (text: string): string => `<UserToken>urn:x?cwt=${text}</UserToken>`;

  it("gives its compact ticket, and takes another in its place", () => {
    const xml = response(compact("AAEB-_"));
    expect(issuedTicket(xml)).toEqual({ kind: "cwt", text: "AAEB-_", expiresAt: Date.UTC(2026, 9, 23, 16) });
    expect(withCompactTicket(xml, "AAEB-_", "ours")).toBe(response(compact("ours")));
    expect(withCompactTicket(`${xml}${xml}`, "AAEB-_", "ours")).not.toContain("AAEB");
  });

  it.each([
    ["none", response("")],
    ["two", response(compact("AAEB").repeat(2))],
    ["one without an end", response(compact("AAEB"), "soon")],
    ["one that is no XML", response(compact("AAEB")).slice(0, -3)],
    ["one in another element", response("<Other>cwt=AAEB</Other>")],
    ["one of strange characters", response(compact("AA EB"))],
  ])("with %s gives none", (_, xml) => expect(issuedTicket(xml)).toBeUndefined());

  it("is an answer for every text", () => {
    const whole = response(compact("AAEB"));
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(8), fc.string({ unit: "binary", maxLength: 4 }), (at, cut, text) => {
        void issuedTicket(whole.slice(0, at) + text + whole.slice(at + cut));
      }),
    );
  });
});

it("a fault is XML and names no server", () => {
  const xml = tokenFault({ code: "FailedAuthentication", reason: "No valid security token.", diagnostics: "28020" });
  expect(() => new SaxesParser({ xmlns: true }).write(xml).close()).not.toThrow();
  expect(xml).not.toMatch(/source/i);
});
