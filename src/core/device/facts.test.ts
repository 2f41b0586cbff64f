// Which source wins when a device describes itself in several places, and that no fact is too long to keep.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { versionText } from "../ntlm/wire.ts";
import { MAX_CULTURE_CHARS, MAX_FACT_CHARS, MAX_USER_AGENT_CHARS, MAX_WORKSTATION_CHARS } from "./bounds.ts";
import { deviceFacts } from "./facts.ts";
import { UNKNOWN_DEVICE } from "./types.ts";

const ANDROID = "RTCC/7.0.0.0 UCWA/7.0.0.0 AndroidLync/6.25.0.27 (SM-G930U Android 8.0.0)";
const DESKTOP = "UCCAPI/16.0.4266.1001 OC/16.0.4266.1001 (Skype for Business)";
const CFNETWORK = "Lync/6.17 CFNetwork/978.0.7 Darwin/18.5.0";
const application = (userAgent: string, type = "") => ({ userAgent, type, culture: "en-US" });
const nothing = { httpUserAgent: "", workstation: "" };

describe("the facts of a device", () => {
  it("are unknown when it tells nothing", () => {
    expect(deviceFacts(nothing)).toEqual(UNKNOWN_DEVICE);
  });

  it("are those of the body before those of the header", () => {
    expect(deviceFacts({ ...nothing, application: application(ANDROID, "Phone"), httpUserAgent: DESKTOP })).toEqual({
      type: "phone",
      platform: "android",
      product: "AndroidLync",
      version: "6.25.0.27",
      model: "SM-G930U",
      os: "Android 8.0.0",
      userAgent: ANDROID,
      workstation: "",
      culture: "en-US",
    });
  });

  it("are those of the header where the body tells none", () => {
    const facts = deviceFacts({ ...nothing, application: application(""), httpUserAgent: DESKTOP });
    expect(facts).toEqual({ ...deviceFacts({ ...nothing, httpUserAgent: DESKTOP }), culture: "en-US" });
    expect([facts.product, facts.platform, facts.userAgent]).toEqual(["OC", "windows", DESKTOP]);
  });

  it("are completed by the header where both tell of the same platform, and only there", () => {
    const facts = (userAgent: string, httpUserAgent: string) =>
      deviceFacts({ ...nothing, application: application(userAgent), httpUserAgent });
    expect(facts("iPhoneLync/6.17", CFNETWORK)).toMatchObject({ product: "iPhoneLync", os: "Darwin 18.5.0" });
    expect(facts("My app/1", CFNETWORK)).toMatchObject({ product: "My app", version: "1", platform: "ios" });
    expect(facts("AndroidLync/6.25", CFNETWORK)).toMatchObject({ product: "AndroidLync", platform: "android", os: "" });
  });

  it.each([
    ["Phone", "phone"],
    ["TABLET", "tablet"],
    ["desktop", "desktop"],
    ["Browser", "browser"],
    ["Toaster", "unknown"],
    ["constructor", "unknown"],
  ])("have the type that the body names: %s", (type, expected) => {
    expect(deviceFacts({ ...nothing, application: application("My app/1", type) }).type).toBe(expected);
  });

  it("are those of a web page where a browser is all that is known", () => {
    expect(deviceFacts({ ...nothing, application: application("x", "Browser") })).toMatchObject({ platform: "web" });
  });

  it("keep a tablet's model and an explicit type beside each other", () => {
    const facts = deviceFacts({ ...nothing, application: application("iPadLync/6 (iPad6,11 iOS 12.1)", "Phone") });
    expect(facts).toMatchObject({ type: "phone", model: "iPad6,11", platform: "ios" });
  });
});

describe("what NTLM tells", () => {
  it.each([
    ["MOBILE", "ios"],
    ["mobile", "ios"],
    ["WORKSTATION", "unknown"],
    ["MOBILE-7", "unknown"],
    ["", "unknown"],
  ])("the name %j means the platform %s where no User-Agent names one", (workstation, platform) => {
    expect(deviceFacts({ httpUserAgent: "x/1", workstation })).toMatchObject({ platform, workstation });
    expect(deviceFacts({ httpUserAgent: DESKTOP, workstation }).platform).toBe("windows");
  });

  it.each([
    ["OC", DESKTOP, "10.0.19045", "Windows 10.0.19045"],
    ["OC, older", "OC/15.0.4420 (Microsoft Lync; Windows NT 6.1)", "6.1.7601", "Windows 6.1.7601"],
    ["nothing", DESKTOP, undefined, ""],
    ["zeros", DESKTOP, "0.0.0", ""],
    ["no version", DESKTOP, "10.0.19045 \u202e", ""],
    ["Android", ANDROID, "6.1.7600", "Android 8.0.0"],
    ["SIPE on Linux", "Pidgin/2.14.1 Sipe/1.25.0 (linux-x86_64; RTC/6.0)", "5.1.2600", "Linux"],
    ["SIPE on Windows, which makes up a version", "Sipe/1.25.0 (win-i386; )", "5.1.2600", "Windows"],
    ["a browser", "Mozilla/5.0 (Windows NT 10.0)", "10.0.19045", "Windows NT 10.0"],
    ["nobody knows whom", "x/1", "10.0.19045", ""],
  ])("a version is that of Windows for a product of Windows: %s", (_, httpUserAgent, ntlmVersion, os) => {
    const told = ntlmVersion === undefined ? {} : { ntlmVersion };
    expect(deviceFacts({ httpUserAgent, workstation: "PC", ...told }).os).toBe(os);
  });

  it("MS-NLMP 2.2.2.10: a version field as text", () => {
    expect(versionText(Uint8Array.of(0x0a, 0x00, 0x65, 0x4a, 0, 0, 0, 0x0f))).toBe("10.0.19045");
    expect(versionText(Uint8Array.of(0x05, 0x01, 0x28, 0x0a, 0, 0, 0, 0x0f))).toBe("5.1.2600");
    expect(versionText(new Uint8Array(0))).toBe("0.0.0");
  });
});

it("whatever is told, the facts are bounded and printable", () => {
  const steering = fc.constantFrom(
    "\r\n",
    "\0",
    "\u001b[2J",
    "\u2028",
    "\u202e",
    "\ud83d",
    "(",
    "Android ",
    "OC/1 ",
    " ",
  );
  const text = fc
    .array(fc.oneof(fc.string({ unit: "binary" }), steering), { maxLength: 40 })
    .map((all) => all.join(""));
  fc.assert(
    fc.property(text, text, text, text, (userAgent, httpUserAgent, workstation, ntlmVersion) => {
      const told = { userAgent, type: workstation, culture: workstation };
      const facts = deviceFacts({ application: told, httpUserAgent, workstation, ntlmVersion });
      const { userAgent: agent, workstation: name, culture, ...rest } = facts;
      expect(agent.length).toBeLessThanOrEqual(MAX_USER_AGENT_CHARS);
      expect(name.length).toBeLessThanOrEqual(MAX_WORKSTATION_CHARS);
      expect(culture.length).toBeLessThanOrEqual(MAX_CULTURE_CHARS);
      for (const each of Object.values(rest)) expect(each.length).toBeLessThanOrEqual(MAX_FACT_CHARS);
      expect(Object.values(facts).join("")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    }),
    { numRuns: 300 },
  );
}, 60_000);
