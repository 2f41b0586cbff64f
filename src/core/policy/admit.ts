// The one decision about a request with a live ticket: whether it is served, and what becomes of a device that names
// itself in it. The guard gathers the input and does what is decided here. The order is that of docs/devices.md:
// decide.ts has the steps for every device, enrol.ts the steps for a device that is not known yet. Nothing here waits.
// Sometimes only D1 can say to which user an id belongs. Then the outcome says that D1 has to be asked, and the guard
// calls again with the answer.

import { type AuthoritySays, saysOf } from "../authority/says.ts";
import { isPassiveCredential } from "../credentials/passive-credential.ts";
import { type PlaceFault, placeFault, type Unnamed } from "../device/by-place.ts";
import { lives, type Partnership, proofOf } from "../device/partnership.ts";
import { type DeviceFacts, type DeviceProof, deviceIdIn, type RequestSource, UNKNOWN_DEVICE } from "../device/types.ts";
import { judge } from "./decide.ts";
import { enrol } from "./enrol.ts";
import { isByPassword, isPasswordKey, passwordKey } from "./identity.ts";
import { type AskedKey, keyWaits, type Presented, proofFault } from "./proof.ts";
import type { Subject } from "./subject.ts";
import type { Circumstances, EnrolInput, Enrolment, JudgeInput, Judgement, Policy, StepName } from "./types.ts";

/** What is known of a user when a device of that user is judged. */
export type AdmittedUser = {
  readonly policy: Policy;
  /** Undefined if the guard does not know the user. Then nothing is served. */
  readonly user: Subject | undefined;
  /** Ids of the partnerships that count towards the user's limit of devices. */
  readonly counting: readonly string[];
  /** Ids of those that wait for the user (mode `self`). */
  readonly waiting: readonly string[];
  /** How many devices are being decided and have no partnership yet. They count towards the limit too. */
  readonly newcomers: number;
};

/** A request with a live ticket. */
export type AdmitInput = AdmittedUser & {
  readonly source: RequestSource;
  readonly ticket: {
    readonly credentialId: string;
    /** The partnership whose device the ticket has named. */
    readonly device: string | undefined;
    /** Whether the app password behind the ticket is revoked. */
    readonly revoked: boolean;
    /** A key of the device signed for it. */
    readonly byKey: boolean;
  };
  /** The partnership to which the ticket's app password is bound, with its expiry applied. */
  readonly bound: Partnership | undefined;
  readonly request: AdmittedUse | AdmittedNaming;
  /** ms */
  readonly now: number;
};

/** A request in which no device names itself. */
export type AdmittedUse = {
  readonly kind: "discovery" | "application" | "address-book" | "service";
  /** The partnership whose device runs the UCWA application of the request, if one does. */
  readonly runs?: string | undefined;
  /** Given for the address book when the ticket has not named its device. */
  readonly place?: Omit<Unnamed, "policy" | "network">;
  /** A Front-End has accepted the request in which the ticket named its device. */
  readonly confirms?: boolean;
  /** The key for which it has then given a certificate, if that can be read. */
  readonly asked?: AskedKey | undefined;
};

/**
 * To which user the named id belongs, according to D1. `unasked`: D1 was not asked. `free`: to no other user.
 * `another`: to another user. `claimed`: to this user from now on, or the app password is the device and D1 has its
 * key.
 */
export type IdOwner = "unasked" | "free" | "another" | "claimed";

/** A request in which a device names itself. */
export type AdmittedNaming = {
  readonly kind: "naming";
  /** `deviceKey` of the id that it names. */
  readonly key: string;
  /** The user's partnership with that id, with its expiry applied. */
  readonly known: Partnership | undefined;
  readonly facts: DeviceFacts;
  readonly owner: IdOwner;
  /** The key for which it asks a certificate. Absent: it asks for none. */
  readonly asked?: AskedKey;
};

/** The device enrols: it becomes one of the user's devices. */
export type Enrols = {
  readonly enrolment: Extract<Enrolment, { readonly action: "enrol" }>;
  /** The key under which the device is kept. */
  readonly key: string;
  /** The partnership of this very device, if it has one already. */
  readonly self: Partnership | undefined;
  /** The partnership of an expected device that this device takes over. */
  readonly waited: Partnership | undefined;
  /** The judgement about this request once the device has enrolled. */
  readonly judgement: Judgement;
};

/**
 * A step of the order has decided. `device`: the device that sent the request, if it is known. `named`: the request
 * names this device, which the user has already. `missing`: with `no-address-book`, which condition is missing.
 */
export type Judged = {
  readonly kind: "judged";
  readonly judgement: Judgement;
  readonly device: Partnership | undefined;
  readonly named?: boolean;
  readonly missing?: PlaceFault;
};

export type Admission =
  | Judged
  /** The guard has to ask D1 to which user the named id belongs. */
  | { readonly kind: "ask-owner" }
  /** The device enrols as soon as the guard has claimed its key in D1 for this user. */
  | (Enrols & { readonly kind: "claims" })
  | (Enrols & { readonly kind: "enrols" })
  /** The device may not enrol. */
  | {
      readonly kind: "not-enrolled";
      readonly reason: Extract<Enrolment, { readonly action: "refuse" }>["reason"];
      readonly device: Partnership | undefined;
    };

/** What becomes of a request with a live ticket. */
export function admit(input: AdmitInput & { readonly request: AdmittedUse }): Judged;
export function admit(input: AdmitInput & { readonly request: AdmittedNaming }): Admission;
export function admit(input: AdmitInput): Admission {
  const { request } = input;
  return request.kind === "naming" ? named(input, request) : used(input, request);
}

/** The inputs of a judgement about a partnership's device, or with `undefined` about a device that is not known. */
export function standingInput(
  { policy, user, counting, newcomers }: AdmittedUser,
  device: Partnership | undefined,
  source: RequestSource,
  now: number,
): JudgeInput {
  const { key = null, facts = UNKNOWN_DEVICE } = device ?? {};
  const proof = device === undefined ? "none" : proofOf(device, now);
  const authority = saysOf(device?.authority, now);
  return {
    policy,
    circumstances: circumstances(user, key, facts, source, counting.length + newcomers, proof, authority),
    userDisabled: user?.disabled ?? true,
    passwordRevoked: false,
    idOfAnotherUser: false,
    idChanged: false,
    unproved: proofFault(policy, proof, [facts.platform], "nothing"),
    keyWaits: false,
    addressBook: null,
    partnership: device ?? null,
  };
}

function used(input: AdmitInput, request: AdmittedUse): Judged {
  const { ticket, bound, source, policy, now } = input;
  const named = bound !== undefined && ticket.device === bound.id;
  const missing =
    request.kind === "address-book" && bound !== undefined && !named && request.place !== undefined
      ? placeFault(bound, { ...request.place, policy: policy.devices.unnamed, network: source.network })
      : undefined;
  const atItsPlace = request.kind === "address-book" && request.place !== undefined && missing === undefined;
  // Only the device that created an application knows its id.
  const runsIt = request.kind === "application" && bound !== undefined && request.runs === bound.id;
  const device = named || atItsPlace || runsIt ? bound : undefined;
  const presented: Presented = ticket.byKey ? "key" : request.confirms ? "certificate-request" : "password";
  const standing = standingInput(input, device, source, now);
  const { circumstances } = standing;
  const judgement = judge({
    ...standing,
    // A ticket of its key is the device's proof, the first time as well.
    circumstances: ticket.byKey && device !== undefined ? { ...circumstances, proof: "proved" } : circumstances,
    passwordRevoked: ticket.revoked,
    idChanged: ticket.device !== undefined && bound !== undefined && !named,
    // It is the app password that has a device, whether the ticket names it or not.
    unproved: bound === undefined ? null : proofFault(policy, proofOf(bound, now), [bound.facts.platform], presented),
    keyWaits: keyWaits(policy, request.asked, [bound?.facts.product ?? ""], presented),
    addressBook: missing !== undefined && missing !== "not-a-desktop" && bound?.state === "allowed" ? missing : null,
  });
  if (judgement.step !== "address-book" || missing === undefined) return { kind: "judged", judgement, device };
  return { kind: "judged", judgement, device: bound, missing };
}

/** Steps after `password` that decide about a device that names itself before it is asked whether it may enrol. */
const BEFORE_ENROLMENT: ReadonlySet<StepName> = new Set(["owner", "binding", "proof", "personal-block", "key"]);

function named(input: AdmitInput, request: AdmittedNaming): Admission {
  const { ticket, bound, policy, user, counting, waiting, newcomers, source, now } = input;
  const { known, facts, owner, asked } = request;
  const waits = bound?.state === "pending" ? bound : undefined;
  const byPassword = isPasswordKey(bound?.key) ? bound : undefined;
  const own = [known?.id, waits?.id, byPassword?.id];
  const devices = counting.filter((id) => !own.includes(id)).length + newcomers + 1;
  // The keys of a device went with its app password when that was revoked: with another one it starts like a new
  // device.
  const proof = known === undefined || known.credentialId === null ? "none" : proofOf(known, now);
  const authority = saysOf((known ?? byPassword)?.authority, now);
  const asNamed = circumstances(user, request.key, facts, source, devices, proof, authority);
  // An app password that a device is bound to by its id stays that device's, whatever a rule says later.
  // A ticket of the page has no app password that could be the device.
  const isOfPage = isPassiveCredential(ticket.credentialId);
  const unbound = bound === undefined || byPassword !== undefined || (waits !== undefined && waits.key === null);
  const isPassword =
    !isOfPage && unbound && known === undefined && asNamed.device?.kind === "endpoint" && isByPassword(policy, asNamed);
  const key = isPassword ? passwordKey(ticket.credentialId) : request.key;
  const self = isPassword ? byPassword : known;
  const presented: Presented = ticket.byKey ? "key" : asked === undefined ? "password" : "certificate-request";
  const before = self?.facts ?? facts;
  const judged: JudgeInput = {
    policy,
    circumstances: { ...asNamed, device: deviceIdIn(key) },
    userDisabled: user?.disabled ?? true,
    passwordRevoked: ticket.revoked,
    idOfAnotherUser: owner === "another",
    idChanged: isAnothers(bound, key) || isTaken(self, ticket.credentialId),
    unproved: proofFault(policy, proof, [before.platform, facts.platform], presented),
    keyWaits: keyWaits(policy, asked, [before.product, facts.product], presented),
    addressBook: null,
    partnership: self ?? null,
  };
  const judgement = judge(judged);
  if (judgement.step === "user" || judgement.step === "password") return { kind: "judged", judgement, device: self };
  // This user already has the id, so no other user has it: D1 need not be asked.
  const asks = known === undefined && owner === "unasked";
  if (BEFORE_ENROLMENT.has(judgement.step)) {
    return asks ? { kind: "ask-owner" } : { kind: "judged", judgement, device: self ?? bound };
  }
  // If an administrator expects a device with this app password, even a known device asks to be that device.
  if (self !== undefined && lives(self) && (bound === undefined || bound.id === self.id)) {
    return asks ? { kind: "ask-owner" } : { kind: "judged", judgement, device: self, named: true };
  }
  const expected = waits === undefined ? "none" : waits.key === null || waits.key === key ? "this" : "another";
  // The authority is asked about a device once it is one of the user's, so its silence keeps no device from enrolling.
  const enrolling = { ...judged.circumstances, authority: authority ?? ("not-asked-yet" as const) };
  const others = waiting.filter((id) => !own.includes(id)).length;
  const enrolment = enrol({ ...enrolmentOf(input), circumstances: enrolling, expected, waiting: others });
  if (enrolment.action === "refuse") {
    return asks ? { kind: "ask-owner" } : { kind: "not-enrolled", reason: enrolment.reason, device: self };
  }
  const enrolled = judge({ ...judged, partnership: enrolment });
  const enrols: Enrols = {
    ...{ enrolment, key, self, judgement: enrolled },
    waited: expected === "this" ? waits : undefined,
  };
  // Before claiming an id, ask who has it. Where the app password is the device, nobody claims the id.
  if (asks && isPassword) return { kind: "ask-owner" };
  return { kind: self === undefined && owner !== "claimed" ? "claims" : "enrols", ...enrols };
}

/** Whether the app password is bound to a device with another key. */
const isAnothers = (bound: Partnership | undefined, key: string): boolean =>
  bound !== undefined && bound.state !== "pending" && bound.key !== key;

/** Whether the device is bound to another app password that lives. */
const isTaken = (self: Partnership | undefined, credentialId: string): boolean =>
  self !== undefined && self.credentialId !== null && self.credentialId !== credentialId;

function enrolmentOf({ policy, user, now }: AdmitInput): Omit<EnrolInput, "circumstances" | "expected" | "waiting"> {
  const { windowUntil = null, enrolment, maxDevices } = user ?? {};
  return {
    policy,
    windowOpen: windowUntil !== null && windowUntil > now,
    userMode: enrolment ?? undefined,
    userMaxDevices: maxDevices ?? undefined,
  };
}

function circumstances(
  user: Subject | undefined,
  key: string | null,
  facts: DeviceFacts,
  source: RequestSource,
  devices: number,
  proof: DeviceProof,
  authority: AuthoritySays | undefined,
): Circumstances {
  const { sipUri = "", groups = [] } = user ?? {};
  return { device: key === null ? null : deviceIdIn(key), facts, source, sipUri, groups, devices, proof, authority };
}
