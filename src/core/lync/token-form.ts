// Reads the form of a token request at `/WebTicket/oauthtoken`. The form itself is not sent on. ASP.NET reads form,
// query and cookies as one collection and ignores the case of names. So Postern writes a new form for the Front-End
// from the few known fields. Source: UCWA documentation, "Authentication in UCWA"; RFC 6749, 4.3.2.

import { ok, type Result, refuse } from "../result.ts";
import type { OAuthError } from "./oauth-token.ts";

/** A conference that a guest names. */
export type Conference = {
  /**
   * The URI as the guest wrote it: `sip:organiser;gruu;opaque=app:conf:focus:id:ID`. A secret: the id may be the key.
   */
  readonly uri: string;
  /** The organiser's SIP URI, in lower case. */
  readonly organiser: string;
  /** The same for every spelling of the URI. */
  readonly name: string;
};

/** A meeting guest's request. It has a conference and its key, or a ticket to renew, or both. */
export type GuestForm = {
  readonly kind: "guest";
  readonly conference: Conference | undefined;
  /** The conference key, from the field `password`. */
  readonly key: string | undefined;
  /** The ticket to renew, without `cwt=`. */
  readonly renews: string | undefined;
};

/** A token request. */
export type TokenForm =
  | { readonly kind: "windows" }
  /** With the cookies of somebody who has signed in by the page. */
  | { readonly kind: "passive" }
  | { readonly kind: "password"; readonly name: string; readonly password: string }
  | GuestForm;

const GRANT = "grant_type";
/** The field for the scope. Its only value is `all`, so Postern does not send it on. */
const SCOPE = "scope";
const CONFERENCE = "ms_rtc_conferenceuri";
const RENEWS = "ms_rtc_renew";

type Grant = { readonly kind: TokenForm["kind"]; readonly type: string; readonly fields: readonly string[] };

const GRANTS: readonly Grant[] = [
  { kind: "windows", type: "urn:microsoft.rtc:windows", fields: [] },
  { kind: "passive", type: "urn:microsoft.rtc:passive", fields: [] },
  { kind: "password", type: "password", fields: ["username", "password"] },
  { kind: "guest", type: "urn:microsoft.rtc:anonmeeting", fields: ["password", CONFERENCE, RENEWS] },
];

/** The media type of a form. The charset is the only parameter allowed. */
const FORM_TYPE = /^\s*application\/x-www-form-urlencoded\s*(?:;\s*charset\s*=\s*(?:"utf-8"|utf-8)\s*)?;?\s*$/i;
/** The URI of a conference as Lync writes it, without characters that two readers could read differently. */
const CONFERENCE_URI =
  /^(sip:[^\s\p{C};:@%<>"?&=,]{1,128}@[A-Za-z0-9.-]{1,128});gruu;opaque=app:conf:focus:id:([A-Za-z0-9_-]{1,64})$/iu;
/** One line of text, longer than every key. */
const KEY = /^[^\p{C}]{0,256}$/u;

/**
 * Reads a form. The fault is the OAuth error for the answer. A form is refused if a field appears twice in any letter
 * case, if a field's name is misspelt, or if its grant does not have the field.
 */
export function readTokenForm(contentType: string, form: string): Result<TokenForm, OAuthError> {
  if (!FORM_TYPE.test(contentType)) return refuse("invalid_request");
  const fields = [...new URLSearchParams(form)];
  const [type, another] = fields.filter(([name]) => name.toLowerCase() === GRANT);
  if (type === undefined || another !== undefined || type[0] !== GRANT) return refuse("invalid_request");
  const grant = GRANTS.find((each) => each.type === type[1].trim());
  if (grant === undefined) return refuse("unsupported_grant_type");
  const values = new Map(fields);
  const known = fields.every(([name]) => [GRANT, SCOPE, ...grant.fields].includes(name));
  const sound = known && values.size === fields.length && (values.get(SCOPE) ?? "all") === "all";
  switch (grant.kind) {
    case "windows":
    case "passive":
      return sound ? ok({ kind: grant.kind }) : refuse("invalid_request");
    case "password": {
      const [name, password] = [values.get("username"), values.get("password")];
      // Every fault of the form gets the same answer as a wrong password (S-22).
      if (!sound || name === undefined || password === undefined) return refuse("invalid_grant");
      return ok({ kind: "password", name, password });
    }
    case "guest":
      return sound ? guestForm(values) : refuse("invalid_request");
  }
}

function guestForm(values: ReadonlyMap<string, string>): Result<GuestForm, OAuthError> {
  const [uri, key] = [values.get(CONFERENCE), values.get("password")];
  const renews = values.get(RENEWS)?.replace(/^cwt=/, "");
  if (uri === undefined && renews === undefined) return refuse("invalid_request");
  const conference = uri === undefined ? undefined : conferenceAt(uri);
  if ((uri !== undefined && conference === undefined) || (key !== undefined && !KEY.test(key))) {
    return refuse("invalid_grant");
  }
  return ok({ kind: "guest", conference, key, renews });
}

function conferenceAt(uri: string): Conference | undefined {
  const [, organiser = "", id] = CONFERENCE_URI.exec(uri) ?? [];
  if (id === undefined) return undefined;
  return { uri, organiser: organiser.toLowerCase(), name: `${organiser};${id}`.normalize("NFKC").toLowerCase() };
}

/** The form that signs on without a password. It is the same for every client. */
export const WINDOWS_GRANT_FORM = new URLSearchParams({ [GRANT]: "urn:microsoft.rtc:windows" }).toString();

/** The form that asks for a ticket with the pool's cookies. */
export const PASSIVE_GRANT_FORM = new URLSearchParams({ [GRANT]: "urn:microsoft.rtc:passive" }).toString();

/**
 * Postern's own form for a guest. `renewed`: the Front-End's ticket without `cwt=`. The guest sent it in an envelope.
 */
export function guestGrantForm({ conference, key }: GuestForm, renewed: string | undefined): string {
  const fields = new URLSearchParams({ [GRANT]: "urn:microsoft.rtc:anonmeeting" });
  if (key !== undefined) fields.set("password", key);
  if (conference !== undefined) fields.set(CONFERENCE, conference.uri);
  if (renewed !== undefined) fields.set(RENEWS, `cwt=${renewed}`);
  return fields.toString();
}
