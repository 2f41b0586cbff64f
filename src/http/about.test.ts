// From where a request comes, as Cloudflare tells it.

import { expect, it } from "vitest";
import { sourceOf } from "./about.ts";

const from = (cf: Record<string, unknown>, headers: Record<string, string> = {}) =>
  sourceOf(new Request("https://web.contoso.test/", { cf, headers: { "cf-connecting-ip": "192.0.2.7", ...headers } }));

it("S-31: has the town that Cloudflare guesses, and none that a client names", () => {
  const berlin = { country: "de", asn: 64_496, city: "Berlin" };
  expect(from(berlin)).toEqual({ network: "192.0.2.7", country: "DE", asn: 64_496, city: "Berlin" });
  expect(from({ country: "DE", asn: 1 }, { "cf-ipcity": "Berlin" })).toEqual({
    ...{ network: "192.0.2.7", country: "DE", asn: 1 },
  });
  expect(from({ city: 7 })).not.toHaveProperty("city");
  expect(from({ city: `${"x".repeat(200)}\u202e` }).city).toHaveLength(85);
});
