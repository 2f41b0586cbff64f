// Takes over into the guard what a sign-in or a command has read of its user in D1.

import type { Profile } from "../guards/profile.ts";
import type { Database } from "../store/database.ts";
import { partnershipsOfUser } from "../store/partnerships.ts";
import { currentPolicy } from "../store/policies.ts";
import type { PartnershipTable } from "./partnership-table.ts";
import type { Snapshots } from "./snapshots.ts";
import type { Tenancy } from "./tenancy.ts";

type Parts = {
  readonly snapshots: Snapshots;
  readonly devices: PartnershipTable;
  readonly tenancy: Tenancy;
  readonly db: () => Database;
};

/**
 * Keeps what was read. When the caller knows only the version of something, this reads the rest from D1. False: the
 * object does not belong to the user, or no longer did when D1 had answered. Then nothing is kept.
 */
export async function learn(
  { snapshots, devices, tenancy, db }: Parts,
  { subject, policyVersion }: Profile,
): Promise<boolean> {
  const { userId: id, sipUri } = subject;
  if (!(await tenancy.admits({ id, sipUri }))) return false;
  const stored = snapshots.restored ? [] : await partnershipsOfUser(db(), id);
  const policy = policyVersion > snapshots.policy().version ? await currentPolicy(db()) : undefined;
  if (tenancy.isGone(id)) return false;
  if (!snapshots.restored) {
    for (const partnership of stored) devices.write(partnership, true);
    snapshots.markRestored();
  }
  tenancy.confirm(subject);
  snapshots.keepSubject(subject);
  if (policy !== undefined) snapshots.keepPolicy(policy);
  return true;
}
