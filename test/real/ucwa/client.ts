// A UCWA client, small and faithful to the documentation. It discovers its user, gets a ticket where the challenge
// says, names its device by creating an application, makes itself available, and holds the event channel open, asking
// again at `next`. It uses curl for NTLM. It replaces a dead ticket once, stops when it is forbidden, and tries again
// later and later after errors that may pass. No documentation says how long Microsoft's own clients wait;
// `Retry-After` is documented.

import { setTimeout as pause } from "node:timers/promises";
import { curl } from "../curl.ts";
import { cwtOf, RST_ACTION, requestSecurityToken, TOKEN_TYPES, WINDOWS_GRANT } from "../token-requests.ts";
import type { Upstream } from "../upstreams.ts";
import type { Device, Dialect } from "./dialects.ts";
import { type Answer, type Request, Transport } from "./transport.ts";

/** Where to sign in, as which user, and with which password. */
export type UcwaPlace = Pick<Upstream, "baseUrl" | "hosts" | "sipUri" | "domain" | "user" | "password">;

/**
 * How a client's life ended. `signed-out`: no ticket for this password. `forbidden`: signed in, but may do nothing.
 * `replaced`: another client runs its application. `gone`: its application does not exist. `lost`: an answer that it
 * cannot use. `closed`: by the test.
 */
export type End = "signed-out" | "forbidden" | "replaced" | "gone" | "lost" | "closed";

export interface UcwaOptions {
  readonly place: UcwaPlace;
  readonly dialect: Dialect;
  readonly device: Device;
  /** Waits so many ms before it tries again. */
  readonly wait?: (ms: number) => Promise<unknown>;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** Thrown through the steps of a client's life. Only `run` catches it. */
class Over extends Error {
  readonly end: End;
  constructor(end: End) {
    super(end);
    this.end = end;
  }
}

export class UcwaClient {
  readonly #options: UcwaOptions;
  readonly #transport: Transport;
  #ticket = "";
  /** Where to get tickets, as the last challenge said. */
  #challenge: Answer | undefined;
  /** Answers of the event channel that held events, in order. */
  readonly heard: string[] = [];
  /** The address of the application. Empty before it exists. */
  application = "";
  /** The body of the last refusal. */
  refusal = "";

  constructor(options: UcwaOptions) {
    this.#options = options;
    this.#transport = new Transport(options.place.baseUrl, options.device.userAgent);
  }

  /** The requests, in the order of the answers. curl asks for tickets, so these requests are not among them. */
  get asked(): Transport["asked"] {
    return this.#transport.asked;
  }

  close(): void {
    this.#transport.close();
  }

  /** Runs until something ends it. */
  async run(): Promise<End> {
    try {
      const applications = await this.#discover();
      await this.#listen(await this.#start(applications));
      return "closed";
    } catch (over) {
      if (over instanceof Over) return over.end;
      throw over;
    }
  }

  /** From the user's domain to the address of the applications. */
  async #discover(): Promise<string> {
    const { place, dialect } = this.#options;
    const host = place.hosts.find((each) => each.startsWith("lyncdiscover.")) ?? "";
    const accept = { accept: dialect.accept.discovery };
    const root = await this.#ask(`https://${host}/?sipuri=${encodeURIComponent(place.sipUri)}`, { headers: accept });
    const user = this.#link(root.body, dialect.rels.user, root.body);
    this.#challenge = await this.#transport.ask(user, { headers: accept });
    await this.#renew();
    const known = await this.#ask(user, { headers: accept });
    return this.#link(known.body, dialect.rels.applications, user);
  }

  /** Creates the application, and returns the address of its event channel. */
  async #start(applications: string): Promise<string> {
    const { dialect, device } = this.#options;
    const created = await this.#post(applications, dialect.creation(device));
    this.application = new URL(created.headers.location ?? applications, applications).href;
    const available = dialect.linksIn(created.body).get("makeMeAvailable");
    if (available !== undefined) await this.#post(new URL(available, applications).href, dialect.availability);
    return this.#link(created.body, "events", applications);
  }

  async #listen(first: string): Promise<void> {
    const { dialect } = this.#options;
    let next = first;
    while (!this.#transport.closed) {
      const { body } = await this.#ask(next, { headers: { accept: dialect.accept.ucwa } });
      if (dialect.hasEvents(body)) this.heard.push(body);
      const links = dialect.linksIn(body);
      next = this.#link(body, links.has("resync") ? "resync" : "next", next);
    }
  }

  #post(url: string, body: string): Promise<Answer> {
    const { contentType, accept } = this.#options.dialect;
    return this.#ask(url, { method: "POST", headers: { accept: accept.ucwa, "content-type": contentType }, body });
  }

  /** Asks, with the ticket if there is one, until there is an answer that it can use. */
  async #ask(url: string, request: Request): Promise<Answer> {
    let renewed = false;
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      const ticket = this.#ticket === "" ? {} : this.#options.dialect.presented(this.#ticket);
      const answer = await this.#transport.ask(url, { ...request, headers: { ...request.headers, ...ticket } });
      if (this.#transport.closed) throw new Over("closed");
      if (answer !== undefined && answer.status >= 200 && answer.status < 300) return answer;
      if (answer?.status === 401 && !renewed) {
        renewed = true;
        this.#challenge = answer;
        await this.#renew();
        continue;
      }
      this.refusal = answer?.body ?? "";
      const end = endOf(answer);
      if (end !== undefined) throw new Over(end);
      const after = Number(answer?.headers["retry-after"]);
      await (this.#options.wait ?? pause)(after > 0 ? after * 1000 : waitMs);
    }
  }

  /**
   * Gets a ticket from where the challenge says: the OAuth service for bearers, the WS-Trust service for web tickets.
   */
  async #renew(): Promise<void> {
    const { place, dialect, device } = this.#options;
    const { headers = {} } = this.#challenge ?? {};
    const oauth = /MsRtcOAuth href="?([^",]+)/.exec(headers["www-authenticate"] ?? "")?.[1];
    const bearer = "authorization" in dialect.presented("");
    const service = bearer ? oauth : headers["x-ms-webticketurl"];
    if (service === undefined) throw new Over("lost");
    const { host, pathname } = new URL(service);
    const answer = await curl(new URL(pathname, place.baseUrl).href, {
      ntlm: true,
      user: `${place.domain}\\${place.user}:${place.password}`,
      "user-agent": device.userAgent,
      ...(bearer
        ? { header: [`Host: ${host}`, "Content-Type: application/x-www-form-urlencoded"], data: WINDOWS_GRANT }
        : {
            header: [`Host: ${host}`, "Content-Type: text/xml; charset=utf-8", `SOAPAction: ${RST_ACTION}`],
            data: requestSecurityToken(place.sipUri, TOKEN_TYPES.cwt),
          }),
    });
    if (answer.status === 401) throw new Over("signed-out");
    const ticket = bearer ? accessTokenOf(answer.body) : cwtOf(answer.body);
    if (ticket === undefined) throw new Over("lost");
    this.#ticket = ticket;
  }

  /** A link of a document that was asked for at `from`. */
  #link(document: string, rel: string, from: string): string {
    const href = this.#options.dialect.linksIn(document).get(rel);
    if (href === undefined) throw new Over("lost");
    return /^https?:/.test(href) ? href : new URL(href, from).href;
  }
}

/** What an answer ends. Undefined: the error may pass, and the client tries again. */
function endOf(answer: Answer | undefined): End | undefined {
  switch (answer?.status) {
    case 401:
      return "signed-out";
    case 403:
      return "forbidden";
    case 404:
      return "gone";
    case 409:
      return "replaced";
    default:
      return answer === undefined || answer.status === 429 || answer.status >= 500 ? undefined : "lost";
  }
}

function accessTokenOf(json: string): string | undefined {
  const { access_token: token } = JSON.parse(json) as { access_token?: string };
  return token;
}
