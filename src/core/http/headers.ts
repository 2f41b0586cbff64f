// Header hygiene, both ways. Towards the Front-End: an allow-list, so that a client cannot invent a forwarding or
// identity header in any spelling (S-31). Towards the client: headers in which IIS tells about itself and its network
// are removed (S-36).

const TO_FRONT_END = [
  "accept",
  "accept-encoding",
  "accept-language",
  "cache-control",
  "client-request-id",
  "content-disposition",
  "content-language",
  "content-length",
  "content-type",
  "date",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "origin",
  "pragma",
  "range",
  "referer",
  "soapaction",
  "user-agent",
  "x-ms-correlation-id",
  "x-ms-namespace",
  "x-ms-origin",
  "x-ms-requiresminresourceversion",
  "x-ms-sdk-host",
  "x-ms-sdk-instance",
  "x-ms-sdk-session",
  "x-ms-sdk-version",
  "x-requested-with",
] as const;
const REACH_FRONT_END: ReadonlySet<string> = new Set(TO_FRONT_END);

/**
 * Whether a client's header of this lower-case name may reach the Front-End; cookies and tickets are handled elsewhere.
 */
export const mayReachFrontEnd = (name: string): boolean => REACH_FRONT_END.has(name);

/** The name of the cookie in which UCWA keeps a ticket for `<img>` (UCWA `applications`, 201). */
export const TICKET_COOKIE = "cwt_ucwa";
// Cookies of Cloudflare Access and of the ticket: a client may never send them to the Front-End.
const OWN_COOKIES = new Set([TICKET_COOKIE, "cf_authorization", "cf_appsession", "__host-pf", "__host-pfs"]);
// A session of the pool goes to the pool only from `/PassiveAuth` and the token service, once it has been judged (S-90).
const SESSION_COOKIE = /^(?:fedauth|rpsauth)\d*$/;

/**
 * The headers of a client's request that the Front-End may see, by lower-case name. The code that checks credentials
 * and tickets adds them. Each allowed name is asked for, and nothing else is read: that is quicker than to walk through
 * all headers, of which Cloudflare and the ticket add the most. A `Headers` goes out as it is; a record would be read
 * by the runtime property by property.
 */
export function headersForFrontEnd(incoming: Headers): Headers {
  const allowed = new Headers();
  for (const name of TO_FRONT_END) {
    const value = incoming.get(name);
    if (value !== null) allowed.set(name, value);
  }
  const cookie = withoutOwnCookies(incoming.get("cookie") ?? "");
  if (cookie !== "") allowed.set("cookie", cookie);
  return allowed;
}

function withoutOwnCookies(cookie: string): string {
  if (cookie === "") return "";
  const foreign = cookie.split(";").filter((pair) => {
    const name = (pair.split("=")[0] ?? "").trim().toLowerCase();
    return !OWN_COOKIES.has(name) && !SESSION_COOKIE.test(name);
  });
  return foreign.join(";").trim();
}

/**
 * The value of one cookie of a request, by its exact name. Undefined when there is none, or two of that name. A browser
 * keeps the prefix `__Host-` from other hosts only in the spelling that it knows. So another case, or a character that
 * only some take for a blank, makes another cookie: a host beside this one could have set it.
 */
export const cookieValue = (incoming: Headers, name: string): string | undefined =>
  onlyValue(incoming, (pair) => pair.startsWith(`${name}=`));

/** The same for a cookie of the pool's, whose name IIS reads in any case. `name`: in lower case. */
export const poolCookieValue = (incoming: Headers, name: string): string | undefined =>
  onlyValue(incoming, (pair) => pair.toLowerCase().startsWith(`${name}=`));

function onlyValue(incoming: Headers, isNamed: (pair: string) => boolean): string | undefined {
  const values = cookiePairs(incoming.get("cookie") ?? "").filter(isNamed);
  return values.length === 1 ? values[0]?.slice(values[0].indexOf("=") + 1) : undefined;
}

/** The pairs of a `Cookie` header. Around them are blanks and tabs (RFC 6265 5.4), and nothing else is one. */
export const cookiePairs = (header: string): readonly string[] =>
  header.split(";").map((pair) => pair.replace(/^[ \t]+|[ \t]+$/g, ""));

const NOT_FOR_CLIENTS = new Set([
  "www-authenticate",
  "proxy-authenticate",
  "authentication-info",
  "persistent-auth",
  "server",
  "via",
  "x-powered-by",
  "x-aspnet-version",
  "x-aspnetmvc-version",
  "x-ms-server-fqdn",
  "x-ms-webticketurl",
  "x-ms-webticketsupported",
  "x-sourcefiles",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-server",
  "x-feserver",
  "x-beserver",
  "x-calculatedfetarget",
  "x-calculatedbetarget",
  "x-feproxyinfo",
  "x-backend",
  "x-server",
  // of the connection behind Postern, not of the client's
  "proxy-connection",
]);

/** Cloudflare's headers of an answer are about the connection behind Postern. The client gets those of its own. */
const mayReachClient = (name: string): boolean => !NOT_FOR_CLIENTS.has(name) && !name.startsWith("cf-");

/**
 * The headers of the Front-End's answer that the client may see, as a copy.
 * @param internalDomains as in {@link cleanForClient}
 */
export function headersForClient(answer: Headers, internalDomains: readonly string[]): Headers {
  const headers = new Headers(answer);
  cleanForClient(headers, internalDomains);
  return headers;
}

/**
 * Takes out of a copy of the Front-End's headers what the client may not see. The runtime copies headers at once, so
 * only what changes is touched here.
 * @param internalDomains internal domain names, lower case. A header that contains one is dropped; a `Location` is made
 * relative
 */
export function cleanForClient(headers: Headers, internalDomains: readonly string[]): void {
  const changes: { readonly name: string; readonly clean: string | undefined }[] = [];
  headers.forEach((value, name) => {
    const clean = cleaned(name, value, internalDomains);
    if (clean !== value) changes.push({ name, clean });
  });
  for (const { name, clean } of changes) {
    if (name === "set-cookie") dropCookies(headers, internalDomains);
    else if (clean === undefined) headers.delete(name);
    else headers.set(name, clean);
  }
}

/** Of several cookies, only those go that name the inside. They are the only lines that may not be joined into one. */
function dropCookies(headers: Headers, internalDomains: readonly string[]): void {
  const kept = headers.getSetCookie().filter((cookie) => !namesInside(cookie, internalDomains));
  headers.delete("set-cookie");
  for (const cookie of kept) headers.append("set-cookie", cookie);
}

/** One header of an answer as the client may see it; undefined when the client may not. */
function cleaned(name: string, value: string, internalDomains: readonly string[]): string | undefined {
  if (!mayReachClient(name)) return undefined;
  const clean = name === "x-ms-diagnostics" ? withoutSource(value) : value;
  if (!namesInside(clean, internalDomains)) return clean;
  if (name !== "location") return undefined;
  const relative = clean.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "") || "/";
  return namesInside(relative, internalDomains) ? undefined : relative;
}

/** `28020;source="fe01.contoso.local";reason="…"` without the source. */
export function withoutSource(diagnostics: string): string {
  return diagnostics.replace(/;\s*source\s*=\s*("[^"]*"?|[^;]*)/gi, "");
}

function namesInside(value: string, internalDomains: readonly string[]): boolean {
  if (internalDomains.length === 0) return false;
  const lower = value.toLowerCase();
  return internalDomains.some((domain) => lower.includes(domain));
}
