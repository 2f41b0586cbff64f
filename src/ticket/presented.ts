// Which ticket a request carries, in any of the forms that Lync's clients use. A request may carry one ticket. With
// two, Postern might judge one and the Front-End accept the other, so two count as none.

import { poolCookieValue, TICKET_COOKIE } from "../core/http/headers.ts";

/** A ticket as presented outside the body. */
export type PresentedTicket =
  /** An envelope, and the header it came in. */
  | { readonly kind: "cwt"; readonly text: string; readonly carrier: "authorization" | "x-ms-webticket" | "cookie" }
  /** Base64 of a SAML assertion in `X-MS-WebTicket`. */
  | { readonly kind: "opaque"; readonly text: string };

// For UCWA photos: an `<img>` element cannot send a header.
const PHOTOS = /^\/ucwa\/oauth\/v1\/applications\/[^/]+\/photos(\/|$)/;

/** The longest value of `X-MS-WebTicket` or `Authorization` that is read. */
const MAX_HEADER_CHARS = 64 * 1024;

/** Whether the request presents anything as a ticket, good or not. */
export function presentsTicket(headers: Headers, key: string): boolean {
  if (headers.has("authorization") || headers.has("x-ms-webticket")) return true;
  return PHOTOS.test(key) && new RegExp(`(^|;)\\s*${TICKET_COOKIE}=`, "i").test(headers.get("cookie") ?? "");
}

/** The one ticket in a request's headers, or undefined. */
export function presentedTicket(headers: Headers, key: string): PresentedTicket | undefined {
  const bearer = /^Bearer\s+cwt=(.+)$/is.exec(bounded(headers.get("authorization")))?.[1]?.trim();
  const webTicket = bounded(headers.get("x-ms-webticket")).trim();
  if (webTicket !== "") {
    if (bearer !== undefined) return undefined;
    const [, name = "", text = ""] = /^(cwt|opaque)=(.+)$/is.exec(webTicket) ?? [];
    if (text === "") return undefined;
    return name.toLowerCase() === "cwt" ? { kind: "cwt", text, carrier: "x-ms-webticket" } : { kind: "opaque", text };
  }
  if (bearer !== undefined) return { kind: "cwt", text: bearer, carrier: "authorization" };
  const cookie = PHOTOS.test(key) ? poolCookieValue(headers, TICKET_COOKIE) : undefined;
  return cookie === undefined
    ? undefined
    : { kind: "cwt", text: cookie.replace(/^"?(?:cwt=)?|"$/g, ""), carrier: "cookie" };
}

function bounded(value: string | null): string {
  return value !== null && value.length <= MAX_HEADER_CHARS ? value : "";
}
