// Whether a token of the identity provider says that the person used two factors. Pure.

import type { TwoFactors } from "../../config/portal-provider.ts";
import type { Claims } from "../../web/identity/identity.ts";

/** RFC 8176, 2: the methods that are each a factor by themselves, by what they prove. */
const KINDS: Readonly<Record<string, "knows" | "has" | "is">> = {
  ...{ pwd: "knows", pin: "knows", kba: "knows" },
  ...{ otp: "has", sms: "has", tel: "has", hwk: "has", swk: "has", sc: "has" },
  ...{ fpt: "is", face: "is", iris: "is", retina: "is", vbm: "is" },
};

/**
 * Whether the token says it: `mfa` among the methods (`amr`), methods of two kinds, or one of the configured values in
 * `acr`. With `provider`, the provider is believed without a word.
 */
export function provesTwoFactors(claims: Claims, wanted: TwoFactors): boolean {
  if (wanted.by === "provider") return true;
  if (typeof claims.acr === "string" && wanted.acrValues.includes(claims.acr)) return true;
  const methods = Array.isArray(claims.amr) ? claims.amr.filter((each) => typeof each === "string") : [];
  const kinds = new Set(methods.flatMap((each) => (Object.hasOwn(KINDS, each) ? (KINDS[each] ?? []) : [])));
  return methods.includes("mfa") || kinds.size >= 2;
}
