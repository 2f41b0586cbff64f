// A key of a device, as a user's guard hears of it and shows it. Times in milliseconds.

/** The key of a certificate that the pool has just issued to a device. */
export type SightedKey = {
  /** SHA-256 of the SubjectPublicKeyInfo in the certificate, in hex. */
  readonly hash: string;
  /** The end of the certificate's validity. */
  readonly endsAt: number;
};

/** A key that a device has. `network`: from where a certificate for it was last fetched. */
export type SeenKey = SightedKey & {
  readonly network: string;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
};
