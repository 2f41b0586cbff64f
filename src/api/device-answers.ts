// The admin API's answers about users' devices, as they stand in JSON. The operator's command reads the same types.
// Times are ISO 8601 in UTC.

import type { DeviceFacts, PartnershipState, PersonalDecision, RequestSource } from "../core/device/types.ts";
import type { EnrolmentMode, Explanation, Judgement } from "../core/policy/types.ts";

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
};

/** A key for which the pool issued a certificate to a device through Postern. */
export type DeviceKeyAnswer = {
  /** SHA-256 of the SubjectPublicKeyInfo, in hex. */
  readonly hash: string;
  /** From where a certificate for it was last fetched. */
  readonly network: string;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  /** The end of its last certificate. */
  readonly endsAt: string;
};

/**
 * `POST /v1/users/:name/devices/:device/(approve|block|forget)`, `POST /v1/users/:name/devices`, and
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
