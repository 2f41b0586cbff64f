// A session of the portal, before its guard begins it.

/** A session to begin. The caller draws both, and gives the secret to the browser. */
export type NewPortalSession = {
  /** `s_…`: what lists show, and what is ended (`newSessionId`). */
  readonly id: string;
  /** SHA-256 of the secret, in hex (`hashOfSecret`). */
  readonly hash: string;
  /** How long it lasts at most, ms. */
  readonly lastsMs: number;
};
