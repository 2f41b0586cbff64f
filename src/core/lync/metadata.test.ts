import { describe, expect, it } from "vitest";
import { must } from "../../../test/kit/ntlm.ts";
import { withOpenPorts } from "./metadata.ts";

const WSDL = 'xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"';
const BASE = "https://web.contoso.test/WebTicket/WebTicketService.svc";
const port = (end: string, more = ""): string =>
  `<wsdl:port name="p${end}" binding="x"><soap:address location="${BASE}${end}"/>${more}</wsdl:port>`;
const definitions = (ports: string, before = ""): string =>
  `<wsdl:definitions ${WSDL}>${before}<wsdl:service name="s">${ports}</wsdl:service></wsdl:definitions>`;
const open = (xml: string): string =>
  must(withOpenPorts(xml, (address) => address !== "" && !/\/(cert|pin)$/i.test(address)));

describe("S-38: metadata announces only what is open", () => {
  it("without the ports that are closed, and for the rest character for character", () => {
    const before =
      '<!-- 𝔉\r\n é --><?pi <wsdl:port?><Policy a="&lt;wsdl:port>"><![CDATA[<wsdl:port>]]>&#x41;</Policy>\r\n\t';
    const xml = definitions(`\r\n${port("")}\r\n${port("/Cert")}\n${port("/Pin")}${port("/Anon")}  `, before);
    expect(open(xml)).toBe(definitions(`\r\n${port("")}\r\n\n${port("/Anon")}  `, before));
    expect(open(definitions(port("/Auth")))).toBe(definitions(port("/Auth")));
    expect(open(definitions(port("/Cert")))).toBe(definitions(""));
  });

  it("in other spellings: no prefix, other quotes, tags over lines, references, an empty port", () => {
    const service = (inner: string) =>
      `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><service>${inner}</service></definitions>`;
    for (const closed of [
      `<port\n  name='WebTicketServiceCert' ><soap12:address xmlns:soap12="x" location='${BASE}/Cert' ></soap12:address></port >`,
      `<port name=">"><address location="${BASE}/&#67;ert"/></port>`,
      `<port><address location="${BASE}/Pin"/></port>`,
      "<port/>",
      '<port name="x"><address/></port>',
    ]) {
      expect(open(service(closed))).toBe(service(""));
    }
  });

  it("every address of a port has to be open, also that of its endpoint reference", () => {
    const reference = (end: string) =>
      `<a:EndpointReference xmlns:a="http://www.w3.org/2005/08/addressing"><a:Address>\n${BASE}${end}</a:Address></a:EndpointReference>`;
    expect(open(definitions(port("", reference(""))))).toBe(definitions(port("", reference(""))));
    expect(open(definitions(port("", reference("/Cert"))))).toBe(definitions(""));
    expect(open(definitions(port("", `<soap:address location="${BASE}/Pin"/>`)))).toBe(definitions(""));
  });

  it("what names no port of a service stays: a portType, a port elsewhere", () => {
    const xml = definitions(port(""), '<wsdl:portType name="Cert"/><x:port xmlns:x="x"/>');
    expect(open(xml)).toBe(xml);
  });

  it("S-38: says nothing of a closed port beside the service either: no binding, no policy, which others do not need", () => {
    const named = (name: string, end: string) =>
      `<wsdl:port name="${name}" binding="tns:${name}"><soap:address location="${BASE}${end}"/></wsdl:port>`;
    const beside = (name: string) =>
      `<wsp:Policy xmlns:wsp="p" xmlns:wsu="u" wsu:Id="${name}_policy"><wsp:Policy/></wsp:Policy>` +
      `<wsdl:binding name="${name}"><wsp:Policy xmlns:wsp="p"/></wsdl:binding>`;
    const ticket = "WebTicketService";
    const both = definitions(
      `${named(ticket, "")}${named(`${ticket}Cert`, "/Cert")}${named(`${ticket}Pin`, "/Pin")}`,
      `${beside(`${ticket}Cert`)}${beside(ticket)}${beside(`${ticket}Pin`)}`,
    );
    expect(open(both)).toBe(definitions(named(ticket, ""), beside(ticket)));
    const inEnvelope = (xml: string) => `<s:Envelope xmlns:s="s"><s:Body>${xml}</s:Body></s:Envelope>`;
    expect(open(inEnvelope(both))).toBe(inEnvelope(definitions(named(ticket, ""), beside(ticket))));
    const shared = definitions(`${named(ticket, "")}${named(ticket, "/Cert")}`, beside(ticket));
    expect(open(shared)).toBe(definitions(named(ticket, ""), beside(ticket)));
  });

  it.each(["", "<a>", "no xml", '<!DOCTYPE a [<!ENTITY x "y">]><a/>', `<a b="<"/>`])("%j cannot be read", (xml) => {
    expect(withOpenPorts(xml, () => true).ok).toBe(false);
  });
});
