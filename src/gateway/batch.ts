// A UCWA batch on its way to the Front-End. Postern reads it whole within its row's limit, judges each part as if it
// had come by itself, and then sends the batch on byte for byte. With one bad part, nothing of the batch is sent
// (S-34). A batch has no credential of its own: its parts belong to the user whose ticket the outer request carries.

import { readText } from "../core/http/body.ts";
import { type CanonicalTarget, canonicalTarget } from "../core/http/canonical.ts";
import { isEncoded } from "../core/http/coding.ts";
import { mayReachFrontEnd } from "../core/http/headers.ts";
import { publishRow } from "../core/http/publish.ts";
import { type BatchFault, type BatchPart, readBatch } from "../core/lync/batch.ts";
import { badRequest, unreadable } from "../http/answers.ts";
import type { Exchange } from "../http/exchange.ts";

/** Why a part may not pass. */
export type PartFault =
  /** Its Host is not the host of the outer request. */
  | "another-host"
  /**
   * A spelling that Postern would refuse, or an encoded slash. In a request by itself Postern would correct it, but the
   * bytes of a part go out as they came.
   */
  | "not-canonical"
  /**
   * Not below the application to which the batch was sent. Creating an application, which names a device, is outside as
   * well.
   */
  | "outside-application"
  | "nested-batch"
  /** The event channel: it is held open, and judged again before its answer leaves. */
  | "event-channel"
  | "method-not-allowed"
  /** A header that no request may bring to the Front-End: credentials, tickets, cookies, forwarding headers. */
  | "header-not-allowed";

/** The first fault of a batch, or undefined; `outer` is the target of the request that carries it. */
export function batchFault(
  contentType: string,
  body: Uint8Array,
  outer: CanonicalTarget,
): BatchFault | PartFault | undefined {
  const parts = readBatch(contentType, body);
  if (!parts.ok) return parts.reason;
  for (const part of parts.value) {
    const fault = partFault(part, outer);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const ENCODED_SLASH = /%2f/i;

function partFault(part: BatchPart, outer: CanonicalTarget): PartFault | undefined {
  // The port of https changes nothing. Another port is refused, because Postern has not judged what it would mean.
  if (part.headers.get("host")?.toLowerCase().replace(/:443$/, "") !== outer.host) return "another-host";
  const read = canonicalTarget(`https://${outer.host}${part.target}`);
  // Spellings that RFC 3986, 6.2.2 calls equivalent are decoded before they are judged, and IIS decodes them as well:
  // `%40` and `@`, `%c3%A9` and `%C3%A9`. An encoded slash is different: some readers take it as a separator, others as
  // part of a name.
  if (!read.ok || ENCODED_SLASH.test(part.target.slice(0, part.target.length - read.value.query.length))) {
    return "not-canonical";
  }
  const { key } = read.value;
  const application = outer.key.replace(/\/batch$/, "");
  if (key !== application && !key.startsWith(`${application}/`)) return "outside-application";
  const row = publishRow(key);
  if (row?.access.kind !== "ticket" || row.access.batch) return "nested-batch";
  if (/^\/events(\/|$)/.test(key.slice(application.length))) return "event-channel";
  if (!row.methods.includes(part.method)) return "method-not-allowed";
  for (const [name, value] of part.headers) {
    const saysNothing = name === "content-encoding" && !isEncoded(value);
    if (name !== "host" && !saysNothing && !mayReachFrontEnd(name)) return "header-not-allowed";
  }
  return undefined;
}

/** The body of a request to a batch row, to be sent on as it is; or the answer that refuses it. */
export async function judgedBatch(exchange: Exchange, maxBody: number): Promise<Uint8Array | Response> {
  const { request, target } = exchange;
  const body = await readText(request, maxBody);
  if (!body.ok) return unreadable(body.reason);
  const { bytes } = body.value;
  const fault = batchFault(request.headers.get("content-type") ?? "", bytes, target);
  return fault === undefined ? bytes : badRequest(fault);
}
