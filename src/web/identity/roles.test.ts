// Which role a person's claims give, in each form in which providers write them.

import { describe, expect, it } from "vitest";
import { hasClaim, roleOf } from "./roles.ts";

const byValue = new Map([
  ["lync-admins", "admin"],
  ["service-desk", "helpdesk"],
  ["auditors", "viewer"],
] as const);
const of = (claims: Record<string, unknown>, claim = "groups") => roleOf(claims, { claim, byValue });

describe("the role of a person", () => {
  it.each([
    ["a list", { groups: ["staff", "auditors"] }, "viewer"],
    ["one text", { groups: "service-desk" }, "helpdesk"],
    ["a text with spaces", { groups: "staff auditors" }, "viewer"],
    ["a text with commas", { groups: "staff, service-desk,other" }, "helpdesk"],
    ["the highest of several", { groups: ["auditors", "lync-admins", "service-desk"] }, "admin"],
    ["a list with other things in it", { groups: [1, null, { a: 1 }, "auditors"] }, "viewer"],
  ])("is read from %s", (_how, claims, role) => {
    expect(of(claims)).toEqual({ ok: true, value: role });
  });

  it("is read from a claim within a claim, and from one whose name has dots", () => {
    expect(of({ realm_access: { roles: ["lync-admins"] } }, "realm_access.roles")).toEqual({
      ok: true,
      value: "admin",
    });
    const url = "https://contoso.com/roles";
    expect(of({ [url]: ["auditors"] }, url)).toEqual({ ok: true, value: "viewer" });
  });

  it.each([
    ["no claim", {}],
    ["an empty list", { groups: [] }],
    ["other groups", { groups: ["staff"] }],
    ["another spelling", { groups: ["Lync-Admins"] }],
    ["a part of a name", { groups: ["lync-admins-old", "not-lync-admins"] }],
    ["a name with a space in a list, of which a part would do", { groups: ["no lync-admins"] }],
    ["a list in a list", { groups: [["lync-admins"]] }],
    ["an object", { groups: { "lync-admins": true } }],
    ["a number", { groups: 1 }],
  ])("is none with %s", (_what, claims) => {
    expect(of(claims)).toEqual({ ok: false, reason: "no-role" });
  });

  it("is not found on what every object inherits", () => {
    for (const claim of ["constructor.name", "__proto__", "toString", "groups.length", "groups.constructor"]) {
      expect(hasClaim({ groups: "lync-admins" }, claim)).toBe(false);
    }
  });

  it("says so when the provider left the groups out because they are too many", () => {
    const left = { _claim_names: { groups: "src1" }, _claim_sources: { src1: { endpoint: "https://graph" } } };
    expect(of(left)).toEqual({ ok: false, reason: "groups-left-out" });
    expect(of({ hasgroups: true })).toEqual({ ok: false, reason: "groups-left-out" });
  });
});
