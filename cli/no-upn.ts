// What is said of a user whom nothing can sign on to the Front-End, wherever such a user is shown.

const PLAIN = /^[\w.:@+-]+$/;

/** A paragraph with the fix, for a user without a UPN; empty for any other. */
export function noUpnText({ sipUri, upn }: { readonly sipUri: string; readonly upn: string | null }): string {
  if (upn !== null) return "";
  const named = PLAIN.test(sipUri) ? sipUri : "SIP_URI"; // a shell and SQL will read it
  return `

${sipUri} has no UPN, so every sign-in ends in 503 (sign-on-no-upn): the connector signs users on by their userPrincipalName, and
Postern does not guess it. Give it with --upn when you add a user. For a user who is there already, write it into the database:
  npx wrangler d1 execute DB --command "UPDATE users SET upn = 'NAME@DOMAIN' WHERE sip_uri = '${named}'"
with --local, or --remote --env production.`;
}
