// Writes the hint about client certificates when a device, an app password or a user is ended. Postern does not see
// SIP, so a client with a certificate can still sign in there.

/**
 * The command for a Front-End, and what it does. Empty when there is nothing to run. It stands after the report of what
 * was done.
 */
export const certificatesText = (command: string | null): string =>
  command === null
    ? ""
    : `

A certificate that a desktop got before still signs in over SIP, past Postern. To end that, run on a Front-End:

    ${command}

It takes no device, only the user: it revokes all certificates of this user, and the user's other desktops have to
sign in with their app passwords again.`;
