// /WebTicket/oauthtoken: the same tickets for UCWA clients, by OAuth 2.0 grants (RFC 6749 4.3, and three grant types of
// Lync's own). Success is always a compact ticket; failure is 400 with one of the RFC's error words, whose reason is
// only in X-Ms-diagnostics. The windows grant alone is challenged at the HTTP level.

import { type Answer, bodyText, type Exchange, type HeaderLine, json } from "./exchange.ts";
import { ANONYMOUS_TICKET_LIFETIME_MS, type FrontEnd } from "./front-end.ts";
import { diagnostics } from "./iis-headers.ts";
import { ledgerDigest } from "./ledger.ts";
import { settle } from "./presented-ticket.ts";
import { identityName, type TicketIdentity } from "./ticket-book.ts";
import { signOnWindows } from "./windows-auth.ts";

/** The grants this pool allows, as MsRtcOAuth lists them. */
export const GRANT_TYPES = "urn:microsoft.rtc:windows,urn:microsoft.rtc:anonmeeting,password";

type OAuthError = "invalid_request" | "invalid_grant" | "unsupported_grant_type" | "invalid_scope" | "server_error";

const NO_VALID_TOKEN = diagnostics(28020, "No valid security token.");
const NOT_ALLOWED = diagnostics(28029, "Authentication type not allowed.");

const noStore: readonly HeaderLine[] = [
  ["Cache-Control", "no-store"],
  ["Pragma", "no-cache"],
];

/** Answers one token request. */
export async function oauthToken(frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> {
  const isForm = /^application\/x-www-form-urlencoded/i.test(exchange.header("content-type") ?? "");
  if (exchange.method !== "POST" || !isForm) return refused("invalid_request");
  // IIS challenges before it reads the form only when Windows credentials are already on their way (curl's empty Type 1).
  if (/^(negotiate|ntlm) /i.test(exchange.header("authorization") ?? "")) return windowsGrant(frontEnd, exchange);
  const form = new URLSearchParams(await bodyText(exchange));
  const scope = form.get("scope");
  if (scope !== null && scope !== "all") return refused("invalid_scope");
  switch (form.get("grant_type")) {
    case null:
    case "":
      return refused("invalid_request");
    case "urn:microsoft.rtc:windows":
      return windowsGrant(frontEnd, exchange);
    case "password":
      return passwordGrant(frontEnd, exchange, form);
    case "urn:microsoft.rtc:anonmeeting":
      return meetingGrant(frontEnd, exchange, form);
    case "urn:microsoft.rtc:passive":
      return json(
        400,
        { error: "invalid_grant", ms_rtc_passiveauthuri: frontEnd.links.web("/PassiveAuth/PassiveAuth.aspx") },
        [...noStore, NO_VALID_TOKEN],
      );
    default:
      return refused("unsupported_grant_type", NOT_ALLOWED);
  }
}

/** 400 / server_error, which tests ask for by a hook. */
export const oauthServerError = (): Answer => refused("server_error", diagnostics(28001, "Internal error."));

async function windowsGrant(frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> {
  const signOn = signOnWindows(frontEnd, exchange, noStore);
  if (!signOn.ok) return signOn.answer;
  const form = new URLSearchParams(await bodyText(exchange));
  if (form.get("grant_type") !== "urn:microsoft.rtc:windows" || form.has("username") || form.has("password")) {
    return refused("invalid_request");
  }
  if (signOn.user.sipEnabled === false) return refused("invalid_grant", diagnostics(28000, "User is not SIP enabled."));
  return granted(frontEnd, exchange, { kind: "user", user: signOn.user }, signOn.headers);
}

function passwordGrant(frontEnd: FrontEnd, exchange: Exchange, form: URLSearchParams): Answer {
  const name = form.get("username");
  const password = form.get("password");
  if (!name || !password) return refused("invalid_request");
  const user = frontEnd.users.bySpelling(name);
  const accepted = user?.enabled === true && frontEnd.acceptDirectoryPasswords && user.directoryPassword === password;
  frontEnd.ledger.note("directoryPasswordAttempts", exchange.entry, {
    channel: "oauth-password",
    user: name,
    accepted,
    secret: ledgerDigest(password),
  });
  if (!accepted || user.sipEnabled === false) return refused("invalid_grant", NO_VALID_TOKEN);
  return granted(frontEnd, exchange, { kind: "user", user });
}

/** A guest proves to know the conference key; or renews an anonymous ticket that is still good. */
function meetingGrant(frontEnd: FrontEnd, exchange: Exchange, form: URLSearchParams): Answer {
  const conference = form.get("ms_rtc_conferenceuri");
  const renewed = form.get("ms_rtc_renew");
  if (conference === null && renewed === null) return refused("invalid_request");
  if (renewed !== null) {
    const recognised = frontEnd.tickets.recogniseCompact(renewed.replace(/^cwt=/, ""));
    const ticket = settle(frontEnd, exchange, "ms_rtc_renew", recognised);
    return ticket?.identity.kind === "anonymous"
      ? granted(frontEnd, exchange, ticket.identity)
      : refused("invalid_grant", NO_VALID_TOKEN);
  }
  const [, organiser = "", key = ""] =
    /^(sip:[^;]+);gruu;opaque=app:conf:focus:id:([\w-]+)/i.exec(conference ?? "") ?? [];
  const known = frontEnd.users.bySipUri(organiser) !== undefined && key !== "" && form.get("password") === key;
  return known
    ? granted(frontEnd, exchange, { kind: "anonymous", conference: conference ?? "" })
    : refused("invalid_grant", NO_VALID_TOKEN);
}

function granted(
  frontEnd: FrontEnd,
  exchange: Exchange,
  identity: TicketIdentity,
  headers: readonly HeaderLine[] = [],
): Answer {
  const lifetime = identity.kind === "user" ? frontEnd.ticketLifetimeMs : ANONYMOUS_TICKET_LIFETIME_MS;
  const { text, ticket } = frontEnd.tickets.issueCompact(identity, lifetime);
  exchange.entry.identity = identityName(identity);
  frontEnd.ledger.note("ticketsIssued", exchange.entry, { user: identityName(identity), kind: ticket.form });
  return json(
    200,
    {
      access_token: text,
      expires_in: Math.floor(lifetime / 1_000),
      ms_rtc_identityscope: "local",
      token_type: "Bearer",
    },
    [...noStore, ...headers],
  );
}

const refused = (error: OAuthError, diagnosis?: HeaderLine): Answer =>
  json(400, { error }, diagnosis ? [...noStore, diagnosis] : noStore);
