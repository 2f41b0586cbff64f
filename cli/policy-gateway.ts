// What `postern policy` asks the running gateway.

import type {
  PolicyAnswer,
  PolicyAppliedAnswer,
  PolicyImpactAnswer,
  PolicySpreadAnswer,
  PolicyToApply,
} from "../src/api/answers.ts";
import type { Policy } from "../src/core/policy/types.ts";
import type { Context } from "./command.ts";
import { type Asked, after, ask, askIfThere } from "./gateway.ts";

/** The policy in place. */
export async function gatewayPolicy(context: Context): Promise<PolicyAnswer> {
  return (await ask(context, { method: "GET", path: "/v1/policy" })) as PolicyAnswer;
}

/** What a policy would do to the devices in use. */
export async function gatewayImpact(context: Context, policy: Policy): Promise<PolicyImpactAnswer> {
  return (await ask(context, impactRequest(policy))) as PolicyImpactAnswer;
}

/** The same, for commands that can also work without a gateway. */
export async function impactIfThere(context: Context, policy: Policy): Promise<Asked<PolicyImpactAnswer>> {
  return (await askIfThere(context, impactRequest(policy))) as Asked<PolicyImpactAnswer>;
}

const impactRequest = (policy: Policy) => ({ method: "POST", path: "/v1/policy/impact", body: { policy } }) as const;

/** Puts a policy in place. Returns its version; guards still decide by what they know. */
export async function applyPolicy(context: Context, body: PolicyToApply): Promise<number> {
  const { version } = (await ask(context, { method: "POST", path: "/v1/policy", body })) as PolicyAppliedAnswer;
  return version;
}

/** Tells every user's guard of the policy in place. Returns its version, how many guards there are, and how many open windows. */
export async function spreadPolicy(context: Context): Promise<Omit<PolicySpreadAnswer, "next">> {
  let guards = 0;
  let cursor: string | null = null;
  for (;;) {
    const path = after("/v1/policy/spread", cursor);
    const told = (await ask(context, { method: "POST", path })) as PolicySpreadAnswer;
    guards += told.guards;
    const { version, next, openWindows } = told;
    if (next === null) return { version, guards, openWindows };
    cursor = next;
  }
}
