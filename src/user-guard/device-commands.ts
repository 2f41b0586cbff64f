// Carries out in the user's guard what an administrator decides about a user's devices; own-devices.ts has what the user
// decides. Each command is one synchronous
// step and writes one event. It ends every ticket that the decision should end. D1 has the change before the command
// returns.

import { type Change, changeText } from "../audit/change.ts";
import { auditEvent, type EventContext, type Outcome } from "../audit/event.ts";
import type { AuditReason } from "../audit/reasons.ts";
import { sameWords } from "../core/authority/says.ts";
import { deviceIdOf } from "../core/device/device-id.ts";
import type { Partnership } from "../core/device/partnership.ts";
import { deviceIdIn, UNKNOWN_DEVICE } from "../core/device/types.ts";
import { explain, judge } from "../core/policy/decide.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import type { Commander, CommandFault, CommandOutcome, DeviceCommand } from "../guards/device-command.ts";
import { lastSwitch } from "../store/audit.ts";
import { revokeAppPassword } from "../store/directory.ts";
import { newPartnershipId } from "../store/ids.ts";
import type { DeviceDecisions, DeviceParts } from "./device-decisions.ts";
import { appPasswordOf, OwnDevices } from "./own-devices.ts";

export class DeviceCommands {
  readonly #parts: Omit<DeviceParts, "tellOwner" | "askToYield">;
  readonly #decisions: DeviceDecisions;
  readonly #own: OwnDevices;

  constructor(parts: Omit<DeviceParts, "tellOwner" | "askToYield">, decisions: DeviceDecisions) {
    this.#parts = parts;
    this.#decisions = decisions;
    this.#own = new OwnDevices(parts, decisions, {
      record: (command, outcome, reason, { before, after }, now) => {
        const changed = { before: standing(before), after: standing(after) };
        this.#record(command, outcome, reason, after, now, undefined, changed);
      },
      bury: (command, credentialId, now) => this.#bury(command, credentialId, now, REVOKED),
      forget: (command, found, now) => this.#forget(command, found, now, "device-forgotten-by-owner"),
    });
  }

  async execute(command: DeviceCommand, now: number): Promise<CommandOutcome> {
    switch (command.kind) {
      case "user-changed":
        return this.#userChanged(command, now);
      case "read-again": // the guard reads before every command
        if (this.#parts.snapshots.subject()?.disabled === true) this.#parts.tickets.forget();
        if (command.accountMayDiffer === true) this.#parts.snapshots.forgetAccount();
        return ok({});
      case "renamed":
        this.#parts.tickets.forget();
        this.#parts.snapshots.forgetAccount();
        return ok({});
      case "revoke-password":
        return this.#bury(command, command.credentialId, now);
      case "limit-password":
        this.#parts.tickets.limit(command.credentialId, command.until);
        return ok({});
      case "expect":
        return this.#expect(command, now);
      case "approve":
      case "block": {
        const found = this.#named(command.device, now);
        return found.ok ? this.#decide(command, found.value, now) : found;
      }
      case "approve-own":
      case "block-own":
      case "forget-own":
        return this.#own.execute(command, now);
      case "forget": {
        const found = this.#named(command.device, now);
        return found.ok ? this.#forget(command, found.value, now) : found;
      }
      case "approve-key":
      case "reset-key": {
        const found = this.#named(command.device, now);
        return found.ok ? this.#changeKeys(command, found.value, now) : found;
      }
      case "ask-authority": {
        const found = this.#named(command.device, now);
        return found.ok ? this.#askAuthority(command, found.value) : found;
      }
      case "explain": {
        const found = this.#named(command.device, now);
        return found.ok ? this.#explain(found.value, now) : found;
      }
    }
  }

  async #userChanged(command: DeviceCommand & { kind: "user-changed" }, now: number): Promise<CommandOutcome> {
    const { reason, before = false } = command;
    const { snapshots, tickets } = this.#parts;
    if (snapshots.subject()?.disabled === true) tickets.forget();
    if (before && (await this.#isAudited(reason, now))) return ok({});
    if (reason === "user-enabled") snapshots.forgetAccount(); // somebody may have created the account again
    this.#record(command, "changed", reason, undefined, now);
    return ok({});
  }

  /**
   * Whether the audit's last event about this user's right to sign in is the event of this change. If the guard did not
   * hear of the change, the audit has no event of it. Then the command that finishes the change writes the event.
   */
  async #isAudited(reason: string, now: number): Promise<boolean> {
    const { audit, db, snapshots } = this.#parts;
    await audit.flushAll(db(), now);
    return (await lastSwitch(db(), snapshots.subject()?.userId ?? "")) === reason;
  }

  /**
   * Ends what the user's devices got with app passwords that D1 says are revoked. The guard did not hear of the
   * revocation, because it could not be reached then.
   */
  noticeRevoked(credentialIds: readonly string[], about: EventContext, now: number): void {
    for (const credentialId of credentialIds) {
      if (this.#parts.devices.ofCredential(credentialId) === undefined) continue;
      const unheard = { requestId: about.requestId, host: "", source: "", userAgent: "", workstation: "" };
      this.#bury({ about: { ...unheard, channel: "clock" }, by: "", why: "" }, credentialId, now, REVOKED);
    }
  }

  #bury(commander: Commander, credentialId: string, now: number, changed?: Change): CommandOutcome {
    const { snapshots, tickets, devices } = this.#parts;
    snapshots.bury(credentialId, now);
    tickets.forget(credentialId);
    const bound = devices.ofCredential(credentialId);
    // The user keeps the device: it may come back with another app password. An expected device that never came is no
    // longer expected.
    if (bound?.state === "pending") devices.remove(bound.id);
    else if (bound !== undefined) devices.write({ ...bound, credentialId: null });
    this.#record(commander, "changed", "password-revoked", bound, now, credentialId, changed);
    return ok(bound === undefined ? {} : { partnership: { ...bound, credentialId: null } });
  }

  async #expect(command: DeviceCommand & { kind: "expect" }, now: number): Promise<CommandOutcome> {
    const { devices } = this.#parts;
    const { credentialId, key, by, why } = command;
    await this.#decisions.claims.settled(credentialId, key);
    const fault = this.#unexpectable(credentialId, key);
    if (fault !== undefined) return refuse(fault);
    const expected: Partnership = {
      id: newPartnershipId(),
      key,
      provisional: false, // an administrator has confirmed the device
      credentialId,
      state: "pending",
      decision: "allow",
      decidedBy: by,
      decidedAt: now,
      reason: why === "" ? "device-expected" : why,
      facts: UNKNOWN_DEVICE,
      source: { network: "unknown", country: "", asn: 0 },
      firstSeenAt: now,
      lastSeenAt: now,
    };
    const expect = (id: string): CommandOutcome => {
      const late = this.#unexpectable(credentialId, key);
      if (late !== undefined) {
        devices.tellAgain(id); // the guard decided about the device while D1 was asked
        return refuse(late);
      }
      const partnership = { ...expected, id };
      devices.write(partnership);
      const after = { ...standing(partnership), key, credentialId };
      this.#record(command, "changed", "device-expected", partnership, now, credentialId, { after });
      return ok({ partnership });
    };
    if (key === null) return expect(expected.id);
    return this.#decisions.claims.claim({ ...expected, key, credentialId }, command.about, (claim) =>
      claim.kind === "foreign" ? refuse("device-id-in-use") : expect(claim.id),
    );
  }

  /** Why no device can be expected with this app password, or with this id. */
  #unexpectable(credentialId: string, key: string | null): CommandFault | undefined {
    const { devices, snapshots } = this.#parts;
    if (snapshots.isDead(credentialId)) return "no-such-password";
    if (devices.ofCredential(credentialId) !== undefined) return "password-has-a-device";
    return key !== null && devices.ofKey(key) !== undefined ? "device-id-in-use" : undefined;
  }

  /**
   * Forgets a device and all of its rows. Forgetting must not let a blocked device back in. So a blocked device's app
   * password is revoked first, in D1 and here (S-46). After a failure in between, the device is still blocked.
   */
  async #forget(
    command: Commander,
    found: Partnership,
    now: number,
    reason: AuditReason = "device-forgotten",
  ): Promise<CommandOutcome> {
    const { devices, tickets, snapshots, db } = this.#parts;
    const closed = found.state === "blocked" ? appPasswordOf(found) : null;
    if (closed !== null) {
      await revokeAppPassword(db(), snapshots.subject()?.userId ?? "", closed, now);
      this.#bury(command, closed, now, REVOKED);
    }
    const before = devices.get(found.id);
    if (before === undefined) return closed === null ? refuse("no-such-device") : forgotten(found, closed);
    devices.remove(before.id);
    tickets.forgetOf(before);
    const gone = { ...standing(before), key: before.key, credentialId: before.credentialId ?? closed };
    const password = before.credentialId ?? closed ?? undefined;
    this.#record(command, "changed", reason, before, now, password, { before: gone });
    return forgotten(before, closed);
  }

  #decide(command: DeviceCommand & { kind: "approve" | "block" }, before: Partnership, now: number): CommandOutcome {
    const { devices, tickets } = this.#parts;
    const { by, why } = command;
    const decided = { decidedBy: by, decidedAt: now };
    switch (command.kind) {
      case "approve": {
        const partnership: Partnership = {
          ...before,
          ...decided,
          state: before.key === null || before.state === "pending" ? "pending" : "allowed",
          decision: "allow",
          reason: why === "" ? "device-approved" : why,
          lastSeenAt: before.state === "expired" ? now : before.lastSeenAt,
        };
        devices.write(partnership);
        this.#record(command, "allowed", "device-approved", partnership, now, undefined, {
          before: standing(before),
          after: standing(partnership),
        });
        return ok({ ...decidedAs(partnership, before), keys: devices.keys.of(partnership.id, now) });
      }
      case "block": {
        const partnership: Partnership = {
          ...before,
          ...decided,
          state: "blocked",
          decision: "block",
          reason: why === "" ? "device-blocked" : why,
        };
        devices.write(partnership);
        devices.forgetTraces(before.id);
        tickets.forgetOf(before);
        this.#record(command, "blocked", "device-blocked", partnership, now, undefined, {
          before: standing(before),
          after: standing(partnership),
        });
        return ok(decidedAs(partnership, before));
      }
    }
  }

  /**
   * Approves a key that waits, or removes keys of the device. When a key is removed, every ticket of its device ends,
   * because the key may have signed for it. The device has to sign in again. A device without keys is treated as if it
   * never had one.
   */
  #changeKeys(
    command: DeviceCommand & { kind: "approve-key" | "reset-key" },
    { id }: Partnership,
    now: number,
  ): CommandOutcome {
    const { devices, tickets } = this.#parts;
    const word = command.key.toLowerCase();
    const approves = command.kind === "approve-key";
    const changed = approves ? devices.keys.approve(id, word, now) : devices.keys.reset(id, word, now);
    if (!changed.ok) return changed;
    devices.noteKeys(id);
    const partnership = devices.get(id);
    if (partnership === undefined) return refuse("no-such-device");
    if (!approves) tickets.forgetOf(partnership);
    const keys = [changed.value].flat().map((hash) => `key ${hash}`);
    const why = [...(command.why === "" ? [] : [command.why]), ...(keys.length > 1 ? ["all keys"] : keys)].join("; ");
    this.#record(
      { ...command, why },
      "changed",
      approves ? "device-key-approved" : "device-keys-reset",
      partnership,
      now,
    );
    return ok({ partnership, unchanged: keys.length === 0, keys: devices.keys.of(id, now) });
  }

  /** Asks, waits for the answer, and says how the device is judged with it. */
  async #askAuthority(command: Commander, { id }: Partnership): Promise<CommandOutcome> {
    const { devices, inquiries } = this.#parts;
    const device = devices.get(id);
    if (!inquiries.exist) return refuse("no-authority");
    if (device?.key == null) return refuse("no-such-device"); // it is expected, and has not come yet
    await inquiries.askNow(device, command);
    const after = devices.get(id);
    if (after === undefined) return refuse("no-such-device");
    const unchanged = sameWords(device.authority?.words ?? [], after.authority?.words ?? []);
    const explained = this.#explain(after, Date.now());
    return explained.ok ? ok({ ...explained.value, unchanged }) : explained;
  }

  #explain(partnership: Partnership, now: number): CommandOutcome {
    const input = {
      ...this.#decisions.inputFor(partnership, partnership.source, now),
      passwordRevoked: partnership.credentialId === null, // all that the device still has came with the revoked one
    };
    const keys = this.#parts.devices.keys.of(partnership.id, now);
    const silence = this.#parts.snapshots.policy().policy.devices.authoritySilence;
    const inquiry = this.#parts.inquiries.of(partnership.id);
    return ok({ partnership, steps: explain(input), judgement: judge(input), keys, inquiry, silence });
  }

  /** The one device that the given word names. */
  #named(word: string, now: number): Result<Partnership, CommandFault> {
    this.#decisions.expire(now);
    const wanted = (deviceIdOf("endpoint", word)?.id ?? word).toLowerCase();
    const spellings = ({ id, key }: Partnership): (string | undefined)[] => [
      id,
      key ?? "",
      key === null ? undefined : deviceIdIn(key).id,
    ];
    const all = this.#parts.devices.all();
    const exact = all.filter((each) => spellings(each).some((spelling) => spelling?.toLowerCase() === wanted));
    const [found, another] =
      exact.length > 0 ? exact : all.filter(({ id }) => wanted.length > 3 && id.startsWith(wanted));
    if (found === undefined) return refuse("no-such-device");
    return another === undefined ? ok(found) : refuse("several-such-devices");
  }

  #record(
    { about, by, why, change }: Commander,
    outcome: Outcome,
    reason: AuditReason,
    partnership: Partnership | undefined,
    now: number,
    credentialId = partnership?.credentialId ?? undefined,
    changed?: Change,
  ): void {
    const { userId, sipUri: user } = this.#parts.snapshots.subject() ?? {};
    const device = partnership && { device: partnership.id, deviceKey: partnership.key ?? undefined };
    const given = why === "" ? undefined : why;
    const decision = {
      outcome,
      reason,
      userId,
      user,
      credentialId,
      by: by === "" ? undefined : by,
      why: given,
      change: change ?? changeText(changed ?? {}),
      ...device,
    };
    this.#parts.audit.record(auditEvent(about, decision, now));
  }
}

/** What a decision about a device has changed, as the audit shows it. */
const standing = (of: Partnership | undefined) => of && { state: of.state, decision: of.decision };

const decidedAs = (partnership: Partnership, before: Partnership) => ({
  partnership,
  unchanged: partnership.state === before.state && partnership.decision === before.decision,
});

/** What becomes of an app password that the guard itself finds, or makes, revoked. */
const REVOKED: Change = { before: { state: "live" }, after: { state: "revoked" } };

const forgotten = (partnership: Partnership, revoked: string | null): CommandOutcome =>
  ok({ partnership, ...(revoked === null ? {} : { revokedPassword: revoked }) });
