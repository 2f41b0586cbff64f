// The form of a token request at `/WebTicket/oauthtoken`, read into what it asks for. The form itself ends here:
// ASP.NET reads a form, a query and cookies as one collection whose names have no case, so Postern writes a new form
// for the Front-End from the few known fields. Source: UCWA documentation, "Authentication in UCWA"; RFC 6749, 4.3.2.

import { ok, type Result, refuse } from "../result.ts";
import type { OAuthError } from "./oauth-token.ts";

/** A conference that a guest names. */
export type Conference = {
  /** As the guest wrote it: `sip:organiser;gruu;opaque=app:conf:focus:id:ID`. The id may be the key, so it is a secret. */
  readonly uri: string;
  /** The organiser's SIP URI, in lower case. */
  readonly organiser: string;
  /** The same for every spelling of the URI. */
  readonly name: string;
};

/** What a meeting guest asks with: a conference and its key, a ticket to renew, or both. */
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
  | { readonly kind: "password"; readonly name: string; readonly password: string }
  | GuestForm;

const GRANT = "grant_type";
/** The only scope there is, `all`; it says nothing, and is not sent on. */
const SCOPE = "scope";
const CONFERENCE = "ms_rtc_conferenceuri";
const RENEWS = "ms_rtc_renew";

type Grant = { readonly kind: TokenForm["kind"]; readonly type: string; readonly fields: readonly string[] };

const GRANTS: readonly Grant[] = [
  { kind: "windows", type: "urn:microsoft.rtc:windows", fields: [] },
  { kind: "password", type: "password", fields: ["username", "password"] },
  { kind: "guest", type: "urn:microsoft.rtc:anonmeeting", fields: ["password", CONFERENCE, RENEWS] },
];

/** The media type of a form, with no parameter but the charset. */
const FORM_TYPE = /^\s*application\/x-www-form-urlencoded\s*(?:;\s*charset\s*=\s*(?:"utf-8"|utf-8)\s*)?;?\s*$/i;
/** A URI of a conference as Lync writes it, with no character that two readers could take for two things. */
const CONFERENCE_URI =
  /^(sip:[^\s\p{C};:@%<>"?&=,]{1,128}@[A-Za-z0-9.-]{1,128});gruu;opaque=app:conf:focus:id:([A-Za-z0-9_-]{1,64})$/iu;
/** Text of one line, as long as any key. */
const KEY = /^[^\p{C}]{0,256}$/u;

/**
 * Reads a form; the fault is the OAuth error to answer with. Each field at most once in any letter case, each spelt as it should
 * be, and none that its grant does not have.
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
      return sound ? ok({ kind: "windows" }) : refuse("invalid_request");
    case "password": {
      const [name, password] = [values.get("username"), values.get("password")];
      // The same answer as for a wrong password, for every fault of the form (S-22).
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

/** A guest's form in Postern's words. `renewed`: the Front-End's own ticket, without `cwt=`, in place of the envelope. */
export function guestGrantForm({ conference, key }: GuestForm, renewed: string | undefined): string {
  const fields = new URLSearchParams({ [GRANT]: "urn:microsoft.rtc:anonmeeting" });
  if (key !== undefined) fields.set("password", key);
  if (conference !== undefined) fields.set(CONFERENCE, conference.uri);
  if (renewed !== undefined) fields.set(RENEWS, `cwt=${renewed}`);
  return fields.toString();
}
