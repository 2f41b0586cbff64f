// Whether a new app password asks for a code each time (S-64). It needs the codes of the person's authenticator app, so
// without that app it could open nothing, and none is made.

import type { Env } from "../config/env.ts";
import type { CodeSettings } from "../core/credentials/code-settings.ts";
import type { User } from "../store/directory.ts";
import { askPortal } from "./portal-guard.ts";
import { type Problem, problem } from "./problem.ts";

/**
 * How many live app passwords that ask for a code a user may have. An attempt tries some fifteen hashes for each, where
 * an ordinary one costs two.
 */
export const MAX_LIVE_WITH_CODE = 5;

type Asked = { readonly ok: true; readonly value: boolean };

const settled = (value: boolean): Asked => ({ ok: true, value });

/** What PASSWORD_CODE says of a new app password. `wanted`: as the request says; undefined: it does not. */
export function codeAsked({ mode }: CodeSettings, wanted: boolean | undefined): Asked | Problem {
  if (mode === "required" && wanted === false) return CODE_REQUIRED;
  if (mode === "never" && wanted === true) {
    return problem("code-not-allowed", "This gateway makes no app passwords that ask for a code.", {
      fix: 'Set PASSWORD_CODE = "allowed", and deploy.',
    });
  }
  return settled(wanted ?? mode === "required");
}

/** An app password without a code is not made, and none is renewed. */
export const CODE_REQUIRED = problem("code-required", "Here every new app password has to ask for a code.", {
  fix: "Make one that asks for a code.",
});

/**
 * Whether the user can have one that asks for a code. `others`: the user's app passwords that are live. Undefined: yes.
 */
export async function codeHindrance(
  env: Env,
  user: User,
  others: readonly { readonly asksCode: boolean }[],
): Promise<Problem | undefined> {
  if (others.filter(({ asksCode }) => asksCode).length >= MAX_LIVE_WITH_CODE) {
    return problem("too-many-passwords", `A user may have ${MAX_LIVE_WITH_CODE} app passwords that ask for a code.`, {
      fix: "Revoke those that nobody uses; `lastUsedAt` tells which.",
    });
  }
  const { factors } = await askPortal(env, user.id, { kind: "factors" }, user);
  return factors.totp === null
    ? problem("no-authenticator-app", "The user has no authenticator app, so no code could ever be right.", {
        fix: "The user adds one in the portal, under Security.",
      })
    : undefined;
}
