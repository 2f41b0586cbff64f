// Server-to-server tokens (MS-SPS2SAUTH). With such a token Exchange acts for the owner of a mailbox, at the user's
// discovery resource and at UCWA, to make the "online meeting" of Outlook on the web. A Front-End accepts them from the
// partner applications that its administrator has set up (New-CsPartnerApplication). This pool has none. So it refuses
// every token with the same 401 as a bad web ticket, and the ledger records what came.

/** The kind of token that a bearer value claims to be. Undefined if it is not a JSON Web Token. */
export function serverTokenKind(bearer: string): "user with app token" | "app token" | "malformed" | undefined {
  const parts = bearer.trim().split(".");
  if (parts.length !== 3 || !parts.every((part) => /^[\w-]*={0,2}$/.test(part))) return undefined;
  const [header, claims] = parts.slice(0, 2).map(jsonOf);
  if (header === undefined || claims === undefined) return "malformed";
  // The outer token names the user and is not signed. The partner has signed the app token inside.
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
