// A ticket that Postern relayed, as its guard is told of it.

/** A ticket that Postern relays. */
export type RelayedTicket = {
  readonly id: string;
  readonly kind: "user" | "anonymous";
  /** Which app password it was issued for; empty for an anonymous ticket. */
  readonly credentialId: string;
  /** Network and client to which it was relayed; empty for an anonymous ticket. */
  readonly place: string;
  /** The machine's name as NTLM told it at the sign-in; empty where it did not. */
  readonly workstation: string;
  /** `major.minor.build` of the client's NTLM (`versionText`); empty where it did not tell. */
  readonly ntlmVersion: string;
  /** ms */
  readonly expiresAt: number;
};

/**
 * What became of a ticket. `ended`: what it was issued for is over, since it was proved. `another-account`: it is for another
 * account than the user's tickets before; nothing is remembered, and the caller says so in the audit.
 */
export type Remembered = "remembered" | "ended" | "another-account";
