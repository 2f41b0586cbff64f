// A token in the header of a SOAP message, as a client of SOAP shows it to a service: a timestamp, and beside it the
// token as it was signed. The signature holds there, because its canonical form is the exclusive one. Source: SAML Token
// Profile 1.1, 3.3; WS-Security 1.1, 10; WCF asks for the timestamp where TLS protects the message.

import { instant } from "./assertion.ts";
import { element } from "./escape.ts";
import { SECURITY, UTILITY } from "./names.ts";

/** `wsse:Security` with a token. `from` and `until`: of the message, ms. */
export function securityHeader(assertion: string, { from, until }: { readonly from: number; readonly until: number }) {
  const timestamp = element(
    "wsu:Timestamp",
    { "xmlns:wsu": UTILITY, "wsu:Id": "timestamp" },
    element("wsu:Created", {}, instant(from)),
    element("wsu:Expires", {}, instant(until)),
  );
  return element("wsse:Security", { "xmlns:wsse": SECURITY, "s:mustUnderstand": "1" }, timestamp, assertion);
}
