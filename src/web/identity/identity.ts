// Who somebody is, as the organisation's identity provider says it: from the claims of a token that has been verified.
// Pure.

import { ok, type Result, refuse } from "../../core/result.ts";
import { displayable } from "../../core/text/printable.ts";

/** What a verified token says. Nothing of it is checked beyond the token itself. */
export type Claims = Readonly<Record<string, unknown>>;

/** Whom an issuer has signed in: what every site needs of a verified token. */
export type Verified = {
  readonly issuer: string;
  /** Names the person at this issuer for good (OpenID Connect Core 2, `sub`). */
  readonly subject: string;
  readonly claims: Claims;
  /** When the person last gave a password, passkey or the like to the provider, ms; absent: it does not say. */
  readonly authenticatedAt?: number | undefined;
};

/** Names somebody for good: a subject names nobody without its issuer, because two issuers may give the same. */
export const subjectKey = ({ issuer, subject }: { readonly issuer: string; readonly subject: string }): string =>
  `${issuer}#${subject}`;

/** A person who can administrate. */
export type Identity = Verified & {
  /** Which way the person came. */
  readonly source: "oidc" | "access";
  /** Lower case. */
  readonly email: string;
  /** Whether the provider vouches for the address. Only then may it find somebody who was invited under it. */
  readonly emailVerified: boolean;
  readonly name: string;
};

/** Why claims name nobody who could administrate. */
export type IdentityFault = "subject-missing" | "email-missing" | "email-unverified";

/** OpenID Connect Core 2: at most 255 characters. */
const MAX_SUBJECT_CHARS = 255;
const MAX_EMAIL_CHARS = 254;
/** As in the API's schema of an administrator. */
const EMAIL = /^[!-?A-~]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+$/;
const MAX_NAME_CHARS = 100;

/** Whom these claims of an issuer are about. */
export function verifiedOf(claims: Claims, issuer: string): Result<Verified, "subject-missing"> {
  const subject = claims.sub;
  if (typeof subject !== "string" || subject.trim() === "" || subject.length > MAX_SUBJECT_CHARS) {
    return refuse("subject-missing");
  }
  const at = claims.auth_time;
  return ok({
    ...{ issuer, subject, claims },
    ...(typeof at === "number" && Number.isFinite(at) ? { authenticatedAt: at * 1_000 } : {}),
  });
}

/** The person these claims name. `vouched`: the issuer lets nobody in whose address it has not verified. */
export function identityOf(
  claims: Claims,
  { source, issuer, vouched }: { readonly vouched: boolean } & Pick<Identity, "source" | "issuer">,
): Result<Identity, IdentityFault> {
  const verified = verifiedOf(claims, issuer);
  if (!verified.ok) return verified;
  if (isFalse(claims.email_verified)) return refuse("email-unverified");
  const given = address(claims.email);
  // People whose work is to administrate often have an account without a mailbox. A user may be able to change these
  // two names, so they are never taken for a verified address.
  const email = given ?? address(claims.preferred_username) ?? address(claims.upn);
  if (email === undefined) return refuse("email-missing");
  const proved = vouched || isTrue(claims.email_verified) || isTrue(claims.xms_edov);
  return ok({
    ...verified.value,
    ...{ source, email, emailVerified: given !== undefined && proved, name: nameOf(claims) ?? email },
  });
}

/** Some providers write truth as text. Entra ID's `xms_edov` is `1` in some tokens. */
const isTrue = (value: unknown): boolean => value === true || value === "true" || value === 1 || value === "1";
const isFalse = (value: unknown): boolean => value === false || value === "false";

function address(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > MAX_EMAIL_CHARS) return undefined;
  const text = value.trim().toLowerCase();
  return EMAIL.test(text) ? text : undefined;
}

function nameOf(claims: Claims): string | undefined {
  const both = [claims.given_name, claims.family_name].filter((part) => typeof part === "string").join(" ");
  const named = [claims.name, both].find((name) => typeof name === "string" && name.trim() !== "");
  return typeof named === "string" ? displayable(named.trim(), MAX_NAME_CHARS) : undefined;
}
