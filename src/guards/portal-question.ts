// What a user's guard is asked about its user's factors and sessions of the portal (S-59, S-60, S-61), and what it
// answers. Each step is one synchronous decision of the guard. The guard alone says whether a session is live and
// fresh. Times are in ms, and the guard's clock decides.

import type { EventContext } from "../audit/event.ts";
import type { AuditReason } from "../audit/reasons.ts";
import type { ApprovalStep, ShownApproval } from "./approvals.ts";
import type { InvitationMarks } from "./invitation-question.ts";
import type { OwnDevicesAnswers, OwnDevicesStep } from "./own-devices.ts";
import type { NewPortalSession } from "./portal-session.ts";

export type { NewPortalSession };

/** How long a factor is fresh after it was proved, ms. What hands out or weakens something needs a fresh one (S-61). */
export const PORTAL_FRESH_MS = 300_000;

/**
 * How the person of a session came in. `code`: a passphrase, and a code of the authenticator app. `approval`: on another
 * device, for the token service's page.
 */
export type PortalSignInWay = "passkey" | "code" | "recovery-code" | "provider" | "invitation" | "approval";

/** A session as lists and pages show it. Without its hash. */
export type PortalSession = {
  readonly id: string;
  readonly createdAt: number;
  /** The last request, exact to a minute. */
  readonly seenAt: number;
  readonly expiresAt: number;
  /** When the person last proved to be there. 0: never, as in a session that is still entering. */
  readonly freshAt: number;
  readonly how: PortalSignInWay;
  /** It began with an invitation, and may only register factors until the person has two. */
  readonly entering: boolean;
  /** What the organisation's identity provider calls the person; null otherwise. */
  readonly subject: string | null;
  /** The network in which it began, and the browser. */
  readonly source: string;
  readonly userAgent: string;
};

/** A passphrase as `stretchPassphrase` made it, and a code: of the authenticator app, or a recovery code. */
export type CodeProof = { readonly kind: "passphrase"; readonly stretched: Uint8Array; readonly code: string };

/**
 * What somebody shows to get in. The caller has verified a passkey's signature, or what the identity provider said. A
 * passphrase and its code are verified in the guard.
 */
export type PortalProof =
  | { readonly kind: "passkey"; readonly id: string; readonly counter: number; readonly backedUp: boolean }
  | CodeProof
  /** `at`: when the person proved it there, ms; 0: the provider does not say. A session is fresh from then on. */
  | { readonly kind: "provider"; readonly subject: string; readonly at: number };

/** A passkey as the caller needs it to verify a signature. Binary values are base64url. */
export type KnownPasskey = {
  /** The credential id that the authenticator chose. */
  readonly id: string;
  /** The COSE public key. */
  readonly publicKey: string;
  /** The counter of the last sign-in. Synced passkeys keep it at 0. */
  readonly counter: number;
  readonly transports: readonly string[];
  /** It works for this RP ID alone. */
  readonly rpId: string;
};

/** A passkey that its owner has just made. The caller has verified it, with user verification. */
export type NewPasskey = KnownPasskey & {
  /** What its owner calls it. */
  readonly name: string;
  readonly deviceType: "singleDevice" | "multiDevice";
  readonly backedUp: boolean;
};

/** A passkey as the pages show it. */
export type ShownPasskey = Omit<NewPasskey, "publicKey" | "counter"> & {
  readonly createdAt: number;
  /** Null while nobody has signed in with it. */
  readonly lastUsedAt: number | null;
};

/** What a person has to sign in with. No secret is in it. */
export type PortalFactors = {
  /** The oldest first. */
  readonly passkeys: readonly ShownPasskey[];
  /** When it was set; null: there is none. Somebody signs in with a code only when there is a passphrase, too. */
  readonly passphrase: { readonly since: number } | null;
  readonly totp: { readonly since: number } | null;
  /** A set of ten. Null: none was ever made, or they went with the passphrase. They need a passphrase to be used. */
  readonly recovery: { readonly since: number; readonly left: number } | null;
  /** A passkey, or a passphrase and TOTP: whether the person can sign in without help. */
  readonly complete: boolean;
};

/**
 * For whom a step is done. `hash`: the person, by the session. An administrator: `by` as the audit names one, and the
 * reason that was given.
 */
export type PortalActor = { readonly hash: string } | { readonly by: string; readonly why: string };

/** A step that a person takes in a session. `hash`: of the session's secret. */
type InSession = { readonly hash: string; readonly about: EventContext };

/** The one who asks. `client`: as `clientKey` knows it. */
type Asking = { readonly about: EventContext; readonly client: string };

export type PortalStep =
  /** The live session of that hash. `idleMs`: after how long without a request it ends. Notes the request. */
  | { readonly kind: "session"; readonly hash: string; readonly idleMs: number }
  /** One passkey of the user, to verify what it signed. */
  | { readonly kind: "passkey"; readonly id: string }
  /**
   * Signs somebody in, and begins a session. The guard records the event, also of a refusal. `wouldRefuse`: as the
   * network's guard said.
   */
  | ({
      readonly kind: "sign-in";
      readonly proof: PortalProof;
      readonly session: NewPortalSession;
      readonly wouldRefuse?: AuditReason;
      /** Why the user may not sign in there, whatever the proof is. It is refused as anything else is. */
      readonly denied?: AuditReason;
    } & Asking)
  /** Uses an invitation up, and begins a session that may only register factors. It lasts half an hour at most. */
  | {
      readonly kind: "enter";
      readonly about: EventContext;
      readonly marks: InvitationMarks;
      readonly session: NewPortalSession;
    }
  /** A fresh factor of the session's person. It is counted as a sign-in is. */
  | ({ readonly kind: "freshen"; readonly hash: string; readonly proof: PortalProof } & Asking)
  /** What the person has to sign in with. It also tells D1 of the passkeys if D1 has lost any. */
  | { readonly kind: "factors" }
  /** The live sessions, the newest first. */
  | { readonly kind: "sessions"; readonly idleMs: number }
  | ({ readonly kind: "add-passkey"; readonly passkey: NewPasskey } & InSession)
  | ({ readonly kind: "rename-passkey"; readonly id: string; readonly name: string } & InSession)
  | ({ readonly kind: "remove-passkey"; readonly id: string } & InSession)
  /** `sealed`: as `sealTotpSecret` made it. `code`: one that the new secret makes now. Replaces an older secret. */
  | ({ readonly kind: "set-totp"; readonly sealed: string; readonly code: string } & InSession)
  /** `stretched`: as `stretchPassphrase` made it. Replaces an older passphrase. */
  | ({ readonly kind: "set-passphrase"; readonly stretched: Uint8Array } & InSession)
  /** Removes passphrase, TOTP and recovery codes together. */
  | ({ readonly kind: "remove-codes" } & InSession)
  /** `codes`: as `newRecoveryCodes` made them. The guard keeps keyed hashes. A new set replaces the old. */
  | ({ readonly kind: "set-recovery-codes"; readonly codes: readonly string[] } & InSession)
  /** Ends one session. A person signs out by ending the own one. */
  | { readonly kind: "end-session"; readonly id: string; readonly about: EventContext; readonly actor: PortalActor }
  /** Ends all sessions; of a person, all but the one that asks. */
  | { readonly kind: "end-sessions"; readonly about: EventContext; readonly actor: PortalActor }
  /** An administrator's: removes all factors, and ends all sessions. */
  | { readonly kind: "reset-factors"; readonly about: EventContext; readonly by: string; readonly why: string }
  /** Records what the person did in the portal. `data-exported` needs a fresh factor. */
  | ({ readonly kind: "note"; readonly reason: "data-exported" | "reported-not-me"; readonly why?: string } & InSession)
  | OwnDevicesStep
  | ApprovalStep;

/** Nothing is there, or it has ended, or the user may not come in now. */
export type PortalNone = { readonly kind: "none" };

/**
 * One answer for all reasons (S-22). The audit has the reason. `until`: strangers from there are refused without a look
 * until then (ms).
 */
export type PortalRefused = { readonly kind: "refused"; readonly until?: number };

export type PortalSignedIn = {
  readonly kind: "signed-in";
  readonly session: PortalSession;
  /** Earlier failures from this network that the success has explained, for the network's guard. */
  readonly forgiven: number;
  /** How many recovery codes are left, when one was used. */
  readonly recoveryCodesLeft?: number;
};

/**
 * Why a step was not taken. `no-session`: none, or it has ended. `not-fresh`: ask for a factor first (S-61).
 * `entering`: the session may only register factors. `last-factors`: two factors must stay. `not-found`: there is no
 * such passkey or session. `passkey-known`: it is somebody's already. `another-rp-id`: the portal's RP ID was another
 * one when the first passkey was made. `too-many`: of passkeys. `wrong-code`: the new secret does not make this code
 * now. `unavailable`: SEALING_KEYS lacks the key. `wrong-number`: it is not the one on the page that waits.
 */
export type PortalDenial =
  | "no-session"
  | "not-fresh"
  | "entering"
  | "last-factors"
  | "not-found"
  | "passkey-known"
  | "another-rp-id"
  | "too-many"
  | "wrong-code"
  | "wrong-number"
  | "unavailable";

/**
 * `session`: as it is after the step, where one asked. `ended`: how many other sessions ended, because a factor is gone
 * or another one.
 */
export type PortalDone = { readonly kind: "done"; readonly session?: PortalSession; readonly ended?: number };
export type PortalDenied = { readonly kind: "denied"; readonly reason: PortalDenial };

/** The person has not decided yet. */
export type PortalPending = { readonly kind: "pending" };

/** What the steps of an approval are answered with. */
export type ApprovalAnswers = {
  readonly "ask-approval": PortalPending | PortalRefused;
  readonly "open-approval": { readonly kind: "approval"; readonly approval: ShownApproval } | { readonly kind: "none" };
  readonly approve: { readonly kind: "done" } | PortalDenied;
  readonly decline: { readonly kind: "done" } | PortalDenied;
  readonly "look-at-approval": PortalPending | { readonly kind: "approved" };
  readonly "collect-approval": PortalSignedIn | PortalRefused | PortalPending;
};

/** What each step is answered with. */
export type PortalAnswers = {
  readonly session: { readonly kind: "session"; readonly session: PortalSession } | PortalNone;
  readonly passkey: { readonly kind: "passkey"; readonly passkey: KnownPasskey } | PortalNone;
  readonly "sign-in": PortalSignedIn | PortalRefused;
  readonly enter: PortalSignedIn | PortalRefused;
  readonly freshen: PortalSignedIn | PortalRefused | PortalNone;
  readonly factors: { readonly kind: "factors"; readonly factors: PortalFactors };
  readonly sessions: { readonly kind: "sessions"; readonly sessions: readonly PortalSession[] };
  readonly "add-passkey": PortalDone | PortalDenied;
  readonly "rename-passkey": PortalDone | PortalDenied;
  readonly "remove-passkey": PortalDone | PortalDenied;
  readonly "set-totp": PortalDone | PortalDenied;
  readonly "set-passphrase": PortalDone | PortalDenied;
  readonly "remove-codes": PortalDone | PortalDenied;
  readonly "set-recovery-codes": PortalDone | PortalDenied;
  readonly "end-session": { readonly kind: "ended"; readonly count: number } | PortalDenied;
  readonly "end-sessions": { readonly kind: "ended"; readonly count: number } | PortalDenied;
  readonly "reset-factors": PortalDone;
  readonly note: PortalDone | PortalDenied;
} & OwnDevicesAnswers &
  ApprovalAnswers;

export type PortalAnswer = PortalAnswers[PortalStep["kind"]];
/** The answer to one kind of step. A caller narrows what the guard answers with this. */
export type PortalAnswerTo<Step extends PortalStep> = PortalAnswers[Step["kind"]];
