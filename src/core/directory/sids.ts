// Who may have which SID. Pure. A ticket of the Front-End is for a SID, so two people with one SID could use each
// other's tickets. A directory never gives a SID twice: where it seems to, nobody gets that SID who did not have it.

/** Somebody who is to have a SID that the person did not have until now. Null: who is to have none. */
export type SidClaim = {
  /** Who this is among the claims, such as the number of the row. */
  readonly id: number;
  /** The user. Undefined: somebody new. */
  readonly userId: string | undefined;
  readonly sid: string | null;
};

/** A user who has a SID now. */
export type SidOwner = { readonly userId: string; readonly sid: string };

/**
 * The ids of those who cannot have the SID that they claim, because somebody else keeps it, or claims it too. Of
 * several who claim one, nobody gets it: none of them is the right one.
 */
export function sidClashes(claims: readonly SidClaim[], owners: readonly SidOwner[]): Set<number> {
  const refused = new Set<number>();
  for (let before = -1; before < refused.size; ) {
    before = refused.size;
    const open = claims.filter(({ id }) => !refused.has(id));
    const givesUp = new Set(open.map(({ userId }) => userId));
    const kept = new Set(owners.filter(({ userId }) => !givesUp.has(userId)).map(({ sid }) => sid));
    for (const { id, sid } of open) {
      if (sid !== null && (kept.has(sid) || open.some((other) => other.id !== id && other.sid === sid))) {
        refused.add(id);
      }
    }
  }
  return refused;
}
