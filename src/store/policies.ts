// The queries of the policy: they read the policy in force and apply a new one. No policy is ever changed or removed.

import { desc, eq, lt, max } from "drizzle-orm";
import { completePolicy } from "../core/policy/read.ts";
import type { Policy } from "../core/policy/types.ts";
import { type Database, isUniqueViolation } from "./database.ts";
import { policies } from "./schema.ts";

/** A row of `policies`. Times in milliseconds. */
export type AppliedPolicy = typeof policies.$inferSelect;

/** The policy in force. Undefined if none was ever applied. */
export async function currentPolicy(db: Database): Promise<AppliedPolicy | undefined> {
  const [current] = await db.select().from(policies).orderBy(desc(policies.version)).limit(1);
  return current && { ...current, policy: completePolicy(current.policy) };
}

/** One policy that was applied. */
export async function policyOfVersion(db: Database, version: number): Promise<AppliedPolicy | undefined> {
  const [found] = await db.select().from(policies).where(eq(policies.version, version));
  return found && { ...found, policy: completePolicy(found.policy) };
}

/** Policies that were applied, the last one first, without what is in them; `before`: older than this version. */
export async function policyHistory(
  db: Database,
  page: { readonly before?: number | undefined; readonly limit: number },
): Promise<Pick<AppliedPolicy, "version" | "at" | "by" | "why">[]> {
  const { version, at, by, why } = policies;
  return db
    .select({ version, at, by, why })
    .from(policies)
    .where(lt(version, page.before ?? Number.MAX_SAFE_INTEGER))
    .orderBy(desc(version))
    .limit(page.limit);
}

/** The version in force; 0 while none was ever applied. */
export async function currentVersion(db: Database): Promise<number> {
  const [row] = await db.select({ version: max(policies.version) }).from(policies);
  return row?.version ?? 0;
}

/** Applies a policy, if version `basedOn` is still in force. False if somebody has applied another one since. */
export async function applyPolicy(
  db: Database,
  basedOn: number,
  applied: {
    readonly at: number;
    readonly by: string;
    readonly why: string | null;
    readonly policy: Policy;
    readonly text: string | null;
  },
): Promise<boolean> {
  if ((await currentVersion(db)) !== basedOn) return false;
  try {
    await db.insert(policies).values({ ...applied, version: basedOn + 1 });
    return true;
  } catch (fault) {
    if (isUniqueViolation(fault)) return false;
    throw fault;
  }
}
