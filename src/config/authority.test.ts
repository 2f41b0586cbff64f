// S-54: the authority's variables in the whole configuration.

import { describe, expect, it } from "vitest";
import { variablesWith } from "../../test/kit/variables.ts";
import { readConfig } from "./config.ts";

const SECRET = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;
const read = (changes: Readonly<Record<string, unknown>>) => {
  const result = readConfig(variablesWith(changes));
  return "faults" in result ? result.faults : result.config.authority?.url;
};

describe("S-54: AUTHORITY_URL and AUTHORITY_SECRETS", () => {
  it("are in the configuration, or absent from it", () => {
    expect(read({})).toBeUndefined();
    const url = "https://devices.fabrikam.test/postern";
    expect(read({ AUTHORITY_URL: url, AUTHORITY_SECRETS: SECRET })).toBe(url);
  });

  it("do not lead to the gateway itself", () => {
    const hosts = variablesWith({}).PUBLIC_HOSTS?.split(/\s+/) ?? [];
    expect(hosts.length).toBeGreaterThan(0);
    for (const host of hosts) {
      const faults = read({ AUTHORITY_URL: `https://${host}/x`, AUTHORITY_SECRETS: SECRET });
      expect(faults).toEqual([expect.stringContaining(`AUTHORITY_URL leads to "${host}"`)]);
    }
  });

  it("show no secret in a fault, nor where everybody can read it", () => {
    const said = JSON.stringify([
      read({ AUTHORITY_URL: `https://devices.fabrikam.test/${SECRET}`, AUTHORITY_SECRETS: SECRET }),
      read({ AUTHORITY_URL: "http://devices.fabrikam.test/", AUTHORITY_SECRETS: `${SECRET} ${SECRET}` }),
    ]);
    expect(said).not.toContain(SECRET.slice(6));
  });
});
