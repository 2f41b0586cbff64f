// User-Agents of real clients and what they tell; then what attackers could send instead.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { processorTime } from "../../../test/kit/cpu.ts";
import { runs } from "../../../test/kit/runs.ts";
import { MAX_FACT_CHARS, MAX_USER_AGENT_CHARS } from "./bounds.ts";
import { factsFromUserAgent } from "./user-agent.ts";

/** Product, version, platform, type, model, operating system. */
const told = (userAgent: string): readonly string[] => {
  const { product, version, platform, type, model, os } = factsFromUserAgent(userAgent);
  return [product, version, platform, type, model, os];
};

const OFFICE = "OC/16.0.4266.1001 (Skype for Business)";
const CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0";

describe("the clients of Lync and Skype for Business", () => {
  it.each([
    ["UCCAPI/15.0.4420.1017 OC/15.0.4420.1017 (Microsoft Lync)", "OC|15.0.4420.1017|windows|desktop||"],
    ["UCCAPI/16.0.13328.20130 OC/16.0.13426.20234", "OC|16.0.13426.20234|windows|desktop||"],
    [OFFICE, "OC|16.0.4266.1001|windows|desktop||"],
    ["OC 15.0.4420 (Microsoft Lync)", "OC|15.0.4420|windows|desktop||"],
    ["UCCAPI/15.0.4420.1017", "UCCAPI|15.0.4420.1017|windows|desktop||"],
    ["AOC/4.0.7577.4", "AOC|4.0.7577.4|windows|desktop||"],
    ["LMC/8.0.6362.0", "LMC|8.0.6362.0|windows|desktop||"],
    [
      "Microsoft Office/15.0 (Windows NT 6.2; Microsoft Lync 15.0.4454; Pro)",
      "OC|15.0.4454|windows|desktop||Windows NT 6.2",
    ],
    ["Lynx/1.0 (Skype for Business)", "Lynx|1.0|windows|desktop||"],
    ["LSPT/15.0.0.0 (Lync Server 2013 Stress and Performance Tool)", "LSPT|15.0.0.0|unknown|unknown||"],
    [
      "CPE/4.0.7423.1 OCPhone/4.0.7423.1 (Microsoft Lync 2010 (Beta) Phone Edition)",
      "OCPhone|4.0.7423.1|unknown|phone||",
    ],
    ["OCPHONE/.0.522", "OCPhone|.0.522|unknown|phone||"],
    ["CPE/4.0.7577.4451", "CPE|4.0.7577.4451|unknown|phone||"],
    ["CWA/5.0.8308.0", "CWA|5.0.8308.0|web|browser||"],
    ["SkypeWeb/0.4.275 master UCWA/1.0.0-281", "SkypeWeb|0.4.275|web|browser||"],
    [
      "RTCC/7.0.0.0 UCWA/7.0.0.0 AndroidLync/6.25.0.27 (SM-G930U Android 8.0.0)",
      "AndroidLync|6.25.0.27|android|phone|SM-G930U|Android 8.0.0",
    ],
    ["AndroidLync/6.25 (Android 9; SM-T510)", "AndroidLync|6.25|android|tablet|SM-T510|Android 9"],
    ["AndroidLync/6.25 (SM-G930U/Android 8.0.0)", "AndroidLync|6.25|android|phone|SM-G930U|Android 8.0.0"],
    ["AndroidLync/6.25 (Google; Pixel 3; Android 9)", "AndroidLync|6.25|android|phone|Google Pixel 3|Android 9"],
    ["ANDROIDLYNC/6.25", "AndroidLync|6.25|android|phone||"],
    [
      "ACOMO/5.4 (Linux; U; Android 4.4.2; en-us; Nexus 5 Build/KOT49H)",
      "ACOMO|5.4|android|phone|Nexus 5|Android 4.4.2",
    ],
    ["ACOMO-Android/5.4", "ACOMO|5.4|android|phone||"],
    [
      "RTCC/7.0.0.0 UCWA/7.0.0.0 iPhoneLync/6.25.0.27 (iPhone10,4 iOS 13.3)",
      "iPhoneLync|6.25.0.27|ios|phone|iPhone10,4|iOS 13.3",
    ],
    ["iphonelync/6.4 CFNetwork/758.2.8 Darwin/15.0.0", "iPhoneLync|6.4|ios|phone||Darwin 15.0.0"],
    [
      "RTCC/5.0.0.0 UCWA/5.0.0.0 iPhoneLync/5.0.0.0 (iPad iPhone OS 7.0.3)",
      "iPhoneLync|5.0.0.0|ios|tablet|iPad|iOS 7.0.3",
    ],
    ["iPadLync/6.20.1 (iPad6,11; iPadOS 15.1)", "iPadLync|6.20.1|ios|tablet|iPad6,11|iPadOS 15.1"],
    [
      "WPLync/5.0.2.0 (NOKIA RM-821_eu_euro1_276 Windows Phone 8.0.10211)",
      "WPLync|5.0.2.0|windows-phone|phone|NOKIA RM-821_eu_euro1_276|Windows Phone 8.0.10211",
    ],
    ["NokiaLync/1.0.0.1", "NokiaLync|1.0.0.1|unknown|phone||"],
    ["LyncForMac/16.0 (Mac OS X 10.14.6)", "LyncForMac|16.0|mac|desktop||macOS 10.14.6"],
    ["UCCAPI/14.0.1 MC/14.0.1 (Microsoft Lync for Mac 2011)", "MC|14.0.1|mac|desktop||macOS"],
    [
      "Skype%20for%20Business/6.17.0.4 CFNetwork/978.0.7 Darwin/18.5.0",
      "Skype for Business|6.17.0.4|ios|unknown||Darwin 18.5.0",
    ],
    // Since macOS 11 a Mac's library says what an iPhone's says.
    [
      "Skype%20for%20Business/16.31.11 CFNetwork/1410.0.3 Darwin/22.6.0",
      "Skype for Business|16.31.11|unknown|unknown||Darwin 22.6.0",
    ],
    ["iPhoneLync/6.26.0.0 CFNetwork/1206 Darwin/20.1.0", "iPhoneLync|6.26.0.0|ios|phone||Darwin 20.1.0"],
    ["UCCAPI/16.0.20.0 OC/16.0.20.0 (Skype for Business for Mac)", "OC|16.0.20.0|mac|desktop||macOS"],
    ["UCCAPI/15.12.23.0 OC/15.12.23.0 (Microsoft Lync Room System)", "OC|15.12.23.0|windows|desktop||"],
    [
      "RTCC/7.0.0.0 UCWA/7.0.0.0 AndroidLync/6.28.0.4 (Android SDK built for x86 Android 10)",
      "AndroidLync|6.28.0.4|android|phone|SDK built for x86|Android 10",
    ],
    ["PolycomVVX-VVX_600-UA/5.9.0.9373", "PolycomVVX-VVX_600-UA|5.9.0.9373|unknown|unknown||"],
    ["RTCC/6.0.0.0 Outlook Web App", "Outlook Web App||unknown|unknown||"],
    ["Lync/16.0 CFNetwork/902.1 Darwin/17.7.0 (x86_64)", "Lync|16.0|mac|desktop||Darwin 17.7.0"],
    ["Pidgin/2.14.1 Sipe/1.25.0 (linux-x86_64; RTC/6.0)", "Sipe|1.25.0|linux|desktop||Linux"],
    ["<Pidgin/2.14.1> Sipe/1.18.4 (win-i386; )", "Sipe|1.18.4|windows|desktop||Windows"],
    ["Adium/1.5 Sipe/1.18.4 (macosx-x86_64; RTC/5.0)", "Sipe|1.18.4|mac|desktop||macOS"],
  ])("%s", (userAgent, expected) => {
    expect(told(userAgent).join("|")).toBe(expected);
  });
});

describe("browsers, and what nobody knows", () => {
  it.each([
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Safari/537.36`,
      "Chrome|119.0.0.0|web|browser||Windows NT 10.0",
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0) ${CHROME} Safari/537.36 Edg/119.0.2151.58`,
      "Edge|119.0.2151.58|web|browser||Windows NT 10.0",
    ],
    [
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.6099.71 Safari/537.36",
      "HeadlessChrome|120.0.6099.71|web|browser||Linux",
    ],
    [`Mozilla/5.0 (Linux; Android 10; K) ${CHROME} Mobile Safari/537.36`, "Chrome|119.0.0.0|web|browser||Android 10"],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 13_2 like Mac OS X) AppleWebKit/605.1.15 Version/13.0 Mobile/15E148 Safari/604.1",
      "Safari|13.0|web|browser|iPhone|iOS 13.2",
    ],
    [
      "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0",
      "Firefox|115.0|web|browser||Linux",
    ],
    ["Mozilla/5.0 (Android 9; Mobile; rv:68.0) Gecko/68.0 Firefox/68.0", "Firefox|68.0|web|browser||Android 9"],
    [
      "Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko",
      "Internet Explorer|11.0|web|browser||Windows NT 6.1",
    ],
    [
      "Mozilla/5.0 (Mobile; Windows Phone 8.1; Android 4.0; Trident/7.0; IEMobile/11.0; NOKIA; Lumia 520) like iPhone OS 7_0_3 Mac OS X",
      "Internet Explorer|11.0|web|browser|NOKIA Lumia 520|Windows Phone 8.1",
    ],
    ["Dalvik/2.1.0 (Linux; U; Android 7.0; SM-G930F Build/NRD90M)", "Dalvik|2.1.0|android|phone|SM-G930F|Android 7.0"],
    ["curl/8.5.0", "curl|8.5.0|unknown|unknown||"],
    ["Postern test", "Postern test||unknown|unknown||"],
    ["iPhoneLyncer/1 Androidlyncs/2", "iPhoneLyncer|1|unknown|unknown||"],
    ["", "||unknown|unknown||"],
    ["((((", "||unknown|unknown||"],
    [") ( /", "||unknown|unknown||"],
  ])("%s", (userAgent, expected) => {
    expect(told(userAgent).join("|")).toBe(expected);
  });

  it("an app inside a browser's words is the app", () => {
    expect(told("Mozilla/5.0 (iPhone; CPU iPhone OS 12_4 like Mac OS X) iPhoneLync/6.3").slice(0, 4)).toEqual([
      ...["iPhoneLync", "6.3", "ios", "phone"],
    ]);
  });

  it("keeps the whole of what was sent, but for what cannot be shown", () => {
    expect(factsFromUserAgent(" My-Client/2 \u202e(x) ").userAgent).toBe("My-Client/2 \ufffd(x)");
  });
});

describe("what a stranger sends", () => {
  const pieces = fc.constantFrom(
    ...[
      "(",
      ")",
      "/",
      ";",
      " ",
      "%20",
      "OC/1",
      "Android",
      "Mac OS X 1_2",
      "\r\n",
      "\u001b[2J",
      "\u202e",
      "\ud83d",
      "{",
    ],
    ...["iPhone", "Windows NT", "Trident/", "rv:", "9.", "Mozilla/5.0", "Build/", "UCWA", "Microsoft Lync 1"],
  );
  const anything = fc
    .array(fc.oneof(pieces, fc.string({ unit: "binary" })), { maxLength: 60 })
    .map((all) => all.join(""));

  it("is read whole or in part, and gives bounded, printable facts", () => {
    fc.assert(
      fc.property(anything, (userAgent) => {
        const { userAgent: kept, platform: _, type: __, ...texts } = factsFromUserAgent(userAgent);
        expect(kept.length).toBeLessThanOrEqual(MAX_USER_AGENT_CHARS);
        for (const text of Object.values(texts)) expect(text.length).toBeLessThanOrEqual(MAX_FACT_CHARS);
        expect(texts.version).toMatch(/^[\d.]*$/);
        expect([kept, ...Object.values(texts)].join("")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
      { numRuns: runs(2_000) },
    );
  }, 60_000);

  it.each([
    "(",
    "()",
    "a/",
    " ",
    "Windows ",
    "Trident/",
    "Trident/ rv:",
    "Build/",
    "Android ",
    "1.",
    "iOS ",
    "-_.",
    ";,",
    "Mac OS X ",
  ])("S-9: a million characters of %j cost no more than a few", (piece) => {
    const long = piece.repeat(1_000_000 / piece.length);
    const started = processorTime();
    for (let times = 0; times < 100; times++) factsFromUserAgent(long);
    expect(processorTime() - started).toBeLessThan(2_000);
  });
});
