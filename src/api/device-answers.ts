// The admin API's answers about users' devices, as they stand in JSON. The operator's command reads the same types.
// Times are ISO 8601 in UTC.

import type {
  DeviceFacts,
  DeviceProof,
  PartnershipState,
  PersonalDecision,
  RequestSource,
} from "../core/device/types.ts";
import type { EnrolmentMode, Explanation, Judgement } from "../core/policy/types.ts";
import type { KeyState, KeyTicket } from "../guards/device-key.ts";

/** One partnership. */
export type DeviceAnswer = {
  /** `d_…` */
  readonly id: string;
  /** The id by which the device names itself, with its kind before it; null while any device is expected. */
  readonly key: string | null;
  /** No Front-End has accepted the device yet: it loses its id if another user names it. */
  readonly provisional: boolean;
  /** The app password it is bound to; null when that one is revoked. */
  readonly credentialId: string | null;
  readonly state: PartnershipState;
  readonly decision: PersonalDecision | null;
  /** `policy`, or the id of an admin key. */
  readonly decidedBy: string;
  readonly decidedAt: string;
  readonly reason: string;
  readonly facts: DeviceFacts;
  readonly source: RequestSource;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  /** `none`, `key` or `proved`: what its keys say for it now. */
  readonly proof: DeviceProof;
};

/** A key for which the pool issued a certificate to a device through Postern, or for which one was refused. */
export type DeviceKeyAnswer = {
  /** SHA-256 of the SubjectPublicKeyInfo, in hex. */
  readonly hash: string;
  /** From where a certificate for it was last fetched. */
  readonly network: string;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  /** The end of its last certificate. Of a key that has none: until when it waits, or until when the approval holds. */
  readonly endsAt: string;
  /** `good`, `waiting` until somebody approves it, or `approved` until the device comes for its certificate. */
  readonly state: KeyState;
  /** By what sort of ticket its first certificate was asked for. */
  readonly via: KeyTicket;
  /** When it first signed a request that was accepted; null: never. */
  readonly provedAt: string | null;
};

/**
 * `POST /v1/users/:name/devices/:device/(approve|block|forget|approve-key|reset-key)`, `POST /v1/users/:name/devices`, and
 * `POST /v1/devices/:device/forget`.
 */
export type DeviceChangedAnswer = {
  /** Whose device it is. A forgotten id may belong to another user than the one named. */
  readonly user: string;
  readonly device: DeviceAnswer;
  /**
   * The command that ends the device's client certificates for SIP, which Postern does not see; null where it has none.
   */
  readonly revokeCertificates: string | null;
  /** When a blocked device was forgotten: the app password that was revoked with it, so that the device stays out. */
  readonly revokedPassword: string | null;
  /** How many keys of the device wait for approval. Approving the device does not let them in. */
  readonly keysWaiting: number;
};

/** `GET /v1/users/:name/devices/:device/why`. */
export type WhyAnswer = {
  readonly user: string;
  /**
   * The UPN by which the user is signed on to the Front-End. Null when there is none: then each sign-in ends with
   * `sign-on-no-upn`.
   */
  readonly upn: string | null;
  readonly device: DeviceAnswer;
  /** The owner of the device, if it belongs to another user: `user` is refused with its id. */
  readonly holder: string | null;
  /** The keys of the device, the first one first. Empty for another user's device. */
  readonly keys: readonly DeviceKeyAnswer[];
  /** The judgement on a request that came now from where the device came last. */
  readonly judgement: Judgement;
  readonly steps: readonly Explanation[];
};

/** `POST /v1/users/:name/passwords/:id/revoke`. */
export type PasswordRevokedAnswer = {
  readonly user: string;
  readonly id: string;
  readonly revokedAt: string;
  /** The device that was bound to it. */
  readonly device: DeviceAnswer | null;
  /** As in {@link DeviceChangedAnswer}, of that device. */
  readonly revokeCertificates: string | null;
};

/** `POST /v1/users/:name/(disable|enable|settings)`. */
export type UserChangedAnswer = { readonly user: string; readonly changed: boolean };

/** `POST /v1/users/:name/window`. */
export type WindowAnswer = {
  readonly user: string;
  /** Null when the window is closed. */
  readonly openUntil: string | null;
  /** The user's enrolment mode. A window opens something in mode `window` only. */
  readonly mode: EnrolmentMode;
};
