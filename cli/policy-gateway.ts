// What `postern policy` asks the running gateway.

import type { PolicyAnswer, PolicyAppliedAnswer, PolicySpreadAnswer, PolicyToApply } from "../src/admin/answers.ts";
import type { Context } from "./command.ts";
import { after, ask } from "./gateway.ts";

/** The policy in place. */
export async function gatewayPolicy(context: Context): Promise<PolicyAnswer> {
  return (await ask(context, { method: "GET", path: "/v1/policy" })) as PolicyAnswer;
}

/** Puts a policy in place. Returns its version; guards still decide by what they know. */
export async function applyPolicy(context: Context, body: PolicyToApply): Promise<number> {
  const { version } = (await ask(context, { method: "POST", path: "/v1/policy", body })) as PolicyAppliedAnswer;
  return version;
}

/** Tells every user's guard of the policy in place. Returns its version, and how many guards there are. */
export async function spreadPolicy(context: Context): Promise<{ readonly version: number; readonly guards: number }> {
  let guards = 0;
  let cursor: string | null = null;
  for (;;) {
    const path = after("/v1/policy/spread", cursor);
    const { version, guards: told, next } = (await ask(context, { method: "POST", path })) as PolicySpreadAnswer;
    guards += told;
    if (next === null) return { version, guards };
    cursor = next;
  }
}
