// Who of a sync gets no SID, because somebody else has it or claims it too (S-10, S-55).

import { type SidClaim, sidClashes } from "../../core/directory/sids.ts";
import type { Database } from "../../store/database.ts";
import { holdersOfSids, type SidHolder } from "../../store/directory-links.ts";
import { conflict, type End, type Item, know } from "./item.ts";

/**
 * Makes everybody a conflict whose SID belongs to somebody else. Somebody new is not taken then; somebody known keeps
 * the SID from before. Changes nothing in D1.
 */
export async function refuseSids(db: Database, items: readonly Item[]): Promise<void> {
  const claims = items.flatMap(claimOf);
  const holders = await holdersOfSids(
    db,
    claims.flatMap(({ sid }) => sid ?? []),
  );
  const refused = sidClashes(claims, holders);
  if (refused.size === 0) return;
  const bySid = new Map(holders.map((holder) => [holder.sid, holder]));
  for (const item of items) {
    const { sid } = item.person ?? {};
    if (refused.has(item.row) && sid) withoutSid(item, taken(sid, bySid.get(sid)));
  }
}

function claimOf({ row, person, known, steps, fault, state }: Item): SidClaim[] {
  if (person === undefined) return [];
  if (known !== undefined) {
    return steps?.details.includes("sid") ? [{ id: row, userId: known.user.id, sid: person.sid }] : [];
  }
  return fault === undefined && state === "in" ? [{ id: row, userId: undefined, sid: person.sid }] : [];
}

function withoutSid(item: Item, fault: End): void {
  item.fault ??= fault;
  const { known, person } = item;
  if (known === undefined || person === undefined) return;
  if (item.adopted) {
    Object.assign(item, { adopted: false, known: undefined, steps: undefined, user: undefined });
    return;
  }
  item.person = { ...person, sid: known.user.sid };
  know(item, known);
}

function taken(sid: string, holder: SidHolder | undefined): End {
  if (holder === undefined) return conflict("sid-taken", `Two people of the directory have the SID ${sid}.`);
  const { sipUri, userId, key } = holder;
  const who = key === null ? "who was made by hand" : `who is another person of the directory (${key})`;
  return conflict("sid-taken", `${sid} is the SID of ${sipUri} (${userId}), ${who}.`);
}
