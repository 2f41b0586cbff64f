import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ticketRequest } from "../../../simulator/test-client.ts";
import { readTicketOrder } from "./ticket-order.ts";
import { tokenRequest } from "./web-ticket.ts";

const appliesTo = "https://web.contoso.test/CertProv/CertProvisioningService.svc";
const entropy = Buffer.alloc(32, 7).toString("base64");
const facts = { tokenType: "saml", appliesTo, sipUri: "sip:alice@contoso.test", entropy } as const;
const message = ticketRequest(facts);
const inBody = (element: string) => message.replace("<wst:Entropy>", `${element}$&`);
const inHeader = (element: string) => ticketRequest({ ...facts, security: element });
const reasonOf = (xml: string) => {
  const read = readTicketOrder(xml);
  return read.ok ? "ok" : read.reason;
};

describe("a RequestSecurityToken", () => {
  it("is read as SIPE words it, and reads the same in Postern's words", () => {
    const read = readTicketOrder(message);
    expect(read).toMatchObject({ ok: true, value: { sipUri: facts.sipUri, appliesTo, order: { entropy } } });
    if (!read.ok) return;
    const worded = tokenRequest(read.value.order, { sipUri: facts.sipUri, appliesTo, now: 0 });
    expect(readTicketOrder(worded)).toEqual(read);
  });

  it("may have a timestamp in its security header, and what nobody knows elsewhere", () => {
    expect(reasonOf(inHeader("<wsu:Timestamp><wsu:Created>x</wsu:Created></wsu:Timestamp>"))).toBe("ok");
    expect(reasonOf(inBody("<wst:Unknown>x</wst:Unknown>"))).toBe("ok");
  });

  it("loses the query of what it applies to", () => {
    const read = readTicketOrder(message.replace(`${appliesTo}<`, `${appliesTo}?sipuri=x#y<`));
    expect(read).toMatchObject({ value: { appliesTo } });
  });

  it.each([
    ["UsernameToken", "<wsse:UsernameToken/>"],
    ["a UsernameToken of no namespace", "<UsernameToken xmlns='x'/>"],
    ["a password", "<wsse:Password>x</wsse:Password>"],
    ["a certificate", "<wsse:BinarySecurityToken/>"],
    ["an assertion", "<Assertion xmlns='urn:oasis:names:tc:SAML:2.0:assertion'/>"],
    ["a reference", "<wsse:SecurityTokenReference/>"],
    ["a signature", "<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/>"],
    ["something encrypted", "<EncryptedData xmlns='http://www.w3.org/2001/04/xmlenc#'/>"],
  ])("S-45: with %s anywhere is refused", (_, element) => {
    for (const xml of [
      inBody(element),
      inBody(`<wst:OnBehalfOf>${element}</wst:OnBehalfOf>`),
      inHeader(element),
      inHeader(`<wsu:Timestamp>${element}</wsu:Timestamp>`),
      message.replace("<soap:Body>", `<soap:Header>${element}</soap:Header>$&`),
      message.replace("</soap:Envelope>", `${element}$&`),
    ]) {
      expect(reasonOf(xml), xml).toBe("credential");
    }
  });

  it.each([
    ["anything else in the security header", inHeader("<x:Other xmlns:x='x'/>"), "credential"],
    ["two entropies", message.replace(/<wst:Entropy>.*<\/wst:Entropy>/, "$&$&"), "repeated"],
    [
      "two requests",
      message.replace(/<wst:RequestSecurityToken .*<\/wst:RequestSecurityToken>/, "$&$&"),
      "not-one-request",
    ],
    ["no token type", message.replace(/<wst:TokenType>.*<\/wst:TokenType>/, ""), "incomplete"],
    ["an address with a password in it", message.replace("https://web", "https://a:b@web"), "bad-address"],
    ["an address that is none", message.replace("https://web", "urn:web"), "bad-address"],
    ["a claim with a line in it", message.replace("sip:alice", "sip:&#10;alice"), "incomplete"],
    ["a document type", message.replace(/<\?xml[^>]*>/, "<!DOCTYPE x>"), "doctype"],
    ["nothing", "", "not-xml"],
  ])("with %s is refused", (_, xml, reason) => expect(reasonOf(xml)).toBe(reason));

  it("is something for every text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (xml) => void readTicketOrder(xml)));
  });
});
