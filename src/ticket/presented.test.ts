import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { processorTime } from "../../test/kit/cpu.ts";
import { presentedTicket, presentsTicket } from "./presented.ts";

const USER = "/autodiscover/autodiscoverservice.svc/root/user";
const PHOTO = "/ucwa/oauth/v1/applications/103/photos/alice";

const of = (headers: Record<string, string>, key = USER) => presentedTicket(new Headers(headers), key);

describe("a presented ticket", () => {
  it.each([
    [{ "x-ms-webticket": "cwt=abc" }, { kind: "cwt", text: "abc", carrier: "x-ms-webticket" }],
    [{ "x-ms-webticket": " opaque=QUJD " }, { kind: "opaque", text: "QUJD" }],
    [{ authorization: "Bearer cwt=abc" }, { kind: "cwt", text: "abc", carrier: "authorization" }],
    [{ authorization: "bearer  CWT=abc" }, { kind: "cwt", text: "abc", carrier: "authorization" }],
    [
      { authorization: "NTLM abc", "x-ms-webticket": "cwt=abc" },
      { kind: "cwt", text: "abc", carrier: "x-ms-webticket" },
    ],
  ])("%j is %j", (headers, expected) => expect(of(headers)).toEqual(expected));

  it.each([
    {},
    { authorization: "Bearer abc" },
    { authorization: "Bearer cwt=" },
    { authorization: "Basic cwt=abc" },
    { authorization: "Negotiate cwt=abc" },
    { "x-ms-webticket": "abc" },
    { "x-ms-webticket": "cwt=" },
    { "x-ms-webticket": "jwt=abc" },
    { "x-ms-webticket": "cwt=abc", authorization: "Bearer cwt=abc" },
    { "x-ms-webticket": "nonsense", authorization: "Bearer cwt=abc" },
    { "x-ms-webticket": `cwt=${"a".repeat(65_536)}` },
  ])("%j has none", (headers) => expect(of(headers)).toBeUndefined());

  it("S-31: is read from the cookie where photos are, and only there", () => {
    const cookie = (value: string, key = PHOTO) => of({ cookie: value }, key);
    const found = { kind: "cwt", text: "abc", carrier: "cookie" };
    for (const value of ["cwt_ucwa=abc", "a=b; cwt_ucwa=abc", 'cwt_ucwa="abc"', "cwt_ucwa=cwt=abc", "CWT_UCWA=abc"]) {
      expect(cookie(value)).toEqual(found);
    }
    expect(cookie("cwt_ucwa=abc; cwt_ucwa=abd")).toBeUndefined();
    for (const key of [
      USER,
      "/ucwa/oauth/v1/applications/103/me",
      "/ucwa/oauth/v1/photos",
      "/ucwa/v1/applications/103/photos",
      "/ucwa/oauth/v1/applications/103/photosx",
      "/ucwa/oauth/v1/applications/103/me/photos/alice",
      `/abs${PHOTO}`,
    ]) {
      expect(cookie("cwt_ucwa=abc", key)).toBeUndefined();
      expect(presentsTicket(new Headers({ cookie: "cwt_ucwa=abc" }), key)).toBe(false);
    }
  });

  it.each([
    ["a word before the scheme", { authorization: "xBearer cwt=abc" }],
    ["no space behind the scheme", { authorization: "Bearercwt=abc" }],
    ["a word before the form", { "x-ms-webticket": "xcwt=abc" }],
    ["a header of more than 65,536 characters", { authorization: `Bearer cwt=${"a".repeat(65_526)}` }],
  ])("%s is no ticket", (_, headers) => expect(of(headers)).toBeUndefined());

  it("is read from a header of up to 65,536 characters, in any letter case, without the space around it", () => {
    const longest = "a".repeat(65_532);
    expect(of({ "x-ms-webticket": `CWT=${longest}` })).toEqual({
      kind: "cwt",
      text: longest,
      carrier: "x-ms-webticket",
    });
    expect(of({ authorization: "Bearer cwt= abc" })).toMatchObject({ text: "abc" });
  });

  it("is read from the cookie under /photos of one application, and of no longer or shorter path", () => {
    const found = (key: string) => of({ cookie: "cwt_ucwa=abc" }, key) !== undefined;
    const photos = "/ucwa/oauth/v1/applications/103/photos";
    expect([photos, `${photos}/`, `${photos}/alice`].map(found)).toEqual([true, true, true]);
    const others = [
      ...[`/x${photos}`, `/x${photos}/alice`, `${photos}x`, `${photos}x/alice`],
      ...["/ucwa/oauth/v1/applications//photos", "/ucwa/oauth/v1/applications/103/me/photos/alice"],
    ];
    for (const key of others) expect(found(key), key).toBe(false);
  });

  it("is the cookie's value without its quotes and its form, which stand at its ends only", () => {
    const text = (value: string) => of({ cookie: `cwt_ucwa=${value}` }, PHOTO)?.text;
    expect(text('"cwt=abc"')).toBe("abc");
    expect(text('a"cwt=b')).toBe('a"cwt=b');
    expect(text('ab"c')).toBe('ab"c');
  });

  it("counts once: a cookie beside a header does not matter, two lines of one header are no ticket the seal knows", () => {
    expect(of({ cookie: "cwt_ucwa=abd", authorization: "Bearer cwt=abc" }, PHOTO)).toMatchObject({ text: "abc" });
    const headers = new Headers([
      ["authorization", "Bearer cwt=abc"],
      ["authorization", "Bearer cwt=abd"],
    ]);
    expect(presentedTicket(headers, USER)?.text).toMatch(/,/); // neither an envelope nor base64 contains a comma
  });

  it("reads any header in short time", () => {
    const value = fc.stringMatching(/^[\x20-\x7e]{0,200}$/);
    fc.assert(
      fc.property(value, value, value, (authorization, ticket, cookie) => {
        const found = of({ authorization, "x-ms-webticket": ticket, cookie }, PHOTO);
        if (found !== undefined) expect(found.text).not.toBe("");
      }),
    );
    const started = processorTime();
    for (const filler of [" ", "\t", "=", ";", ",", "cwt=", "Bearer "]) {
      const long = filler.repeat(Math.floor(60_000 / filler.length));
      of({ authorization: `Bearer${long}`, "x-ms-webticket": long, cookie: long }, PHOTO);
    }
    expect(processorTime() - started).toBeLessThan(2_000);
  });
});

describe("whether anything is presented for a ticket", () => {
  const presents = (headers: Record<string, string>, key = USER) => presentsTicket(new Headers(headers), key);

  it("is so with either header, good or not, and with the cookie where photos are", () => {
    expect(presents({ authorization: "x" })).toBe(true);
    expect(presents({ "x-ms-webticket": "x" })).toBe(true);
    for (const cookie of ["cwt_ucwa=", "a=b;cwt_ucwa=x", "a=b;  CWT_UCWA=x"])
      expect(presents({ cookie }, PHOTO)).toBe(true);
  });

  it("is not so without them, with a cookie of another name, or elsewhere", () => {
    for (const key of [USER, PHOTO]) expect(presents({ accept: "x" }, key)).toBe(false);
    for (const cookie of ["a=b", "xcwt_ucwa=x", "a=cwt_ucwa=x", "cwt_ucwax=x"])
      expect(presents({ cookie }, PHOTO), cookie).toBe(false);
    expect(presents({ cookie: "cwt_ucwa=x" }, USER)).toBe(false);
  });
});
