// S-90: which cookies of the pool belong to a sign-in.

import { describe, expect, it } from "vitest";
import { cookiesAfter, cookiesIn, cookiesSet, jarOf } from "./jar.ts";

const namesOf = (cookies: readonly (readonly [string, string])[]): readonly string[] => cookies.map(([name]) => name);

describe("S-90: the cookies of a pool", () => {
  it("may have a long name: Shibboleth writes the realm into it, in hexadecimal digits", () => {
    const name = `_shibsession_64656661756c74${Buffer.from("https://web.contoso.test/relying-party").toString("hex")}`;
    const { set } = cookiesSet([`${name}=_057df3047aa010bc780eecff8ee59a77; path=/; secure; HttpOnly`]);
    expect(namesOf(set)).toEqual([name]);
    const jar = jarOf(set);
    expect(jar && cookiesIn(`x=1; ${name}=_057df3047aa010bc780eecff8ee59a77`, jar)).toEqual(set);
    expect(jar && cookiesIn(`${name}=_057df3047aa010bc780eecff8ee59a78`, jar)).toBeUndefined();
  });

  it("have names of 1,024 characters at most together, so that a browser keeps the sealed text", () => {
    const lines = Array.from({ length: 24 }, (_, at) => `${`${at}`.padEnd(200, "x")}=1`);
    expect(cookiesSet(lines).set).toHaveLength(5);
    const before = Array.from({ length: 3 }, (_, at) => [`b${at}`.padEnd(200, "x"), "1"] as const);
    expect(namesOf(cookiesAfter(before, lines))).toEqual([
      ...namesOf(before),
      ...namesOf(cookiesSet(lines).set).slice(0, 2),
    ]);
    expect(cookiesSet([`${"x".repeat(257)}=1`]).set).toEqual([]);
  });

  it("are 24 at most", () => {
    const lines = Array.from({ length: 30 }, (_, at) => `FedAuth${at}=1`);
    expect(namesOf(cookiesSet(lines).set).at(-1)).toBe("FedAuth23");
  });

  it("are taken back by an empty value, or by a time long ago", () => {
    const lines = ["a=1", "b=1", "c=1", "b=; path=/", "c=x; expires=Thu, 01-Jan-1970 00:00:00 GMT"];
    expect(cookiesSet(lines)).toEqual({ set: [["a", "1"]], gone: ["b", "c"] });
    expect(
      cookiesAfter(
        [
          ["c", "1"],
          ["d", "1"],
        ],
        lines,
      ),
    ).toEqual([
      ["d", "1"],
      ["a", "1"],
    ]);
  });
});
