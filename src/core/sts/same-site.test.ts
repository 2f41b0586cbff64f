// Whether two hosts are one site, by the hosts that people have.

import { describe, expect, it } from "vitest";
import { areSameSite } from "./same-site.ts";

describe("S-89: one site", () => {
  it.each([
    ["sts.contoso.com", "web.contoso.com"],
    ["sts.web.contoso.com", "web.contoso.com"],
    ["web.contoso.com", "sts.web.contoso.com"],
    ["sts.id.contoso.com", "web.lync.contoso.com"],
    ["contoso.com", "web.contoso.com"],
    ["sts.contoso.co.uk", "web.contoso.co.uk"],
    ["contoso.co.uk", "web.contoso.co.uk"],
    ["web.contoso.com", "web.contoso.com"],
  ])("%s and %s", (one, other) => {
    expect(areSameSite(one, other)).toBe(true);
  });

  it.each([
    ["sts.contoso.com", "web.fabrikam.com"],
    ["contoso.co.uk", "fabrikam.co.uk"],
    ["sts.contoso.co.uk", "web.fabrikam.co.uk"],
    ["sts.localhost", "web.localhost"],
    ["sts.localhost", "web.contoso.test"],
    ["xcontoso.com", "contoso.com"],
    ["10.0.0.1", "9.0.0.1"],
    ["", "web.contoso.com"],
  ])("not %s and %s", (one, other) => {
    expect(areSameSite(one, other)).toBe(false);
  });
});
