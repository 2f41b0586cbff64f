// `GetAndPublishCert` as SIPE sends it, other SOAP messages, and requests in places where not every reader would find
// them.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { processorTime } from "../../../test/kit/cpu.ts";
import { runs } from "../../../test/kit/runs.ts";
import { readCertificateRequest } from "./certificate-request.ts";

const NS = "http://schemas.microsoft.com/OCS/AuthWebServices/";
const SOAP = "http://schemas.xmlsoap.org/soap/envelope/";
const GUID = "3f8a9c1e-7b2d-5e4f-9a1c-0d2e4f6a8b0c";
const NAMED = `DeviceId="{${GUID}}" Entity="alice@contoso.com"`;
const TOKEN =
  '<wst:RequestSecurityToken xmlns:wst="http://docs.oasis-open.org/ws-sx/ws-trust/200512"><wst:TokenType>x</wst:TokenType>' +
  "<wst:RequestType>y</wst:RequestType></wst:RequestSecurityToken>";

const operation = (attributes = NAMED, inside = TOKEN): string =>
  `<GetAndPublishCert xmlns="${NS}" ${attributes}>${inside}</GetAndPublishCert>`;
const envelope = (body: string, head = "<soap:Header><x/></soap:Header>", soap = SOAP): string =>
  `<?xml version="1.0"?>\r\n<soap:Envelope xmlns:soap="${soap}">${head}<soap:Body>${body}</soap:Body></soap:Envelope>`;

const reasonOf = (xml: string): string => {
  const read = readCertificateRequest(xml);
  return read.ok ? "none" : read.reason;
};

describe("a certificate request", () => {
  const VALUE = { deviceId: { kind: "device", id: GUID }, entity: "alice@contoso.com" };
  it.each([
    ["as SIPE sends it", envelope(operation())],
    ["without a header", envelope(operation(), "")],
    ["in SOAP 1.2", envelope(operation(), "", "http://www.w3.org/2003/05/soap-envelope")],
    ["with the attributes the other way round", envelope(operation(`Entity='alice@contoso.com' DeviceId='${GUID}'`))],
    ["with the id in upper case", envelope(operation(NAMED.replace(GUID, GUID.toUpperCase())))],
    ["with a prefix", envelope(`<a:GetAndPublishCert xmlns:a="${NS}" ${NAMED}/>`)],
    ["with white space around", envelope(`\n  ${operation()}\n`)],
    ["with other attributes", envelope(operation(`${NAMED} xmlns:z="urn:z" z:x="1"`))],
  ])("%s", (_, xml) => {
    expect(readCertificateRequest(xml)).toEqual({ ok: true, value: VALUE });
  });
});

describe("S-28: what is no plain certificate request is refused, and says what it is", () => {
  it.each([
    ["another operation", envelope("<Other/>"), "not-a-certificate-request"],
    ["a fault", envelope("<soap:Fault/>"), "not-a-certificate-request"],
    ["an empty body", envelope(""), "not-a-certificate-request"],
    ["no body", `<soap:Envelope xmlns:soap="${SOAP}"/>`, "not-soap"],
    ["another root", operation(), "not-soap"],
    ["an envelope of another namespace", envelope(operation(), "", "urn:x"), "not-soap"],
    ["two bodies", envelope(`<Other/></soap:Body><soap:Body>${operation()}`), "not-soap"],
    ["a body of another namespace", envelope("<Other/>").replaceAll("soap:Body", "Body"), "not-soap"],
    ["a header behind the body", envelope("<Other/></soap:Body><soap:Header/><soap:Body>"), "not-soap"],
    ["two operations", envelope(`${operation()}<Other/>`), "not-soap"],
    ["the operation second", envelope(`<Other/>${operation()}`), "not-soap"],
    ["two requests", envelope(operation().repeat(2)), "not-soap"],
    ["a request in the header", envelope("<Other/>", `<soap:Header>${operation()}</soap:Header>`), "ambiguous"],
    ["a request in another operation", envelope(`<Other>${operation()}</Other>`), "ambiguous"],
    ["a request in a request", envelope(operation(NAMED, operation())), "ambiguous"],
    ["a request of another namespace", envelope(operation().replace(NS, "urn:x")), "ambiguous"],
    [
      "a request of another case",
      envelope(operation().replaceAll("GetAndPublishCert", "getAndPublishCert")),
      "ambiguous",
    ],
    ["an id with a prefix beside", envelope(operation(`${NAMED} xmlns:z="urn:z" z:DeviceId="x"`)), "ambiguous"],
    ["an id of another case beside", envelope(operation(`${NAMED} deviceid="x"`)), "ambiguous"],
    ["an id as an element", envelope(operation(NAMED, "<DeviceId>x</DeviceId>")), "ambiguous"],
    ["an id deeper", envelope(operation('Entity="a@b"', `<x DeviceId="${GUID}"/>`)), "ambiguous"],
    ["an id twice", envelope(operation(`${NAMED} DeviceId="x"`)), "not-xml"],
    ["no id", envelope(operation('Entity="a@b"')), "bad-device-id"],
    ["only an id with a prefix", envelope(operation('xmlns:z="urn:z" z:DeviceId="x" Entity="a@b"')), "bad-device-id"],
    ["an empty id", envelope(operation('DeviceId="" Entity="a@b"')), "bad-device-id"],
    ["an id with white space", envelope(operation('DeviceId=" x" Entity="a@b"')), "bad-device-id"],
    ["an id with a line end", envelope(operation('DeviceId="x&#10;y" Entity="a@b"')), "bad-device-id"],
    ["no entity", envelope(operation(`DeviceId="${GUID}"`)), "bad-entity"],
    ["an entity with white space", envelope(operation('DeviceId="x" Entity="a@b "')), "bad-entity"],
    ["an entity too long", envelope(operation(`DeviceId="x" Entity="${"a".repeat(455)}"`)), "bad-entity"],
    ["a document type", `<!DOCTYPE x>${envelope(operation()).slice(23)}`, "doctype"],
    ["half a message", envelope(operation()).slice(0, -1), "not-xml"],
    ["nothing", "", "not-xml"],
  ])("%s", (_, xml, reason) => {
    expect(reasonOf(xml)).toBe(reason);
  });

  it("S-9: 10^4 mutated messages give a value or a fault, each in short time", () => {
    const seed = envelope(operation());
    const edit = fc.record({
      at: fc.nat(seed.length),
      gone: fc.nat(4),
      put: fc.constantFrom(
        ...'"<>/=&; \n\0',
        "<!--",
        "GetAndPublishCert",
        "DeviceId",
        "<soap:Body>",
        "</soap:Body>",
        "\ud83d",
        "x",
        "",
      ),
    });
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let xml = seed;
        for (const { at, gone, put } of edits) xml = xml.slice(0, at) + put + xml.slice(at + gone);
        const started = processorTime();
        const read = readCertificateRequest(xml);
        expect(processorTime() - started).toBeLessThan(1_000);
        outcomes.add(read.ok ? "read" : read.reason);
        if (read.ok) expect(read.value.deviceId.id).toMatch(/^\S(?:.{0,98}\S)?$/u);
      }),
      { numRuns: runs(10_000) },
    );
    expect([...outcomes]).toEqual(
      expect.arrayContaining(["read", "not-xml", "ambiguous", "not-soap", "bad-device-id"]),
    );
  }, 60_000);
});
