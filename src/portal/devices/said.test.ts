// A device and its place in the words of people.

import { describe, expect, it } from "vitest";
import type { RequestSource } from "../../core/device/types.ts";
import { freeName, kindOfDevice, kindOfReader, opensApp } from "./kinds.ts";
import { clientSaid, placeSaid } from "./said.ts";

describe("what a device is called", () => {
  it.each([
    ["iPhoneLync/5.8.1346.0 (iPhone; iOS 9.3)", "iPhone, Lync 5.8"],
    ["iPhoneLync/6.26.0 (iPhone; iOS 15.1)", "iPhone, Skype for Business 6.26"],
    ["iPadLync/6.26.0 (iPad; iOS 15.1)", "iPad, Skype for Business 6.26"],
    ["AndroidLync/6.25.0.38 (SM-G930U Android 8.0.0)", "Android phone, Skype for Business 6.25"],
    ["OC/15.0.4569.1503 (Microsoft Lync)", "Windows computer, Lync 15.0"],
    ["OC/16.0.4266.1001 (Skype for Business)", "Windows computer, Skype for Business 16.0"],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0", "Browser, Firefox 115.0"],
    ["", "Unknown device"],
  ])("%s", (userAgent, said) => {
    expect(clientSaid(userAgent, "en")).toBe(said);
    expect(clientSaid(userAgent, "de").split(", ").slice(1)).toEqual(said.split(", ").slice(1));
  });
});

describe("what a place is called", () => {
  const words = { here: "here", unknown: "unknown", network: (at: string) => `net ${at}` };
  const of = (source: Partial<RequestSource>, locale: "en" | "de" = "en") =>
    placeSaid({ network: "192.0.2.7", ...source }, words, { locale, here: "192.0.2.1" });

  it("is town and country where they are known, else the network", () => {
    expect(of({ city: "Berlin", country: "DE" })).toBe("Berlin, Germany");
    expect(of({ city: "Berlin", country: "DE" }, "de")).toBe("Berlin, Deutschland");
    expect(of({ country: "PL" })).toBe("Poland");
    expect(of({ country: "T1" })).toBe("Tor");
    expect(of({ country: "XX" })).toBe("net 192.0.2.7");
    expect(of({})).toBe("net 192.0.2.7");
    expect(of({ network: "192.0.2.1" })).toBe("here");
    expect(of({ network: "unknown" })).toBe("unknown");
  });
});

describe("a new device", () => {
  it("gets a name that none of the others has", () => {
    expect(freeName("iPhone", [])).toBe("iPhone");
    expect(freeName("iPhone", ["iphone ", "iPhone 2"])).toBe("iPhone 3");
  });

  it("is offered the button that opens the app only on a phone of its kind", () => {
    const iphone = kindOfReader("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15");
    expect(iphone).toBe("iphone");
    expect([opensApp("iphone", iphone), opensApp("android", iphone), opensApp("windows", "windows")]).toEqual([
      true,
      false,
      false,
    ]);
    expect(kindOfReader("Mozilla/5.0 (Linux; Android 14; Pixel 8)")).toBe("android");
    expect(kindOfReader("Mozilla/5.0 (Windows NT 10.0; Win64; x64)")).toBe("windows");
    expect(kindOfReader("curl/8")).toBeUndefined();
  });

  it("has the words of its own app when it has come", () => {
    expect(kindOfDevice({ platform: "ios", type: "tablet", product: "iPadLync" })).toBe("iphone");
    expect(kindOfDevice({ platform: "windows", type: "desktop", product: "OC" })).toBe("windows");
    expect(kindOfDevice({ platform: "unknown", type: "phone", product: "OCPhone" })).toBe("desk-phone");
    expect(kindOfDevice({ platform: "web", type: "browser", product: "Firefox" })).toBe("browser");
    expect(kindOfDevice({ platform: "linux", type: "desktop", product: "Sipe" })).toBe("other");
  });
});
