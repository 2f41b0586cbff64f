import { describe, expect, it } from "vitest";
import { federationPorts } from "./federation-ports.ts";
import { soapFault } from "./soap-fault.ts";
import { tokenFault, tokenRequest, withSecurity } from "./web-ticket.ts";

const SERVICE = "https://web.contoso.test/WebTicket/WebTicketAdvancedService.svc";
const port = (name: string, ...addresses: readonly string[]) =>
  `<wsdl:port name="${name}">${addresses.map((each) => `<soap:address location="${each}"/>`).join("")}</wsdl:port>`;
const metadata = (...ports: readonly string[]) =>
  `<?xml version="1.0"?><wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="urn:soap">` +
  `<wsdl:service name="WebTicketService">${port("WebTicketServiceWinNegotiate", "https://web.contoso.test/WebTicket/WebTicketService.svc")}` +
  `${ports.join("")}</wsdl:service></wsdl:definitions>`;
const read = (...ports: readonly string[]) => {
  const found = federationPorts(metadata(...ports));
  return found.ok ? found.value : found.reason;
};
const passive = { kind: "session", path: "/WebTicket/WebTicketAdvancedService.svc/WsFed_passive" };
const bearer = { kind: "token", path: "/WebTicket/WebTicketAdvancedService.svc/WsFed_bearer" };

describe("the ports of WS-Federation in a pool's metadata", () => {
  it.each([
    ["both, whichever comes first", ["bearer", "passive"], [passive, bearer]],
    ["the one for sessions", ["passive"], [passive]],
    ["the one for tokens", ["bearer"], [bearer]],
    ["none", [], []],
  ])("%s", (_, which, expected) => {
    const ports = which.map((each) =>
      port(each === "passive" ? "WsFedPassive" : "WsFedBearer", `${SERVICE}/WsFed_${each}`),
    );
    expect(read(...ports)).toEqual(expected);
  });

  it("are found at the pool's own name, too, and asked at the web host", () => {
    expect(
      read(port("WsFedPassive", `${SERVICE.replace("web.contoso.test", "fe01.contoso.local:4443")}/WsFed_passive`)),
    ).toEqual([passive]);
  });

  it.each([
    ["elsewhere at the pool", "https://web.contoso.test/Collect/it"],
    ["above the service", "https://web.contoso.test/WebTicket/../Collect"],
    ["above the service, encoded", "https://web.contoso.test/WebTicket/%2e%2e/Collect"],
    ["with an encoded character", "https://web.contoso.test/WebTicket/a%2fb"],
    ["with a query", `${SERVICE}/WsFed_passive?to=evil`],
    ["with a fragment", `${SERVICE}/WsFed_passive#a`],
    ["of another scheme", "net.tcp://web.contoso.test/WebTicket/WsFed_passive"],
    ["that is none", "WsFed_passive"],
    ["that is empty", ""],
    ["that is very long", `${SERVICE}/${"a".repeat(300)}`],
  ])("are left out with an address %s", (_, address) => {
    expect(read(port("WsFedPassive", address))).toEqual([]);
  });

  it("are left out where two addresses stand", () => {
    expect(read(port("WsFedPassive", `${SERVICE}/one`, `${SERVICE}/two`))).toEqual([]);
    expect(read(port("WsFedPassive", `${SERVICE}/one`), port("WsFedPassive", `${SERVICE}/two`))).toEqual([]);
    expect(read(port("WsFedPassive", `${SERVICE}/one`), port("WsFedPassive", `${SERVICE}/one`))).toHaveLength(1);
  });

  it("are not those of another name, and not outside of a service", () => {
    expect(
      read(port("wsfedpassive", `${SERVICE}/a`), port("WsFedPassive2", `${SERVICE}/b`), port("", `${SERVICE}/c`)),
    ).toEqual([]);
    expect(
      federationPorts(
        `<definitions>${port("WsFedPassive", `${SERVICE}/a`).replaceAll(/wsdl:|soap:/g, "")}</definitions>`,
      ),
    ).toEqual({
      ok: true,
      value: [],
    });
  });

  it.each([
    ["no XML", "<html><body>500 - Internal server error.<br></body></html>", "not-xml"],
    ["a document type", `<!DOCTYPE x>${metadata().replace(/^<\?.*?\?>/, "")}`, "doctype"],
    ["too much", metadata(`<wsdl:documentation>${"a".repeat(300_000)}</wsdl:documentation>`), "too-large"],
  ])("cannot be read in %s", (_, text, reason) => {
    expect(federationPorts(text)).toEqual({ ok: false, reason });
  });
});

describe("a SOAP fault of the web ticket service", () => {
  it("says its number", () => {
    const fault = tokenFault({
      code: "FailedAuthentication",
      reason: "No valid security token.",
      diagnostics: "28020",
    });
    expect(soapFault(fault)).toEqual({ errorId: "28020" });
  });

  it.each([
    [
      "a fault without a number",
      "<Envelope><Body><Fault><faultstring>no</faultstring></Fault></Body></Envelope>",
      { errorId: undefined },
    ],
    [
      "a number that stands elsewhere",
      "<Envelope><Body><ErrorId>28020</ErrorId><Fault/></Body></Envelope>",
      { errorId: undefined },
    ],
    [
      "the first of two numbers",
      "<Envelope><Body><Fault><ErrorId>1</ErrorId><ErrorId>2</ErrorId></Fault></Body></Envelope>",
      { errorId: "1" },
    ],
    ["an answer", "<Envelope><Body><Answer/></Body></Envelope>", undefined],
    ["a fault that is not the body's", "<Envelope><Body><Answer><Fault/></Answer></Body></Envelope>", undefined],
    ["a page", "<html><body>500<br></body></html>", undefined],
    ["nothing", "", undefined],
  ])("%s", (_, xml, expected) => {
    expect(soapFault(xml)).toEqual(expected);
  });
});

it("a header goes in front of the body of Postern's own request, whatever is in it", () => {
  const order = { tokenType: "t", keyType: "k", context: "<s:Body>$&", entropy: undefined };
  const request = tokenRequest(order, { sipUri: "sip:a@b", appliesTo: "https://web.contoso.test/", now: 0 });
  const with$ = withSecurity(request, "<Security>$&$1</Security>");
  expect(with$.replace("<s:Header><Security>$&$1</Security></s:Header>", "")).toBe(request);
  expect(with$.indexOf("<s:Header>")).toBe(request.indexOf("<s:Body>"));
});
