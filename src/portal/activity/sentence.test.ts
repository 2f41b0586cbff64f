import { expect, it } from "vitest";
import { sentenceOf } from "./sentence.ts";
import type { Told } from "./told.ts";

const at = Date.UTC(2026, 10, 27);
const came: Told = {
  ...{ id: "e_1", first: at, last: at, count: 1, userAgent: "", from: { network: "unknown", country: "" } },
  ...{ device: null, credentialId: null, label: null },
  what: { kind: "device-waits", reason: "awaiting-own-approval" },
};
const around = { place: "Berlin", nameOf: () => "My phone", isRule: () => false };

it("names a device as its owner does, and says what it is only where that is known", () => {
  const says = (entry: Told) => sentenceOf(entry, { locale: "en", ...around }).says;
  expect(says(came)).toContain("“My phone” wants");
  expect(says({ ...came, userAgent: "iPhoneLync/5.8.1346.0 (iPhone; iOS 9.3)" })).toContain(
    "“My phone” (iPhone, Lync 5.8)",
  );
});
