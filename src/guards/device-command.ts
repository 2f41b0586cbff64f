// What an administrator or a person decides about the person's devices, and what the guard answers.

import type { BY_SELF, EventContext } from "../audit/event.ts";
import type { UserSettingsReason } from "../audit/reasons.ts";
import type { Inquiry } from "../core/authority/schedule.ts";
import type { Partnership } from "../core/device/partnership.ts";
import type { AuthoritySilence, Explanation, Judgement } from "../core/policy/types.ts";
import type { Result } from "../core/result.ts";
import type { KeyWordFault, SeenKey } from "./device-key.ts";

type UserReason = UserSettingsReason | "user-disabled" | "user-enabled";

/** Who gives the command, from where, and why. */
export type Commander = {
  readonly about: EventContext;
  /** The id of the admin key. */
  readonly by: string;
  readonly why: string;
  /** What the API changed, as `changeText` writes it, of `user-changed`. */
  readonly change?: string | undefined;
};

/** A person in the portal, who decides about own devices. The event names the guard's user. */
export type OwnCommander = {
  /** Its channel is `portal`. */
  readonly about: EventContext;
  readonly by: typeof BY_SELF;
  readonly why: string;
};

/**
 * What a person decides about an own device (S-62). `device`: the whole id of its partnership (`d_…`), and nothing
 * else, so that no name that a client makes up can mean another device than the one that the page shows.
 */
export type OwnDeviceCommand =
  /**
   * Lets in a device that waits for its user. Give it only after a fresh factor. It is enrolled then, no more: rules,
   * the authority and later blocks decide about it as about any device. `shownAt`: `lastSeenAt` of the device as the
   * page showed it (ms). If it has come again from elsewhere, or has told something else, the answer is `seen-since`.
   */
  | (OwnCommander & { readonly kind: "approve-own"; readonly device: string; readonly shownAt: number })
  /**
   * Ends a device at once, in whatever state it is: it is lost, or it is not the person's. Its tickets and polls end,
   * and its app password is revoked, because somebody else may know it (`revokedPassword`). On a blocked device it
   * changes nothing: an administrator's block stays an administrator's.
   */
  | (OwnCommander & { readonly kind: "block-own"; readonly device: string })
  /** Removes an own device, so that its id is free. Give it only after a fresh factor. */
  | (OwnCommander & { readonly kind: "forget-own"; readonly device: string });

export type DeviceCommand =
  | OwnDeviceCommand
  /** What the user's row in D1 says now. `reason`: what was changed. `before`: D1 said the same before the command. */
  | (Commander & { readonly kind: "user-changed"; readonly reason: UserReason; readonly before?: boolean })
  /**
   * The guard takes over what D1 says of its user. Who gives the command has written into the audit what was changed.
   * `accountMayDiffer`: somebody may have made the account again, so the next ticket tells which it is.
   */
  | { readonly kind: "read-again"; readonly accountMayDiffer?: boolean }
  /** The user has another UPN or account: tickets end, and the next one tells which account they are for. */
  | (Commander & { readonly kind: "renamed" })
  | (Commander & { readonly kind: "revoke-password"; readonly credentialId: string })
  /** The app password has another end: its tickets live until `until` (ms) at most. Infinite: it has none. */
  | { readonly kind: "limit-password"; readonly credentialId: string; readonly until: number }
  /** `device`: its partnership's id, its key, or the id by which it names itself. */
  | (Commander & { readonly kind: "approve" | "block"; readonly device: string })
  | (Commander & { readonly kind: "forget"; readonly device: string })
  /** `key`: the beginning of its hash; empty: the only one that waits, or all that the device has. */
  | (Commander & { readonly kind: "approve-key" | "reset-key"; readonly device: string; readonly key: string })
  /** The user owns the next device that uses this app password; with a key, only the device of that key. */
  | (Commander & { readonly kind: "expect"; readonly credentialId: string; readonly key: string | null })
  /** Has the organisation's authority asked about the device now, whatever it was asked before. */
  | (Commander & { readonly kind: "ask-authority"; readonly device: string })
  | { readonly kind: "explain"; readonly device: string };

/** Why a person's command about an own device changed nothing. */
export type OwnCommandFault =
  /**
   * An administrator decides: a rule or the mode `approval` quarantined it, or the person blocked it while it was, or an
   * administrator expects it.
   */
  | "awaits-administrator"
  /** It is blocked. By an administrator, if the command was `forget-own`. */
  | "device-blocked"
  /**
   * It expired while it waited, its app password was revoked, or it has not come yet. Its user signs in on the device
   * again.
   */
  | "does-not-wait"
  /** The mode in force for this person is not `self` any more. */
  | "own-approval-off"
  /** A rule of the policy in force would keep it out. */
  | "kept-out-by-rule"
  /** The person has more devices than the limit in force allows. */
  | "too-many-devices"
  /** The device has come from elsewhere, or told something else, since the page was shown. Show it again. */
  | "seen-since"
  /** The person is disabled. */
  | "user-disabled";

export type CommandFault =
  | OwnCommandFault
  | "no-such-device"
  | "several-such-devices"
  | "no-such-password"
  | "password-has-a-device"
  | "device-id-in-use"
  | "no-authority"
  | KeyWordFault;

export type Commanded = {
  /** The partnership that the command was about, as it is now. A forgotten one is shown as it was before. */
  readonly partnership?: Partnership;
  /** It was so before. */
  readonly unchanged?: boolean;
  readonly steps?: readonly Explanation[];
  readonly judgement?: Judgement;
  /** The keys of the partnership, if they were asked for or may matter to the one who gave the command. */
  readonly keys?: readonly SeenKey[];
  /** When the authority is asked about it, if that was asked for. Absent: nobody ever needed to ask. */
  readonly inquiry?: Inquiry | undefined;
  /** What the guard's policy says of the authority's silence. */
  readonly silence?: AuthoritySilence;
  /** The app password that was revoked with the device, so that a blocked device stays out. */
  readonly revokedPassword?: string;
};

export type CommandOutcome = Result<Commanded, CommandFault>;
