import { expect, it } from "vitest";
import { grantTypesFor } from "./grant-types.ts";

const PHONE = "RTCC/7.0.0.0 UCWA/7.0.0.0 iPhoneLync/6.25 (iPhone_iOS 15.0)";
const WINDOWS = "urn:microsoft.rtc:windows,urn:microsoft.rtc:anonmeeting";

it.each([
  ["windows", PHONE, WINDOWS],
  ["both", PHONE, "urn:microsoft.rtc:windows,urn:microsoft.rtc:passive,urn:microsoft.rtc:anonmeeting"],
  ["passive", PHONE, "urn:microsoft.rtc:passive,urn:microsoft.rtc:anonmeeting"],
  ["passive", "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", "urn:microsoft.rtc:passive,urn:microsoft.rtc:anonmeeting"],
  [
    "passive",
    "UCCAPI/15.0.4420.1017 OC/15.0.4420.1017 (Microsoft Lync)",
    "urn:microsoft.rtc:passive,urn:microsoft.rtc:anonmeeting",
  ],
  ["passive", "Sipe/1.25.0 (linux-x86_64; purple)", WINDOWS],
  [
    "passive",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15",
    "urn:microsoft.rtc:passive,urn:microsoft.rtc:anonmeeting",
  ],
  ["both", "Sipe/1.25.0 (linux-x86_64; purple)", WINDOWS],
  ["passive", "MC/14.4.3 MacMessenger/14.4.3 (Microsoft Lync for Mac 2011)", WINDOWS],
  ["passive", "CPE/4.0.7577.4463 OCPhone/4.0.7577.4463 (Microsoft Lync Phone Edition)", WINDOWS],
] as const)("S-92: with %s, %s is told of %s", (offer, userAgent, grants) => {
  expect(grantTypesFor(offer, userAgent)).toBe(grants);
});
