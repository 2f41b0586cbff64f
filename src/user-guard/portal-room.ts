// The portal's room in a user's guard: what has to be known before a step is decided, and what D1 hears of it. The
// decision itself is one synchronous piece (portal.ts).

import type { Codes } from "../core/credentials/code-steps.ts";
import type { Keyring } from "../core/crypto/keyring.ts";
import { passiveMode } from "../core/policy/passive.ts";
import type { Subject } from "../core/policy/subject.ts";
import type { Policy } from "../core/policy/types.ts";
import type { DeviceCommand } from "../guards/device-command.ts";
import type { GuardAudit } from "../guards/guard-audit.ts";
import type { CodeProof, PortalAnswer, PortalStep } from "../guards/portal-question.ts";
import type { Profile } from "../guards/profile.ts";
import type { ResealedFactors } from "../guards/resealed.ts";
import type { LazyTables } from "../guards/storage.ts";
import type { Database } from "../store/database.ts";
import type { CodeTable } from "./code-table.ts";
import type { Erasure } from "./erasure.ts";
import type { FirstExpiries } from "./first-expiries.ts";
import type { OpenInvitation } from "./open-invitation.ts";
import type { OwnPages } from "./own-pages.ts";
import { Portal } from "./portal.ts";
import { PORTAL_LOCKED_SCHEMA, PortalLocked } from "./portal-locked.ts";
import { claimPasskey, forgetPasskeys, repairPasskeys } from "./portal-passkey-rows.ts";
import { PORTAL_PASSKEY_SCHEMA, PortalPasskeys } from "./portal-passkeys.ts";
import { PORTAL_PASSPHRASE_SCHEMA, PortalPassphrase } from "./portal-passphrase.ts";
import { PORTAL_SESSION_SCHEMA, PortalSessions } from "./portal-sessions.ts";
import { PORTAL_TOTP_SCHEMA, PortalTotp } from "./portal-totp.ts";
import type { Snapshots } from "./snapshots.ts";
import type { Tenancy } from "./tenancy.ts";
import type { UserLockout } from "./user-lockout.ts";

export const PORTAL_SCHEMA = [
  ...[...PORTAL_PASSKEY_SCHEMA, ...PORTAL_TOTP_SCHEMA, ...PORTAL_PASSPHRASE_SCHEMA],
  ...[...PORTAL_SESSION_SCHEMA, ...PORTAL_LOCKED_SCHEMA],
];

type Parts = {
  readonly tables: LazyTables;
  readonly keyring: Keyring | undefined;
  readonly dryRun: boolean;
  readonly lockout: UserLockout;
  readonly guesses: CodeTable;
  readonly audit: GuardAudit;
  /** What the person's pages are told of the devices. */
  readonly own: OwnPages;
  readonly snapshots: Snapshots;
  readonly invitation: OpenInvitation;
  readonly tenancy: Tenancy;
  readonly erasure: Erasure;
  /** Ends what was got by the token service's page. */
  readonly endOfPage: () => void;
  /** Keeps what was read of the user. False: the user has another guard. */
  readonly learn: (profile: Profile) => Promise<boolean>;
  readonly db: () => Database;
};

/** A step at the token service's page, with the policy's word about it. The guard has the policy in force. */
function withPolicy<Step extends PortalStep>(step: Step, subject: Subject, policy: Policy): Step {
  if (!("about" in step) || step.about.channel !== "passive") return step;
  if (step.kind !== "sign-in" && step.kind !== "ask-approval" && step.kind !== "collect-approval") return step;
  return passiveMode(policy, subject) === "never" ? { ...step, denied: "passive-not-allowed" } : step;
}

const NOTHING: ResealedFactors = { resealed: false, lost: false, passphrase: undefined, recovery: undefined };

export class PortalRoom {
  readonly #parts: Parts;
  readonly #totp: PortalTotp;
  readonly #sessions: PortalSessions;
  readonly #locked: PortalLocked;
  readonly #passphrase: PortalPassphrase;
  readonly #portal: Portal;

  constructor(parts: Parts) {
    const { tables, keyring } = parts;
    this.#parts = parts;
    this.#totp = new PortalTotp(tables, keyring);
    this.#sessions = new PortalSessions(tables, parts.endOfPage);
    this.#locked = new PortalLocked(tables);
    this.#passphrase = new PortalPassphrase(tables);
    this.#portal = new Portal({
      ...parts,
      ...{ totp: this.#totp, sessions: this.#sessions, locked: this.#locked },
      passkeys: new PortalPasskeys(tables),
      passphrase: this.#passphrase,
    });
  }

  /** Takes one step. `moved`: the user has another guard. Throws when D1 fails where a step needs it. */
  async take(profile: Profile, step: PortalStep): Promise<PortalAnswer | "moved"> {
    const { snapshots, db, own } = this.#parts;
    const { userId } = profile.subject;
    if (!(await this.#isHere(profile))) return "moved";
    if (step.kind === "devices" || step.kind === "watch") return own.answer(step, Date.now());
    if (step.kind === "add-passkey") {
      const reason =
        this.#portal.changes.denial(step, snapshots.subject() ?? profile.subject, Date.now()) ??
        (await claimPasskey(db(), userId, step, Date.now()));
      if (reason !== undefined) return { kind: "denied", reason };
      if (!(await this.#isHere(profile))) return "moved"; // D1 took its time
    }
    const subject = snapshots.subject() ?? profile.subject;
    const answer = this.#portal.answer(withPolicy(step, subject, snapshots.policy().policy), subject, Date.now());
    if (answer.kind === "factors") await repairPasskeys(db(), userId, answer.factors.passkeys);
    if (answer.kind === "done") await forgetPasskeys(db(), userId, step);
    return answer;
  }

  /** For a name that belongs to nobody. Does the work of a wrong passphrase (S-22), and keeps nothing. */
  refuseStranger(proof: CodeProof): void {
    this.#portal.refuseStranger(proof, Date.now());
  }

  /** The codes of the user's authenticator app. Undefined: there is none. */
  get codes(): Codes | undefined {
    const subject = this.#parts.snapshots.subject();
    return subject === undefined ? undefined : this.#totp.codes(subject.userId);
  }

  /** Seals again what can be sealed again, and says under which keys the rest is. */
  async reseal(userId: string): Promise<ResealedFactors> {
    const { tenancy, snapshots } = this.#parts;
    if (tenancy.isLeaving) await tenancy.settled();
    if (snapshots.subject()?.userId !== userId) return NOTHING; // the user's things are in another guard, or there are none
    const done = this.#totp.reseal(userId);
    return { resealed: done === "resealed", lost: done === "lost", ...this.#passphrase.keyIds };
  }

  /** Whether the user has no factors, so that nothing has to stay. */
  get isEmpty(): boolean {
    return this.#portal.isEmpty;
  }

  /**
   * A command about the user. An invitation was made for the person as the person was then, and so was a session. Both
   * end when the user is disabled or renamed; and when the user is enabled, because the guard may not have heard of the
   * disabling before.
   */
  hear(command: DeviceCommand, now: number): void {
    const isEnabling = command.kind === "user-changed" && command.reason === "user-enabled";
    const isDisabled = this.#parts.snapshots.subject()?.disabled === true;
    if (!isDisabled && !isEnabling && command.kind !== "renamed") return;
    this.endAll(now);
  }

  /** Ends every session, and the invitation that is open. */
  endAll(now: number): void {
    this.#parts.invitation.end();
    this.#portal.endSessions(now);
  }

  /** Whether this guard is the user's, and no move is under way. Throws when the user was erased. */
  async #isHere(profile: Profile): Promise<boolean> {
    const { tenancy, erasure, learn } = this.#parts;
    if (tenancy.isLeaving) await tenancy.settled();
    if (erasure.covers(profile.subject.userId)) throw new Error("the user is gone");
    return (await learn(profile)) && !tenancy.isLeaving;
  }

  /** Forgets what is over. Returns when something will be, ms. */
  expire(now: number, firsts: FirstExpiries = {}): number | undefined {
    const { approvals } = this.#portal;
    const next = [this.#sessions.expire(now, firsts), this.#locked.expire(now, firsts), approvals.expire(now)].filter(
      (at) => at !== undefined,
    );
    return next.length === 0 ? undefined : Math.min(...next);
  }
}
