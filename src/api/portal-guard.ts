// Asks a user's guard one step about the user's factors and sessions of the portal.

import type { Env } from "../config/env.ts";
import type { PortalAnswer, PortalAnswerTo, PortalStep } from "../guards/portal-question.ts";
import type { User } from "../store/directory.ts";
import { askGuard } from "./devices.ts";

/** No step depends on the policy of devices, so its version is not read in D1. */
const NO_POLICY = 0;

/**
 * Takes one step at the guard of a user, and follows a user who has just moved. `known`: the user as just read in D1,
 * which saves a query. Throws when D1 or the guard fails.
 */
export async function askPortal<Step extends PortalStep>(
  env: Env,
  userId: string,
  step: Step,
  known?: User,
): Promise<PortalAnswerTo<Step>> {
  const answer = await askGuard<PortalAnswer>(env, userId, async (guard, profile) => guard.portal(profile, step), {
    ...{ known, policyVersion: NO_POLICY },
  });
  return answer as PortalAnswerTo<Step>; // each kind of step has its own answers
}
