// The command that an administrator pastes into a PowerShell of the Front-End.

import { expect, it } from "vitest";
import { revokeCertificates } from "./certificates.ts";

it.each([
  ["sip:alice@contoso.test", "'sip:alice@contoso.test'"],
  ["sip:o'hara@contoso.test", "'sip:o''hara@contoso.test'"],
  ["sip:$(calc)@contoso.test", "'sip:$(calc)@contoso.test'"],
  // PowerShell ends a literal at these as well.
  ["sip:a\u2019;calc;\u2018@contoso.test", "'sip:a\u2019\u2019;calc;\u2018\u2018@contoso.test'"],
  ["sip:a\u201a\u201b@contoso.test", "'sip:a\u201a\u201a\u201b\u201b@contoso.test'"],
])("names %s so that nothing in the name is a command", (sipUri, literal) => {
  expect(revokeCertificates(sipUri)).toBe(`Revoke-CsClientCertificate -Identity ${literal}`);
});
