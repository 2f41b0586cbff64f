// Decides in a user's guard about a request that a device signed (S-41). The Worker has verified the signature. Only
// this guard knows whose key it is, whether the key is still good, and whether the signature is new. It looks at the
// key first, then at the signature, then at the app password of the device's partnership. Last comes everything that
// decides about any request of this device. A key that the user does not have writes nothing. Nothing here counts
// against the user, because nobody can guess a signature.

import { auditEvent, type Outcome } from "../audit/event.ts";
import type { AuditReason } from "../audit/reasons.ts";
import { isPassiveCredential } from "../core/credentials/passive-credential.ts";
import type { Partnership } from "../core/device/partnership.ts";
import { passiveMode } from "../core/policy/passive.ts";
import { isWaiting } from "../core/policy/reasons.ts";
import type { GuardAudit } from "../guards/guard-audit.ts";
import type { SignatureVerdict, SignedRequest } from "../guards/proof-question.ts";
import type { RelayedTicket } from "../guards/relayed-ticket.ts";
import type { DeviceDecisions } from "./device-decisions.ts";
import type { PartnershipTable } from "./partnership-table.ts";
import type { Snapshots } from "./snapshots.ts";
import type { UsedOnce } from "./used-once.ts";

type KeyProofParts = {
  readonly devices: PartnershipTable;
  readonly snapshots: Snapshots;
  readonly audit: GuardAudit;
  readonly signatures: UsedOnce;
  readonly decisions: DeviceDecisions;
};

const UNKNOWN: SignatureVerdict = { kind: "unknown" };

export class KeyProofs {
  readonly #parts: KeyProofParts;

  constructor(parts: KeyProofParts) {
    this.#parts = parts;
  }

  /** Whether the user has this key, in any state. Writes nothing. */
  knows(keyHash: string): boolean {
    return this.#parts.devices.keys.deviceOf(keyHash) !== undefined;
  }

  /** Decides about one request, in one synchronous step. `now` in ms. */
  decide(request: SignedRequest, now: number): SignatureVerdict {
    const { devices, signatures, snapshots } = this.#parts;
    const holder = devices.keys.deviceOf(request.keyHash);
    if (holder === undefined) return UNKNOWN;
    const device = devices.get(holder);
    const credentialId = device?.credentialId ?? "";
    const of = { device, credentialId };
    const key = devices.keys.usable(request.keyHash, now);
    if (!key.ok) return this.#refused(request, { ...of, reason: key.reason }, now);
    if (!signatures.use(request.replayId, request.usableUntil)) {
      return this.#refused(request, { ...of, reason: "proof-repeated" }, now);
    }
    const isLive = isPassiveCredential(credentialId)
      ? this.#maySignInByPage()
      : request.user?.credentials.includes(credentialId) === true && !snapshots.isDead(credentialId);
    if (device === undefined || !isLive) return this.#refused(request, { ...of, reason: "revoked-password" }, now);
    const { action, reason } = this.#parts.decisions.judgeByKey(device, request.source, now).judgement;
    if (action !== "allow") return this.#refused(request, { ...of, reason }, now);
    return { kind: "proved", credentialId, device: device.id };
  }

  /** A device that came by the page has no app password that could be revoked. It needs that the policy still lets it. */
  #maySignInByPage(): boolean {
    const { snapshots } = this.#parts;
    const subject = snapshots.subject();
    return subject !== undefined && passiveMode(snapshots.policy().policy, subject) !== "never";
  }

  /**
   * The Front-End has given the ticket for which a key signed. So its device has now proved itself. False: the key, its
   * device or its app password has gone since the decision.
   */
  accepted({ device, credentialId, keyHash = "" }: RelayedTicket, now: number): boolean {
    const { devices } = this.#parts;
    const key = devices.keys.usable(keyHash, now);
    if (!key.ok || key.value !== device || devices.get(key.value)?.credentialId !== credentialId) return false;
    devices.markProved(keyHash, now);
    return true;
  }

  /** A refusal of the same kind, from the same network, is only counted for a while. */
  #refused(
    { about, keyHash }: SignedRequest,
    {
      reason,
      device,
      credentialId = "",
    }: { reason: AuditReason; device?: Partnership | undefined; credentialId?: string },
    now: number,
  ): SignatureVerdict {
    const { userId, sipUri: user } = this.#parts.snapshots.subject() ?? {};
    const outcome: Outcome = isWaiting(reason) ? "quarantined" : "refused";
    const of = { device: device?.id, deviceKey: device?.key ?? undefined, credentialId: credentialId || undefined };
    const event = auditEvent(about, { outcome, reason, userId, user, ...of, why: `key ${keyHash}` }, now);
    this.#parts.audit.recordRefusal(`${reason}\0${keyHash}\0${about.source}`, event);
    return { kind: "refused" };
  }
}
