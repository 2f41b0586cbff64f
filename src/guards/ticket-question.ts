// What a user's guard is asked about a ticket, and what it answers.

import type { EventContext } from "../audit/event.ts";
import type { FactSources } from "../core/device/facts.ts";
import type { DeviceId, RequestSource } from "../core/device/types.ts";
import type { SightedKey } from "./device-key.ts";

/** What a ticket is used for: how much of its device has to be known. */
export type TicketUse =
  /** The user's own resources: all that a ticket opens whose device is unknown. */
  | { readonly kind: "discovery" }
  /** UCWA below an application; undefined for a path that is below none. */
  | { readonly kind: "application"; readonly application: string | undefined }
  /** The address book: a desktop fetches it each day, with a ticket by which it names no device. */
  | { readonly kind: "address-book" }
  /** Any other service: with the ticket that named the device. */
  | { readonly kind: "service" };

/** A request with a ticket. */
export type TicketQuestion = {
  /** Of the ticket. */
  readonly id: string;
  readonly use: TicketUse;
  readonly source: RequestSource;
  readonly about: EventContext;
};

/** A request with a ticket in which a device names itself. */
export type Naming = Omit<TicketQuestion, "use"> & {
  readonly device: DeviceId;
  /** What the request says of the device. */
  readonly told: Pick<FactSources, "application" | "httpUserAgent">;
};

/** A request in which a device named itself, and which a Front-End has accepted. */
export type Confirmation = Omit<TicketQuestion, "use"> & {
  /** Of the certificate that the Front-End gave; absent where it gave none, or its key cannot be read. */
  readonly key?: SightedKey;
};

/**
 * `dead`: no ticket of this user's. `refused`: the ticket lives, and its device may not; the reason is in the audit.
 * `provisional`: of a device that has named itself, and whose id is the user's only once a Front-End has accepted the request; in
 * the answer to that, it was until now.
 */
export type TicketVerdict = {
  readonly kind: "dead" | "anonymous" | "served" | "refused";
  readonly provisional?: boolean;
};
