// The publish table: every virtual directory of a Lync external web site, what Postern does with it, and on which
// hosts. A path without a row is closed (S-38). A row is an exact path or a whole tree; the longest match wins. There
// is one exception: a host with meeting links directly below its root. There, every name that is not a directory of
// this table belongs to a meeting.

/** Which challenge an unauthenticated client of a ticket row gets. */
export type Dialect = "web-ticket" | "oauth";

/** What Postern does with a request to a path. */
export type Access =
  /**
   * Anonymous: forwarded without credentials. The query and cookies go along only if a client needs them. `metadata`:
   * Postern writes its own request, to this address of the Front-End.
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
   * `batch`: the body holds whole requests, and each is judged. `use`: what Postern must know about the device.
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
 * `discovery`: the user's own resources, with any device. `naming`: here the device names itself. `application`:
 * UCWA, for the device that named itself or runs the application. `address-book`: for a device that named itself, also
 * with another ticket from the same place. `service`: all others, with the ticket that named the device.
 */
export type DeviceUse = "discovery" | "naming" | "application" | "address-book" | "service";

export type SignInService =
  | "web-ticket"
  | "oauth-token"
  | "username-token"
  | "anonymous-ticket"
  | "certificate"
  | "passive";

/**
 * What a public host is for. `web`: the external web services, and every host without another role. `discovery`:
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
  /** The roles of the hosts that have this row; on other hosts it is closed. */
  readonly hosts: readonly HostRole[];
};

const KB = 1024;
const MB = 1024 * KB;
/** A client that creates a UCWA application sends five short texts about itself. */
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

/** The table, in the order of a sign-in. Exported so that documentation and tests use the same rows. */
export const PUBLISH_TABLE: readonly PublishRow[] = [
  // Discovery. Postern does not tell the Front-End which user a stranger asks about (`?sipuri=`), so the answer is the
  // same for all. `root/domain` is closed: no known client asks for it, and it tells a stranger the internal topology.
  row("/", openWithoutQuery, GET, 0, DISCOVERY),
  row("/autodiscover/autodiscoverservice.svc/root", openWithoutQuery, GET, 0, DISCOVERY),
  row("/autodiscover/autodiscoverservice.svc/root/domain", closed),
  row("/autodiscover/autodiscoverservice.svc/root/user", ticket("web-ticket", "discovery"), GET, 0, DISCOVERY),
  row("/autodiscover/autodiscoverservice.svc/root/oauth/user", ticket("oauth", "discovery"), GET, 0, DISCOVERY),
  // The page through which a site's scripts make their calls. It is one page for everybody, and reads its own query in
  // the browser.
  row("/autodiscover/xframe/*", open, GET, 0, DISCOVERY),
  row("/autodiscover/autodiscoverservice.svc/root/xframe/*", openWithoutQuery, GET, 0, DISCOVERY),
  row("/autodiscover/autodiscoverservice.svc/root/xframe.html", openWithoutQuery, GET, 0, DISCOVERY),
  row("/xframe/*", openWithoutQuery, GET, 0, DISCOVERY),
  row("/xframe.html", openWithoutQuery, GET, 0, DISCOVERY),

  // The token services: the only places where a credential is taken. Clients ask for their metadata, and for that of
  // the services that send clients here, by GET (MS-OCAUTHWS 1.3.1.1) or by a WS-Transfer Get. Postern writes its own
  // request to the Front-End (S-45).
  row("/webticket/webticketservice.svc", signIn("web-ticket"), SERVICE, 64 * KB),
  metadataOf("/WebTicket/WebTicketService.svc"),
  row("/webticket/webticketservice.svc/auth", signIn("username-token"), ["POST"], 64 * KB),
  row("/webticket/webticketservice.svc/anon", signIn("anonymous-ticket"), ["POST"], 64 * KB),
  row("/webticket/webticketservice.svc/cert", closed), // unless CERTIFICATE_TICKETS is on: CERTIFICATE_ROW
  row("/webticket/webticketservice.svc/pin", closed),
  row("/webticket/webticketadvancedservice.svc/*", closed),
  row("/webticket/oauthtoken", signIn("oauth-token"), SERVICE, 16 * KB),

  // With a ticket. A meeting's guest comes to either family of UCWA: a browser with a bearer ticket, a native app with
  // a web ticket.
  metadataOf("/CertProv/CertProvisioningService.svc"),
  row("/certprov/certprovisioningservice.svc/*", ticket("web-ticket", "naming", { soap: true }), SERVICE, 128 * KB),
  row("/ucwa/v1/applications", ticket("oauth", "naming", { meeting: true }), SERVICE, MAX_NAMING_BYTES),
  row("/ucwa/oauth/v1/applications", ticket("oauth", "naming", { meeting: true }), SERVICE, MAX_NAMING_BYTES),
  row("/ucwa/v1/*", ticket("oauth", "application", { meeting: true }), UCWA, 10 * MB),
  row("/ucwa/oauth/v1/*", ticket("oauth", "application", { meeting: true }), UCWA, 10 * MB),
  row("/reach/sip.svc/*", ticket("web-ticket", "service", { meeting: true }), SERVICE, 1 * MB),
  // A desktop has a certificate for 180 days and names itself only when it fetches a new one. But it fetches its
  // address book every day, and its groups when the user opens one, each time with another ticket. Without an exception
  // it could not use these two rows until it names itself again. SIPE asks for tickets only for these two of the rows
  // below. The other rows are used by browsers and by clients of single services; none of them is known to use a
  // desktop's ticket.
  row("/abs/*", ticket("web-ticket", "address-book"), PAGE_AND_POST, 1 * MB),
  metadataOf("/GroupExpansion/service.svc"),
  row("/groupexpansion/service.svc/*", ticket("web-ticket", "address-book", { soap: true }), SERVICE, 128 * KB),
  // Pages with a form for a directory password. POST is closed, because a signed-in user could try another user's
  // password there (S-19).
  row("/scheduler/*", ticket("web-ticket", "service"), PAGE),
  row("/phoneconferencing/*", ticket("web-ticket", "service"), PAGE),
  row("/conf/*", ticket("web-ticket", "service"), PAGE),
  row("/rgsclients/*", ticket("web-ticket", "service"), SERVICE, 1 * MB),

  // Meetings: anonymous pages and content; what identifies a participant is inside, and comes from the rows above. The
  // join page loads everything else by the web host's full name, so a meet host needs only the page and the files
  // beside it. `/meet` and `/dialin` are on both kinds of host, because the two simple URLs may share one.
  row("/meet/*", open, PAGE_AND_POST, 1 * MB, SIMPLE_URLS),
  row("/lwa/*", open, PAGE_AND_POST, 1 * MB),
  row("/datacollabweb/*", open, PAGE_AND_POST, 100 * MB),
  row("/collabcontent/*", open, PAGE_AND_POST, 100 * MB),
  row("/meetingcontent/*", open, PAGE),
  row("/meetingfiles/*", open, PAGE),
  row("/fonts/*", open, PAGE),
  row("/lmstaticdata/*", open, PAGE),
  row("/etc/place/null/*", open, PAGE),
  // Its sign-in form takes a directory password, so POST is closed (S-19). People read the page for its phone numbers.
  row("/dialin/*", open, PAGE, 0, SIMPLE_URLS),

  // Known and closed. They would be closed without a row; they have one so that the table lists every directory.
  row("/mcx/*", closed), // Lync 2010 mobile
  row("/passiveauth/*", closed), // WS-Federation, unless STS_HOST is set: PASSIVE_ROW
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

/** The row that replaces the one in the table when CERTIFICATE_TICKETS is on (docs/design/0014). */
const CERTIFICATE_ROW = row("/webticket/webticketservice.svc/cert", signIn("certificate"), ["POST"], 64 * KB);

/** The row that replaces the one in the table when Postern is the pool's token service (docs/passive.md). */
const PASSIVE_ROW = row("/passiveauth/*", signIn("passive"), SERVICE, 32 * KB);

/** What opens a row that is closed in the table. `sts`: the token service, if there is one. */
export type Switches = { readonly certificateTickets: boolean; readonly sts?: object | undefined };

/** A row of the table as it is in a gateway with these switches. */
export function withSwitches(found: PublishRow, { certificateTickets, sts }: Switches): PublishRow {
  if (certificateTickets && found.path === CERTIFICATE_ROW.path) return CERTIFICATE_ROW;
  return sts !== undefined && found.path === PASSIVE_ROW.path ? PASSIVE_ROW : found;
}

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

// A batch contains whole requests, so it has its own row: Postern reads it whole, within its limit, and judges each
// part (S-34). Only this spelling and place is open; every other path with a segment `batch` is closed.
const BATCH = /^\/ucwa\/(?:oauth\/)?v1\/applications\/[^/]+\/batch$/;
const BATCH_ELSEWHERE = /^\/ucwa\/.*\/batch(\/|$)/;
const batchRow = row(
  "/ucwa/*/v1/applications/*/batch",
  ticket("oauth", "application", { batch: true, meeting: true }),
  ["POST"],
  1 * MB,
);
const closedBatchRow = row("/ucwa/*/batch", closed);

/** The rows whose path is a pattern: `*` matches one segment. Exported for documentation and tests, like the table. */
export const BATCH_ROWS: readonly PublishRow[] = [batchRow, closedBatchRow];

/** A Front-End creates an application with or without the slash: a device names itself at both. */
const APPLICATIONS = /^(\/ucwa\/(?:oauth\/)?v1\/applications)\/$/;

/** A simple URL below a first segment. */
const SIMPLE_URL = /^\/([^/]+)(\/(?:meet|dialin)(?:\/.*)?)$/;

const byPath = new Map(PUBLISH_TABLE.map((each) => [each.path, each]));
/** The rows that are whole trees, by the directory's path. */
const byTree = new Map(
  PUBLISH_TABLE.filter(({ path }) => path.endsWith("/*")).map((each) => [each.path.slice(0, -"/*".length), each]),
);

/** First segments of the table. They are never the name of a meeting's organiser, on any host. */
const DIRECTORIES = new Set(PUBLISH_TABLE.map(({ path }) => firstSegment(path)));

/** The row for every other path on a host of this role. */
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
  const [, domain = "", simpleUrl] = SIMPLE_URL.exec(key) ?? [];
  // On the host of a simple URL every path is forwarded, so `/anything/dialin` is judged there as the dial-in page too:
  // IIS may rewrite paths below a SIP domain that is not configured in Postern.
  const below = role === "web" ? sipDomains.includes(domain) : role !== "discovery";
  const found = rowInTable(below && simpleUrl !== undefined ? simpleUrl : key);
  if (found?.hosts.includes(role) === true) return found;
  return DIRECTORIES.has(firstSegment(key)) && key !== "/" ? undefined : HOME[role];
}

function firstSegment(path: string): string {
  return path.split("/", 2)[1] ?? "";
}

function rowInTable(key: string): PublishRow | undefined {
  // Both patterns have this text in them. Most paths have not, and looking for it is quicker.
  if (key.includes("/batch")) {
    if (BATCH.test(key)) return batchRow;
    if (BATCH_ELSEWHERE.test(key)) return closedBatchRow;
  }
  const exact = byPath.get(key) ?? (key.endsWith("/") ? byPath.get(APPLICATIONS.exec(key)?.[1] ?? "") : undefined);
  if (exact !== undefined) return exact;
  for (let end = key.length; end > 0; end = key.lastIndexOf("/", end - 1)) {
    const tree = byTree.get(key.slice(0, end));
    if (tree !== undefined) return tree;
  }
  return undefined;
}
