// What a person is shown of the rows that a guard keeps about the person, and what is left out.

/** Rows by table. Times are ISO 8601. */
export type KeptRows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** What is left out of {@link KeptRows}, and why, in words for the person whom the rows are about. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  "app passwords":
    "The passwords themselves are stored nowhere, but sealed if they ask for a code. What is sealed is left out: whoever opens it can sign in.",
  "relayed_tickets.id, used_challenges.id, applications.id":
    "Somebody who has such an id could pass for a device, or for a ticket.",
  "invitations.hash": "A keyed hash of the code of an invitation. With the code, somebody could pass for the person.",
  "portal_passkeys.public_key, portal_totp.sealed, portal_passphrase.mark, portal_recovery_codes.mark, portal_sessions.hash":
    "With what they stand for, somebody could sign in to the portal. The secrets themselves are stored nowhere.",
  "pairs.client, pairs.repeats, the client in places": "Keyed hashes, which say nothing without the gateway's keys.",
  "snapshots.policy": "The policy of the organisation, as the guard read it last. It is about everybody.",
};
