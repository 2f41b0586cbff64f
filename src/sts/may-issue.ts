// Whether a user has an account at the pool for which the page may make a token. The user's guard adds what it alone
// knows: whether the user is enabled, and what the policy in force says.

import type { AuditReason } from "../audit/reasons.ts";
import type { StsConfig } from "../config/sts.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import { maySign, type SignableSid } from "../core/sts/sids.ts";
import type { Database } from "../store/database.ts";
import type { User } from "../store/directory.ts";
import { isSharedSid } from "../store/shared-sid.ts";

/** The SID for which a token may be made now: nobody else has it. */
export async function ownSid(
  db: Database,
  user: Pick<User, "id" | "sid">,
  sts: StsConfig,
): Promise<Result<SignableSid, "passive-no-account" | "passive-sid-shared">> {
  const sid = signableSid(user, sts);
  if (!sid.ok) return sid;
  return (await isSharedSid(db, user.id, sid.value)) ? refuse("passive-sid-shared") : sid;
}

/** The SID for which a token may be made, as far as the user's row tells. */
function signableSid({ sid }: Pick<User, "sid">, sts: StsConfig): Result<SignableSid, "passive-no-account"> {
  const may = sid === null ? refuse("sid-foreign" as const) : maySign(sid, sts);
  return may.ok ? ok(may.value) : refuse("passive-no-account");
}

/** Why the user may not sign in at the page, whatever the user proves; for a step of the guard. */
export function denialOf(user: Pick<User, "sid">, sts: StsConfig): { readonly denied?: AuditReason } {
  const sid = signableSid(user, sts);
  return sid.ok ? {} : { denied: sid.reason };
}
