// What a user's guard tells the user's own pages of the user's devices.

import type { AuditedEvent } from "../audit/event.ts";
import type { Partnership } from "../core/device/partnership.ts";
import type { Outlook } from "../core/policy/outlook.ts";
import type { Judgement } from "../core/policy/types.ts";

/** A device of the user, and how it would be judged now if it came from where it was last. */
export type JudgedDevice = {
  readonly device: Partnership;
  readonly judgement: Judgement;
  /** What the rule that decides says to people. Absent: no rule decides. */
  readonly rule?: string;
};

/** All devices of the user, and what a new one has to expect. */
export type OwnDevices = { readonly devices: readonly JudgedDevice[]; readonly outlook: Outlook };

/** What the guard has lately decided about a client of its user. */
export type Witnessed = Pick<
  AuditedEvent,
  "at" | "outcome" | "reason" | "source" | "userAgent" | "waitUntil" | "credentialId"
> & {
  /** What the rule that refused it says to people. */
  readonly rule?: string;
};

/** What is asked. It changes nothing. */
export type OwnDevicesStep = { readonly kind: "devices" } | { readonly kind: "watch"; readonly credentialId: string };

/** What each is answered with. */
export type OwnDevicesAnswers = {
  readonly devices: OwnDevices & { readonly kind: "devices" };
  readonly watch: Watched & { readonly kind: "watch" };
};

/** What the guard knows of an app password while its owner waits for the device. */
export type Watched = {
  /** The device that is bound to it. Absent: none has come yet. */
  readonly bound?: JudgedDevice;
  /**
   * What was decided lately, the latest first: with this app password, and with none that is right. The guard keeps it
   * in memory, so it may know less than the audit.
   */
  readonly lately: readonly Witnessed[];
  /** It was revoked. */
  readonly ended: boolean;
};
