// What a user's guard is asked about a ticket, and what it answers.

import type { EventContext } from "../audit/event.ts";
import type { FactSources } from "../core/device/facts.ts";
import type { DeviceId, RequestSource } from "../core/device/types.ts";
import type { SightedKey } from "./device-key.ts";

/** What a ticket is used for. That decides how much has to be known of its device. */
export type TicketUse =
  /** The user's own resources. A ticket whose device is unknown opens nothing else. */
  | { readonly kind: "discovery" }
  /** UCWA below an application; undefined for a path that is below none. */
  | { readonly kind: "application"; readonly application: string | undefined }
  /** The address book: a desktop fetches it each day, with a ticket that names no device. */
  | { readonly kind: "address-book" }
  /** Any other service: with the ticket that named the device. */
  | { readonly kind: "service" };

/** A request with a ticket. */
export type TicketQuestion = {
  /** The id of the ticket. */
  readonly id: string;
  readonly use: TicketUse;
  readonly source: RequestSource;
  readonly about: EventContext;
};

/**
 * The same as the Worker asks it. Only a refusal needs what the request says about itself, so that travels as one text
 * ({@link briefly}), which costs less than an object.
 */
export type BriefQuestion = Omit<TicketQuestion, "about"> & { readonly brief: string };

/** What `source` does not tell of a request, as one text. A header's value has no line break in it. */
export const briefly = ({
  requestId,
  host,
  userAgent,
}: Pick<EventContext, "requestId" | "host" | "userAgent">): string => `${requestId}\n${host}\n${userAgent}`;

/** The whole question. */
export function inFull(question: TicketQuestion | BriefQuestion): TicketQuestion {
  if ("about" in question) return question;
  const { id, use, source, brief } = question;
  const [requestId = "", host = "", userAgent = ""] = brief.split("\n");
  const { network, country, city } = source;
  const place = { ...(country !== "" && { country }), ...(city !== undefined && { city }) };
  const told = { requestId, channel: "ticket", host, source: network, userAgent, workstation: "", ...place } as const;
  return { id, use, source, about: told };
}

/** A request with a ticket in which a device names itself. */
export type Naming = Omit<TicketQuestion, "use"> & {
  readonly device: DeviceId;
  /** What the request says of the device. */
  readonly told: Pick<FactSources, "application" | "httpUserAgent">;
  /**
   * The SHA-256 of the key for which it asks a certificate, in hex. Absent: it asks for none, or the key cannot be
   * read.
   */
  readonly certificateKey?: string;
};

/** A request in which a device named itself, and which a Front-End has accepted. */
export type Confirmation = Omit<TicketQuestion, "use"> & {
  /**
   * The key of the certificate that the Front-End gave. Absent: it gave none, or one for another key than the
   * request's.
   */
  readonly key?: SightedKey;
};

/**
 * `dead`: this user has no such ticket. `refused`: the ticket lives, but its device may not do this; the audit has the
 * reason. `provisional`: the device has named itself, but its id belongs to the user only when a Front-End has accepted
 * the request. In the answer to a confirmation: it was provisional until now.
 */
export type TicketVerdict = {
  readonly kind: "dead" | "anonymous" | "served" | "refused";
  readonly provisional?: boolean;
};
