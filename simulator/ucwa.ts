// UCWA, the web API of mobile and browser clients, under /ucwa/v1 (web ticket) and /ucwa/oauth/v1 (bearer). It creates
// applications and has their event channels, batches, photos, and as many other resources as a client needs. Every
// request must bring its ticket. OPTIONS, HEAD and TRACE are not supported (UCWA reference).

import { oauthChallenges, webTicketChallenge } from "./autodiscover.ts";
import {
  type Answer,
  answer,
  bodyText,
  type Exchange,
  empty,
  type HeaderLine,
  html,
  methodNotAllowed,
} from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import { unauthorized } from "./iis-headers.ts";
import { presentedTicket } from "./presented-ticket.ts";
import { type IssuedTicket, identityName } from "./ticket-book.ts";
import type { Application } from "./ucwa-applications.ts";
import { answerBatch } from "./ucwa-batch.ts";
import { readApplicationInput } from "./ucwa-input.ts";
import { errorAnswer, type Resource, resourceAnswer } from "./ucwa-resource.ts";
import { byRevision, revisionOf } from "./ucwa-revisions.ts";

const PATH = /^\/ucwa\/(oauth\/)?v1\/applications(?:\/([^/]+)(\/.*)?)?\/?$/;

/** The longest wait for which a client may ask in `?timeout=`, in seconds. */
const MAX_TIMEOUT_S = 1_800;

/** Every photo is this GIF of one pixel. */
const PHOTO = Buffer.from("R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==", "base64");

/** Answers any request below /ucwa. */
export async function ucwa(frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> {
  if (["OPTIONS", "HEAD", "TRACE"].includes(exchange.method)) return methodNotAllowed("GET, POST, PUT, DELETE");
  const [, oauth, , rest = ""] = PATH.exec(exchange.path) ?? [];
  const photoCookie = rest.startsWith("/photos");
  const ticket = presentedTicket(frontEnd, exchange, { photoCookie });
  if (!ticket) {
    const own = oauth === undefined ? webTicketChallenge(frontEnd) : [];
    return unauthorized([...oauthChallenges(frontEnd), ...own.filter(([name]) => name !== "X-Ms-diagnostics")]);
  }
  return byRevision(exchange, () => served(frontEnd, exchange, ticket));
}

async function served(frontEnd: FrontEnd, exchange: Exchange, ticket: IssuedTicket): Promise<Answer> {
  const [path, oauth, id, rest = ""] = PATH.exec(exchange.path) ?? [];
  if (path === undefined) return errorAnswer(exchange, 404, "NotFound");
  if (id === undefined) return createApplication(frontEnd, exchange, ticket, oauth === undefined ? "v1" : "oauth");
  const application = frontEnd.applications.find(id);
  if (!application) return errorAnswer(exchange, 404, "NotFound", "ApplicationNotFound");
  if (application.owner !== identityName(ticket.identity)) return errorAnswer(exchange, 403, "Forbidden");
  return withinApplication(frontEnd, exchange, application, rest.replace(/\/$/, ""));
}

async function createApplication(
  frontEnd: FrontEnd,
  exchange: Exchange,
  ticket: IssuedTicket,
  family: "v1" | "oauth",
): Promise<Answer> {
  if (exchange.method !== "POST") return methodNotAllowed("POST");
  const input = readApplicationInput(exchange.header("content-type") ?? "", await bodyText(exchange));
  if (!input) return errorAnswer(exchange, 400, "BadRequest", "ParameterValidationFailure");
  const { identity } = ticket;
  if (identity.kind === "user" && identity.user.mobility === false && input.type?.toLowerCase() === "phone") {
    return errorAnswer(exchange, 403, "Forbidden", "MobileApplicationNotAllowed");
  }
  const creation = frontEnd.applications.create(identityName(identity), family, input);
  switch (creation.outcome) {
    case "endpoint-in-use":
      return errorAnswer(exchange, 409, "Conflict", "AlreadyExists");
    case "too-many":
      return errorAnswer(exchange, 429, "LimitExceeded", "TooManyApplications");
    case "existing":
      return resourceAnswer(exchange, 200, describe(creation.application), [etag(creation.application)]);
    case "created": {
      const { application } = creation;
      const location: HeaderLine = ["Location", frontEnd.links.web(root(application))];
      const headers = [location, etag(application), photoCookieLine(exchange, frontEnd, ticket, application)];
      return resourceAnswer(exchange, 201, describe(application), headers);
    }
  }
}

/** The cookie with which an `<img>` loads photos. It has the ticket, and is for one path. */
function photoCookieLine(
  exchange: Exchange,
  frontEnd: FrontEnd,
  ticket: IssuedTicket,
  application: Application,
): HeaderLine {
  const presented = exchange.header("authorization") ?? exchange.header("x-ms-webticket") ?? "";
  const remaining = ticket.expiresAt - frontEnd.now();
  const value =
    /cwt=([A-Za-z0-9_-]+)$/.exec(presented)?.[1] ??
    frontEnd.tickets.issueCompact(ticket.identity, remaining).text.replace("cwt=", "");
  return ["Set-Cookie", `cwt_ucwa=${value}; path=${root(application)}/photos; secure; HttpOnly`];
}

async function withinApplication(
  frontEnd: FrontEnd,
  exchange: Exchange,
  application: Application,
  rest: string,
): Promise<Answer> {
  const { method } = exchange;
  if (rest === "") {
    if (method === "GET") return resourceAnswer(exchange, 200, describe(application), [etag(application)]);
    if (method !== "DELETE") return methodNotAllowed("GET, DELETE");
    frontEnd.applications.remove(application.id);
    return empty(204);
  }
  if (rest === "/events" && method === "GET") return events(frontEnd, exchange, application);
  if (rest === "/batch" && method === "POST") {
    return answerBatch(frontEnd, exchange, (part) => ucwa(frontEnd, part));
  }
  if (/^\/photos\/[^/]+$/.test(rest) && method === "GET") return answer(200, "image/gif", PHOTO);
  // Only a request that needs revision 2 or later can change memberships of groups.
  if (rest === "/people/mygroupmemberships" && method !== "GET" && revisionOf(exchange) < 2)
    return methodNotAllowed("GET");
  if (rest === "/me/makemeavailable" && method === "POST") return empty(204);
  if (/^\/(me|people|communication|onlinemeetings|conversationlogs)(\/|$)/.test(rest)) {
    if (method !== "GET") return empty(204);
    return resourceAnswer(exchange, 200, resource(application, rest));
  }
  return errorAnswer(exchange, 404, "NotFound");
}

/**
 * `GET …/events?ack=n[&timeout=seconds][&priority=n]`: waits until there is an event or the time is over. A client that
 * asks with an `ack` that is neither the last one nor the next is told where to go on.
 */
async function events(frontEnd: FrontEnd, exchange: Exchange, application: Application): Promise<Answer> {
  const ack = Number(exchange.query.get("ack"));
  if (!Number.isInteger(ack) || ack < 1) return errorAnswer(exchange, 400, "BadRequest", "ParameterValidationFailure");
  const asked = Number(exchange.query.get("timeout"));
  const holdMs = asked > 0 ? Math.min(asked, MAX_TIMEOUT_S) * 1_000 : frontEnd.eventHoldMs;
  await readWhatCame();
  if (exchange.gone.aborted) return errorAnswer(exchange, 404, "NotFound", "ApplicationNotFound"); // nobody reads it
  const end = frontEnd.silence.begin();
  const gone = end === undefined ? exchange.gone : AbortSignal.any([exchange.gone, end.at]);
  const priority = Number(exchange.query.get("priority")) || 0;
  const polled = await application.events.poll({ ack, priority, holdMs, gone });
  if (polled.kind === "closed" && end?.at.aborted) {
    exchange.entry.cut = true;
    if (end.how === "524") return html(524, "<h1>524: A timeout occurred</h1>");
    exchange.socket.destroy();
  }
  const self = `${root(application)}/events?ack=`;
  switch (polled.kind) {
    case "replaced":
      return errorAnswer(exchange, 409, "Conflict", "PGetReplaced");
    case "closed":
      return errorAnswer(exchange, 404, "NotFound", "ApplicationNotFound");
    case "resync":
      return resourceAnswer(exchange, 200, {
        rel: "events",
        links: { self: `${self}${ack}`, resync: `${self}${application.events.unacknowledged}` },
      });
    case "nothing":
    case "events": {
      const sender =
        polled.kind === "events" ? [{ rel: "application", href: root(application), events: polled.events }] : [];
      return resourceAnswer(exchange, 200, {
        rel: "events",
        links: { self: `${self}${ack}`, next: `${self}${ack + 1}` },
        properties: { sender },
      });
    }
  }
}

/**
 * On a busy machine a request and the end of its connection may be there at the same time, and a later request was read
 * before. Node tells of the end some turns after the request. A request that nobody waits for must replace no other.
 */
async function readWhatCame(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise(setImmediate);
}

const root = ({ family, id }: Application): string =>
  `/ucwa/${family === "oauth" ? "oauth/" : ""}v1/applications/${id}`;

const etag = (application: Application): HeaderLine => ["ETag", `"${application.etag}"`];

function describe(application: Application): Resource {
  const self = root(application);
  const part = (rel: string, links: Readonly<Record<string, string>>): Resource => ({ rel, links });
  return {
    rel: "application",
    links: {
      self,
      policies: `${self}/policies`,
      batch: `${self}/batch`,
      events: `${self}/events?ack=${Math.max(1, application.events.unacknowledged)}`,
    },
    properties: {
      culture: application.input.culture,
      userAgent: application.input.userAgent,
      type: application.input.type ?? "Browser",
    },
    embedded: [
      part("me", { self: `${self}/me`, makeMeAvailable: `${self}/me/makeMeAvailable`, photo: photo(application) }),
      part("people", {
        self: `${self}/people`,
        myContacts: `${self}/people/contacts`,
        search: `${self}/people/search`,
      }),
      part("onlineMeetings", { self: `${self}/onlineMeetings`, myOnlineMeetings: `${self}/onlineMeetings/mine` }),
      part("communication", { self: `${self}/communication`, conversations: `${self}/communication/conversations` }),
    ],
  };
}

const photo = (application: Application): string =>
  `${root(application)}/photos/${application.owner.replace(/^sip:/, "")}`;

function resource(application: Application, rest: string): Resource {
  const owner = rest === "/me" ? { uri: application.owner, name: application.owner.replace(/^sip:/, "") } : {};
  return { rel: rest.slice(1).replaceAll("/", "-"), links: { self: `${root(application)}${rest}` }, properties: owner };
}
