import { describe, expect, it } from "vitest";
import { variablesWith } from "../../test/kit/variables.ts";
import { readConfig } from "./config.ts";

const faults = (changes: Readonly<Record<string, unknown>>): readonly string[] => {
  const result = readConfig(variablesWith(changes));
  return "faults" in result ? result.faults : [];
};

/** As a company would have it. */
const FABRIKAM = {
  PUBLIC_HOSTS: "lyncdiscover.fabrikam.com web.fabrikam.com",
  WEB_HOST: "web.fabrikam.com",
  NETBIOS_DOMAIN: "FABRIKAM",
  DNS_DOMAIN: "fabrikam.com",
  INTERNAL_DOMAINS: "corp.fabrikam.local fe01",
};

describe("what contradicts itself", () => {
  it("a company's own names do not", () => {
    expect(faults(FABRIKAM)).toEqual([]);
    expect(faults({ PLAIN_HTTP: "allow" })).toEqual([]); // below .test
  });

  it("S-12: DNS_DOMAIN inside INTERNAL_DOMAINS would show the inside in every challenge", () => {
    for (const [DNS_DOMAIN, INTERNAL_DOMAINS] of [
      ["corp.fabrikam.local", "fabrikam.local"],
      ["Corp.Fabrikam.local", "corp.FABRIKAM.local"],
      ["inside.fabrikam.com", "other inside.fabrikam.com"],
    ]) {
      expect(faults({ ...FABRIKAM, DNS_DOMAIN, INTERNAL_DOMAINS })).toEqual([
        expect.stringMatching(/^DNS_DOMAIN is ".*", and INTERNAL_DOMAINS has ".*": .* Give DNS_DOMAIN a public name/),
      ]);
    }
  });

  it.each([
    { PLAIN_HTTP: "allow" },
    { PLAIN_HTTP: "allow", PUBLIC_HOSTS: "lyncdiscover.contoso.test web.fabrikam.com" },
    {
      PLAIN_HTTP: "allow",
      ...{ PUBLIC_HOSTS: "lyncdiscover.fabrikam.test web.fabrikam.test", WEB_HOST: "web.fabrikam.test" },
      ...{ ADMIN_HOST: "postern.fabrikam.com", ADMIN_KEYS: Buffer.alloc(32, 8).toString("base64") },
    },
  ])("S-33: %j: plain http beside a public zone", (changes) => {
    expect(faults({ ...FABRIKAM, ...changes })).toEqual([
      expect.stringMatching(/^PLAIN_HTTP is "allow", and ".*fabrikam\.com" .* Take PLAIN_HTTP out/),
    ]);
  });

  it.each([
    ["PUBLIC_HOSTS", "lyncdiscover.fabrikam.com web.fabrikam.com meet.contoso.com"],
    ["SIP_DOMAINS", "fabrikam.com contoso.com"],
    ["DNS_DOMAIN", "contoso.com"],
    ["NETBIOS_DOMAIN", "CONTOSO"],
    ["DOMAINS", "FABRIKAM=fabrikam.net CONTOSO=contoso.com"],
    ["INTERNAL_DOMAINS", "fabrikam.local contoso.local"],
    ["SIGN_ON_SERVICE", "HTTP/web.contoso.com"],
    ["TUNNEL_HOSTS", "web.fabrikam.com=https://<tunnel hostname>"],
    ["INTERNAL_DOMAINS", "your-domain.local"],
    ["NETBIOS_DOMAIN", "changeme"],
    ["DNS_DOMAIN", "example.com"],
  ])("%s with the sample %s in it", (name, value) => {
    const found = faults({ ...FABRIKAM, [name]: value });
    const sentence = new RegExp(`^${name} still has the sample ".*"\\. Put your own in its place`);
    expect(
      found.filter((each) => sentence.test(each)),
      found.join("\n"),
    ).toHaveLength(1);
  });
});
