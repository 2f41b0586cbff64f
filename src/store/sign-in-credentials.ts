// Which of a user's app passwords are live at a moment, and which ended lately. A renewed app password has two secrets
// for a while: the new one, and the one before it until its end. Both are the same app password, with one id, so the
// device that is bound to it stays bound. Pure.

/** A secret that signs its user in. Its hashes are still sealed. */
export type LiveCredential = {
  /** The id of the app password. Two secrets may have the same. */
  readonly id: string;
  readonly ntHashes: string;
  /** It asks for a code (S-64). Absent: it does not. */
  readonly asksCode?: true;
  /** From when on it is refused, ms; absent: it does not run out. */
  readonly until?: number;
};

/** A secret that signed its user in once. A client that still uses it is recognised, and refused. */
export type EndedCredential = { readonly id: string; readonly ntHashes: string; readonly asksCode?: true };

/** The secrets of one user. */
export type Credentials = {
  /** In the order in which the app passwords were made. */
  readonly credentials: readonly LiveCredential[];
  /** Revoked lately, the last one first. */
  readonly revoked: readonly EndedCredential[];
  /** Run out or renewed lately, the last one first. */
  readonly expired: readonly EndedCredential[];
};

/** How long an ended secret is still recognised, ms. A client that was away for longer has forgotten it as well. */
export const RECOGNISED_FOR_MS = 90 * 86_400_000;
/**
 * The most ended secrets of each kind that are handed out. The guard tries only so many of them that an attempt costs
 * no more than one for an unknown user.
 */
export const MAX_ENDED = 5;

/** What D1 has of one app password. Times in ms. */
type Row = {
  readonly credentialId: string | null;
  readonly ntHashes: string | null;
  readonly revokedAt: number | null;
  readonly expiresAt: number | null;
  readonly oldNtHashes: string | null;
  readonly oldUntil: number | null;
  readonly asksCode?: boolean | null;
};

/** What is live of the app passwords in `rows`, and what ended lately. */
export function credentialsAt(rows: readonly Row[], now: number): Credentials {
  const credentials: LiveCredential[] = [];
  const [revoked, expired]: [Ended[], Ended[]] = [[], []];
  for (const { credentialId: id, ntHashes, revokedAt, expiresAt, oldNtHashes, oldUntil, asksCode } of rows) {
    if (id === null || ntHashes === null) continue;
    const add = (hashes: string, until: number | null): void => {
      const secret = { id, ntHashes: hashes, ...(asksCode === true && { asksCode }) };
      if (revokedAt !== null) revoked.push({ secret, at: revokedAt });
      else if (until === null) credentials.push(secret);
      else if (until > now) credentials.push({ ...secret, until });
      else expired.push({ secret, at: until });
    };
    add(ntHashes, expiresAt);
    if (oldNtHashes !== null && oldUntil !== null) add(oldNtHashes, Math.min(oldUntil, expiresAt ?? oldUntil));
  }
  return { credentials, revoked: lately(revoked, now), expired: lately(expired, now) };
}

type Ended = { readonly secret: EndedCredential; readonly at: number };

function lately(ended: readonly Ended[], now: number): EndedCredential[] {
  const recognised = ended.filter(({ at }) => at > now - RECOGNISED_FOR_MS).sort((a, b) => b.at - a.at);
  return recognised.slice(0, MAX_ENDED).map(({ secret }) => secret);
}
