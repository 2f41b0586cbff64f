// Makes the command that revokes a desktop's client certificates. An administrator runs it on a Front-End. With such a
// certificate a desktop signs in over SIP without Postern, as long as the pool honours the certificate: 180 days by
// default. So an administrator who blocks a device has to end its certificate too. Pure.

/** The PowerShell command that revokes all of a user's client certificates. It cannot revoke a single one. */
export const revokeCertificates = (sipUri: string): string => `Revoke-CsClientCertificate -Identity ${literal(sipUri)}`;

/** Quotes a text for PowerShell, which reads four typographic quotes as the plain one. */
const literal = (text: string): string => `'${text.replaceAll(/['\u{2018}-\u{201b}]/gu, "$&$&")}'`;
