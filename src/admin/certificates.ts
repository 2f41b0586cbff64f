// A desktop's client certificate signs in over SIP without Postern for as long as the pool honours it (180 days by default), so
// whoever ends a device has to end that too. Pure: the command for an administrator to run on a Front-End.

/** The PowerShell command that revokes a user's client certificates, all of them: it takes nothing narrower than the user. */
export const revokeCertificates = (sipUri: string): string => `Revoke-CsClientCertificate -Identity ${literal(sipUri)}`;

/** A text that PowerShell takes as it is. It reads four typographic quotes as the plain one. */
const literal = (text: string): string => `'${text.replaceAll(/['\u{2018}-\u{201b}]/gu, "$&$&")}'`;
