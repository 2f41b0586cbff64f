// Server-to-server tokens (MS-SPS2SAUTH): with them Exchange speaks for a mailbox's owner, at the user's discovery resource and
// at UCWA, to make the "online meeting" of Outlook on the web. A Front-End takes them from the partner applications that its
// administrator has set up (New-CsPartnerApplication). This pool has none, so it refuses every one, with the 401 that it
// answers a bad web ticket with, and the ledger says what came.

/** What a bearer value that is a JSON Web Token says it is; undefined for anything else. */
export function serverTokenKind(bearer: string): "user with app token" | "app token" | "malformed" | undefined {
  const parts = bearer.trim().split(".");
  if (parts.length !== 3 || !parts.every((part) => /^[\w-]*={0,2}$/.test(part))) return undefined;
  const [header, claims] = parts.slice(0, 2).map(jsonOf);
  if (header === undefined || claims === undefined) return "malformed";
  // The outer token names the user, and is not signed; the app token inside is what the partner has signed.
  return typeof claims.actortoken === "string" ? "user with app token" : "app token";
}

function jsonOf(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
