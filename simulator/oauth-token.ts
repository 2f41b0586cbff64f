// /WebTicket/oauthtoken gives tickets to UCWA clients by OAuth 2.0 grants (RFC 6749 4.3, and three grant types of
// Lync). A success is always a compact ticket. A failure is 400 with one of the RFC's error words. Only
// X-Ms-diagnostics has the reason. Only the windows grant is challenged by an HTTP header.

import { type Answer, type Exchange, type HeaderLine, json } from "./exchange.ts";
import { ANONYMOUS_TICKET_LIFETIME_MS, type FrontEnd } from "./front-end.ts";
import { diagnostics } from "./iis-headers.ts";
import { signOnPassive } from "./passive-sign-on.ts";
import { settle } from "./presented-ticket.ts";
import { type RequestParams, requestParams } from "./request-params.ts";
import { notePasswordGrant } from "./stray-credentials.ts";
import { identityName, type TicketIdentity } from "./ticket-book.ts";
import { notSipEnabled } from "./web-ticket.ts";
import { signOnWindows } from "./windows-auth.ts";

/** The grants that a pool allows, as MsRtcOAuth lists them. The passive one is there when it is switched on. */
export const grantTypes = ({ relyingParty }: FrontEnd): string =>
  `urn:microsoft.rtc:windows,${relyingParty ? "urn:microsoft.rtc:passive," : ""}urn:microsoft.rtc:anonmeeting,password`;

type OAuthError = "invalid_request" | "invalid_grant" | "unsupported_grant_type" | "invalid_scope" | "server_error";

const NO_VALID_TOKEN = diagnostics(28020, "No valid security token.");
const NOT_ALLOWED = diagnostics(28029, "Authentication type not allowed.");

const noStore: readonly HeaderLine[] = [
  ["Cache-Control", "no-store"],
  ["Pragma", "no-cache"],
];

/** Answers one token request. It accepts a password grant anywhere in the request. */
export async function oauthToken(frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> {
  const params = await requestParams(exchange);
  const isForm = /^(application\/x-www-form-urlencoded|multipart\/form-data)/i.test(
    exchange.header("content-type") ?? "",
  );
  const accepted = directoryPasswordAccepted(frontEnd, params);
  const password = notePasswordGrant(frontEnd, exchange, params, accepted);
  if (exchange.method !== "POST" || !isForm) return refused("invalid_request");
  // If a request brings Windows credentials, such as curl's empty Type 1, IIS challenges before it reads the form.
  if (/^(negotiate|ntlm) /i.test(exchange.header("authorization") ?? "")) {
    return windowsGrant(frontEnd, exchange, params);
  }
  const scope = params.get("scope");
  if (scope !== null && scope !== "all") return refused("invalid_scope");
  if (password) return passwordGrant(frontEnd, exchange, params, accepted);
  switch (params.get("grant_type")) {
    case null:
    case "":
    case "password":
      return refused("invalid_request");
    case "urn:microsoft.rtc:windows":
      return windowsGrant(frontEnd, exchange, params);
    case "urn:microsoft.rtc:anonmeeting":
      return meetingGrant(frontEnd, exchange, params);
    case "urn:microsoft.rtc:passive":
      return passiveGrant(frontEnd, exchange);
    default:
      return refused("unsupported_grant_type", NOT_ALLOWED);
  }
}

/** 400 / server_error, which tests ask for by a hook. */
export const oauthServerError = (): Answer => refused("server_error", diagnostics(28001, "Internal error."));

function windowsGrant(frontEnd: FrontEnd, exchange: Exchange, params: RequestParams): Answer {
  const signOn = signOnWindows(frontEnd, exchange, noStore);
  if (!signOn.ok) return signOn.answer;
  const grant = params.get("grant_type");
  if (grant !== "urn:microsoft.rtc:windows" || params.has("username") || params.has("password")) {
    return refused("invalid_request");
  }
  if (signOn.user.sipEnabled === false) return refused("invalid_grant", diagnostics(28000, "User is not SIP enabled."));
  return granted(frontEnd, exchange, { kind: "user", user: signOn.user }, signOn.headers);
}

/** A ticket for whom the session of /PassiveAuth names. Without a session the answer says where to get one. */
function passiveGrant(frontEnd: FrontEnd, exchange: Exchange): Answer {
  const signOn = signOnPassive(frontEnd, exchange);
  if (signOn === "no-session") {
    const ms_rtc_passiveauthuri = frontEnd.links.web("/PassiveAuth/PassiveAuth.aspx");
    return json(400, { error: "invalid_grant", ms_rtc_passiveauthuri }, [...noStore, NO_VALID_TOKEN]);
  }
  return signOn === "no-user" ? notSipEnabled() : granted(frontEnd, exchange, { kind: "user", user: signOn });
}

function directoryPasswordAccepted(frontEnd: FrontEnd, params: RequestParams): boolean {
  const user = frontEnd.users.bySpelling(params.get("username") ?? "");
  const right = user?.directoryPassword === params.get("password");
  return right && user?.enabled === true && frontEnd.acceptDirectoryPasswords;
}

function passwordGrant(frontEnd: FrontEnd, exchange: Exchange, params: RequestParams, accepted: boolean): Answer {
  const user = frontEnd.users.bySpelling(params.get("username") ?? "");
  if (!params.get("username") || !params.get("password")) return refused("invalid_request");
  if (!user || !accepted || user.sipEnabled === false) return refused("invalid_grant", NO_VALID_TOKEN);
  return granted(frontEnd, exchange, { kind: "user", user });
}

/** A ticket for a guest who knows the conference key, or who renews an anonymous ticket that is still good. */
function meetingGrant(frontEnd: FrontEnd, exchange: Exchange, form: RequestParams): Answer {
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
