// The names and identifiers of WS-Federation, SAML and XML signatures that the token service writes.

/** SAML 1.1 (saml-core-1.1 2.1), also the type of a token in a response. */
export const SAML = "urn:oasis:names:tc:SAML:1.0:assertion";
/** SAML 2.0 metadata (saml-metadata-2.0 2.1). */
export const METADATA = "urn:oasis:names:tc:SAML:2.0:metadata";
/** XML signatures (xmldsig-core 4). */
export const DSIG = "http://www.w3.org/2000/09/xmldsig#";
/** Exclusive canonical form, the transform and the namespace of its parameters (xml-exc-c14n 4). */
export const EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#";
export const ENVELOPED = `${DSIG}enveloped-signature`;
/** RFC 6931 2.3.2 and xmlenc-core 5.7.2. */
export const RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
export const SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";

/** WS-Trust of February 2005, in which WS-Federation passive answers. */
export const TRUST = "http://schemas.xmlsoap.org/ws/2005/02/trust";
export const TRUST_ISSUE = `${TRUST}/Issue`;
/** WS-Trust 1.3, which the metadata names as well. */
export const TRUST_13 = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";
export const NO_PROOF_KEY = "http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey";
export const UTILITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
export const SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
export const POLICY = "http://schemas.xmlsoap.org/ws/2004/09/policy";
export const ADDRESSING = "http://www.w3.org/2005/08/addressing";

/** WS-Federation 1.2 metadata (3.1) and the namespace of its claim types (9.3). */
export const FEDERATION = "http://docs.oasis-open.org/wsfed/federation/200706";
export const AUTHORIZATION = "http://docs.oasis-open.org/wsfed/authorization/200706";
export const SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance";

/** The one claim that Lync asks for: namespace, then name. */
export const CLAIMS = "http://schemas.microsoft.com/ws/2008/06/identity/claims";
export const PRIMARY_SID = "primarysid";
/** The format of a name that is a UPN, as AD FS writes it. */
export const UPN_FORMAT = "http://schemas.xmlsoap.org/claims/UPN";
export const BEARER = "urn:oasis:names:tc:SAML:1.0:cm:bearer";
