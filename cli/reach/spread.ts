// Tells every user's guard of the policy in force, part by part.

import type { Surroundings } from "../surroundings.ts";
import type * as A from "./answers.ts";
import type { Api } from "./api.ts";

type Spread = Omit<A.PolicySpreadAnswer, "next">;

/** Returns the version, how many guards there are, and how many windows are open. */
export async function spread({ progress }: Pick<Surroundings, "progress">, api: Api): Promise<Spread> {
  let guards = 0;
  let after: string | undefined;
  for (;;) {
    const told = await api.post<A.PolicySpreadAnswer>("/v1/policy/spread", null, { query: { after } });
    guards += told.guards;
    const { version, next, openWindows } = told;
    progress?.(next === null ? "" : `${guards} users have the policy`);
    if (next === null) return { version, guards, openWindows };
    after = next;
  }
}

/** A window stays open when the policy changes. It may have been opened in a mode that gave it no meaning. */
export function spreadText({ version, guards, openWindows }: Spread): string {
  const everywhere = `Version ${version} is with every user's guard (${guards}): it decides from now on.`;
  if (openWindows === 0) return everywhere;
  const many = openWindows === 1 ? "1 enrolment window is" : `${openWindows} enrolment windows are`;
  return `${everywhere}\n\n${many} open, perhaps since before: "user show" says until when, "device window USER --close" closes it.`;
}
