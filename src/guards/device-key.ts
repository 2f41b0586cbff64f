// A key of a device, as a user's guard hears of it and shows it. Times in milliseconds.

/** The key of a certificate that the pool has just issued to a device. */
export type SightedKey = {
  /** SHA-256 of the SubjectPublicKeyInfo in the certificate, in hex. */
  readonly hash: string;
  /** The end of the certificate's validity. */
  readonly endsAt: number;
};

/**
 * `good`: the device has a certificate for it. `waiting`: a certificate was asked for with an app password's ticket,
 * and refused until somebody approves the key. `approved`: somebody did, and the device has not come for its
 * certificate yet.
 */
export type KeyState = "good" | "waiting" | "approved";

/**
 * By what sort of ticket the first certificate for a key was asked for: an app password's, or that of another of its
 * keys.
 */
export type KeyTicket = "password" | "key";

/**
 * A key that a device has, or that waits to be one. `network`: from where a certificate for it was last asked for.
 * `endsAt`: of a key that is not `good`, until when it waits, or until when the approval holds.
 */
export type SeenKey = SightedKey & {
  readonly network: string;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly state: KeyState;
  readonly via: KeyTicket;
  /** When a request that the key signed was first accepted; null: never. */
  readonly provedAt: number | null;
};

/** Why a word is not the beginning of one key's hash. */
export type KeyWordFault = "no-such-key" | "several-such-keys";

/** Why a key opens nothing: the user has no such key, its certificate has ended, or it has not been approved. */
export type KeyFault = "key-unknown" | "key-ended" | "key-waiting";
