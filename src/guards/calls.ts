// What the rest of Postern can ask each guard. The guards' own rooms implement these interfaces, and a caller needs to
// know nothing else of them. The comment at each method says what the call does.

import type { AuditedEvent, EventContext } from "../audit/event.ts";
import type { AuditReason } from "../audit/reasons.ts";
import type { AuthorityEnv } from "../core/authority/settings.ts";
import type { CodeEnv } from "../core/credentials/code-settings.ts";
import type { Evidence } from "../core/credentials/evidence.ts";
import type { NoticeEnv } from "../notices/settings.ts";
import type { BackupAnswer, BackupStep } from "./backup-question.ts";
import type { Wanted } from "./claim.ts";
import type { CommandOutcome, DeviceCommand } from "./device-command.ts";
import type { GuestAdmission, GuestEnd } from "./guest-question.ts";
import type { InvitationAnswer, InvitationStep } from "./invitation-question.ts";
import type { MoveOutcome, MoveStep } from "./move.ts";
import type { Admission, NetworkLock, Settled, Settlement, TicketAdmission, Who } from "./network-question.ts";
import type { PassiveQuestion, PassiveVerdict } from "./passive-question.ts";
import type { CodeProof, PortalAnswer, PortalStep } from "./portal-question.ts";
import type { Profile, VersionedPolicy } from "./profile.ts";
import type { RefusedProof, SignatureVerdict, SignedRequest } from "./proof-question.ts";
import type { RelayedTicket, Remembered } from "./relayed-ticket.ts";
import type { ResealedFactors } from "./resealed.ts";
import type { ProofToRecall, SignInAttempt, SignInVerdict } from "./sign-in-question.ts";
import type { BriefQuestion, Confirmation, Naming, TicketQuestion, TicketVerdict } from "./ticket-question.ts";
import type { UserLocks } from "./user-locks.ts";

/** What a user's guard is asked. Each call is one Durable Object request. */
export interface UserGuardCalls extends Rpc.DurableObjectBranded {
  signIn(attempt: SignInAttempt): Promise<SignInVerdict>;
  recall(proof: ProofToRecall): Promise<"wrong" | "unsure">;
  refuseStranger(evidence: Evidence): void;
  rememberTicket(ticket: RelayedTicket, profile?: Profile, event?: AuditedEvent, account?: string): Promise<Remembered>;
  proveKey(request: SignedRequest): Promise<SignatureVerdict>;
  passive(question: PassiveQuestion): Promise<PassiveVerdict>;
  recordEnd(event: AuditedEvent): Promise<void>;
  judge(question: TicketQuestion): Promise<TicketVerdict>;
  verdictOn(question: BriefQuestion): Promise<TicketVerdict["kind"]>;
  living(ids: readonly string[]): string[];
  nameDevice(naming: Naming): Promise<TicketVerdict>;
  confirmDevice(confirmation: Confirmation): Promise<TicketVerdict>;
  yieldClaim(wanted: Wanted, about: EventContext): Promise<boolean>;
  noteForeignUse(about: EventContext, key: string): Promise<void>;
  command(profile: Profile, command: DeviceCommand): Promise<CommandOutcome | "moved">;
  invitation(profile: Profile, step: InvitationStep): Promise<InvitationAnswer>;
  portal(profile: Profile, step: PortalStep): Promise<PortalAnswer | "moved">;
  refusePortalStranger(proof: CodeProof): void;
  reseal(userId: string): Promise<ResealedFactors>;
  adoptPolicy(policy: VersionedPolicy): void;
  locks(): UserLocks;
  clearLocks(): string[];
  kept(): Promise<string>;
  networks(): string[];
  erase(userId: string, sipUri: string): Promise<"erased" | "moved">;
  move(step: MoveStep): Promise<MoveOutcome>;
  backup(step: BackupStep): Promise<BackupAnswer>;
}

/** What a network's guard is asked. */
export interface SourceGuardCalls extends Rpc.DurableObjectBranded {
  reserve(about: EventContext, who: Who): Promise<Admission>;
  settle(about: EventContext, who: Who, end: Settlement, settled: Settled): Promise<void>;
  recordStranger(about: EventContext, who: Who, wouldRefuse?: AuditReason, reason?: AuditReason): Promise<void>;
  refuseProof(about: EventContext, who: Who, refused: RefusedProof): Promise<void>;
  countDeadTicket(): Promise<number | undefined>;
  admitTicket(sipUri: string, id: string): Promise<TicketAdmission>;
  takeBackTicket(): Promise<void>;
  lock(): Omit<NetworkLock, "source">;
  clear(names?: readonly string[]): void;
  familiarSince(names: readonly string[]): number[];
  forgetUser(names: readonly string[]): Promise<void>;
}

/** What a guard of meeting guests, or of a conference, is asked. */
export interface GuestGuardCalls extends Rpc.DurableObjectBranded {
  reserve(about: EventContext, conference: string, why: string): Promise<GuestAdmission>;
  settle(conference: string, end: GuestEnd, event: AuditedEvent): Promise<void>;
  record(event: AuditedEvent): Promise<void>;
  refused(event: AuditedEvent): Promise<void>;
  reserveStranger(): Promise<number | undefined>;
  changeStrangers(change: 1 | -1): Promise<void>;
}

/** Where the guards are found. */
export type GuardNamespaces = {
  readonly USER_GUARD: DurableObjectNamespace<UserGuardCalls>;
  readonly SOURCE_GUARD: DurableObjectNamespace<SourceGuardCalls>;
  readonly GUEST_GUARD: DurableObjectNamespace<GuestGuardCalls>;
};

/** What a guard itself finds in its environment. */
export type GuardEnv = GuardNamespaces &
  AuthorityEnv &
  NoticeEnv &
  CodeEnv & {
    readonly DB: D1Database;
    readonly SEALING_KEYS?: string;
    readonly LOCKOUT?: string;
    readonly LOCKOUT_LIMITS?: string;
    readonly PORTAL_HOST?: string;
    readonly MAIL?: SendEmail;
    readonly METRICS?: AnalyticsEngineDataset;
  };
