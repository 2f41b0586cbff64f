import { describe, expect, it } from "vitest";
import { Directory } from "./users.ts";

describe("newcomers of the simulated pool", () => {
  it("have the SID of their name, whoever comes first, also after a start anew", () => {
    const sids = (...upns: string[]): Record<string, string | undefined> => {
      const directory = new Directory([], "contoso.test");
      return Object.fromEntries(upns.map((upn) => [upn.toLowerCase(), directory.admit(upn)?.sid]));
    };
    const [first, second] = [sids("x@contoso.test", "y@contoso.test"), sids("Y@contoso.test", "X@contoso.test")];
    expect(first).toEqual(second);
    expect(first["x@contoso.test"]).not.toBe(first["y@contoso.test"]);
  });
});
