// S-86: for whom a token may be signed. Tables of what is and what is not the SID of an account of a listed domain.

import { describe, expect, it } from "vitest";
import { isAccountSid, isDomainSid, maySign } from "./sids.ts";

const DOMAIN = "S-1-5-21-1004336348-1177238915-682003330";
const POLICY = { domainSids: [DOMAIN], deniedSids: [`${DOMAIN}-1500`] };
const saidOf = (sid: string): string => {
  const said = maySign(sid, POLICY);
  return said.ok ? said.value : said.reason;
};

describe("S-86: SIDs for which a token may be signed", () => {
  it.each([`${DOMAIN}-1000`, `${DOMAIN}-1104`, `${DOMAIN}-4294967295`])("%s", (sid) => {
    expect(saidOf(sid)).toBe(sid);
  });

  it.each([
    ["the administrator", `${DOMAIN}-500`, "sid-built-in"],
    ["the account of Kerberos", `${DOMAIN}-502`, "sid-built-in"],
    ["the group of domain admins", `${DOMAIN}-512`, "sid-built-in"],
    ["the last number of Windows' own", `${DOMAIN}-999`, "sid-built-in"],
    ["zero", `${DOMAIN}-0`, "sid-built-in"],
    ["the system", "S-1-5-18", "sid-built-in"],
    ["the group of administrators", "S-1-5-32-544", "sid-built-in"],
    ["everybody", "S-1-1-0", "sid-built-in"],
    ["another domain", "S-1-5-21-1004336348-1177238915-682003331-1104", "sid-foreign"],
    ["the administrator of another domain", "S-1-5-21-1-2-3-500", "sid-built-in"],
    ["a domain", DOMAIN, "sid-foreign"],
    ["a part too many", `${DOMAIN}-1104-1`, "sid-foreign"],
    ["a number that is too large", `${DOMAIN}-4294967296`, "sid-foreign"],
    ["a number that is 1104 in 32 bits", `${DOMAIN}-4294968400`, "sid-foreign"],
    ["a leading zero", `${DOMAIN}-01104`, "sid-foreign"],
    ["a leading zero before a small number", `${DOMAIN}-0500`, "sid-foreign"],
    ["lower case", `${DOMAIN}-1104`.toLowerCase(), "sid-foreign"],
    ["a line break", `${DOMAIN}-1104\n`, "sid-foreign"],
    ["a space", ` ${DOMAIN}-1104`, "sid-foreign"],
    ["other digits", `${DOMAIN}-١١٠٤`, "sid-foreign"],
    ["hexadecimal", `${DOMAIN}-0x450`, "sid-foreign"],
    ["nothing", "", "sid-foreign"],
    ["a denied account", `${DOMAIN}-1500`, "sid-denied"],
  ])("none for %s", (_, sid, reason) => {
    expect(saidOf(sid)).toBe(reason);
  });

  it("a list of no domain lets nobody through", () => {
    expect(maySign(`${DOMAIN}-1104`, { domainSids: [], deniedSids: [] })).toEqual({ ok: false, reason: "sid-foreign" });
  });

  it("knows a domain from an account", () => {
    const sids = [
      DOMAIN,
      `${DOMAIN}-1104`,
      `${DOMAIN}-500`,
      "S-1-5-21-1-2",
      "S-1-5-32-1-2-3",
      "S-1-5-21-1-2-4294967296",
    ];
    expect(sids.map(isDomainSid)).toEqual([true, false, false, false, false, false]);
    expect(sids.map(isAccountSid)).toEqual([false, true, false, false, false, false]);
  });
});
