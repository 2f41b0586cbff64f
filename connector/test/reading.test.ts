// What the connector reads of programs and writes for them.

import { describe, expect, it } from "vitest";
import { explain } from "../src/explain.ts";
import { filterFor } from "../src/groups.ts";
import { readKlist } from "../src/klist.ts";
import { krb5Conf } from "../src/krb5-conf.ts";

const failed = (stderr: string) => ({ kind: "exit", code: 1, stdout: "", stderr }) as const;

describe("what a program said when it failed", () => {
  // Word for word from krb5 1.20.1 against a Samba 4.17 KDC; the two of Windows from krb5_err.et.
  it.each([
    [
      "kvno: Client 'x\\@corp.contoso.test@CORP.CONTOSO.TEST' not found in Kerberos database while getting credentials for HTTP/fe01",
      "user-unknown",
    ],
    ["kvno: KDC policy rejects request while getting credentials for HTTP/fe01", "user-disabled"],
    ["kvno: Client's credentials have been revoked while getting credentials for HTTP/fe01", "user-disabled"],
    ["kvno: Client's entry in database has expired while getting credentials for HTTP/fe01", "user-expired"],
    ["kvno: KDC can't fulfill requested option HTTP/fe01: constrained delegation failed", "delegation-missing"],
    ["kvno: Server not found in Kerberos database HTTP/nope: constrained delegation failed", "service-unknown"],
    ["kvno: Cannot contact any KDC for realm 'CORP.CONTOSO.TEST' while getting credentials", "kdc-unreachable"],
    ["kvno: Clock skew too great while getting credentials for HTTP/fe01", "clock-skew"],
    ["kvno: Ticket expired while getting credentials for HTTP/fe01", "own-ticket-refused"],
    [
      "kvno: No credentials cache found (filename: /tmp/none) while getting client principal name",
      "own-ticket-refused",
    ],
    ["kvno: something new", "not-understood"],
    ["", "not-understood"],
  ])("kvno: %s", (message, reason) => {
    expect(explain("kvno", failed(message))).toMatchObject({ ok: false, reason });
  });

  it.each([
    [
      "kinit: Keytab contains no suitable keys for svc-postern@CORP.CONTOSO.TEST while getting initial credentials",
      "keytab-unusable",
    ],
    [
      "kinit: Pre-authentication failed: Key table file 'nope.keytab' not found while getting initial credentials",
      "keytab-unusable",
    ],
    ["kinit: Preauthentication failed while getting initial credentials", "keytab-outdated"],
    [
      "kinit: Client 'svc-postern@CORP.CONTOSO.TEST' not found in Kerberos database while getting initial credentials",
      "account-unknown",
    ],
    ["kinit: Client's credentials have been revoked while getting initial credentials", "account-disabled"],
    [
      "kinit: Cannot contact any KDC for realm 'CORP.CONTOSO.TEST' while getting initial credentials",
      "kdc-unreachable",
    ],
  ])("kinit: %s", (message, reason) => {
    expect(explain("kinit", failed(message))).toMatchObject({ ok: false, reason });
  });

  it("a program that was killed or is not there says nothing", () => {
    expect(explain("kvno", { kind: "killed" })).toMatchObject({ reason: "command-timeout" });
    expect(explain("kinit", { kind: "missing" })).toMatchObject({ reason: "command-missing" });
  });
});

describe("klist", () => {
  const text = `Ticket cache: FILE:cc.a
Default principal: alice\\@corp.contoso.test@CORP.CONTOSO.TEST

Valid starting     Expires            Service principal
11/25/26 21:03:20  11/26/26 07:01:44  HTTP/fe01.corp.contoso.test@CORP.CONTOSO.TEST
\trenew until 11/26/26 21:01:44, Flags: FRAT
`;
  it("one ticket", () => {
    expect(readKlist(text)).toEqual({
      principal: "alice\\@corp.contoso.test@CORP.CONTOSO.TEST",
      service: "HTTP/fe01.corp.contoso.test@CORP.CONTOSO.TEST",
      startsAt: Date.UTC(2026, 10, 25, 21, 3, 20),
      endsAt: Date.UTC(2026, 10, 26, 7, 1, 44),
      forwardable: true,
    });
  });

  it("an account whose name has spaces, as a directory's may", () => {
    const spaced = text.replace("alice\\@corp.contoso.test@", "alice van dam@");
    expect(readKlist(spaced)?.principal).toBe("alice van dam@CORP.CONTOSO.TEST");
  });

  it("a ticket that may not be forwarded", () => {
    expect(readKlist(text.replace("FRAT", "RAT"))?.forwardable).toBe(false);
  });

  it("no ticket, or more than one, is nothing to go by", () => {
    const [line = ""] = /^11.*$/m.exec(text) ?? [];
    expect(readKlist(text.replace(line, ""))).toBeUndefined();
    expect(readKlist(text.replace(line, `${line}\n${line}`))).toBeUndefined();
    expect(readKlist("")).toBeUndefined();
  });
});

it("a filter asks for one user and the groups, and nothing in a name is more than a name", () => {
  const allow = ["CN=Postern (all),DC=corp", "CN=a\\,b,DC=corp"];
  expect(filterFor({ allow, deny: ["CN=Admins,DC=corp"] }, "o*x(y)@corp")).toBe(
    "(&(objectCategory=person)(userPrincipalName=o\\2ax\\28y\\29@corp)" +
      "(|(memberOf:1.2.840.113556.1.4.1941:=CN=Postern \\28all\\29,DC=corp)(memberOf:1.2.840.113556.1.4.1941:=CN=a\\5c,b,DC=corp))" +
      "(!(memberOf:1.2.840.113556.1.4.1941:=CN=Admins,DC=corp)))",
  );
  expect(filterFor({ allow: [], deny: ["CN=x"] }, "a@b")).not.toContain("(|");
});

it("the krb5.conf asks nobody's DNS for names, and maps services outside the domain", () => {
  const conf = krb5Conf({
    realm: "CORP.TEST",
    kdcs: ["dc1.corp.test", "dc2.corp.test:88"],
    serviceHosts: ["web.test"],
  });
  expect(conf).toContain(" dns_canonicalize_hostname = false\n rdns = false\n");
  expect(conf).toContain(" dns_lookup_kdc = false\n");
  expect(conf).toContain("  kdc = dc1.corp.test\n  kdc = dc2.corp.test:88\n");
  expect(conf).toContain(" .corp.test = CORP.TEST\n web.test = CORP.TEST\n");
  expect(krb5Conf({ realm: "CORP.TEST", kdcs: [], serviceHosts: [] })).toContain(" dns_lookup_kdc = true\n");
});
