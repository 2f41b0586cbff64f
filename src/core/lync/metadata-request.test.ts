import { describe, expect, it } from "vitest";
import { must } from "../../../test/kit/ntlm.ts";
import { answerTo, GET_METADATA, metadataRequest, readMetadataRequest } from "./metadata-request.ts";

const SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/";
const SOAP_12 = "http://www.w3.org/2003/05/soap-envelope";
const ADDRESSING = "http://www.w3.org/2005/08/addressing";
const OLD_ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
const ID = "urn:uuid:5f1c0f0e-7d0c-4a51-9b4c-c0ffee000001";
const ACTION = `<a:Action s:mustUnderstand="1">${GET_METADATA}</a:Action>`;

const envelope = ({ header = "", body = "", soap = SOAP_12, addressing = ADDRESSING } = {}): string =>
  `<s:Envelope xmlns:s="${soap}" xmlns:a="${addressing}"><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
const reason = (xml: string, httpAction?: string): string | undefined => {
  const read = readMetadataRequest(xml, httpAction);
  return read.ok ? undefined : read.reason;
};

describe("a request for metadata", () => {
  it("is read in either SOAP and either WS-Addressing", () => {
    for (const [name, soap] of [
      ["1.1", SOAP_11],
      ["1.2", SOAP_12],
    ] as const) {
      for (const addressing of [ADDRESSING, OLD_ADDRESSING]) {
        const header = `${ACTION}<a:MessageID> ${ID} </a:MessageID><a:To>https://web.contoso.test/x</a:To>`;
        const read = readMetadataRequest(envelope({ header, soap, addressing }), undefined);
        expect(read).toEqual({ ok: true, value: { soap: name, addressing, messageId: ID } });
      }
    }
  });

  it("may name its action in the headers instead, or in both", () => {
    expect(reason(envelope(), GET_METADATA)).toBeUndefined();
    expect(reason(envelope({ header: ACTION }), GET_METADATA)).toBeUndefined();
    expect(reason(envelope({ header: ACTION }), "urn:another")).toBe("not-a-get");
    expect(reason(envelope())).toBe("not-a-get");
    expect(reason(`<Envelope xmlns="${SOAP_12}"><Body/></Envelope>`, GET_METADATA)).toBeUndefined();
  });

  it("may have a timestamp, and elements that nobody reads", () => {
    const timestamp = "<w:Security xmlns:w='w'><w:Timestamp><w:Created>x</w:Created></w:Timestamp></w:Security>";
    const header = `${ACTION}${timestamp}<a:ReplyTo><a:Address>x</a:Address></a:ReplyTo><v:Debug xmlns:v='v'/>`;
    expect(reason(envelope({ header, body: " <!-- nothing --> " }))).toBeUndefined();
    expect(reason(envelope({ header, body: "<x:RequestSecurityToken xmlns:x='x'/>" }))).toBe("not-a-get");
  });

  it.each([
    ["", "not-xml"],
    ["<x/>", "not-soap"],
    ["<Envelope/>", "not-soap"],
    [`<s:Body xmlns:s="${SOAP_12}"/>`, "not-soap"],
    ["<!DOCTYPE x><x/>", "doctype"],
    [envelope({ header: ACTION.replace("/Get<", "/Put<") }), "not-a-get"],
    [envelope({ header: `${ACTION}${ACTION.replace("/Get<", "/Put<")}` }), "not-a-get"],
    [envelope({ body: ACTION }), "not-a-get"],
    [envelope({ header: `${ACTION}<a:MessageID>1</a:MessageID><a:MessageID>2</a:MessageID>` }), "bad-message-id"],
    [envelope({ header: `${ACTION}<a:MessageID>${"x".repeat(300)}</a:MessageID>` }), "bad-message-id"],
  ])("%# is refused", (xml, expected) => {
    expect(reason(xml)).toBe(expected);
  });

  it.each([
    "<UsernameToken><Username>YQ==</Username></UsernameToken>",
    "<BinarySecurityToken>MIIB</BinarySecurityToken>",
    '<Assertion xmlns="urn:oasis:names:tc:SAML:1.0:assertion"/>',
    '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>',
    "<Password>x</Password>",
    "<EncryptedData/>",
  ])("S-45: %s refuses it, wherever it stands", (credential) => {
    const security = `${ACTION}<Security>${credential}</Security>`;
    expect(reason(envelope({ header: security }))).toBe("credential");
    expect(reason(envelope({ header: `${ACTION}${credential}` }))).toBe("credential");
    expect(reason(envelope({ header: ACTION, body: credential }))).toBe("credential");
    expect(reason(envelope({ header: `${ACTION}<Security><Token>x</Token></Security>` }))).toBe("credential");
  });
});

describe("S-45: the request in Postern's words", () => {
  it("has nothing of the client's but the versions it speaks", () => {
    const header = `${ACTION}<a:MessageID>alice:secret</a:MessageID><a:To>https://alice:secret@x/</a:To>`;
    for (const [soap, addressing] of [
      [SOAP_11, OLD_ADDRESSING],
      [SOAP_12, ADDRESSING],
    ] as const) {
      const asked = must(readMetadataRequest(envelope({ header, soap, addressing }), undefined));
      const own = metadataRequest(asked, { messageId: ID, to: "https://web.contoso.test/x/mex" });
      expect(own).not.toMatch(/alice|secret/);
      expect(own).toContain("https://web.contoso.test/x/mex");
      expect(must(readMetadataRequest(own, undefined))).toEqual({ ...asked, messageId: ID });
    }
  });

  it("and the answer names the client's message", () => {
    const header = `${ACTION}<a:MessageID>uuid:1;id=&lt;2&gt;</a:MessageID>`;
    const asked = must(readMetadataRequest(envelope({ header }), undefined));
    expect(answerTo(asked, ID, `<a:RelatesTo>${ID}</a:RelatesTo>`)).toBe(
      "<a:RelatesTo>uuid:1;id=&lt;2&gt;</a:RelatesTo>",
    );
    expect(answerTo({ ...asked, messageId: undefined }, ID, ID)).toBe(ID);
  });
});
