// The bodies of `POST …/applications` as clients send them, and bodies that two readers could read differently.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { processorTime } from "../../../test/kit/cpu.ts";
import { runs } from "../../../test/kit/runs.ts";
import { MAX_APPLICATION_REQUEST_BYTES, readApplicationRequest } from "./application-request.ts";
import { MAX_CULTURE_CHARS, MAX_USER_AGENT_CHARS } from "./bounds.ts";

const JSON_TYPE = "application/json";
const XML_TYPE = "application/xml";
const ANDROID = "RTCC/7.0.0.0 UCWA/7.0.0.0 AndroidLync/6.25.0.27 (SM-G930U Android 8.0.0)";
const GUID = "a917c6f4-976c-4cf3-847d-cdfffa28ccdf";

const input = (properties: string, namespace = "http://schemas.microsoft.com/rtc/2012/03/ucwa"): string =>
  `<input xmlns="${namespace}">${properties}</input>`;
const property = (name: string, value: string): string => `<property name="${name}">${value}</property>`;

const reasonOf = (contentType: string, text: string): string => {
  const read = readApplicationRequest(contentType, text);
  return read.ok ? "none" : read.reason;
};

const REQUEST = {
  deviceId: { kind: "endpoint", id: GUID },
  type: "Phone",
  userAgent: ANDROID,
  culture: "en-US",
  instanceId: "i-1",
};

describe("one request in every way to write it", () => {
  const members = `"EndpointId":"${GUID}","UserAgent":"${ANDROID}","Culture":"en-US","InstanceId":"i-1","type":"Phone"`;
  const properties =
    property("culture", "en-US") +
    property("endpointId", GUID) +
    property("userAgent", ANDROID) +
    property("type", "Phone") +
    property("instanceId", "i-1");
  it.each([
    ["names as documented", JSON_TYPE, `{${members}}`],
    ["names in lower case", JSON_TYPE, `{${members.replaceAll(/"(\w+)":/g, (name) => name.toLowerCase())}}`],
    ["names in upper case", JSON_TYPE, `{${members.replaceAll(/"(\w+)":/g, (name) => name.toUpperCase())}}`],
    ["a comma too many", JSON_TYPE, `{\n  ${members},\n}\n`],
    ["an escaped name", JSON_TYPE, `{${members.replace("EndpointId", "\\u0045ndpointId")}}`],
    ["what nobody knows beside it", JSON_TYPE, `{"x":{"endpointId":["y",{"endpointId":1}]},"y":null,${members}}`],
    ["a charset", "Application/JSON; charset=utf-8", `{${members}}`],
    ["UCWA's own JSON", "application/vnd.microsoft.com.ucwa+json", `{${members}}`],
    ["UCWA's own JSON, spelt without com", "application/vnd.microsoft.ucwa+json", `{${members}}`],
    ["XML", XML_TYPE, input(properties)],
    [
      "XML with a declaration",
      "text/xml;charset=utf-8",
      `<?xml version="1.0" encoding="utf-8"?>\n${input(properties)}`,
    ],
    ["UCWA's own XML", "application/vnd.microsoft.com.ucwa+xml", input(properties)],
    ["UCWA's own XML, spelt without com", "Application/Vnd.Microsoft.UCWA+XML; charset=utf-8", input(properties)],
    [
      "a prefix",
      XML_TYPE,
      input(properties)
        .replaceAll(/<(\/?)(?=[ip])/g, "<$1u:")
        .replace("xmlns=", "xmlns:u="),
    ],
    ["other elements", XML_TYPE, input(`<link rel="self" href="/"/><property name="x"><y/></property>${properties}`)],
    ["a CDATA section", XML_TYPE, input(properties.replace(GUID, `<![CDATA[${GUID}]]>`))],
    ["a comment between properties", XML_TYPE, input(properties.replace("><", "><!-- x --><"))],
    ["names in upper case in XML", XML_TYPE, input(properties.replaceAll(/"\w+"/g, (name) => name.toUpperCase()))],
  ])("%s", (_, contentType, text) => {
    expect(readApplicationRequest(contentType, text)).toEqual({ ok: true, value: REQUEST });
  });

  it.each([GUID, GUID.toUpperCase(), `{${GUID}}`, `(${GUID})`, GUID.replaceAll("-", ""), `{${GUID.toUpperCase()}}`])(
    "a GUID as %s",
    (endpointId) => {
      const json = readApplicationRequest(JSON_TYPE, JSON.stringify({ endpointId }));
      expect(json.ok && json.value.deviceId.id).toBe(GUID);
      expect(readApplicationRequest(XML_TYPE, input(property("endpointId", endpointId)))).toEqual(json);
    },
  );

  it("null is what is not said", () => {
    const json = '{"endpointId":"a","userAgent":null,"culture":null,"instanceId":null,"type":null}';
    expect(readApplicationRequest(JSON_TYPE, json)).toEqual(readApplicationRequest(JSON_TYPE, '{"endpointId":"a"}'));
  });

  it("what is no GUID stays as it is, and what is not said is empty", () => {
    for (const endpointId of ["My-Phone_1", `{${GUID}`, `${GUID}0`, GUID.replace("-", ""), "{}"]) {
      expect(readApplicationRequest(JSON_TYPE, JSON.stringify({ endpointId }))).toEqual({
        ok: true,
        value: { deviceId: { kind: "endpoint", id: endpointId }, type: "", userAgent: "", culture: "", instanceId: "" },
      });
    }
  });
});

describe("S-28: a body that two readers could read differently is refused", () => {
  it.each([
    ["two equal names", JSON_TYPE, '{"endpointId":"a","endpointId":"b"}', "ambiguous"],
    ["two names in other case", JSON_TYPE, '{"endpointId":"a","EndpointID":"b"}', "ambiguous"],
    ["two names, equal values", JSON_TYPE, '{"endpointId":"a","EndpointId":"a"}', "ambiguous"],
    ["two names that nobody knows", JSON_TYPE, '{"endpointId":"a","x":1,"X":2}', "ambiguous"],
    ["two names, one escaped", JSON_TYPE, '{"endpointId":"a","endpoint\\u0049d":"b"}', "ambiguous"],
    ["a dotless i", JSON_TYPE, '{"endpointId":"a","endpo\u0131ntid":"b"}', "ambiguous"],
    ["a dotted I", JSON_TYPE, '{"endpointId":"a","ENDPO\u0130NTID":"b"}', "ambiguous"],
    ["a long s", JSON_TYPE, '{"endpointId":"a","u\u017feragent":"b"}', "ambiguous"],
    ["wide letters", JSON_TYPE, '{"endpointId":"a","\uff45ndpointid":"b"}', "ambiguous"],
    ["white space in a name", JSON_TYPE, '{"endpointId":"a"," endpointId ":"b"}', "ambiguous"],
    ["a name with a NUL", JSON_TYPE, '{"endpointId":"a","endpointId\\u0000":"b"}', "ambiguous"],
    ["a number", JSON_TYPE, '{"endpointId":1}', "not-text"],
    ["null for an id", JSON_TYPE, '{"endpointId":null}', "bad-endpoint-id"],
    ["null and a text", JSON_TYPE, '{"endpointId":null,"EndpointId":"a"}', "ambiguous"],
    ["a list", JSON_TYPE, '{"endpointId":["a"]}', "not-text"],
    ["a byte order mark", JSON_TYPE, '\ufeff{"endpointId":"a"}', "not-json"],
    ["two objects", JSON_TYPE, '{"endpointId":"a"}{"endpointId":"b"}', "not-json"],
    ["a comment", JSON_TYPE, '{"endpointId":"a"/*,"endpointId":"b"*/}', "not-json"],
    ["single quotes", JSON_TYPE, "{'endpointId':'a'}", "not-json"],
    ["two properties", XML_TYPE, input(property("endpointId", "a") + property("EndpointId", "a")), "ambiguous"],
    ["a property deeper", XML_TYPE, input(`<x>${property("endpointId", "a")}</x>`), "ambiguous"],
    [
      "a property of another vocabulary",
      XML_TYPE,
      input('<property xmlns="urn:x" name="endpointId">a</property>'),
      "ambiguous",
    ],
    ["Property", XML_TYPE, input('<Property name="endpointId">a</Property>'), "ambiguous"],
    ["a property without a name", XML_TYPE, input("<property>a</property>"), "ambiguous"],
    ["two names", XML_TYPE, input('<property name="x" Name="endpointId">a</property>'), "ambiguous"],
    [
      "a name with a prefix",
      XML_TYPE,
      input('<property xmlns:p="urn:x" p:name="endpointId">a</property>'),
      "ambiguous",
    ],
    ["a comment in a value", XML_TYPE, input(property("endpointId", "a<!-- -->b")), "ambiguous"],
    ["an instruction in a value", XML_TYPE, input(property("endpointId", "a<?x?>b")), "ambiguous"],
    ["an element in a value", XML_TYPE, input(property("endpointId", "a<b/>")), "not-text"],
    [
      "a property in a property",
      XML_TYPE,
      input(`<property name="x">${property("endpointId", "a")}</property>`),
      "ambiguous",
    ],
    ["another namespace", XML_TYPE, input(property("endpointId", "a"), "urn:x"), "not-input"],
    ["no namespace", XML_TYPE, `<input>${property("endpointId", "a")}</input>`, "not-input"],
    ["another root", XML_TYPE, '<x xmlns="http://schemas.microsoft.com/rtc/2012/03/ucwa"/>', "not-input"],
    [
      "a document type",
      XML_TYPE,
      `<!DOCTYPE input [<!ENTITY e "a">]>${input(property("endpointId", "&e;"))}`,
      "doctype",
    ],
    ["an entity", XML_TYPE, input(property("endpointId", "&e;")), "not-xml"],
    ["two roots", XML_TYPE, input(property("endpointId", "a")).repeat(2), "not-xml"],
    ["JSON said to be XML", XML_TYPE, '{"endpointId":"a"}', "not-xml"],
    ["XML said to be JSON", JSON_TYPE, input(property("endpointId", "a")), "not-json"],
    ["nothing", JSON_TYPE, "", "not-json"],
    ["no XML", XML_TYPE, "", "not-xml"],
    ["no type", "", '{"endpointId":"a"}', "unknown-content-type"],
    ["two types", "application/json, application/xml", '{"endpointId":"a"}', "unknown-content-type"],
    ["a type that only contains ours", "application/jsonx", '{"endpointId":"a"}', "unknown-content-type"],
    ["a form", "application/x-www-form-urlencoded", "endpointId=a", "unknown-content-type"],
    ["a text too long", JSON_TYPE, " ".repeat(MAX_APPLICATION_REQUEST_BYTES + 1), "too-large"],
    [
      "an instance id that the Front-End refuses",
      JSON_TYPE,
      `{"endpointId":"a","instanceId":"${"i".repeat(101)}"}`,
      "bad-instance-id",
    ],
  ])("%s", (_, contentType, text, reason) => {
    expect(reasonOf(contentType, text)).toBe(reason);
  });

  it.each([
    "",
    " ",
    " a",
    "a ",
    "a\t",
    "\u00a0a",
    "a\u0000b",
    "a\u200bb",
    "\u202ea",
    "a\nb",
    "\ud83d",
    "\ufeffa",
    "a".repeat(101),
  ])("%j is the id of no device", (endpointId) => {
    expect(reasonOf(JSON_TYPE, JSON.stringify({ endpointId, userAgent: "x" }))).toBe("bad-endpoint-id");
  });

  it("no id at all is the id of no device, and 100 characters are one", () => {
    expect(reasonOf(JSON_TYPE, "{}")).toBe("bad-endpoint-id");
    expect(reasonOf(XML_TYPE, input(""))).toBe("bad-endpoint-id");
    expect(reasonOf(JSON_TYPE, JSON.stringify({ endpointId: "a".repeat(100) }))).toBe("none");
  });
});

describe("what a stranger sends", () => {
  const seeds: readonly (readonly [string, string])[] = [
    [JSON_TYPE, `{"EndpointId":"${GUID}","UserAgent":"OC/1 (x)","x":{"y":[1,"z"]},"Culture":"en"}`],
    [XML_TYPE, `<?xml version="1.0"?>${input(property("endpointId", GUID) + property("userAgent", "OC/1 &lt;"))}`],
  ];
  const edit = fc.record({
    at: fc.nat(400),
    gone: fc.nat(4),
    put: fc.constantFrom(
      ...'"{}[],:<>/=&;\\ \n\0\u202e\ufeff',
      "<!--",
      "]]>",
      "<property>",
      "endpointId",
      "name",
      "\ud83d",
      "",
    ),
  });

  it("S-9: 10^4 mutated bodies give a bounded value or a fault, each in short time", () => {
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.array(edit, { minLength: 1, maxLength: 4 }), ([type, seed], edits) => {
        let text = seed;
        for (const { at, gone, put } of edits) {
          const from = at % (text.length + 1);
          text = text.slice(0, from) + put + text.slice(from + gone);
        }
        const started = processorTime();
        const read = readApplicationRequest(type, text);
        expect(processorTime() - started).toBeLessThan(1_000);
        outcomes.add(read.ok ? "read" : read.reason);
        if (!read.ok) return;
        const { deviceId, ...texts } = read.value;
        expect(deviceId.id).toMatch(/^\S(?:.{0,98}\S)?$/u);
        expect(texts.userAgent.length).toBeLessThanOrEqual(MAX_USER_AGENT_CHARS);
        expect(texts.culture.length).toBeLessThanOrEqual(MAX_CULTURE_CHARS);
        expect(Object.values(texts).join("") + deviceId.id).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
      { numRuns: runs(10_000) },
    );
    expect([...outcomes]).toEqual(
      expect.arrayContaining(["read", "not-json", "not-xml", "ambiguous", "bad-endpoint-id"]),
    );
  }, 60_000);
});
