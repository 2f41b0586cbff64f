// Header hygiene, both ways. Towards the Front-End: an allow-list, so that no forwarding or identity header a client
// invents gets there in any spelling (S-31). Towards the client: what IIS says about itself and its network goes (S-36).

const TO_FRONT_END = new Set([
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
]);

/** Whether a client's header of this lower-case name may reach the Front-End; cookies and tickets are not asked here. */
export const mayReachFrontEnd = (name: string): boolean => TO_FRONT_END.has(name);

/** The name of the cookie in which UCWA keeps a ticket for `<img>` (UCWA `applications`, 201). */
export const TICKET_COOKIE = "cwt_ucwa";
// Cookies of Cloudflare Access and of the ticket: never the client's to send to the Front-End.
const OWN_COOKIES = new Set([TICKET_COOKIE, "cf_authorization", "cf_appsession"]);

/**
 * The headers of a client's request that the Front-End may see, by lower-case name. Credentials and tickets are added by
 * whoever checked them. A plain record: as a `Headers`, which is copied again on the way out, it costs a tenth of a request.
 */
export function headersForFrontEnd(incoming: Headers): Record<string, string> {
  const allowed: Record<string, string> = {};
  for (const [name, value] of incoming) {
    if (name === "cookie") {
      const cookie = withoutOwnCookies(value);
      if (cookie !== "") allowed.cookie = cookie;
    } else if (mayReachFrontEnd(name)) allowed[name] = value;
  }
  return allowed;
}

function withoutOwnCookies(cookie: string): string {
  const foreign = cookie.split(";").filter((pair) => !OWN_COOKIES.has((pair.split("=")[0] ?? "").trim().toLowerCase()));
  return foreign.join(";").trim();
}

/** The value of one cookie of a request, or undefined. Two of that name are none. */
export function cookieValue(incoming: Headers, name: string): string | undefined {
  const values = (incoming.get("cookie") ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.toLowerCase().startsWith(`${name}=`));
  return values.length === 1 ? values[0]?.slice(name.length + 1) : undefined;
}

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
  "cf-access-client-id",
  "cf-access-client-secret",
]);

/**
 * The headers of a Front-End's answer that the client may see.
 * @param internalDomains lower-case names of the inside; a header that contains one is dropped, a `Location` made relative
 */
export function headersForClient(answer: Headers, internalDomains: readonly string[]): Headers {
  const allowed: Record<string, string> = {};
  const cookies: string[] = []; // the one header that comes in several lines and may not be joined
  for (const [name, value] of answer) {
    const clean = cleaned(name, value, internalDomains);
    if (clean === undefined) continue;
    if (name === "set-cookie") cookies.push(clean);
    else allowed[name] = clean;
  }
  const headers = new Headers(allowed);
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return headers;
}

/** One header of an answer as the client may have it; undefined when it may not. */
function cleaned(name: string, value: string, internalDomains: readonly string[]): string | undefined {
  if (NOT_FOR_CLIENTS.has(name)) return undefined;
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
