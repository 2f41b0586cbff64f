// Builds the parts of a user's guard, and ties them together.

import { ROWS_OF_A_USER } from "../audit/cadence.ts";
import { readAuthority } from "../core/authority/settings.ts";
import { codeHoldsForMs } from "../core/credentials/code-settings.ts";
import { passiveCredential } from "../core/credentials/passive-credential.ts";
import { parseKeyring } from "../core/crypto/keyring.ts";
import { lockoutOf } from "../core/lockout/mode.ts";
import { passiveMode } from "../core/policy/passive.ts";
import type { GuardEnv } from "../guards/calls.ts";
import { GuardAudit } from "../guards/guard-audit.ts";
import type { Profile } from "../guards/profile.ts";
import { guardOf } from "../guards/route.ts";
import { LazyTables } from "../guards/storage.ts";
import { eventPoint } from "../metrics/analytics.ts";
import { noticesOf } from "../notices/settings.ts";
import { webhookAuthority } from "../origin/authority.ts";
import { deliveryAtOnce } from "../post/at-once.ts";
import { openDatabase } from "../store/database.ts";
import { UserAlarm } from "./alarm.ts";
import { BackupRoom } from "./backup-room.ts";
import { CodeTable } from "./code-table.ts";
import { DeviceCommands } from "./device-commands.ts";
import { DeviceDecisions } from "./device-decisions.ts";
import { Erasure } from "./erasure.ts";
import { Inquiries } from "./inquiries.ts";
import { KeyProofs } from "./key-proofs.ts";
import { learn } from "./learn.ts";
import { MoveRecord } from "./move-record.ts";
import { OlderPlaces } from "./older-places.ts";
import { OpenInvitation } from "./open-invitation.ts";
import { OwnPages } from "./own-pages.ts";
import { PartnershipTable } from "./partnership-table.ts";
import { PassiveRoom } from "./passive-room.ts";
import { PassiveTokens } from "./passive-tokens.ts";
import { PortalRoom } from "./portal-room.ts";
import { SCHEMA_STEPS } from "./schema.ts";
import { SignIns } from "./sign-ins.ts";
import { Snapshots } from "./snapshots.ts";
import { Tenancy } from "./tenancy.ts";
import { TicketRelay } from "./ticket-relay.ts";
import { TicketTable } from "./ticket-table.ts";
import { UsedOnce } from "./used-once.ts";
import { UserLockout } from "./user-lockout.ts";
import { Witness } from "./witness.ts";

export type GuardParts = ReturnType<typeof assemble>;

/** The keyring that was read last. All guards of an isolate have the same, and share the keys derived from it. */
let lastRead: { readonly text: string; readonly parsed: ReturnType<typeof parseKeyring> } | undefined;

function keyringOf(text: string): ReturnType<typeof parseKeyring> {
  if (lastRead?.text !== text) lastRead = { text, parsed: parseKeyring(text) };
  return lastRead.parsed;
}

/** The parts of the guard that has this storage. */
export function assemble(ctx: DurableObjectState, env: GuardEnv) {
  // A faulty list of keys throws no exception here: the guard then opens no challenge.
  const parsed = keyringOf(String(env.SEALING_KEYS ?? ""));
  const keyring = parsed.ok ? parsed.value : undefined;
  const lockoutMode = lockoutOf(env);
  const witness = new Witness();
  const tables = new LazyTables(ctx.storage, SCHEMA_STEPS);
  const tickets = new TicketTable(tables);
  const olderPlaces = new OlderPlaces(tables, tickets, keyring);
  const challenges = new UsedOnce(tables, "used_challenges");
  const signatures = new UsedOnce(tables, "used_signatures");
  const lockout = new UserLockout(tables.exec, lockoutMode.limits);
  const codes = new CodeTable(tables.exec, lockoutMode.limits.codes, codeHoldsForMs(env));
  const notices = noticesOf(env);
  const audit = new GuardAudit(tables, ROWS_OF_A_USER, notices, (event) => {
    witness.note(event);
    eventPoint(env.METRICS, event);
  });
  const devices = new PartnershipTable(tables);
  const snapshots = new Snapshots(tables);
  const erasure = new Erasure(tables);
  const parts = {
    ...{ devices, snapshots, tickets, audit },
    db: () => openDatabase(env.DB),
  };
  // A fault in its configuration stops the gateway before it asks any guard.
  const settings = readAuthority(env, []);
  const authority = settings && webhookAuthority(settings);
  const inquiries = new Inquiries({ ...parts, tables, authority });
  const decisions = new DeviceDecisions({
    ...parts,
    inquiries: inquiries,
    tellOwner: (sipUri, about, key) => guardOf(env, sipUri).noteForeignUse(about, key),
    askToYield: (sipUri, wanted, about) => guardOf(env, sipUri).yieldClaim(wanted, about),
  });
  const commands = new DeviceCommands({ ...parts, inquiries: inquiries }, decisions);
  const keyProofs = new KeyProofs({ ...parts, signatures, decisions: decisions });
  const moves = new MoveRecord(tables);
  const invitation = new OpenInvitation(tables);
  const tenancy = new Tenancy({
    ...parts,
    ...{ tables, record: moves, erasure: erasure, guards: env },
    settleDevices: async () => {
      await decisions.claims.idle();
      await alarm.saveDevices();
    },
    networks: () => networks(),
    atOnce: (work) => ctx.storage.transactionSync(work),
    forgetCopies: () => forgetCopies(),
    cleanUpLater: () => alarm.setForCleaning(),
  });
  const passiveTokens = new PassiveTokens(tables);
  const relay = new TicketRelay({
    ...parts,
    ...{ decisions: decisions, keyProofs: keyProofs, passiveTokens, tenancy: tenancy },
    learn: (profile) => learnOf(profile),
  });
  const portal = new PortalRoom({
    ...parts,
    ...{ tables, keyring, dryRun: lockoutMode.dryRun, lockout: lockout },
    ...{ guesses: codes, invitation: invitation },
    own: new OwnPages({ ...parts, decisions: decisions, witness: witness }),
    ...{ tenancy: tenancy, erasure: erasure, learn: (profile) => learnOf(profile) },
    endOfPage,
  });
  const passive = new PassiveRoom({
    ...parts,
    ...{ tokens: passiveTokens, tenancy: tenancy, learn: (profile) => learnOf(profile) },
  });
  const alarm = new UserAlarm({
    ...parts,
    ...{ storage: ctx.storage, tables, tenancy: tenancy, inquiries: inquiries },
    deliverMail:
      keyring && deliveryAtOnce({ env, notices, keyring, portal: env.PORTAL_HOST && `https://${env.PORTAL_HOST}` }),
    expiring: [
      ...[challenges, signatures, tickets, lockout, snapshots],
      ...[decisions, erasure, moves, inquiries, invitation, codes, portal, passiveTokens],
    ],
  });
  const backups = new BackupRoom({
    ...parts,
    ...{ tables, portal, erasure: erasure, moves: moves, tenancy: tenancy },
    saveDevices: () => alarm.saveDevices(),
    atOnce: (work) => ctx.storage.transactionSync(work),
    forgetCopies: () => forgetCopies(),
  });
  const signIns = new SignIns({
    keyring,
    dryRun: lockoutMode.dryRun,
    lockout: lockout,
    challenges,
    codes: { codes: () => portal.codes, table: codes },
    audit: audit,
    db: parts.db,
    isDead: (credentialId) => snapshots.isDead(credentialId),
    mustUsePage: ({ sipUri, groups = snapshots.subject()?.groups ?? [] }) =>
      passiveMode(snapshots.policy().policy, { sipUri, groups }) === "must",
    isBlocked: (credentialId) => decisions.isBlocked(credentialId),
    later: (work) => ctx.waitUntil(work),
  });

  return {
    ...{ tables, lockoutMode, lockout, codes, tickets, audit, devices, snapshots, signIns, keyProofs, decisions },
    ...{
      commands,
      erasure,
      moves,
      invitation,
      portal,
      passive,
      tenancy,
      relay,
      alarm,
      backups,
      networks,
      forgetCopies,
    },
    ...{ olderPlaces, learn: learnOf },
  };

  /** Whoever came in by the page has to come again: no session at the pool brings a ticket, and its tickets are dead. */
  function endOfPage(): void {
    passiveTokens.endAll();
    const userId = snapshots.subject()?.userId;
    if (userId !== undefined) tickets.forget(passiveCredential(userId));
  }

  /** The networks from which somebody signed in as this user or failed to, familiar ones first. */
  function networks(): string[] {
    return tables.exist() ? lockout.networks() : [];
  }

  /** Keeps what a sign-in has read about its user. False: the user has another guard. */
  function learnOf(profile: Profile): Promise<boolean> {
    return learn({ db: parts.db, snapshots, devices, tenancy }, profile);
  }

  /** The tables have changed, so memory drops its copies. */
  function forgetCopies(): void {
    devices.forget();
    inquiries.forget();
    snapshots.forget();
    moves.forget();
    signIns.forgetRecent();
    witness.forget();
  }
}
