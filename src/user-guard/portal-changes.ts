// What a person changes about the own factors (S-61). The guard itself asks for a live session and for a fresh factor,
// whatever the page has asked. Two factors always stay. An entering session may only register: it began with an
// invitation, and becomes a whole one when two factors were registered in it.

import { changeText } from "../audit/change.ts";
import { BY_INVITATION, type Decision } from "../audit/event.ts";
import type { Subject } from "../core/policy/subject.ts";
import {
  PORTAL_FRESH_MS,
  type PortalDenial,
  type PortalDenied,
  type PortalDone,
  type PortalSession,
  type PortalStep,
} from "../guards/portal-question.ts";
import { MAX_PASSKEYS } from "./portal-passkeys.ts";
import { eventOf, type PortalParts } from "./portal-proofs.ts";
import { ENTERING_FOR_MS, type PortalSessions } from "./portal-sessions.ts";

/** A step that a session takes. */
export type ChangeStep = Extract<
  PortalStep,
  {
    readonly kind:
      | "add-passkey"
      | "rename-passkey"
      | "remove-passkey"
      | "set-totp"
      | "set-passphrase"
      | "remove-codes"
      | "set-recovery-codes"
      | "note";
  }
>;

/** What one change was: how many other sessions it ended, or why it was not made. */
type Changed = { readonly ended?: number } | PortalDenial;

const denied = (reason: PortalDenial): PortalDenied => ({ kind: "denied", reason });

export class PortalChanges {
  readonly #parts: PortalParts;
  readonly #sessions: PortalSessions;

  constructor(parts: PortalParts, sessions: PortalSessions) {
    this.#parts = parts;
    this.#sessions = sessions;
  }

  /** Why a session may not take this step now. Undefined: it may. */
  denial(step: ChangeStep, subject: Subject, now: number): PortalDenial | undefined {
    const session = this.#sessions.live(step.hash, now);
    if (session === undefined || subject.disabled) return "no-session";
    if (session.entering) return registers(step) ? undefined : "entering";
    return needsFreshness(step) && !isFresh(session, now) ? "not-fresh" : undefined;
  }

  /** Makes one change, in one synchronous step. */
  change(step: ChangeStep, subject: Subject, now: number): PortalDone | PortalDenied {
    const denial = this.denial(step, subject, now);
    if (denial !== undefined) return denied(denial);
    const changed = this.#make(step, subject, now);
    if (typeof changed === "string") return denied(changed);
    const session = this.#sessions.live(step.hash, now);
    return { kind: "done", ...(session && { session }), ...(changed.ended !== undefined && { ended: changed.ended }) };
  }

  #make(step: ChangeStep, subject: Subject, now: number): Changed {
    const { passkeys, totp, passphrase, keyring } = this.#parts;
    const { userId } = subject;
    const why = adds(step) && this.#byInvitation(step, now) ? BY_INVITATION : undefined;
    const record = (decision: Omit<Decision, "outcome">) => this.#record(step, { why, ...decision }, subject, now);
    switch (step.kind) {
      case "add-passkey": {
        const { passkey } = step;
        if (passkeys.has(passkey.id)) return "passkey-known";
        if (passkeys.all().length >= MAX_PASSKEYS) return "too-many";
        passkeys.add(passkey, now);
        this.#sessions.registered(step.hash, "passkey", now);
        record({ reason: "passkey-added", change: changeText({ after: { name: passkey.name } }) });
        return {};
      }
      case "rename-passkey":
        return passkeys.rename(step.id, step.name) ? {} : "not-found";
      case "remove-passkey": {
        const all = passkeys.all();
        const gone = all.find(({ id }) => id === step.id);
        if (gone === undefined) return "not-found";
        if (all.length === 1 && !this.#hasCodes) return "last-factors";
        passkeys.remove(step.id);
        record({ reason: "passkey-removed", change: changeText({ before: { name: gone.name } }) });
        return this.#endOthers(step, subject, now);
      }
      case "set-totp": {
        const replaces = totp.since !== undefined;
        const set = totp.set(userId, step.sealed, step.code, now);
        if (set !== "set") return set === "wrong" ? "wrong-code" : "unavailable";
        this.#sessions.registered(step.hash, "totp", now);
        record({ reason: "totp-added" });
        return replaces ? this.#endOthers(step, subject, now) : {};
      }
      case "set-passphrase": {
        if (keyring === undefined) return "unavailable";
        const replaces = passphrase.since !== undefined;
        passphrase.set(keyring, userId, step.stretched, now);
        this.#sessions.registered(step.hash, "passphrase", now);
        record({ reason: "passphrase-changed" });
        return replaces ? this.#endOthers(step, subject, now) : {};
      }
      case "remove-codes": {
        if (passkeys.all().length === 0) return "last-factors";
        if (totp.since === undefined && passphrase.since === undefined) return "not-found";
        record({ reason: totp.since === undefined ? "passphrase-changed" : "totp-removed" });
        totp.remove();
        passphrase.remove();
        return this.#endOthers(step, subject, now);
      }
      case "set-recovery-codes":
        if (keyring === undefined || !passphrase.setRecovery(keyring, userId, step.codes, now)) return "unavailable";
        record({ reason: "recovery-codes-made" });
        return {};
      case "note":
        record({ reason: step.reason, why: step.why });
        return {};
    }
  }

  /** Whether the session has just begun with an invitation, so that what is set up now is what it was for. */
  #byInvitation({ hash }: ChangeStep, now: number): boolean {
    const session = this.#sessions.live(hash, now);
    return session?.how === "invitation" && now - session.createdAt < ENTERING_FOR_MS;
  }

  /** Whether the person can sign in with a passphrase and a code. */
  get #hasCodes(): boolean {
    return this.#parts.passphrase.since !== undefined && this.#parts.totp.since !== undefined;
  }

  /** A factor is gone or another one, so whoever came in with it has to come again. */
  #endOthers(step: ChangeStep, subject: Subject, now: number): Changed {
    const ended = this.#sessions.endAll(now, step.hash);
    if (ended > 0) this.#record(step, { reason: "portal-session-ended" }, subject, now);
    return { ended };
  }

  #record({ about }: ChangeStep, decision: Omit<Decision, "outcome">, subject: Subject, now: number): void {
    this.#parts.audit.record(eventOf(about, { ...decision, outcome: "changed", by: "self" }, subject, now));
  }
}

/** What an invitation is for. */
const registers = ({ kind }: ChangeStep): boolean =>
  kind === "add-passkey" || kind === "set-totp" || kind === "set-passphrase";

/** What an invitation explains. Its person has to hear of everything that is taken away. */
const adds = (step: ChangeStep): boolean => registers(step) || step.kind === "set-recovery-codes";

/** Another name weakens nothing, and everybody may say "this was not me" at once. */
const needsFreshness = (step: ChangeStep): boolean =>
  step.kind === "note" ? step.reason === "data-exported" : step.kind !== "rename-passkey";

const isFresh = ({ freshAt }: PortalSession, now: number): boolean => now - freshAt < PORTAL_FRESH_MS;
