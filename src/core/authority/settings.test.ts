// S-54: the variables of the authority: every fault with its fix, and no secret in a sentence.

import { describe, expect, it } from "vitest";
import { readAuthority } from "./settings.ts";

const secret = (byte: number, bytes = 32): string => `whsec_${Buffer.alloc(bytes, byte).toString("base64")}`;
const URL_OF_IT = "https://devices.contoso.test/postern?tenant=1";
function read(url: string | undefined, secrets: string | undefined) {
  const faults: string[] = [];
  const env = { ...(url && { AUTHORITY_URL: url }), ...(secrets && { AUTHORITY_SECRETS: secrets }) };
  return { settings: readAuthority(env, faults), faults };
}

describe("S-54: the authority's variables", () => {
  it("may be absent together", () => {
    expect(read(undefined, undefined)).toEqual({ settings: undefined, faults: [] });
    expect(read(" ", " ")).toEqual({ settings: undefined, faults: [] });
  });

  it("are an https address, and one secret or two", () => {
    const { settings, faults } = read(` ${URL_OF_IT} `, `${secret(1, 24)} ${secret(2, 64)}`);
    expect([settings?.url, settings?.secrets.map(({ length }) => length), faults]).toEqual([URL_OF_IT, [24, 64], []]);
    for (const local of ["http://localhost:9/x", "http://127.0.0.1:9", "http://[::1]:9/"]) {
      expect(read(local, secret(1)).settings?.url).toBe(local);
    }
  });

  it.each([
    "devices.contoso.test",
    "http://devices.contoso.test",
    "http://10.0.0.7/",
    "ftp://devices.contoso.test",
    "https://user:word@devices.contoso.test",
    "https://user@devices.contoso.test",
    "https://devices.contoso.test/#x",
  ])("have a fault when the address is %s", (url) => {
    const { settings, faults } = read(url, secret(1));
    expect([settings, faults.length]).toEqual([undefined, 1]);
    expect(faults[0]).toMatch(/^AUTHORITY_URL is "/);
  });

  it.each([
    ["one without the other", undefined, secret(1), /^AUTHORITY_SECRETS is set, and AUTHORITY_URL is not/],
    ["no secret", URL_OF_IT, undefined, /AUTHORITY_SECRETS is not\. Make one with `npx postern keys new --authority`/],
    ["a secret without its prefix", URL_OF_IT, secret(1).slice(6), /is not a secret of Standard Webhooks/],
    ["a short secret", URL_OF_IT, secret(1, 23), /is not a secret of Standard Webhooks/],
    ["three secrets", URL_OF_IT, [1, 2, 3].map((byte) => secret(byte)).join(" "), /has 3 secrets; it may have 2/],
    ["one secret twice", URL_OF_IT, `${secret(1)} ${secret(1)}`, /the same secret twice/],
  ])("have a fault with %s, which shows no secret", (_, url, secrets, sentence) => {
    const { settings, faults } = read(url, secrets);
    expect([settings, faults.length]).toEqual([undefined, 1]);
    expect(faults[0]).toMatch(sentence);
    expect(faults[0]).not.toContain(secret(1).slice(6));
  });
});
