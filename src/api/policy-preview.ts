// Lists, page by page, the devices whose verdict a policy would change.

import { IN_USE_DAYS, refusedInUse } from "../core/policy/impact.ts";
import { previewChanges } from "../core/policy/preview.ts";
import type { Policy } from "../core/policy/types.ts";
import type { Database } from "../store/database.ts";
import { listPartnerships } from "../store/partnerships.ts";
import { fitting } from "./cursor.ts";
import { MAX_PAGES, PARTNERSHIPS_OF_A_PAGE, previewed } from "./policy-impact.ts";
import type { PolicyPreviewedAnswer } from "./schemas/policy-changes.ts";

const DAY_MS = 86_400_000;

/**
 * Devices in use whose verdict changes. It finds up to a few more than `limit`, and judges a bounded number of devices:
 * a page may have fewer items, even none, and still a `next`, after which to go on. `now` in ms.
 */
export async function previewOf(
  db: Database,
  { before, after }: { readonly before: Policy; readonly after: Policy },
  page: { readonly after: string; readonly limit: number },
  now: number,
): Promise<Omit<PolicyPreviewedAnswer, "version">> {
  const items: PolicyPreviewedAnswer["items"][number][] = [];
  let inUse = 0;
  let from: string = page.after;
  for (let pages = 1; ; pages++) {
    const rows = await listPartnerships(db, { after: from, limit: PARTNERSHIPS_OF_A_PAGE });
    const seen = rows.filter(({ lastSeenAt }) => lastSeenAt >= now - IN_USE_DAYS * DAY_MS).map(previewed);
    const changes = previewChanges(seen, before, after, now).map(({ of, before: was, after: will }) => {
      const { user, id, key, facts } = of;
      return { user, id, key, facts, before: was.action, after: will.action, reason: will.reason };
    });
    const fit = fitting([...items, ...changes.slice(0, page.limit - items.length)]).slice(items.length);
    items.push(...fit);
    if (fit.length < changes.length) {
      // The next page begins after the last device that is shown, and counts the ones after it.
      const next = fit.at(-1)?.id ?? from;
      const counted = seen.filter(({ id }) => id <= next);
      return { inUse: inUse + refusedInUse(counted, before, after, now).inUse, items, next };
    }
    inUse += refusedInUse(seen, before, after, now).inUse;
    const last = rows.at(-1);
    if (rows.length < PARTNERSHIPS_OF_A_PAGE || last === undefined) return { inUse, items, next: null };
    from = last.id;
    if (pages === MAX_PAGES) return { inUse, items, next: from };
  }
}
