// How the page finds a user by what somebody typed, and asks the user's guard with the policy that is in force.

import { askGuard } from "../../api/devices.ts";
import { keysOfName } from "../../core/credentials/domains.ts";
import { normaliseName } from "../../core/credentials/names.ts";
import type { PortalAnswer, PortalAnswerTo, PortalStep } from "../../guards/portal-question.ts";
import { openDatabase } from "../../store/database.ts";
import type { User } from "../../store/directory.ts";
import { usersNamed } from "../../store/users-named.ts";
import type { StsVisit } from "../site.ts";

/** The key under which a name is counted that cannot be a name. */
const NO_NAME = "\0";

/** The keys of a typed name. */
export function namesOf({ config }: StsVisit, typed: string): readonly [string, ...string[]] {
  const name = normaliseName(typed);
  return name.ok ? keysOfName(name.value, config.domains) : [NO_NAME];
}

/** Who has the first of these names that belongs to anybody. */
export async function userNamed({ env }: StsVisit, names: readonly string[]): Promise<User | undefined> {
  const found = await usersNamed(openDatabase(env.DB), names);
  return names.map((each) => found.get(each)).find((each) => each !== undefined);
}

/** Takes one step at the user's guard, which learns of a newer policy first. Throws when D1 or the guard fails. */
export async function askPage<Step extends PortalStep>(
  { env }: StsVisit,
  user: User,
  step: Step,
): Promise<PortalAnswerTo<Step>> {
  const ask = { known: user };
  const answer = await askGuard<PortalAnswer>(env, user.id, async (guard, profile) => guard.portal(profile, step), ask);
  return answer as PortalAnswerTo<Step>; // each kind of step has its own answers
}
