import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { guestGrantForm, readTokenForm, WINDOWS_GRANT_FORM } from "./token-form.ts";

const FORM = "application/x-www-form-urlencoded;charset=UTF-8";
const read = (form: string, contentType = FORM) => {
  const result = readTokenForm(contentType, form);
  return result.ok ? result.value : result.reason;
};
const GUEST = "grant_type=urn:microsoft.rtc:anonmeeting";
const URI = "sip:alice@contoso.test;gruu;opaque=app:conf:focus:id:5D3KQ7XT";
const GOOD = `${GUEST}&password=5D3KQ7XT&ms_rtc_conferenceuri=${URI}`;

describe("a token request's form", () => {
  it.each([
    ["grant_type=urn:microsoft.rtc:windows", { kind: "windows" }],
    ["grant_type=urn%3Amicrosoft.rtc%3Awindows&scope=all", { kind: "windows" }],
    ["grant_type=%70assword&username=a%40b&password=a%2Bb+c%26", { kind: "password", name: "a@b", password: "a+b c&" }],
    ["password=%C3%A9&scope=all&username=&grant_type=password", { kind: "password", name: "", password: "é" }],
    [`${GUEST}&ms_rtc_renew=cwt%3Dabc`, { kind: "guest", conference: undefined, key: undefined, renews: "abc" }],
  ])("%s", (form, value) => expect(read(form)).toEqual(value));

  it("names one conference, however it is spelt", () => {
    const names = [URI, URI.toUpperCase().replace("SIP", "sip"), URI.replace("alice", "ＡＬＩＣＥ")].map((uri) => {
      const form = read(`${GUEST}&ms_rtc_conferenceuri=${encodeURIComponent(uri)}`);
      return typeof form === "object" && form.kind === "guest" ? form.conference?.name : form;
    });
    expect(new Set(names)).toEqual(new Set(["sip:alice@contoso.test;5d3kq7xt"]));
  });

  it.each([
    ["", "invalid_request"],
    ["username=a&password=b", "invalid_request"],
    ["GRANT_TYPE=password", "invalid_request"],
    ["grant_type=password&grant_type=password", "invalid_request"],
    ["Grant_Type=password&grant_type=urn:microsoft.rtc:windows", "invalid_request"],
    ["grant_type=urn:microsoft.rtc:windows&username=a", "invalid_request"],
    ["grant_type=urn:microsoft.rtc:windows&scope=all&scope=all", "invalid_request"],
    ["grant_type=PASSWORD&username=a&password=b", "unsupported_grant_type"],
    ["grant_type=constructor", "unsupported_grant_type"],
    ["grant_type=", "unsupported_grant_type"],
    ["grant_type=password&username=a", "invalid_grant"],
    ["grant_type=password&username=a&password=b&password=", "invalid_grant"],
    ["grant_type=password&username=a&Username=b&password=c", "invalid_grant"],
    ["grant_type=password&username=a&password=b&client_id=c", "invalid_grant"],
    [GUEST, "invalid_request"],
    [`${GOOD}&username=a`, "invalid_request"],
    [`${GOOD}&Password=a`, "invalid_request"],
    [`${GOOD}&=a`, "invalid_request"],
    [`${GOOD}&ms_rtc_renew=a&ms_rtc_renew=b`, "invalid_request"],
    [GOOD.replace("5D3KQ7XT&", "a%0Ab&"), "invalid_grant"],
    [`${GOOD};x=y`, "invalid_grant"],
    [GOOD.replace("alice@", "alice%253B@"), "invalid_grant"],
    [GOOD.replace("alice@", "alice@x@"), "invalid_grant"],
  ])("%s: %s", (form, fault) => expect(read(form)).toBe(fault));

  it.each([
    ["application/x-www-form-urlencoded", true],
    ['Application/X-WWW-Form-URLencoded ; Charset="utf-8"', true],
    ["", false],
    ["text/plain", false],
    ["multipart/form-data; boundary=b", false],
    ["application/x-www-form-urlencoded; boundary=b", false],
    ["application/x-www-form-urlencoded, multipart/form-data", false],
    ["application/x-www-form-urlencoded; charset=utf-8; charset=utf-8", false],
    ["application/x-www-form-urlencoded; charset=utf-16", false],
  ])("of type %j: %s", (type, good) => expect(typeof read(WINDOWS_GRANT_FORM, type) === "object").toBe(good));

  it("is something for every text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (form) => void read(form)));
  });
});

describe("S-45: what goes on", () => {
  it("is the windows grant without anything else", () => {
    expect(WINDOWS_GRANT_FORM).toBe("grant_type=urn%3Amicrosoft.rtc%3Awindows");
  });

  it("is a guest's fields, one by one, with the inner ticket", () => {
    const form = read(`scope=all&${GOOD}&ms_rtc_renew=cwt%3Dours`);
    if (typeof form !== "object" || form.kind !== "guest") throw new Error(String(form));
    expect([...new URLSearchParams(guestGrantForm(form, "theirs"))]).toEqual([
      ["grant_type", "urn:microsoft.rtc:anonmeeting"],
      ["password", "5D3KQ7XT"],
      ["ms_rtc_conferenceuri", URI],
      ["ms_rtc_renew", "cwt=theirs"],
    ]);
  });
});
