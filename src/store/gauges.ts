// How many of everything there is, for the metrics: users, devices, app passwords that run out, waits in force, mail.

import { and, gt, isNotNull, isNull, lte, sql } from "drizzle-orm";
import type { PartnershipState } from "../core/device/types.ts";
import { countTokensEnding } from "./api-tokens.ts";
import type { Database } from "./database.ts";
import { type DirectorySource, listSources } from "./directory-sources.ts";
import { type PostStatus, postStatus } from "./notice-post.ts";
import { appPasswords, auditEvents, partnerships, users } from "./schema.ts";

const DAY_MS = 86_400_000;
/** How long ahead an end is told, ms. */
const SOON_MS = 14 * DAY_MS;

/** Times in ms. */
export type Gauges = {
  readonly usersEnabled: number;
  readonly usersDisabled: number;
  readonly devices: readonly { readonly state: PartnershipState; readonly devices: number }[];
  readonly passwordsEnding: number;
  readonly tokensEnding: number;
  /** Users and networks that an event made wait until after now. */
  readonly usersWaiting: number;
  readonly networksWaiting: number;
  readonly mail: PostStatus;
  readonly sources: readonly DirectorySource[];
};

/** Counts at `now` (ms). It reads the index of the users and every device. */
export async function countEverything(db: Database, now: number): Promise<Gauges> {
  const n = sql<number>`count(*)`;
  const { waitUntil, userId, source } = auditEvents;
  const [[enabled], [disabled], devices, [passwords], [waiting]] = await db.batch([
    db.select({ n }).from(users).where(isNull(users.disabledAt)),
    db.select({ n }).from(users).where(isNotNull(users.disabledAt)),
    db.select({ state: partnerships.state, devices: n }).from(partnerships).groupBy(partnerships.state),
    db
      .select({ n })
      .from(appPasswords)
      .where(
        and(
          isNotNull(appPasswords.expiresAt),
          gt(appPasswords.expiresAt, now),
          lte(appPasswords.expiresAt, now + SOON_MS),
          isNull(appPasswords.revokedAt),
        ),
      ),
    db
      .select({ users: sql<number>`count(distinct ${userId})`, networks: sql<number>`count(distinct ${source})` })
      .from(auditEvents)
      .where(gt(waitUntil, now)),
  ]);
  const [tokensEnding, mail, sources] = await Promise.all([
    countTokensEnding(db, now, now + SOON_MS),
    postStatus(db, now),
    listSources(db),
  ]);
  return {
    ...{ usersEnabled: enabled?.n ?? 0, usersDisabled: disabled?.n ?? 0, devices, passwordsEnding: passwords?.n ?? 0 },
    ...{ tokensEnding, usersWaiting: waiting?.users ?? 0, networksWaiting: waiting?.networks ?? 0, mail, sources },
  };
}

/** The migrations that D1 has, as wrangler notes them: how many, and the last one. Undefined: it has noted none. */
export async function lastMigration(
  db: Database,
): Promise<{ readonly count: number; readonly name: string } | undefined> {
  try {
    const [row] = await db
      .select({ count: sql<number>`count(*)`, name: sql<string | null>`max(name)` })
      .from(sql`d1_migrations`);
    return row === undefined || row.name === null ? undefined : { count: row.count, name: row.name };
  } catch {
    return undefined; // somebody applied the migrations by other means
  }
}
