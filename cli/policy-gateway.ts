// What `postern policy` asks the running gateway, and what it makes of a no.

import type {
  PartnershipAnswer,
  PartnershipsAnswer,
  PolicyAnswer,
  PolicyAppliedAnswer,
  PolicySpreadAnswer,
  PolicyToApply,
} from "../src/admin/answers.ts";
import type { AdminRequest } from "./admin-api.ts";
import type { Context } from "./command.ts";
import { CliFault } from "./fault.ts";

/** The policy in place. */
export async function gatewayPolicy(context: Context): Promise<PolicyAnswer> {
  return (await ask(context, { method: "GET", path: "/v1/policy" })) as PolicyAnswer;
}

/** All partnerships there are, page by page. */
export async function allPartnerships(context: Context): Promise<readonly PartnershipAnswer[]> {
  const all: PartnershipAnswer[] = [];
  let after: string | null = null;
  do {
    const path = paged("/v1/partnerships", after);
    const page = (await ask(context, { method: "GET", path })) as PartnershipsAnswer;
    all.push(...page.partnerships);
    after = page.next;
  } while (after !== null);
  return all;
}

/** Puts a policy in place. Returns its version; guards still decide by what they know. */
export async function applyPolicy(context: Context, body: PolicyToApply): Promise<number> {
  const { version } = (await ask(context, { method: "POST", path: "/v1/policy", body })) as PolicyAppliedAnswer;
  return version;
}

/** Tells every user's guard of the policy in place. Returns its version, and how many guards there are. */
export async function spreadPolicy(context: Context): Promise<{ readonly version: number; readonly guards: number }> {
  let guards = 0;
  let after: string | null = null;
  for (;;) {
    const path = paged("/v1/policy/spread", after);
    const { version, guards: told, next } = (await ask(context, { method: "POST", path })) as PolicySpreadAnswer;
    guards += told;
    if (next === null) return { version, guards };
    after = next;
  }
}

const paged = (path: string, after: string | null): string =>
  after === null ? path : `${path}?after=${encodeURIComponent(after)}`;

async function ask({ admin, target }: Context, request: AdminRequest): Promise<unknown> {
  if (target.kind === "remote" && target.environment !== undefined) {
    throw new CliFault(
      "usage",
      '"policy" takes no --env',
      "POSTERN_ADMIN_HOST in the environment says which gateway to ask.",
    );
  }
  const answer = await admin(request);
  if (answer.ok) return answer.value;
  const { code, message } = answer.error;
  switch (code) {
    case "policy-changed":
      throw new CliFault(
        "conflict",
        "somebody applied another policy in the meantime",
        'See what it says with "npm run postern -- policy diff", and apply again.',
      );
    case "bad-policy":
      throw new CliFault("usage", "the gateway does not accept this policy", message);
    case "unavailable":
      throw new CliFault("failure", "the gateway cannot answer now", message);
    default:
      throw new CliFault(
        "failure",
        "the gateway does not know this command",
        "Deploy or start the gateway of this version.",
      );
  }
}
