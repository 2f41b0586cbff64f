// What a user's guard decides about devices: whether a request with a ticket is served, and what becomes of a device that names
// itself. Judging is one synchronous step on what the guard keeps. Only a device never seen before waits for D1, which knows
// whether its id is another user's (S-28); meanwhile its place is taken, so the most devices a user may have holds under any
// race (S-27).

import { completed, type SignInAbout } from "../audit/event.ts";
import type { AuditReason } from "../audit/reasons.ts";
import { isIn, isKnownByPlace } from "../device/by-place.ts";
import { deviceFacts } from "../device/facts.ts";
import { BY_POLICY, counts, expiresAt, type Partnership, SEEN_AGAIN_MS } from "../device/partnership.ts";
import { type DeviceFacts, deviceIdIn, deviceKey, type RequestSource, UNKNOWN_DEVICE } from "../device/types.ts";
import { judge } from "../policy/decide.ts";
import { enrol } from "../policy/enrol.ts";
import type { Circumstances, JudgeInput, Judgement } from "../policy/types.ts";
import type { Database } from "../store/database.ts";
import { newPartnershipId } from "../store/ids.ts";
import type { AuditTrail } from "./audit-trail.ts";
import type { DeviceBook } from "./device-book.ts";
import { type Claimed, type DecidedClaim, DeviceClaims, type Wanted } from "./device-claims.ts";
import type { Snapshots } from "./snapshots.ts";
import type { LiveTicket, TicketBook } from "./ticket-book.ts";
import type { Naming, TicketQuestion, TicketVerdict } from "./ticket-question.ts";

type Enrols = {
  readonly kind: "enrols";
  readonly reason: AuditReason;
  readonly partnership: Claimed;
  /** The one that was expected, and is this one. */
  readonly waited: Partnership | undefined;
  /** The device's own, where it has one already. */
  readonly known: Partnership | undefined;
};
type Asked = Enrols | (Pick<Enrols, "known"> & { readonly kind: "refused"; readonly reason: AuditReason });

const DEAD: TicketVerdict = { kind: "dead" };
const SERVED: TicketVerdict = { kind: "served" };
const PROVISIONAL: TicketVerdict = { kind: "served", provisional: true };
const REFUSED: TicketVerdict = { kind: "refused" };

/** What the desk works with: all of one guard. */
export type Desk = {
  readonly devices: DeviceBook;
  readonly snapshots: Snapshots;
  readonly tickets: TicketBook;
  readonly audit: AuditTrail;
  readonly db: () => Database;
  /** Tells another user's guard that this user tried that user's device. */
  readonly tellOwner: (sipUri: string, about: SignInAbout, key: string) => Promise<void>;
  /** As `DeviceClaims` asks it. */
  readonly askToYield: (sipUri: string, wanted: Wanted, about: SignInAbout) => Promise<boolean>;
};

export class DeviceDesk {
  readonly #desk: Desk;
  readonly claims: DeviceClaims;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.claims = new DeviceClaims(desk);
  }

  /** Judges one request with a ticket. Writes nothing for what is served as before, but that the device was seen, each hour. */
  judge(question: TicketQuestion, now: number): TicketVerdict {
    const ticket = this.#desk.tickets.find(question.id, now);
    if (ticket === undefined) return DEAD;
    if (ticket.kind === "anonymous") return { kind: "anonymous" };
    const { use } = question;
    const device = this.#deviceOf(ticket, question, now);
    const judgement = judge(this.inputFor(device, question.source));
    if (judgement.action === "discover" && use.kind === "discovery") return SERVED;
    if (judgement.action !== "allow" || device === undefined) {
      return this.#refused(question, ticket, judgement.reason, device, now);
    }
    this.#seen(device, question.source, now);
    if (use.kind === "application" && use.application !== undefined) this.#runs(device, use.application, now);
    return SERVED;
  }

  /** A device names itself: it is the one it was, or becomes one of the user's, or is refused. */
  async name(naming: Naming): Promise<TicketVerdict> {
    const { tickets, devices } = this.#desk;
    const key = deviceKey(naming.device);
    const coming = tickets.find(naming.id, Date.now());
    // Whoever comes while it is being decided waits for the decision.
    if (coming?.kind === "user") await this.claims.settled(coming.credentialId, key);
    const now = Date.now();
    const ticket = tickets.find(naming.id, now);
    if (ticket === undefined) return DEAD;
    if (ticket.kind === "anonymous") return { kind: "anonymous" };
    const bound = this.#current(devices.ofCredential(ticket.credentialId), now);
    const known = this.#current(devices.ofKey(key), now);
    const another = bound !== undefined && bound.state !== "pending" && bound.key !== key;
    const taken = known !== undefined && known.credentialId !== null && known.credentialId !== ticket.credentialId;
    if (another || taken) return this.#refused(naming, ticket, "device-changed", known ?? bound, now, key);
    if (known !== undefined && known.state === "blocked") {
      return this.#refused(naming, ticket, "device-blocked", known, now, key);
    }
    const lives = known?.state === "allowed" || known?.state === "quarantined";
    // With an app password that somebody expects a device with, also a known device asks to be that one.
    if (known === undefined || !lives || (bound !== undefined && bound.id !== known.id)) {
      return this.#enrol(naming, ticket, key);
    }
    const judgement = this.#bound(naming, ticket, { ...known, credentialId: ticket.credentialId }, now);
    return judgement.action === "allow"
      ? this.#servedAs(known.id)
      : this.#refused(naming, ticket, judgement.reason, known, now);
  }

  /** A Front-End has accepted the request in which the holder of this ticket named a device: its id is the user's for good. */
  confirm(question: Omit<TicketQuestion, "use">, now: number): TicketVerdict {
    const ticket = this.#desk.tickets.find(question.id, now);
    if (ticket === undefined) return DEAD;
    const device = ticket.device === undefined ? undefined : this.#desk.devices.get(ticket.device);
    // Given up meanwhile, to another user who named the same id.
    if (device === undefined) return this.#refused(question, ticket, "device-of-another-user", undefined, now);
    const judgement = judge(this.inputFor(device, question.source));
    if (judgement.action !== "allow") return this.#refused(question, ticket, judgement.reason, device, now);
    if (device.provisional) this.#desk.devices.write({ ...device, provisional: false });
    return SERVED;
  }

  /**
   * Another user names an id that D1 has as this one's, and provisional. Gives it up, unless it has been confirmed since or is
   * being decided about; both users hear of it. A device that is blocked stays blocked without its id.
   */
  yieldClaim({ key, id }: Wanted, about: SignInAbout): boolean {
    const { devices, snapshots } = this.#desk;
    if (!snapshots.restored || this.claims.isOpen(key)) return false;
    const held = devices.ofKey(key);
    if (held?.provisional === false) return false;
    if (held === undefined)
      devices.tellAgain(id); // D1 has a row that was never finished
    else if (held.state === "blocked") devices.write({ ...held, key: null, provisional: false });
    else devices.remove(held.id);
    const decision = { outcome: "changed", reason: "device-id-given-up", device: held?.id, deviceKey: key } as const;
    this.#record(about, decision, Date.now());
    return true;
  }

  /** Whether an app password is bound to a device that is blocked. */
  isBlocked(credentialId: string): boolean {
    return this.#desk.devices.ofCredential(credentialId)?.state === "blocked";
  }

  /** Another user has named a device of this one: both sides hear of it. */
  noteForeignUse(about: SignInAbout, key: string): void {
    const device = this.#desk.devices.ofKey(key)?.id;
    const decision = { outcome: "refused", reason: "device-of-another-user", device, deviceKey: key } as const;
    this.#record(about, decision, Date.now(), `foreign\0${key}`);
  }

  /** Lets stale devices expire; returns when the next one does (ms). */
  expire(now: number): number | undefined {
    const { expireAfterDays } = this.#desk.snapshots.policy().policy;
    const ends = this.#desk.devices.all().flatMap((partnership) => {
      const current = this.#current(partnership, now);
      return (current && expiresAt(current, expireAfterDays)) ?? [];
    });
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  /** All that a judgement depends on, of a partnership's device when it comes from there; undefined: of an unknown device. */
  inputFor(device: Partnership | undefined, source: RequestSource): JudgeInput {
    const { snapshots } = this.#desk;
    return {
      policy: snapshots.policy().policy,
      circumstances: this.#circumstances(device?.key ?? null, device?.facts ?? UNKNOWN_DEVICE, source, this.#count()),
      userDisabled: snapshots.subject()?.disabled ?? true,
      passwordRevoked: false, // its tickets went with it
      idOfAnotherUser: false,
      idChanged: false,
      partnership: device ?? null,
    };
  }

  #circumstances(key: string | null, facts: DeviceFacts, source: RequestSource, devices: number): Circumstances {
    const { sipUri = "", groups = [] } = this.#desk.snapshots.subject() ?? {};
    return { device: key === null ? null : deviceIdIn(key), facts, source, sipUri, groups, devices };
  }

  /** The partnership whose device holds this ticket, as far as it shows. */
  #deviceOf(
    ticket: LiveTicket,
    { use, source: { network } }: Pick<TicketQuestion, "use" | "source">,
    now: number,
  ): Partnership | undefined {
    const { devices, snapshots } = this.#desk;
    const bound = this.#current(devices.ofCredential(ticket.credentialId), now);
    if (bound === undefined) return undefined;
    if (ticket.device === bound.id) return bound;
    switch (use.kind) {
      case "discovery":
        return undefined;
      case "application": // only the device that runs an application knows its name
        return use.application !== undefined && devices.deviceOfApplication(use.application) === bound.id
          ? bound
          : undefined;
      case "address-book": {
        const { place, workstation } = ticket;
        const policy = snapshots.policy().policy.devices.unnamed;
        const namedThere = devices.namedAt(bound.id, place, now);
        return isKnownByPlace(bound, { policy, place, workstation, network, namedThere }) ? bound : undefined;
      }
      case "service":
        return undefined;
    }
  }

  /** The partnership as time has left it. */
  #current(partnership: Partnership | undefined, now: number): Partnership | undefined {
    const { snapshots, devices } = this.#desk;
    const end = partnership && expiresAt(partnership, snapshots.policy().policy.expireAfterDays);
    if (partnership === undefined || end === undefined || end > now) return partnership;
    const expired = { ...partnership, state: "expired", reason: "device-expired", decidedBy: BY_POLICY } as const;
    devices.write({ ...expired, decidedAt: end });
    devices.forgetTraces(partnership.id);
    const about = { requestId: "", channel: "clock", host: "", source: "", userAgent: "", workstation: "" } as const;
    const { id: device, key: deviceKey } = partnership;
    const decision = { outcome: "blocked", reason: "device-expired", device, deviceKey: deviceKey ?? "" } as const;
    this.#record(about, decision, now);
    return { ...expired, decidedAt: end };
  }

  async #enrol(naming: Naming, ticket: LiveTicket, key: string): Promise<TicketVerdict> {
    const asked = this.#asksToEnrol(naming, ticket, key);
    if (asked.kind === "refused") return this.#refused(naming, ticket, asked.reason, asked.known, Date.now(), key);
    if (asked.known !== undefined) return this.#enrolled(naming, ticket, asked);
    const { partnership } = asked;
    return this.claims.claim(partnership, naming.about, (claim) =>
      this.#claimed(naming, ticket, { ...partnership, claim }),
    );
  }

  /** D1 has answered. What was decided meanwhile holds: the password may have died, the policy may be another. */
  #claimed(
    naming: Naming,
    ticket: LiveTicket,
    { id, key, claim }: Claimed & { readonly claim: DecidedClaim },
  ): TicketVerdict | Promise<TicketVerdict> {
    const { devices, tickets, tellOwner } = this.#desk;
    const now = Date.now();
    if (claim.kind === "foreign") {
      if (!claim.again && devices.get(id) !== undefined) devices.tellAgain(id);
      const refused = this.#refused(naming, ticket, "device-of-another-user", undefined, now, key);
      return claim.again ? refused : tellOwner(claim.user, naming.about, key).then(() => refused);
    }
    const alive = tickets.find(ticket.id, now) !== undefined;
    const asked = alive ? this.#asksToEnrol(naming, ticket, key) : undefined;
    if (asked?.kind === "enrols") {
      return this.#enrolled(naming, ticket, { ...asked, partnership: { ...asked.partnership, id: claim.id } });
    }
    devices.tellAgain(claim.id);
    return asked === undefined ? DEAD : this.#refused(naming, ticket, asked.reason, undefined, now, key);
  }

  /** What becomes of a device that asks to enrol, as things are now. */
  #asksToEnrol(naming: Naming, ticket: LiveTicket, key: string): Asked {
    const { devices, snapshots } = this.#desk;
    const now = Date.now();
    const { credentialId } = ticket;
    const [known, bound] = [devices.ofKey(key), devices.ofCredential(credentialId)];
    const waits = bound?.state === "pending" ? bound : undefined;
    const expected = waits === undefined ? "none" : waits.key === null || waits.key === key ? "this" : "another";
    const facts = factsOf(naming, ticket);
    const others = devices.all().filter((each) => counts(each) && each.id !== known?.id && each.id !== waits?.id);
    const { windowUntil = null, enrolment: mode, maxDevices } = snapshots.subject() ?? {};
    const enrolment = enrol({
      policy: snapshots.policy().policy,
      circumstances: this.#circumstances(key, facts, naming.source, others.length + this.claims.newcomers + 1),
      expected,
      windowOpen: windowUntil !== null && windowUntil > now,
      userMode: mode ?? undefined,
      userMaxDevices: maxDevices ?? undefined,
    });
    if (enrolment.action === "refuse") return { kind: "refused", reason: enrolment.reason, known };
    const waited = expected === "this" ? waits : undefined;
    const partnership = {
      id: (known ?? waited)?.id ?? newPartnershipId(),
      key,
      // What an administrator expects by its id has it already.
      provisional: known?.provisional ?? waited?.key !== key,
      credentialId,
      state: enrolment.state,
      decision: enrolment.decision,
      decidedBy: waited?.decidedBy ?? BY_POLICY,
      decidedAt: now,
      reason: enrolment.reason,
      facts,
      source: naming.source,
      firstSeenAt: known?.firstSeenAt ?? now,
      lastSeenAt: now,
    };
    return { kind: "enrols", reason: enrolment.reason, partnership, waited, known };
  }

  #enrolled(naming: Naming, ticket: LiveTicket, { reason, partnership, waited }: Enrols): TicketVerdict {
    const { devices } = this.#desk;
    const { id: device, key, state } = partnership;
    if (waited !== undefined && waited.id !== device) devices.remove(waited.id); // what was expected is this one now
    devices.write(partnership);
    const outcome = state === "quarantined" ? "quarantined" : "allowed";
    const of = { device, deviceKey: key, credentialId: ticket.credentialId };
    this.#record(naming.about, { outcome, reason, ...of }, Date.now());
    return this.#bound(naming, ticket, partnership, Date.now()).action === "allow" ? this.#servedAs(device) : REFUSED;
  }

  #servedAs(device: string): TicketVerdict {
    return this.#desk.devices.get(device)?.provisional === true ? PROVISIONAL : SERVED;
  }

  /** The ticket's device is this partnership's from now on; what it says of itself is kept. */
  #bound(naming: Naming, ticket: LiveTicket, partnership: Partnership, now: number): Judgement {
    const { devices, tickets } = this.#desk;
    const { source } = naming;
    const facts = factsOf(naming, ticket);
    const before = devices.get(partnership.id);
    const told = JSON.stringify(before?.facts) !== JSON.stringify(facts);
    if (told || before?.credentialId !== partnership.credentialId) {
      devices.write({ ...partnership, facts, source, lastSeenAt: now });
    }
    if (ticket.device !== partnership.id) tickets.bind(ticket, partnership.id);
    const device = devices.get(partnership.id) ?? partnership;
    const judgement = judge(this.inputFor(device, source));
    if (judgement.action === "allow") {
      if (isIn(ticket.place, source.network)) devices.rememberPlace(device.id, ticket.place, now);
      this.#seen(device, source, now);
    }
    return judgement;
  }

  #seen(device: Partnership, source: RequestSource, now: number): void {
    if (now - device.lastSeenAt < SEEN_AGAIN_MS) return;
    this.#desk.devices.write({ ...device, source, lastSeenAt: now });
  }

  #runs(device: Partnership, application: string, now: number): void {
    const { devices } = this.#desk;
    if (devices.deviceOfApplication(application) === undefined) {
      devices.rememberApplication(application, device.id, now);
    }
  }

  /** Devices that count against the most the user may have, those that are being decided among them. */
  #count(): number {
    return this.#desk.devices.all().filter(counts).length + this.claims.newcomers;
  }

  #refused(
    { about }: Pick<Naming, "about">,
    { credentialId }: LiveTicket,
    reason: AuditReason,
    partnership: Partnership | undefined,
    now: number,
    key = partnership?.key ?? "",
  ): TicketVerdict {
    const outcome = reason === "awaiting-approval" ? "quarantined" : "refused";
    const decision = { outcome, reason, credentialId, device: partnership?.id, deviceKey: key } as const;
    this.#record(about, decision, now, `${reason}\0${key}\0${about.source}`);
    return REFUSED;
  }

  /** `kind`: further ones of it are only counted for a while. */
  #record(about: SignInAbout, decision: Parameters<typeof completed>[1], now: number, kind?: string): void {
    const { userId, sipUri: user } = this.#desk.snapshots.subject() ?? {};
    const event = completed(about, { userId, user, ...decision }, now);
    if (kind === undefined) this.#desk.audit.record(event);
    else this.#desk.audit.recordRefusal(kind, event);
  }
}

/** What the request says of the device, and the sign-in that the ticket came from. */
const factsOf = ({ told }: Naming, { workstation, ntlmVersion }: LiveTicket): DeviceFacts =>
  deviceFacts({ ...told, workstation, ...(ntlmVersion === "" ? {} : { ntlmVersion }) });
