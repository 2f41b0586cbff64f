import { describe, expect, it } from "vitest";
import { type GivenPerson, poolOf, readPerson } from "./read-person.ts";

const ADA: GivenPerson = {
  ...{ sipUri: "sip:ada@corp.test", upn: null, account: "CORP\\ada", displayName: null, mail: null, mobile: null },
  ...{ sid: null, language: null, groups: [] },
};
const readPool = (pool?: string | null) => {
  const read = readPerson(pool === undefined ? ADA : { ...ADA, pool });
  return read.ok ? read.value.pool : read.reason;
};

describe("S-70: the home pool that a directory says", () => {
  it("is kept in lower case, as an FQDN or a number", () => {
    expect(["Pool01.Contoso.local", " 1:2 ", "emea"].map((text) => poolOf(text))).toEqual([
      "pool01.contoso.local",
      "1:2",
      "emea",
    ]);
    expect(readPool("POOL2.contoso.local")).toBe("pool2.contoso.local");
  });

  it("is not known where it is no name, and keeps nobody out", () => {
    for (const none of ["", "a pool", "pool\u202e", "-x", "x".repeat(254), null]) expect(readPool(none)).toBeNull();
    expect(readPool()).toBeNull();
  });
});
