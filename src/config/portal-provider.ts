// The identity provider of the portal: which claim names a person, and how its token says that there were two factors.

import { words } from "../core/text/words.ts";
import type { Env } from "./env.ts";
import { type OpenIdClient, readOpenId } from "./openid.ts";

/** Where people may sign in to the portal without a passkey. */
export type PortalProvider = OpenIdClient & {
  /** The claim that has the person's user principal name, or the SIP address. */
  readonly claim: string;
  /** How it is known that the person used two factors there. */
  readonly twoFactors: TwoFactors;
};

/**
 * `token`: the ID token must say so, by `mfa` in `amr` (RFC 8176), or by one of these values in `acr`, which are asked
 * for. `provider`: whoever set it says that the provider lets nobody in with less.
 */
export type TwoFactors = { readonly by: "token"; readonly acrValues: readonly string[] } | { readonly by: "provider" };

const DEFAULT_CLAIM = "preferred_username";
/** Everything that says nothing without PORTAL_OIDC_ISSUER. */
const BESIDE_THE_ISSUER = ["PORTAL_OIDC_CLAIM", "PORTAL_OIDC_TWO_FACTORS"] as const;

/** Reads and validates; each fault is a sentence with its fix. Undefined: there is no provider. */
export function readPortalProvider(env: Env, faults: string[]): PortalProvider | undefined {
  const client = readOpenId(env, "PORTAL", faults);
  if (client === undefined) {
    for (const name of BESIDE_THE_ISSUER) {
      if (textOf(env[name]) === "") continue;
      faults.push(`${name} is set, but PORTAL_OIDC_ISSUER is not. Set PORTAL_OIDC_ISSUER, or take ${name} out.`);
    }
    return undefined;
  }
  const claim = textOf(env.PORTAL_OIDC_CLAIM) || DEFAULT_CLAIM;
  if (claim === "sub" || /\s/.test(claim)) {
    faults.push(
      `PORTAL_OIDC_CLAIM is "${claim}", which names nobody here. Name the one claim that has a person's user principal name or SIP address, e.g. "upn".`,
    );
  }
  return { ...client, claim, twoFactors: readTwoFactors(env, faults) };
}

function readTwoFactors(env: Env, faults: string[]): TwoFactors {
  const [by = "token", ...acrValues] = words(env.PORTAL_OIDC_TWO_FACTORS, false);
  if (by === "token") return { by, acrValues };
  if (by === "provider" && acrValues.length === 0) return { by };
  faults.push(
    `PORTAL_OIDC_TWO_FACTORS is "${textOf(env.PORTAL_OIDC_TWO_FACTORS)}"; it must be "token" (the token has to say that there were two factors; acr values that say so may follow), or "provider" (the provider lets nobody in with less).`,
  );
  return { by: "token", acrValues: [] };
}

const textOf = (value: string | undefined): string => (value ?? "").trim();
