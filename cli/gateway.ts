// Asks the running gateway, for `lock`, `policy`, `device`, `why` and all changes that must apply at once. One way to
// name a user in a path, and one place where a refusal of the admin API becomes a fault with its fix.

import { normaliseName } from "../src/core/credentials/names.ts";
import type { AdminAnswer, AdminRequest } from "./admin-api.ts";
import { type Context, unusableName } from "./command.ts";
import { CliFault } from "./fault.ts";

/** The value that the gateway answers. Throws a fault for anything else. */
export async function ask(context: Context, request: AdminRequest): Promise<unknown> {
  const answer = await context.admin(request);
  if (answer.ok) return answer.value;
  throw faultOf(answer.error, context.words);
}

/** What was answered, or the fault because of which the gateway cannot be asked. */
export type Asked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly silence: CliFault };

/** The same, for commands that can work without the gateway. A refusal by the gateway is still thrown. */
export async function askIfThere(context: Context, request: AdminRequest): Promise<Asked<unknown>> {
  try {
    return { ok: true, value: await ask(context, request) };
  } catch (fault) {
    if (fault instanceof CliFault && fault.kind === "failure") return { ok: false, silence: fault };
    throw fault;
  }
}

/** The path of a user's part of the admin API, by any name of the user. Throws a fault for what cannot be a name. */
export function userPath(given = "", what = "USER"): string {
  const name = normaliseName(given);
  if (!name.ok) throw unusableName(what, given, name.reason);
  return encodeURIComponent(name.value);
}

/** A path of all pages after the first. */
export const after = (path: string, cursor: string | null): string =>
  cursor === null ? path : `${path}${path.includes("?") ? "&" : "?"}after=${encodeURIComponent(cursor)}`;

/**
 * Explains a refusal by the gateway to the operator. The first words name the user, and which thing of the user was
 * asked for.
 */
function faultOf(
  { code, message }: Extract<AdminAnswer, { ok: false }>["error"],
  [first = "", second = ""]: readonly string[],
): CliFault {
  const [user, thing] = [JSON.stringify(first), JSON.stringify(second)];
  switch (code) {
    case "no-such-user":
      return new CliFault("notFound", `nobody has the name ${user}`, 'See "npm run postern -- user list".');
    case "no-such-device":
      return new CliFault(
        "notFound",
        `${first} has no device ${thing}`,
        `See "npm run postern -- device list ${first}". A device that was never enrolled is in the audit only.`,
      );
    case "several-such-devices":
      return new CliFault("usage", `several devices of ${first} begin with ${thing}`, "Give more of the id.");
    case "no-such-password":
      return new CliFault(
        "notFound",
        `${first} has no such app password as ${thing}`,
        `See: npm run postern -- password list ${first}`,
      );
    case "password-has-a-device":
      return new CliFault(
        "conflict",
        `a device is bound to ${thing} already`,
        `Make an app password for the next one: npm run postern -- password create ${first}`,
      );
    case "device-id-in-use":
      return new CliFault(
        "conflict",
        "a device of that id is somebody's already",
        'See whose with "npm run postern -- device list", and forget it there if it changed hands.',
      );
    case "name-taken":
      return new CliFault(
        "conflict",
        "the UPN is another user's name already; nothing was changed",
        "See whose, with the UPN as USER: npm run postern -- user show USER",
      );
    case "policy-changed":
      return new CliFault(
        "conflict",
        "somebody applied another policy in the meantime",
        'See what it says with "npm run postern -- policy diff", and apply again.',
      );
    case "bad-policy":
      return new CliFault("usage", "the gateway does not accept this policy", message);
    case "bad-settings":
    case "unusable-body":
    case "unusable-device":
      return new CliFault("usage", "the gateway does not accept what was given", message);
    case "unusable-name":
    case "unusable-network":
      return new CliFault("usage", `the gateway cannot use ${user}: ${code}`, message);
    case "unavailable":
      return new CliFault("failure", "the gateway cannot answer now", message);
    default:
      return new CliFault(
        "failure",
        "the gateway does not know this command",
        "Deploy or start the gateway of this version.",
      );
  }
}
