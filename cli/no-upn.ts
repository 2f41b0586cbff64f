// What is said of a user whom nothing can sign on to the Front-End, wherever such a user is shown.

const PLAIN = /^[\w.:@+-]+$/;

/** A paragraph with the fix, for a user without a UPN; empty for any other. */
export function noUpnText({ sipUri, upn }: { readonly sipUri: string; readonly upn: string | null }): string {
  if (upn !== null) return "";
  const named = PLAIN.test(sipUri) ? sipUri : "SIP_URI"; // a shell will read it
  return `

${sipUri} has no UPN, so every sign-in ends in 503 (sign-on-no-upn): the connector signs users on by their userPrincipalName, and
Postern does not guess it. Give it to the running gateway, with --remote to the deployed one:
  npm run postern -- user set ${named} --upn NAME@DOMAIN`;
}
