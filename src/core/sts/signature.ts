// An enveloped XML signature: RSA-SHA256 over exclusive canonical form. The element is handed over in that form already.
// Source: xmldsig-core 4 and 6.6.4.

import { element } from "./escape.ts";
import { signBytes, type TokenKey } from "./keys.ts";
import { DSIG, ENVELOPED, EXCLUSIVE, RSA_SHA256, SHA256 } from "./names.ts";

const utf8 = new TextEncoder();
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/**
 * The `ds:Signature` over an element. `canonical`: the element without a signature, in exclusive canonical form. `id`:
 * its XML ID. `prefixes`: those that are signed although no name uses them, because a value does; "" for none.
 */
export async function signatureOver(canonical: string, id: string, prefixes: string, key: TokenKey): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", utf8.encode(canonical)));
  const inclusive =
    prefixes === "" ? [] : [element("ec:InclusiveNamespaces", { "xmlns:ec": EXCLUSIVE, PrefixList: prefixes })];
  const parts = [
    element("ds:CanonicalizationMethod", { Algorithm: EXCLUSIVE }),
    element("ds:SignatureMethod", { Algorithm: RSA_SHA256 }),
    element(
      "ds:Reference",
      { URI: `#${id}` },
      element(
        "ds:Transforms",
        {},
        element("ds:Transform", { Algorithm: ENVELOPED }),
        element("ds:Transform", { Algorithm: EXCLUSIVE }, ...inclusive),
      ),
      element("ds:DigestMethod", { Algorithm: SHA256 }),
      element("ds:DigestValue", {}, base64(digest)),
    ),
  ];
  // What is signed is `SignedInfo` alone, so its canonical form declares the prefix again.
  const alone = element("ds:SignedInfo", { "xmlns:ds": DSIG }, ...parts);
  const value = await signBytes(key, utf8.encode(alone));
  return element(
    "ds:Signature",
    { "xmlns:ds": DSIG },
    element("ds:SignedInfo", {}, ...parts),
    element("ds:SignatureValue", {}, base64(value)),
    keyInfo(key, {}),
  );
}

/** `ds:KeyInfo` with the certificate. */
export const keyInfo = ({ certificate }: Pick<TokenKey, "certificate">, declared: Readonly<Record<string, string>>) =>
  element("ds:KeyInfo", declared, element("ds:X509Data", {}, element("ds:X509Certificate", {}, certificate)));
