import { describe, expect, it } from "vitest";
import { passiveMode } from "./passive.ts";
import { completePolicy, DEFAULT_POLICY, readPolicy } from "./read.ts";
import type { PassiveMode } from "./types.ts";

const lists = { must: ["finance", "*@branch.contoso.test"], never: ["guests"], may: ["Staff", "eve@contoso.test"] };
const modeOf = (sipUri: string, groups: readonly string[], mode: PassiveMode = "never") =>
  passiveMode({ passive: { mode, ...lists } }, { sipUri, groups });

describe("S-92: who signs in by the page", () => {
  it("nobody does while no policy says so", () => {
    expect(passiveMode(DEFAULT_POLICY, { sipUri: "sip:a@contoso.test", groups: ["staff"] })).toBe("never");
    expect(passiveMode(completePolicy({}), { sipUri: "sip:a@contoso.test", groups: [] })).toBe("never");
  });

  it.each([
    ["sip:a@contoso.test", [], "never"],
    ["sip:a@contoso.test", ["staff"], "may"],
    ["sip:a@contoso.test", ["STAFF"], "may"],
    ["sip:a@contoso.test", ["staff2"], "never"],
    ["sip:eve@contoso.test", [], "may"],
    ["SIP:Eve@Contoso.test", [], "may"],
    ["sip:b@branch.contoso.test", [], "must"],
    ["sip:a@contoso.test", ["finance", "staff"], "must"],
    ["sip:a@contoso.test", ["finance", "guests"], "must"],
    ["sip:a@contoso.test", ["staff", "guests"], "never"],
  ] as const)("%s in %j: %s", (sipUri, groups, mode) => {
    expect(modeOf(sipUri, groups)).toBe(mode);
  });

  it("the mode is for everybody whom no list names", () => {
    expect(modeOf("sip:a@contoso.test", [], "must")).toBe("must");
    expect(modeOf("sip:a@contoso.test", ["guests"], "must")).toBe("never");
  });

  it("a group with the word of an address, or an address with the word of a group, is not meant", () => {
    expect(modeOf("sip:finance@contoso.test", [])).toBe("never");
    expect(modeOf("sip:a@contoso.test", ["eve@contoso.test"])).toBe("never");
  });
});

it.each([
  [{ passive: [] }, "passive"],
  [{ passive: { mode: "always" } }, "passive.mode"],
  [{ passive: { musts: [] } }, "passive.musts"],
  [{ passive: { must: "finance" } }, "passive.must"],
  [{ passive: { must: [1] } }, "passive.must[0]"],
  [{ passive: { never: ["sip:a@contoso.test"] } }, "passive.never[0]"],
  [{ passive: { may: ["staff*"] } }, "passive.may[0]"],
])("%j has its fault at %s", (value, path) => {
  const read = readPolicy(value);
  expect(read.ok ? [] : read.faults.map((fault) => fault.path)).toEqual([path]);
});
