// Whether a ticket that the Front-End has given is still relayed. From then on the guard remembers it, and it lives.

import type { AuditedEvent } from "../audit/event.ts";
import { isPassiveCredential } from "../core/credentials/passive-credential.ts";
import { passiveMode } from "../core/policy/passive.ts";
import type { GuardAudit } from "../guards/guard-audit.ts";
import type { Profile } from "../guards/profile.ts";
import type { RelayedTicket, Remembered } from "../guards/relayed-ticket.ts";
import type { DeviceDecisions } from "./device-decisions.ts";
import type { KeyProofs } from "./key-proofs.ts";
import type { PassiveTokens } from "./passive-tokens.ts";
import type { Snapshots } from "./snapshots.ts";
import type { Tenancy } from "./tenancy.ts";
import type { TicketTable } from "./ticket-table.ts";

type Parts = {
  readonly tickets: TicketTable;
  readonly snapshots: Snapshots;
  readonly decisions: DeviceDecisions;
  readonly keyProofs: KeyProofs;
  readonly passiveTokens: PassiveTokens;
  readonly tenancy: Tenancy;
  readonly audit: GuardAudit;
  /** Keeps what was read of the user. False: the user has another guard. */
  readonly learn: (profile: Profile) => Promise<boolean>;
};

/** What is relayed, and what is known of it. Each field is explained at `UserGuard.rememberTicket`. */
type Relaying = {
  readonly ticket: RelayedTicket;
  readonly profile: Profile | undefined;
  readonly event: AuditedEvent | undefined;
  readonly account: string | undefined;
};

export class TicketRelay {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Remembers a ticket, unless what it was asked for has ended meanwhile. */
  async remember({ ticket, profile, event, account }: Relaying): Promise<Remembered> {
    const { tickets, snapshots, decisions, keyProofs, passiveTokens, tenancy, audit, learn } = this.#parts;
    if (ticket.kind === "user") {
      if (profile === undefined || !(await learn(profile))) return "ended";
      const { credentialId } = ticket;
      const dead = snapshots.isDead(credentialId) || decisions.isBlocked(credentialId);
      const ended = dead || tenancy.isLeaving;
      if (ended || snapshots.subject()?.disabled !== false) return "ended";
      if (isPassiveCredential(credentialId) && passiveMode(snapshots.policy().policy, profile.subject) === "never") {
        return "ended";
      }
      if (ticket.page !== undefined && !passiveTokens.lives(ticket.page, Date.now())) return "ended";
      if (account !== undefined && !snapshots.isAccount(account)) return "another-account";
      if (ticket.keyHash !== undefined && !keyProofs.accepted(ticket, Date.now())) return "ended";
    }
    tickets.remember(ticket);
    if (ticket.kind === "user") decisions.comesWith(ticket.credentialId, Date.now());
    if (event !== undefined) audit.record(event);
    return "remembered";
  }
}
