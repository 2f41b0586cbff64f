// Gathers the inputs of `admit` (policy/admit.ts) from what a user's guard keeps. It decides nothing, and reads only
// what the request needs.

import { isPassiveCredential } from "../core/credentials/passive-credential.ts";
import { deviceFacts } from "../core/device/facts.ts";
import { counts, type Partnership, waitsForOwner } from "../core/device/partnership.ts";
import { type DeviceFacts, deviceKey, type RequestSource } from "../core/device/types.ts";
import {
  type AdmitInput,
  type AdmittedNaming,
  type AdmittedUse,
  type AdmittedUser,
  type IdOwner,
  standingInput,
} from "../core/policy/admit.ts";
import type { JudgeInput } from "../core/policy/types.ts";
import type { Confirmation, Naming, TicketUse } from "../guards/ticket-question.ts";
import type { PartnershipTable } from "./partnership-table.ts";
import type { Snapshots } from "./snapshots.ts";
import type { StoredTicket } from "./ticket-table.ts";

/** Where the inputs come from. */
type Sources = { readonly devices: PartnershipTable; readonly snapshots: Snapshots };

/** The partnership in its state at `now` (ms): the time may have expired it. */
type Current = (partnership: Partnership | undefined, now: number) => Partnership | undefined;

export class DeviceInputs {
  readonly #from: Sources;
  readonly #claims: { readonly newcomers: number };
  readonly #current: Current;

  constructor(from: Sources, claims: { readonly newcomers: number }, current: Current) {
    this.#from = from;
    this.#claims = claims;
    this.#current = current;
  }

  /** The inputs for a request in which no device names itself. */
  used(
    { source }: { readonly source: RequestSource },
    ticket: StoredTicket,
    use: TicketUse,
    now: number,
  ): AdmitInput & { readonly request: AdmittedUse } {
    const holder = this.#holder(ticket, source, now, use.kind === "application" ? use.application : undefined);
    const { bound } = holder;
    // Most tickets have named their device. Then Postern looks for no other sign of the device.
    const named = bound === undefined || bound.id === ticket.device;
    return { ...holder, request: named ? use : this.#unnamed(use, ticket, bound, now) };
  }

  /** The inputs for the confirmation of such a request, after a Front-End has accepted it. */
  confirmed(
    { source, key }: Confirmation,
    ticket: StoredTicket,
    now: number,
  ): AdmitInput & { readonly request: AdmittedUse } {
    const holder = this.#holder(ticket, source, now);
    const { bound } = holder;
    // Without a key, Postern could not read the certificate. Such a request is let in only when no key of the device is
    // known.
    const asked = bound && this.#from.devices.keys.asked(bound.id, key?.hash, source.network, now);
    return { ...holder, request: { kind: "service", confirms: true, asked } };
  }

  /** The inputs for a request in which a device names itself. */
  named(naming: Naming, ticket: StoredTicket, owner: IdOwner): AdmitInput & { readonly request: AdmittedNaming } {
    const key = deviceKey(naming.device);
    const now = Date.now();
    const holder = this.#holder(ticket, naming.source, now);
    const known = this.#current(this.#from.devices.ofKey(key), now);
    const request = { kind: "naming", key, known, facts: factsOf(naming, ticket), owner } as const;
    // A device names itself in this way only when it asks for a certificate.
    if (naming.device.kind !== "device") return { ...holder, request };
    const { keys } = this.#from.devices;
    const asked =
      known === undefined || known.credentialId === null
        ? "first"
        : keys.asked(known.id, naming.certificateKey, naming.source.network, now);
    return { ...holder, request: { ...request, asked } };
  }

  /**
   * The inputs for the device of a partnership, as if it came from `source`. They serve to explain to people why the
   * device is let in or refused.
   */
  standing(device: Partnership, source: RequestSource, now: number): JudgeInput {
    const { devices } = this.#from;
    const addressBookIn = devices.networksNamedIn(device.id, now);
    const keysWaiting = devices.keys.of(device.id, now).filter(({ state }) => state === "waiting").length;
    return { ...standingInput(this.#user(), device, source, now), addressBookIn, keysWaiting };
  }

  #user(): AdmittedUser {
    const { snapshots, devices } = this.#from;
    const all = devices.all();
    return {
      policy: snapshots.policy().policy,
      user: snapshots.subject(),
      counting: all.flatMap((each) => (counts(each) ? [each.id] : [])),
      waiting: all.flatMap((each) => (waitsForOwner(each) ? [each.id] : [])),
      newcomers: this.#claims.newcomers,
    };
  }

  #holder(
    { credentialId, device, proof }: StoredTicket,
    source: RequestSource,
    now: number,
    application?: string,
  ): Omit<AdmitInput, "request"> {
    const { snapshots, devices } = this.#from;
    const ofTicket = isPassiveCredential(credentialId)
      ? this.#ofPassive(credentialId, device, application)
      : devices.ofCredential(credentialId);
    const bound = this.#current(ofTicket, now);
    const ticket = { credentialId, device, revoked: snapshots.isDead(credentialId), byKey: proof === "key" };
    return { ...this.#user(), ticket, bound, source, now };
  }

  /**
   * The device behind a ticket of the page: the one that the ticket has named, or the one that runs the UCWA application
   * of the request, if it is a device that signs in by the page.
   */
  #ofPassive(credentialId: string, device: string | undefined, application: string | undefined) {
    const { devices } = this.#from;
    const id = device ?? (application === undefined ? undefined : devices.deviceOfApplication(application));
    const found = id === undefined ? undefined : devices.get(id);
    return found?.credentialId === credentialId ? found : undefined;
  }

  /** The other signs by which Postern may recognise a ticket's device when the ticket has not named it. */
  #unnamed(use: TicketUse, { place, workstation }: StoredTicket, bound: Partnership, now: number): AdmittedUse {
    const { devices } = this.#from;
    switch (use.kind) {
      case "application":
        return { kind: use.kind, runs: use.application && devices.deviceOfApplication(use.application) };
      case "address-book":
        return { kind: use.kind, place: { place, workstation, namedThere: devices.namedAt(bound.id, place, now) } };
      default:
        return use;
    }
  }
}

/** What the request and the ticket's sign-in say about the device. */
export const factsOf = ({ told }: Naming, { workstation, ntlmVersion }: StoredTicket): DeviceFacts =>
  deviceFacts({ ...told, workstation, ...(ntlmVersion === "" ? {} : { ntlmVersion }) });
