// A ticket that Postern relayed, as the guard is told about it.

/** A ticket that Postern relays. */
export type RelayedTicket = {
  readonly id: string;
  readonly kind: "user" | "anonymous";
  /** Which app password it was issued for; empty for an anonymous ticket. */
  readonly credentialId: string;
  /** The network and the client to which it was relayed; empty for an anonymous ticket. */
  readonly place: string;
  /** The machine's name as NTLM told it at the sign-in; empty if it told none. */
  readonly workstation: string;
  /** `major.minor.build` of the client's NTLM (`versionText`); empty if it told none. */
  readonly ntlmVersion: string;
  /** Where a key of the device signed the request for this ticket. */
  readonly proof?: "key";
  /** Which key that was. It is not kept with the ticket. */
  readonly keyHash?: string;
  /** The page's token whose session brought this ticket. It is not kept with the ticket. Absent: no session did. */
  readonly page?: string;
  /** The partnership to which the ticket belongs from its issue on. Absent: its holder has to name the device first. */
  readonly device?: string;
  /** ms */
  readonly expiresAt: number;
};

/**
 * What became of a ticket. `ended`: since the sign-in was proved, its app password or its user has been shut out,
 * or the user's sessions were ended.
 * `another-account`: the ticket is for another account than the user's tickets before. Nothing is remembered then, and
 * the caller writes that into the audit.
 */
export type Remembered = "remembered" | "ended" | "another-account";

/** What is thrown when a guard says nothing of these. Nobody could judge such a ticket later, so nobody gets it. */
export const NOT_REMEMBERED = "the guard did not say that it remembers the ticket";
