// The publish table: every virtual directory of a Lync external web site, what Postern does with it, and on which hosts. What has
// no row is closed (S-38). A row is an exact path or a whole tree; the longest match wins. A host that has meeting links right
// below its root is the one exception: there every name is a meeting's that is not a directory of this table.

/** Which challenge an unauthenticated client of a ticket row gets. */
export type Dialect = "web-ticket" | "oauth";

/** What happens at a path. */
export type Access =
  /**
   * Anonymous: forwarded without credentials, and with its query and cookies only where a client needs what they say. `metadata`:
   * asked for in Postern's words, at this address of the Front-End's.
   */
  | {
      readonly kind: "open";
      readonly query: boolean;
      readonly budget: "services" | "pages";
      readonly metadata?: string;
    }
  /** Postern authenticates here and relays the ticket. */
  | { readonly kind: "sign-in"; readonly service: SignInService }
  /**
   * A ticket that Postern relayed; `meeting`: an anonymous meeting ticket will do. `soap`: it travels in the envelope.
   * `batch`: the body holds whole requests, and each is judged. `use`: how much of its device has to be known.
   */
  | {
      readonly kind: "ticket";
      readonly dialect: Dialect;
      readonly meeting: boolean;
      readonly soap: boolean;
      readonly batch: boolean;
      readonly use: DeviceUse;
    }
  | { readonly kind: "closed" };

/**
 * `discovery`: the user's own resources, with whichever device. `naming`: here the device names itself. `application`: UCWA, by
 * the device that named itself or runs the application. `address-book`: by a device that named itself, if with another ticket of
 * the same place. `service`: any other, with the ticket that named the device.
 */
export type DeviceUse = "discovery" | "naming" | "application" | "address-book" | "service";

export type SignInService = "web-ticket" | "oauth-token" | "username-token" | "anonymous-ticket";

/**
 * What a public host is for. `web`: the external web services, and whatever is not said to be something else. `discovery`:
 * `lyncdiscover`. `meet`, `dial-in`: a simple URL with a host of its own.
 */
export type HostRole = "web" | "discovery" | "meet" | "dial-in";

/** One row of the table. */
export type PublishRow = {
  /** Lower case; `/*` at the end: the directory and everything below it. */
  readonly path: string;
  readonly access: Access;
  readonly methods: readonly string[];
  /** Largest request body in bytes. */
  readonly maxBody: number;
  /** Where the row is; closed everywhere else. */
  readonly hosts: readonly HostRole[];
};

const KB = 1024;
const MB = 1024 * KB;
/** What a client says of itself when it creates a UCWA application is five short texts. */
const MAX_NAMING_BYTES = 16 * KB;
/** An envelope without content. */
const MAX_METADATA_REQUEST_BYTES = 16 * KB;
const GET = ["GET"];
const PAGE = ["GET", "HEAD"];
const SERVICE = ["GET", "POST"];
const PAGE_AND_POST = ["GET", "HEAD", "POST"];
const UCWA = ["GET", "POST", "PUT", "DELETE"];

const DISCOVERY: readonly HostRole[] = ["web", "discovery"];
const SIMPLE_URLS: readonly HostRole[] = ["web", "meet", "dial-in"];

const open = { kind: "open", query: true, budget: "pages" } as const;
const openWithoutQuery = { kind: "open", query: false, budget: "services" } as const;
const closed = { kind: "closed" } as const;
const signIn = (service: SignInService) => ({ kind: "sign-in", service }) as const;
const ticket = (dialect: Dialect, use: DeviceUse, more: { meeting?: true; soap?: true; batch?: true } = {}) =>
  ({ kind: "ticket", dialect, use, meeting: false, soap: false, batch: false, ...more }) as const;

/** The table, in the order of a sign-in. Public so that documentation and tests walk the same rows. */
export const PUBLISH_TABLE: readonly PublishRow[] = [
  // Discovery. The Front-End never hears which user a stranger asks about (`?sipuri=`), so the answer is the same for all.
  // `root/domain` is closed: no known client asks for it, and it tells a stranger the internal topology.
  row("/", openWithoutQuery, GET, 0, DISCOVERY),
  row("/autodiscover/autodiscoverservice.svc/root", openWithoutQuery, GET, 0, DISCOVERY),
  row("/autodiscover/autodiscoverservice.svc/root/domain", closed),
  row("/autodiscover/autodiscoverservice.svc/root/user", ticket("web-ticket", "discovery"), GET, 0, DISCOVERY),
  row("/autodiscover/autodiscoverservice.svc/root/oauth/user", ticket("oauth", "discovery"), GET, 0, DISCOVERY),
  // The page through which a site's scripts make their calls. It is one page for everybody, and reads its own query in the browser.
  row("/autodiscover/xframe/*", open, GET, 0, DISCOVERY),
  row("/autodiscover/autodiscoverservice.svc/root/xframe/*", openWithoutQuery, GET, 0, DISCOVERY),
  row("/autodiscover/autodiscoverservice.svc/root/xframe.html", openWithoutQuery, GET, 0, DISCOVERY),
  row("/xframe/*", openWithoutQuery, GET, 0, DISCOVERY),
  row("/xframe.html", openWithoutQuery, GET, 0, DISCOVERY),

  // The token services: the only places where a credential is taken. Their metadata, and that of the services that send clients
  // here, is asked for by GET (MS-OCAUTHWS 1.3.1.1) or by a WS-Transfer Get, and goes on in Postern's words (S-45).
  row("/webticket/webticketservice.svc", signIn("web-ticket"), SERVICE, 64 * KB),
  metadataOf("/WebTicket/WebTicketService.svc"),
  row("/webticket/webticketservice.svc/auth", signIn("username-token"), ["POST"], 64 * KB),
  row("/webticket/webticketservice.svc/anon", signIn("anonymous-ticket"), ["POST"], 64 * KB),
  row("/webticket/webticketservice.svc/cert", closed),
  row("/webticket/webticketservice.svc/pin", closed),
  row("/webticket/webticketadvancedservice.svc/*", closed),
  row("/webticket/oauthtoken", signIn("oauth-token"), SERVICE, 16 * KB),

  // With a ticket. A meeting's guest comes to either family of UCWA: a browser with a bearer ticket, a native app with a web ticket.
  metadataOf("/CertProv/CertProvisioningService.svc"),
  row("/certprov/certprovisioningservice.svc/*", ticket("web-ticket", "naming", { soap: true }), SERVICE, 128 * KB),
  row("/ucwa/v1/applications", ticket("oauth", "naming", { meeting: true }), SERVICE, MAX_NAMING_BYTES),
  row("/ucwa/oauth/v1/applications", ticket("oauth", "naming", { meeting: true }), SERVICE, MAX_NAMING_BYTES),
  row("/ucwa/v1/*", ticket("oauth", "application", { meeting: true }), UCWA, 10 * MB),
  row("/ucwa/oauth/v1/*", ticket("oauth", "application", { meeting: true }), UCWA, 10 * MB),
  row("/reach/sip.svc/*", ticket("web-ticket", "service", { meeting: true }), SERVICE, 1 * MB),
  // A desktop has a certificate for 180 days and names itself only when it fetches one. Its address book it fetches each day and
  // its groups when its user opens one, each with a ticket of its own: these two rows it could not open before it could name
  // itself again. SIPE asks for no ticket for any row below but these. What opens the others is a browser or a service's own
  // client, and none of them is known to come with a desktop's ticket.
  row("/abs/*", ticket("web-ticket", "address-book"), PAGE_AND_POST, 1 * MB),
  metadataOf("/GroupExpansion/service.svc"),
  row("/groupexpansion/service.svc/*", ticket("web-ticket", "address-book", { soap: true }), SERVICE, 128 * KB),
  // Pages with a form for a directory password. Nothing is posted to them, because a signed-in user could try another's (S-19).
  row("/scheduler/*", ticket("web-ticket", "service"), PAGE),
  row("/phoneconferencing/*", ticket("web-ticket", "service"), PAGE),
  row("/conf/*", ticket("web-ticket", "service"), PAGE),
  row("/rgsclients/*", ticket("web-ticket", "service"), SERVICE, 1 * MB),

  // Meetings: anonymous pages and content; what identifies a participant is inside, and comes from the rows above.
  // The join page names all that it opens by the web host's full name, so a meet host has the page, what stands beside it, and
  // nothing else. `/meet` and `/dialin` are on both kinds of host, because the two simple URLs may share one.
  row("/meet/*", open, PAGE_AND_POST, 1 * MB, SIMPLE_URLS),
  row("/lwa/*", open, PAGE_AND_POST, 1 * MB),
  row("/datacollabweb/*", open, PAGE_AND_POST, 100 * MB),
  row("/collabcontent/*", open, PAGE_AND_POST, 100 * MB),
  row("/meetingcontent/*", open, PAGE),
  row("/meetingfiles/*", open, PAGE),
  row("/fonts/*", open, PAGE),
  row("/lmstaticdata/*", open, PAGE),
  row("/etc/place/null/*", open, PAGE),
  // Its sign-in form takes a directory password, so nothing is posted to it (S-19): it is read for its numbers.
  row("/dialin/*", open, PAGE, 0, SIMPLE_URLS),

  // Known and closed. They need no row to be closed; they have one so that the table answers for every directory.
  row("/mcx/*", closed), // Lync 2010 mobile
  row("/passiveauth/*", closed), // WS-Federation
  row("/persistentchat/*", closed),
  row("/mgcwebservice/*", closed),
  row("/requesthandlerext/*", closed), // phone firmware
  row("/deviceupdatefiles_ext/*", closed),
  row("/autoupdate/*", closed),
  row("/hybridconfig/*", closed),
  row("/platformservice/*", closed),
  row("/cscp/*", closed), // control panels, remote PowerShell, location service: internal site only
  row("/macp/*", closed),
  row("/ocspowershell/*", closed),
  row("/powershell/*", closed),
  row("/rgsconfig/*", closed),
  row("/locationinformation/*", closed),
  row("/requesthandler/*", closed),
];

/** The metadata of the service at that address. */
function metadataOf(service: string): PublishRow {
  const path = `${service}/mex`;
  return row(path.toLowerCase(), { ...openWithoutQuery, metadata: path }, SERVICE, MAX_METADATA_REQUEST_BYTES);
}

function row(
  path: string,
  access: Access,
  methods: readonly string[] = [],
  maxBody = 0,
  hosts: readonly HostRole[] = ["web"],
): PublishRow {
  return { path, access, methods, maxBody, hosts };
}

// A batch holds whole requests, so it has a row of its own: read whole within its limit, each part opened and judged (S-34).
// In one spelling and place only; any other path with `batch` for a segment is closed.
const BATCH = /^\/ucwa\/(?:oauth\/)?v1\/applications\/[^/]+\/batch$/;
const BATCH_ELSEWHERE = /^\/ucwa\/.*\/batch(\/|$)/;
const batchRow = row(
  "/ucwa/*/v1/applications/*/batch",
  ticket("oauth", "application", { batch: true, meeting: true }),
  ["POST"],
  1 * MB,
);
const closedBatchRow = row("/ucwa/*/batch", closed);

/** The rows whose path is a pattern: `*` within it is what stands there. Public for documentation and tests, as the table is. */
export const BATCH_ROWS: readonly PublishRow[] = [batchRow, closedBatchRow];

/** A Front-End creates an application with or without the slash: here a device names itself, whichever it is. */
const APPLICATIONS = /^(\/ucwa\/(?:oauth\/)?v1\/applications)\/$/;

const byPath = new Map(PUBLISH_TABLE.map((each) => [each.path, each]));

/** First segments of the table. On no host are they somebody's name. */
const DIRECTORIES = new Set(PUBLISH_TABLE.map(({ path }) => firstSegment(path)));

/** What every other path is on a host of this role. */
const HOME: Readonly<Partial<Record<HostRole, PublishRow | undefined>>> = {
  meet: byPath.get("/meet/*"),
  "dial-in": byPath.get("/dialin/*"),
};

/**
 * The row that decides about a canonical, lower-case path; undefined when no row matches, which means closed.
 * @param sipDomains where the simple URLs may stand below one, lower case: `/contoso.com/meet/alice/x`
 */
export function publishRow(
  key: string,
  role: HostRole = "web",
  sipDomains: readonly string[] = [],
): PublishRow | undefined {
  const [, domain = "", simpleUrl] = /^\/([^/]+)(\/(?:meet|dialin)(?:\/.*)?)$/.exec(key) ?? [];
  // On the host of a simple URL every path is forwarded, so there `/anything/dialin` is judged as the dial-in page, too: IIS
  // may rewrite below a SIP domain that nobody configured here.
  const below = role === "web" ? sipDomains.includes(domain) : role !== "discovery";
  const found = rowInTable(below && simpleUrl !== undefined ? simpleUrl : key);
  if (found?.hosts.includes(role) === true) return found;
  return DIRECTORIES.has(firstSegment(key)) && key !== "/" ? undefined : HOME[role];
}

function firstSegment(path: string): string {
  return path.split("/", 2)[1] ?? "";
}

function rowInTable(key: string): PublishRow | undefined {
  if (BATCH.test(key)) return batchRow;
  if (BATCH_ELSEWHERE.test(key)) return closedBatchRow;
  const exact = byPath.get(key) ?? byPath.get(APPLICATIONS.exec(key)?.[1] ?? "");
  if (exact !== undefined) return exact;
  for (let end = key.length; end > 0; end = key.lastIndexOf("/", end - 1)) {
    const tree = byPath.get(`${key.slice(0, end)}/*`);
    if (tree !== undefined) return tree;
  }
  return undefined;
}
