// The document from which a pool learns the token service: its name, its page and its certificates. Everybody may read
// it, so nothing internal is in it. Sources: WS-Federation 1.2 3.1, saml-metadata-2.0 2.4.

import { createHash } from "node:crypto";
import { element, text } from "./escape.ts";
import type { TokenKey } from "./keys.ts";
import * as N from "./names.ts";
import { keyInfo, signatureOver } from "./signature.ts";

/** Under which name and address the token service is known. */
export type Published = { readonly issuer: string; readonly passiveUrl: string };

/** Where AD FS has its metadata, and where a pool is told to look. */
export const METADATA_PATH = "/FederationMetadata/2007-06/FederationMetadata.xml";

/** Hex digits of a hash that make an id. */
const ID_DIGITS = 40;

/**
 * The signed metadata, one line. All keys are published. The same keys and names give the same document. Throws without
 * a key. `signer`: one of the keys, by default the first.
 */
export async function metadataDocument(of: Published, keys: readonly TokenKey[], signer = keys[0]): Promise<string> {
  if (signer === undefined) throw new Error("metadata without a key");
  const role = roleOf(of, keys);
  const id = `_${createHash("sha256").update(of.issuer).update("\0").update(role).digest("hex").slice(0, ID_DIGITS)}`;
  const descriptor = (signature: string): string =>
    element("EntityDescriptor", { xmlns: N.METADATA, ID: id, entityID: of.issuer }, signature, role);
  // The type of the role is a prefixed name inside a value. Canonical form does not see that, so the prefix is listed:
  // otherwise somebody could bind it to another namespace, and the signature would still be good.
  return descriptor(await signatureOver(descriptor(""), id, "fed", signer));
}

function roleOf({ passiveUrl }: Published, keys: readonly TokenKey[]): string {
  const address = element("EndpointReference", { xmlns: N.ADDRESSING }, element("Address", {}, text(passiveUrl)));
  return element(
    "RoleDescriptor",
    {
      "xmlns:fed": N.FEDERATION,
      "xmlns:xsi": N.SCHEMA_INSTANCE,
      "xsi:type": "fed:SecurityTokenServiceType",
      protocolSupportEnumeration: [N.FEDERATION, N.TRUST, N.TRUST_13].join(" "),
    },
    ...keys.map((key) => element("KeyDescriptor", { use: "signing" }, keyInfo(key, { "xmlns:ds": N.DSIG }))),
    element("fed:TokenTypesOffered", {}, element("fed:TokenType", { Uri: N.SAML })),
    element(
      "fed:ClaimTypesOffered",
      {},
      element("auth:ClaimType", { "xmlns:auth": N.AUTHORIZATION, Uri: `${N.CLAIMS}/${N.PRIMARY_SID}` }),
    ),
    element("fed:SecurityTokenServiceEndpoint", {}, address),
    element("fed:PassiveRequestorEndpoint", {}, address),
  );
}
