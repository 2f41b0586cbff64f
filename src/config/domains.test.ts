import { describe, expect, it } from "vitest";
import { readDomains } from "./domains.ts";

function read(text: string | undefined): { domains: Record<string, string>; faults: readonly string[] } {
  const faults: string[] = [];
  const domains = Object.fromEntries(readDomains(text, "CONTOSO", "contoso.test", faults));
  return { domains, faults };
}

describe("the names of the users' domains", () => {
  it.each([
    [undefined, { "contoso.test": "contoso" }],
    ["", { "contoso.test": "contoso" }],
    ["CONTOSO=contoso.test", { "contoso.test": "contoso" }],
    [
      "contoso=Corp.Contoso.local, FABRIKAM=fabrikam.test\nCONTOSO=contoso.com",
      {
        "corp.contoso.local": "contoso",
        "fabrikam.test": "fabrikam",
        "contoso.com": "contoso",
        "contoso.test": "contoso",
      },
    ],
  ])("`%s` are those and the pair that is always there", (text, domains) => {
    expect(read(text)).toEqual({ domains, faults: [] });
  });

  it.each([
    ["CONTOSO", "not NAME=DNS"],
    ["=contoso.test", "not NAME=DNS"],
    ["CONTOSO=", "not NAME=DNS"],
    ["CONTOSO=contoso", "not NAME=DNS"],
    ["CONTOSO=.contoso.test", "not NAME=DNS"],
    ["contoso.test=CONTOSO", "not NAME=DNS"],
    ["CONTOSO=@contoso.test", "not NAME=DNS"],
    ["CONTOSO=a.test=b.test", "not NAME=DNS"],
    ["CONTOSO = contoso.test", "not NAME=DNS"],
    ["A-NAME-OF-16-CHARS=a.test", "not NAME=DNS"],
    ["CONTOSO=a.test FABRIKAM=A.test", '"a.test" twice'],
    ["FABRIKAM=contoso.test", "it is DNS_DOMAIN"],
    [Array.from({ length: 33 }, (_, n) => `CONTOSO=d${n}.test`).join(" "), "32 is the limit"],
  ])("`%s` is a fault, in a sentence with its fix", (text, words) => {
    const { faults } = read(text);
    expect(faults.join(" ")).toContain(words);
    for (const fault of faults) expect(fault).toMatch(/^DOMAINS .*\.$/);
  });
});
