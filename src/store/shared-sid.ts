// Whether two users have one SID. The column has no unique index: an import may bring a person before the earlier row of
// the same account is gone. A token of the token service says no more of a person than the SID, so then it says too
// little.

import { and, eq, ne } from "drizzle-orm";
import type { Database } from "./database.ts";
import { users } from "./schema.ts";

/** Whether somebody else than this user has that SID, too. */
export async function isSharedSid(db: Database, userId: string, sid: string | null): Promise<boolean> {
  if (sid === null) return false;
  const others = await db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.sid, sid), ne(users.id, userId)))
    .limit(1);
  return others.length > 0;
}
