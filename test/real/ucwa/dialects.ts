// The two languages of UCWA clients. JSON in HAL form with a bearer token: browsers and everything built on the Web
// SDK. XML of 2012/03 with a web ticket: the phones' own applications, which discover as desktops do. A client learns
// every address from a link and builds none. Source: UCWA documentation, "Create an application", "Event channel
// details"; MS-OCDISCWS 3.1.5.

/** What a device says about itself when it creates its application. */
export interface Device {
  readonly endpointId: string;
  readonly userAgent: string;
  readonly type: "Phone" | "Tablet" | "Browser";
}

export interface Dialect {
  /** `Accept` of discovery, and of everything in UCWA. */
  readonly accept: { readonly discovery: string; readonly ucwa: string };
  /** The `Content-Type` of what is posted. */
  readonly contentType: string;
  /** Names of links: in the root to the user, in the user to the applications. */
  readonly rels: { readonly user: string; readonly applications: string };
  /** The header that carries a ticket, `cwt=…`. */
  readonly presented: (ticket: string) => Readonly<Record<string, string>>;
  readonly creation: (device: Device) => string;
  /** Body of `makeMeAvailable`. */
  readonly availability: string;
  /** Every link of a document and of the documents in it. If several have one name, the first. */
  readonly linksIn: (document: string) => ReadonlyMap<string, string>;
  /** Whether an answer of the event channel has events. An empty one only says where to ask next. */
  readonly hasEvents: (document: string) => boolean;
}

const CULTURE = "en-US";

interface Hal {
  readonly _links?: Readonly<Record<string, { readonly href: string }>>;
  readonly _embedded?: Readonly<Record<string, Hal>>;
  readonly sender?: readonly unknown[];
}

function halLinks({ _links = {}, _embedded = {} }: Hal, found = new Map<string, string>()): Map<string, string> {
  for (const [rel, { href }] of Object.entries(_links)) if (!found.has(rel)) found.set(rel, href);
  for (const inner of Object.values(_embedded)) halLinks(inner, found);
  return found;
}

export const JSON_DIALECT: Dialect = {
  accept: { discovery: "application/json", ucwa: "application/json" },
  contentType: "application/json",
  rels: { user: "user", applications: "applications" },
  presented: (ticket) => ({ authorization: `Bearer ${ticket}` }),
  creation: ({ endpointId, userAgent, type }) =>
    JSON.stringify({ UserAgent: userAgent, EndpointId: endpointId, Culture: CULTURE, type }),
  availability: JSON.stringify({ SupportedModalities: ["Messaging"] }),
  linksIn: (document) => halLinks(JSON.parse(document) as Hal),
  hasEvents: (document) => ((JSON.parse(document) as Hal).sender?.length ?? 0) > 0,
};

const UCWA_XML = "application/vnd.microsoft.com.ucwa+xml";
const UCWA_NS = "http://schemas.microsoft.com/rtc/2012/03/ucwa";

const inputXml = (properties: Readonly<Record<string, string>>): string => {
  const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const listed = Object.entries(properties).map(
    ([name, value]) => `<property name="${name}">${escaped(value)}</property>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?><input xmlns="${UCWA_NS}">${listed.join("")}</input>`;
};

export const XML_DIALECT: Dialect = {
  accept: { discovery: "application/vnd.microsoft.rtc.autodiscover+xml;v=1", ucwa: UCWA_XML },
  contentType: UCWA_XML,
  rels: { user: "User", applications: "External/Ucwa" },
  presented: (ticket) => ({ "x-ms-webticket": ticket }),
  creation: ({ endpointId, userAgent, type }) => inputXml({ culture: CULTURE, endpointId, userAgent, type }),
  availability: inputXml({}),
  linksIn: (document) => {
    const links = new Map<string, string>();
    for (const [, rel = "", href = ""] of document.matchAll(/<link (?:rel|token)="([^"]*)" href="([^"]*)"/gi)) {
      if (!links.has(rel)) links.set(rel, href.replaceAll("&amp;", "&"));
    }
    return links;
  },
  hasEvents: (document) => /<sender\b|<property name="sender">\[[^\]]/.test(document),
};
