// What a user's guard does about devices. It gathers the inputs of `admit` (policy/admit.ts) and does what `admit`
// decided. It judges a request in one synchronous step, from what it keeps. Only D1 knows whether a device id belongs
// to another user (S-28). A new device counts towards the limit while the guard still asks D1 about it. So two devices
// that come at once cannot pass the limit (S-27).

import { auditEvent, type EventContext } from "../audit/event.ts";
import { logEvent } from "../audit/log.ts";
import type { AuditReason } from "../audit/reasons.ts";
import { isIn } from "../core/device/by-place.ts";
import {
  BY_POLICY,
  expiresAt,
  hasExpired,
  type Partnership,
  SEEN_AGAIN_MS,
  waitsForOwner,
} from "../core/device/partnership.ts";
import { deviceKey, type RequestSource } from "../core/device/types.ts";
import { addressBookFault } from "../core/policy/address-book.ts";
import { type Admission, admit, type Enrols, type IdOwner, type Judged } from "../core/policy/admit.ts";
import { isPasswordKey } from "../core/policy/identity.ts";
import { isWaiting } from "../core/policy/reasons.ts";
import type { JudgeInput } from "../core/policy/types.ts";
import type { Wanted } from "../guards/claim.ts";
import type { SightedKey } from "../guards/device-key.ts";
import type { GuardAudit } from "../guards/guard-audit.ts";
import type { BriefQuestion, Confirmation, Naming, TicketQuestion, TicketVerdict } from "../guards/ticket-question.ts";
import { inFull } from "../guards/ticket-question.ts";
import type { Database } from "../store/database.ts";
import { type Claimed, type DecidedClaim, DeviceClaims, type Foreign } from "./device-claims.ts";
import { DeviceInputs, factsOf } from "./device-inputs.ts";
import type { Inquiries } from "./inquiries.ts";
import { asFirstTold, partnershipOf } from "./new-partnership.ts";
import type { PartnershipTable } from "./partnership-table.ts";
import type { Snapshots } from "./snapshots.ts";
import type { StoredTicket, TicketTable } from "./ticket-table.ts";

const DEAD: TicketVerdict = { kind: "dead" };
const SERVED: TicketVerdict = { kind: "served" };
const PROVISIONAL: TicketVerdict = { kind: "served", provisional: true };
const REFUSED: TicketVerdict = { kind: "refused" };

/** The parts of the guard that decisions about devices need. */
export type DeviceParts = {
  readonly devices: PartnershipTable;
  readonly snapshots: Snapshots;
  readonly tickets: TicketTable;
  readonly audit: GuardAudit;
  readonly db: () => Database;
  /** Tells another user's guard that this user named a device which belongs there. */
  readonly tellOwner: (sipUri: string, about: EventContext, key: string) => Promise<void>;
  readonly inquiries: Inquiries;
  /** As in `DeviceClaims`. */
  readonly askToYield: (sipUri: string, wanted: Wanted, about: EventContext) => Promise<boolean>;
};

export class DeviceDecisions {
  readonly #parts: DeviceParts;
  readonly claims: DeviceClaims;
  readonly #inputs: DeviceInputs;

  constructor(parts: DeviceParts) {
    this.#parts = parts;
    this.claims = new DeviceClaims(parts);
    this.#inputs = new DeviceInputs(parts, this.claims, (partnership, now) => this.#current(partnership, now));
  }

  /**
   * Judges one request with a ticket. As long as nothing has changed, its only write says once an hour that the device
   * was seen.
   */
  judge(question: TicketQuestion | BriefQuestion, now: number): TicketVerdict {
    const ticket = this.#parts.tickets.find(question.id, now);
    if (ticket === undefined) return DEAD;
    if (ticket.kind === "anonymous") return { kind: "anonymous" };
    const { use } = question;
    const admission = admit(this.#inputs.used(question, ticket, use, now));
    this.#parts.inquiries.want(admission.device, now, false);
    if (admission.judgement.action === "discover" && use.kind === "discovery") return SERVED;
    const { device } = admission;
    if (admission.judgement.action !== "allow" || device === undefined) {
      return this.#refused(inFull(question), ticket, admission, now);
    }
    this.#seen(device, question.source, now);
    if (use.kind === "application" && use.application !== undefined) this.#runs(device, use.application, now);
    return SERVED;
  }

  /**
   * A client signs in with this app password. Its device will soon name itself: the authority is asked about it before.
   */
  comesWith(credentialId: string, now: number): void {
    this.#parts.inquiries.want(this.#parts.devices.ofCredential(credentialId), now, true);
  }

  /** Decides about a device that names itself. The user has it already, or it enrols, or it is refused. */
  async name(naming: Naming, owner: IdOwner = "unasked"): Promise<TicketVerdict> {
    const key = deviceKey(naming.device);
    const coming = this.#parts.tickets.find(naming.id, Date.now());
    // While a decision is under way, every other request about the device waits for it.
    if (coming?.kind === "user") await this.claims.settled(coming.credentialId, key);
    const ticket = this.#parts.tickets.find(naming.id, Date.now());
    if (ticket === undefined) return DEAD;
    if (ticket.kind === "anonymous") return { kind: "anonymous" };
    const admission = admit(this.#inputs.named(naming, ticket, owner));
    switch (admission.kind) {
      case "ask-owner": {
        const foreign = await this.claims.ownerOf(key);
        const verdict = await this.name(naming, foreign === undefined ? "free" : "another");
        await this.#tell(foreign, naming.about, key);
        return verdict;
      }
      case "claims": {
        const partnership = partnershipOf(naming, ticket, admission);
        return this.claims.claim(partnership, naming.about, (claim) =>
          this.#claimed(naming, ticket, { ...partnership, claim }),
        );
      }
      default:
        return this.#carryOut(naming, ticket, admission);
    }
  }

  /**
   * The Front-End has accepted the request in which a client named a device. From now on the device id belongs to this
   * user for good.
   */
  confirm(confirmation: Confirmation, now: number): TicketVerdict {
    const { key, ...question } = confirmation;
    const ticket = this.#parts.tickets.find(question.id, now);
    if (ticket === undefined) return DEAD;
    const named = ticket.device === undefined ? undefined : this.#parts.devices.get(ticket.device);
    // While D1 was asked, this guard gave the id up to another user who named it too.
    if (named === undefined) {
      return this.#refused(question, ticket, { reason: "device-of-another-user", device: undefined }, now);
    }
    const admission = admit(this.#inputs.confirmed(confirmation, ticket, now));
    const { device } = admission;
    if (admission.judgement.action !== "allow" || device === undefined) {
      this.#waits(admission, key?.hash, question.source, now);
      return this.#refused(question, ticket, { ...admission, key: key?.hash }, now);
    }
    if (key !== undefined) this.#holds(device, key, question, ticket, now);
    if (!device.provisional) return SERVED;
    this.#parts.devices.write({ ...(this.#parts.devices.get(device.id) ?? device), provisional: false });
    return PROVISIONAL;
  }

  /**
   * Remembers that the device has a certificate for this key. A new key may be the device's own or a thief's, so the
   * audit shows it to people.
   */
  #holds(
    { id: device, key: deviceKey }: Partnership,
    key: SightedKey,
    { about, source }: Omit<Confirmation, "key">,
    { credentialId, proof }: StoredTicket,
    now: number,
  ): void {
    const via = proof === "key" ? "key" : "password";
    const sighting = this.#parts.devices.keys.remember(device, key, source.network, via, now);
    this.#parts.devices.noteKeys(device);
    if (sighting === "of-another-device") {
      logEvent({ event: "key-not-remembered", reason: sighting, detail: `${device}, key ${key.hash}` });
    }
    if (sighting !== "added") return;
    const of = { device, deviceKey: deviceKey ?? undefined, credentialId, why: `key ${key.hash}` };
    this.#record(about, { outcome: "changed", reason: "device-key-added", ...of }, now);
  }

  /** When the device was refused because of its key, somebody may approve the key. */
  #waits({ judgement, device }: Judged, key: string | undefined, { network }: RequestSource, now: number): void {
    if (judgement.step !== "key" || device === undefined || key === undefined) return;
    this.#parts.devices.keys.wait(device.id, key, network, now);
  }

  /**
   * Another user has named a device id that D1 gives to this user provisionally. This guard gives the id up, unless a
   * Front-End has confirmed it since, or a decision about it is under way. The audit of both users has an event. A
   * blocked device loses its id and stays blocked.
   */
  yieldClaim({ key, id }: Wanted, about: EventContext): boolean {
    const { devices, snapshots } = this.#parts;
    if (!snapshots.restored || this.claims.isOpen(key)) return false;
    const held = devices.ofKey(key);
    if (held?.provisional === false) return false;
    if (held === undefined)
      devices.tellAgain(id); // D1 has the row of a claim that was never finished
    else if (held.state === "blocked") devices.write({ ...held, key: null, provisional: false });
    else devices.remove(held.id);
    const decision = { outcome: "changed", reason: "device-id-given-up", device: held?.id, deviceKey: key } as const;
    this.#record(about, decision, Date.now());
    return true;
  }

  /** Whether this app password is bound to a blocked device. */
  isBlocked(credentialId: string): boolean {
    return this.#parts.devices.ofCredential(credentialId)?.state === "blocked";
  }

  /** Another user has named a device of this user. The audit of both users has an event. */
  noteForeignUse(about: EventContext, key: string): void {
    const device = this.#parts.devices.ofKey(key)?.id;
    const decision = { outcome: "refused", reason: "device-of-another-user", device, deviceKey: key } as const;
    this.#record(about, decision, Date.now(), `foreign\0${key}`);
  }

  /** Expires the devices that nobody has used for too long. Returns when the next one expires (ms). */
  expire(now: number): number | undefined {
    const { expireAfterDays } = this.#parts.snapshots.policy().policy;
    const ends = this.#parts.devices.all().flatMap((partnership) => {
      const current = this.#current(partnership, now);
      return (current && expiresAt(current, expireAfterDays)) ?? [];
    });
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  /** All inputs of a verdict on the device of a partnership, as if it came from `source`. */
  inputFor(device: Partnership, source: RequestSource, now: number): JudgeInput {
    return this.#inputs.standing(device, source, now);
  }

  /** The verdict on a request when a key of this partnership's device signed for its ticket. */
  judgeByKey({ id: device, credentialId }: Partnership, source: RequestSource, now: number): Judged {
    const ticket = { id: "", kind: "user", credentialId: credentialId ?? "", device, proof: "key" } as const;
    const nowhere = { place: "", workstation: "", ntlmVersion: "", expiresAt: now };
    return admit(this.#inputs.used({ source }, { ...ticket, ...nowhere }, { kind: "service" }, now));
  }

  /** The partnership in its state of today: the time may have expired it. */
  #current(partnership: Partnership | undefined, now: number): Partnership | undefined {
    const { snapshots, devices } = this.#parts;
    const { expireAfterDays } = snapshots.policy().policy;
    if (partnership === undefined || !hasExpired(partnership, expireAfterDays, now)) return partnership;
    const end = expiresAt(partnership, expireAfterDays) ?? now;
    const expired = { ...partnership, state: "expired", reason: "device-expired", decidedBy: BY_POLICY } as const;
    devices.write({ ...expired, decidedAt: end });
    devices.forgetTraces(partnership.id);
    const about = { requestId: "", channel: "clock", host: "", source: "", userAgent: "", workstation: "" } as const;
    const { id: device, key: deviceKey } = partnership;
    const why = waitsForOwner(partnership) ? "nobody approved it" : undefined;
    const decision = { outcome: "blocked", reason: "device-expired", device, deviceKey: deviceKey ?? "", why } as const;
    this.#record(about, decision, now);
    return { ...expired, decidedAt: end };
  }

  /**
   * Goes on when D1 has answered, and decides again. Meanwhile the app password may have been revoked, or another
   * policy may be in force.
   */
  #claimed(
    naming: Naming,
    { id: ticketId }: StoredTicket,
    { id, key, claim }: Claimed & { readonly claim: DecidedClaim },
  ): TicketVerdict | Promise<TicketVerdict> {
    const { devices, tickets } = this.#parts;
    const ticket = tickets.find(ticketId, Date.now());
    if (claim.kind === "foreign") {
      if (!claim.again && devices.get(id) !== undefined) devices.tellAgain(id);
      const refused =
        ticket === undefined
          ? DEAD
          : this.#carryOut(naming, ticket, admit(this.#inputs.named(naming, ticket, "another")));
      return claim.again ? refused : this.#tell(claim, naming.about, key).then(() => refused);
    }
    const admission = ticket && admit(this.#inputs.named(naming, ticket, "claimed"));
    if (ticket !== undefined && admission?.kind === "enrols") {
      return this.#enrolled(naming, ticket, { ...partnershipOf(naming, ticket, admission), id: claim.id }, admission);
    }
    devices.tellAgain(claim.id);
    return ticket === undefined || admission === undefined ? DEAD : this.#carryOut(naming, ticket, admission);
  }

  /** Tells the owner of an id that another user has named it. `again`: the owner heard of this a moment ago. */
  async #tell(
    foreign: (Foreign & { readonly again: boolean }) | undefined,
    about: EventContext,
    key: string,
  ): Promise<void> {
    if (foreign !== undefined && !foreign.again) await this.#parts.tellOwner(foreign.user, about, key);
  }

  /** Decides about a device that has named itself. */
  #carryOut(naming: Naming, ticket: StoredTicket, admission: Admission): TicketVerdict {
    const now = Date.now();
    switch (admission.kind) {
      case "judged": {
        const { judgement, device, named = false } = admission;
        if (named && device !== undefined) this.#bind(naming, ticket, device, judgement.action === "allow", now);
        if (judgement.action === "allow" && device !== undefined) return this.#servedAs(device.id);
        const { certificateKey: key, source } = naming;
        this.#waits(admission, key, source, now);
        return this.#refused(naming, ticket, { ...admission, key }, now, deviceKey(naming.device));
      }
      case "enrols":
        return this.#enrolled(naming, ticket, partnershipOf(naming, ticket, admission), admission);
      case "not-enrolled":
        return this.#refused(naming, ticket, admission, now, deviceKey(naming.device));
      case "ask-owner":
      case "claims":
        return REFUSED; // D1 has answered both questions by now
    }
  }

  #enrolled(
    naming: Naming,
    ticket: StoredTicket,
    partnership: Claimed,
    { waited, enrolment: { reason }, judgement: { action } }: Enrols,
  ): TicketVerdict {
    const { devices } = this.#parts;
    const { id: device, key, state } = partnership;
    // This is the device that an administrator expected. Its partnership now gets the id that the device named.
    if (waited !== undefined && waited.id !== device) devices.remove(waited.id);
    devices.startAnew(device);
    // What was said of the device before it enrolled again still counts.
    const { proof = null, authority = null } = devices.get(device) ?? {};
    devices.write({ ...partnership, proof, authority });
    const outcome = state === "quarantined" ? "quarantined" : "allowed";
    const why = isPasswordKey(key) ? "the app password is the device" : undefined;
    const of = { device, deviceKey: key, credentialId: ticket.credentialId, why };
    this.#record(naming.about, { outcome, reason, ...of }, Date.now());
    this.#bind(naming, ticket, partnership, action === "allow", Date.now());
    return action === "allow" ? this.#servedAs(device) : REFUSED;
  }

  #servedAs(device: string): TicketVerdict {
    return this.#parts.devices.get(device)?.provisional === true ? PROVISIONAL : SERVED;
  }

  /** Binds the ticket to this partnership's device, and keeps what the device says about itself. */
  #bind(naming: Naming, ticket: StoredTicket, partnership: Partnership, allowed: boolean, now: number): void {
    const { devices, tickets } = this.#parts;
    const { credentialId } = ticket;
    const { source } = naming;
    devices.startAnew(partnership.id);
    const before = devices.get(partnership.id);
    const facts = asFirstTold(factsOf(naming, ticket), before);
    const told = JSON.stringify(before?.facts) !== JSON.stringify(facts);
    // The person who is asked to approve the device sees from where it came last.
    const moved = before !== undefined && waitsForOwner(before) && before.source.network !== source.network;
    if (told || moved || before?.credentialId !== credentialId) {
      devices.write({ ...(before ?? partnership), credentialId, facts, source, lastSeenAt: now });
    }
    if (ticket.device !== partnership.id) tickets.bind(ticket, partnership.id);
    this.#parts.inquiries.want(devices.get(partnership.id), now, true);
    if (!allowed) return;
    const device = devices.get(partnership.id) ?? partnership;
    if (isIn(ticket.place, source.network)) devices.rememberPlace(device.id, ticket.place, now);
    this.#seen(device, source, now);
  }

  #seen(device: Partnership, source: RequestSource, now: number): void {
    if (now - device.lastSeenAt < SEEN_AGAIN_MS) return;
    this.#parts.devices.write({ ...device, source, lastSeenAt: now });
  }

  #runs(device: Partnership, application: string, now: number): void {
    const { devices } = this.#parts;
    if (devices.deviceOfApplication(application) === undefined) {
      devices.rememberApplication(application, device.id, now);
    }
  }

  #refused(
    { about }: Pick<Naming, "about">,
    { credentialId }: StoredTicket,
    refusal:
      | (Judged & { readonly key?: string | undefined })
      | { readonly reason: AuditReason; readonly device: Partnership | undefined },
    now: number,
    key = refusal.device?.key ?? "",
  ): TicketVerdict {
    const reason = "reason" in refusal ? refusal.reason : refusal.judgement.reason;
    const missing = "missing" in refusal ? refusal.missing : undefined;
    const why =
      missing !== undefined
        ? addressBookFault(missing)
        : reason === "key-awaiting-approval" && "key" in refusal
          ? `key ${refusal.key ?? "that cannot be read"}`
          : undefined;
    const outcome = isWaiting(reason) ? "quarantined" : "refused";
    const decision = { outcome, reason, credentialId, device: refusal.device?.id, deviceKey: key, why } as const;
    this.#record(about, decision, now, `${reason}\0${key}\0${about.source}\0${missing ?? ""}`);
    return REFUSED;
  }

  /** `kind`: after this refusal, the audit only counts refusals of the same kind for a while. */
  #record(about: EventContext, decision: Parameters<typeof auditEvent>[1], now: number, kind?: string): void {
    const { userId, sipUri: user } = this.#parts.snapshots.subject() ?? {};
    const event = auditEvent(about, { userId, user, ...decision }, now);
    if (kind === undefined) this.#parts.audit.record(event);
    else this.#parts.audit.recordRefusal(kind, event);
  }
}
