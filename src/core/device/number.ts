// The number by which two people make sure on the phone that both see the same device. It stands on the person's page of
// the portal, in the mail about the device, and on the pages and in the commands of administrators. Pure.

/** FNV-1a, 32 bits (draft-eastlake-fnv, 5): it spreads texts evenly, and nothing here has to be kept secret. */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Four digits for a partnership, from its id (`d_…`). Postern makes the id at random, so no client can choose its
 * number. Two devices of one user have the same number once in ten thousand cases.
 */
export function deviceNumber(partnershipId: string): string {
  let hash = FNV_OFFSET;
  for (const byte of new TextEncoder().encode(partnershipId)) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return String((hash >>> 0) % 10_000).padStart(4, "0");
}
