import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../test/kit/runs.ts";
import { readUsernameTokenRequest } from "./username-token.ts";
import { readTokenRequest, tokenRequest } from "./web-ticket.ts";
import { MAX_XML_CHARS } from "./xml.ts";

const WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const WST = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";
const CWT = "urn:component:Microsoft.Rtc.WebAuthentication.2010:user-cwt-1";
const SAML = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1";
const CONTEXT = "ec86f904-154f-0597-3dee-59eb1b51e731";
const CLAIM =
  '<c:Claims xmlns:c="w"><c:ClaimType Uri="http://schemas.xmlsoap.org/ws/2005/05/identity/claims/uri"><c:Value>' +
  "sip:alice@contoso.test</c:Value></c:ClaimType></c:Claims>";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const username = (text: string): string => `<Username>${text}</Username>`;
const password = (text: string): string => `<Password Type="…#PasswordText">${text}</Password>`;
const NAME = username(base64("CONTOSO\\alice"));
const PASSWORD = password(base64("abcd-efgh"));
const TOKEN = `<UsernameToken>${NAME}${PASSWORD}</UsernameToken>`;

/** A request as the Lync web pages word it. */
const message = (
  parts: { token?: string; type?: string; context?: string; more?: string; header?: string } = {},
): string => {
  const { token = TOKEN, type = CWT, context = ` Context="${CONTEXT}"`, more = "" } = parts;
  const security = parts.header ?? `<Security s:mustUnderstand="1" xmlns="${WSSE}">${token}</Security>`;
  return (
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>${security}</s:Header><s:Body>` +
    `<RequestSecurityToken xmlns="${WST}"${context}><TokenType>${type}</TokenType>${more}` +
    `<KeyType>${WST}/SymmetricKey</KeyType></RequestSecurityToken></s:Body></s:Envelope>`
  );
};
const read = (xml: string) => {
  const result = readUsernameTokenRequest(xml);
  if (!result.ok) throw new Error(result.reason);
  return result.value;
};

describe("a UsernameToken", () => {
  it("is read with the order beside it", () => {
    expect(read(message())).toEqual({
      name: "CONTOSO\\alice",
      password: "abcd-efgh",
      sipUri: undefined,
      order: { tokenType: CWT, keyType: `${WST}/SymmetricKey`, context: CONTEXT, entropy: undefined },
    });
  });

  it.each([
    ["a claim", message({ more: CLAIM }), { sipUri: "sip:alice@contoso.test" }],
    ["wrapped base64", message({ token: TOKEN.replace("Q09O", "\r\n Q0\t9O\n") }), { name: "CONTOSO\\alice" }],
    ["UTF-8", message({ token: TOKEN.replace(base64("CONTOSO\\alice"), base64("ａlićé@x")) }), { name: "ａlićé@x" }],
    ["a byte order mark, kept", message({ token: TOKEN.replace(PASSWORD, password("77u/")) }), { password: "\ufeff" }],
    ["no password typed", message({ token: TOKEN.replace(PASSWORD, "<Password/>") }), { password: "" }],
    ["a CDATA section", message({ token: TOKEN.replace(/Q09O\w*/, "<![CDATA[$&]]>") }), { name: "CONTOSO\\alice" }],
    [
      "other prefixes",
      message()
        .replaceAll(/(<\/?| )s:/g, "$1soap:")
        .replace("xmlns:s=", "xmlns:soap="),
      { password: "abcd-efgh" },
    ],
    ["a nonce beside it", message({ token: TOKEN.replace("</U", "<Nonce>x</Nonce></U") }), { password: "abcd-efgh" }],
  ])("with %s", (_, xml, expected) => expect(read(xml)).toMatchObject(expected));

  it.each([
    ["an element around a password", message({ token: TOKEN.replace(PASSWORD, `<b>${PASSWORD}</b>`) }), "credential"],
    ["two names", message({ token: TOKEN.replace(NAME, NAME + NAME) }), "repeated"],
    ["two passwords", message({ token: TOKEN.replace(PASSWORD, PASSWORD + PASSWORD) }), "repeated"],
    ["two tokens", message({ token: TOKEN + TOKEN }), "repeated"],
    ["two security headers", message({ header: `<Security>${TOKEN}</Security>`.repeat(2) }), "repeated"],
    ["two token types", message({ more: `<TokenType>${CWT}</TokenType>` }), "repeated"],
    ["two requests", message().replace(/<RequestS.*RequestSecurityToken>/, "$&$&"), "not-one-request"],
    ["two claims", message({ more: CLAIM + CLAIM.replace("alice", "bob") }), "claims-differ"],
    ["a token in the body", message({ header: "", more: TOKEN }), "credential"],
    ["a token beside the security header", message({ header: TOKEN }), "credential"],
    ["a token deeper in it", message({ token: `<x>${TOKEN}</x>` }), "credential"],
    ["a second password in the body", message({ more: PASSWORD }), "credential"],
    ["a name that is no base64", message({ token: TOKEN.replace(NAME, username("CONTOSO\\alice")) }), "bad-base64"],
    ["base64 without its end", message({ token: TOKEN.replace(PASSWORD, password("YQ")) }), "bad-base64"],
    ["base64 of URLs", message({ token: TOKEN.replace(PASSWORD, password("__79")) }), "bad-base64"],
    ["bytes that are no UTF-8", message({ token: TOKEN.replace(PASSWORD, password("/w==")) }), "bad-base64"],
    ["no token", message({ token: "" }), "incomplete"],
    ["no name", message({ token: TOKEN.replace(NAME, "") }), "incomplete"],
    ["no password", message({ token: TOKEN.replace(PASSWORD, "") }), "incomplete"],
    ["a ticket nobody issues", message({ type: "urn:other" }), "incomplete"],
    ["no request", message().replace(/<s:Body>.*<\/s:Body>/, ""), "not-one-request"],
    ["a document type", `<!DOCTYPE a>${message()}`, "doctype"],
    ["a form", "grant_type=password&username=alice&password=x", "not-xml"],
    ["too much", message() + " ".repeat(MAX_XML_CHARS), "too-large"],
  ])("%s: refused", (_, xml, reason) => {
    expect(readUsernameTokenRequest(xml)).toEqual({ ok: false, reason });
  });

  it.each([
    ["", undefined],
    [' Context="{6B29FC40-CA47-1067-B31D-00DD010662DA}"', "{6B29FC40-CA47-1067-B31D-00DD010662DA}"],
    [' Context="urn:uuid:6b29fc40"', "urn:uuid:6b29fc40"],
    [' Context="&lt;x/&gt;"', undefined],
    [' Context="a b"', undefined],
    [` Context="${"a".repeat(129)}"`, undefined],
  ])("its Context%s is echoed only when it is plain", (context, expected) => {
    expect(read(message({ context })).order.context).toBe(expected);
  });

  it("its key type is one that is known, its entropy a few bytes", () => {
    const entropy = Buffer.alloc(32, 7).toString("base64");
    const secret = (text: string) => `<Entropy><BinarySecret>\n${text}\n</BinarySecret></Entropy>`;
    expect(read(message({ type: SAML, more: secret(entropy) })).order).toMatchObject({ tokenType: SAML, entropy });
    expect(read(message({ more: secret("<x/>") })).order.entropy).toBeUndefined();
    expect(read(message({ more: secret("A".repeat(400)) })).order.entropy).toBeUndefined();
    expect(read(message().replace("SymmetricKey", "Bearer")).order.keyType).toBe(`${WST}/Bearer`);
    expect(read(message().replace("SymmetricKey", "PublicKey")).order.keyType).toBe(`${WST}/SymmetricKey`);
  });

  it("is read or refused, never an exception", () => {
    const whole = message({ more: CLAIM });
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(8), fc.string({ unit: "binary", maxLength: 4 }), (at, cut, text) => {
        void readUsernameTokenRequest(whole.slice(0, at) + text + whole.slice(at + cut));
      }),
      { numRuns: runs(2_000) },
    );
  });

  it("gives back every name and password", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (name, secret) => {
        const token = `<UsernameToken>${username(base64(name))}${password(base64(secret))}</UsernameToken>`;
        expect(read(message({ token }))).toMatchObject({ name, password: secret });
      }),
    );
  });
});

describe("S-19, S-45: the request that goes on in its place", () => {
  const facts = {
    sipUri: 'sip:al&<i>"ce@contoso.test',
    appliesTo: "https://web.contoso.test/WebTicket/WebTicketService.svc",
    now: Date.UTC(2026, 9, 23, 8),
  };

  it("claims the user who was proved, whatever the address is made of", () => {
    const own = tokenRequest(read(message({ more: CLAIM })).order, facts);
    expect(readTokenRequest(own)).toEqual({ ok: true, value: { sipUri: facts.sipUri } });
    expect(own).toContain(`Context="${CONTEXT}"`);
    expect(own).toContain(`<wst:TokenType>${CWT}</wst:TokenType>`);
    expect(own).toContain(`<wsa:Address>${facts.appliesTo}</wsa:Address>`);
    expect(own).toContain("Created>2026-10-23T08:00:00.000Z<");
    expect(own).toContain("Expires>2026-10-23T08:15:00.000Z<");
  });

  it("has nothing of a message but the order, which no secret fits", () => {
    const canary = "canary-4711";
    const spellings = [canary, base64(canary)];
    const hidden = message({
      token: `<UsernameToken>${NAME}${password(base64(canary))}</UsernameToken>`,
      more: `<!--${canary}--><OnBehalfOf>${canary}</OnBehalfOf>${CLAIM.replace("sip:alice", `sip:${canary}`)}`,
      context: ` Context="${CONTEXT}" x="${canary}"`,
    }).replace("<s:Body>", `<s:Body><${canary}/>`);
    const own = tokenRequest(read(hidden).order, facts);
    for (const spelling of spellings) {
      expect(hidden).toContain(spelling);
      expect(own).not.toContain(spelling);
    }
  });
});
