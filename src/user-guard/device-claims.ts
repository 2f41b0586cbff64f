// Devices on their way to their first partnership. Only D1 knows whether an id belongs to another user (S-28). While D1
// is asked, the device's id and app password are taken: every other request with one of them waits for the answer.
// Meanwhile the device counts against the number of devices that the user may have (S-27). The same query brings the
// policy up to date, because a ticket may be hours older than the policy.

import type { EventContext } from "../audit/event.ts";
import type { Partnership } from "../core/device/partnership.ts";
import type { Wanted } from "../guards/claim.ts";
import type { Database } from "../store/database.ts";
import { claimDevice, type IdClaim, ownerOfDevice } from "../store/partnerships.ts";
import { currentPolicy } from "../store/policies.ts";
import type { PartnershipTable } from "./partnership-table.ts";
import type { Snapshots } from "./snapshots.ts";

/** How long the guard remembers that an id belongs to another user, ms. `device forget` takes longer to return. */
const FOREIGN_FOR_MS = 3_000;
const MAX_FOREIGN = 100;

/** The user to whom an id belongs, when that is another user. */
export type Foreign = Extract<IdClaim, { readonly kind: "foreign" }>;

/** The outcome of a claim. `again`: D1 was not asked, because it gave this answer a moment ago. */
export type DecidedClaim = Exclude<IdClaim, Foreign> | (Foreign & { readonly again: boolean });

/** A partnership of a device that has named itself. */
export type Claimed = Partnership & { readonly key: string; readonly credentialId: string };

type ClaimParts = {
  readonly devices: PartnershipTable;
  readonly snapshots: Snapshots;
  readonly db: () => Database;
  /** Asks another user's guard to give up an id that no Front-End has accepted. Tells whether it did so, in D1 too. */
  readonly askToYield: (sipUri: string, wanted: Wanted, about: EventContext) => Promise<boolean>;
};

export class DeviceClaims {
  readonly #parts: ClaimParts;
  /** Each claim stands here twice: under the device key and under the app password. */
  readonly #open = new Map<string, Promise<DecidedClaim>>();
  readonly #foreign = new Map<string, { readonly owner: Foreign; readonly until: number }>();
  #newcomers = 0;

  constructor(parts: ClaimParts) {
    this.#parts = parts;
  }

  /** How many devices without a partnership are being decided about. */
  get newcomers(): number {
    return this.#newcomers;
  }

  /** Whether a decision about this id is under way. */
  isOpen(key: string): boolean {
    return this.#open.has(key);
  }

  /** Waits until no decision about this app password and this id is under way. */
  async settled(credentialId: string, key: string | null): Promise<void> {
    const open = () => this.#open.get(credentialId) ?? this.#open.get(key ?? "");
    for (let claim = open(); claim !== undefined; claim = open()) await claim.catch(() => undefined);
  }

  /** Waits until no decision is under way. */
  async idle(): Promise<void> {
    for (let [claim] = this.#open.values(); claim !== undefined; [claim] = this.#open.values()) {
      await claim.catch(() => undefined);
    }
  }

  /**
   * Claims the id of a partnership for the user. `decide` runs in the same step in which D1's answer arrives, so no
   * request that waited comes between. The caller writes the outcome. When that fails, D1 is told again.
   */
  async claim<T>(
    partnership: Claimed,
    about: EventContext,
    decide: (claim: DecidedClaim) => T | Promise<T>,
  ): Promise<T> {
    const { id, key, credentialId } = partnership;
    const isNew = this.#parts.devices.get(id) === undefined;
    const asked = this.#ask(partnership, about);
    this.#open.set(key, asked).set(credentialId, asked);
    if (isNew) this.#newcomers++;
    let claim: DecidedClaim;
    try {
      claim = await asked;
    } catch (fault) {
      this.#parts.devices.tellAgain(id); // D1 may have written the row in spite of the error
      throw fault;
    } finally {
      this.#open.delete(key);
      this.#open.delete(credentialId);
      if (isNew) this.#newcomers--;
    }
    return decide(claim);
  }

  /** The other user to whom this id belongs for good. Afterwards the policy is up to date. */
  async ownerOf(key: string): Promise<(Foreign & { readonly again: boolean }) | undefined> {
    const known = this.#foreign.get(key);
    if (known !== undefined && Date.now() < known.until) return { ...known.owner, again: true };
    const { snapshots, db } = this.#parts;
    const { owner, policyVersion } = await ownerOfDevice(db(), snapshots.subject()?.userId ?? "", key, Date.now());
    await this.#keepUp(policyVersion);
    // A claim that may still be given up refuses nobody.
    if (owner === undefined || owner.provisional) return undefined;
    this.#keepForeign(key, owner);
    return { ...owner, again: false };
  }

  async #ask(partnership: Claimed, about: EventContext): Promise<DecidedClaim> {
    const { key } = partnership;
    const known = this.#foreign.get(key);
    if (known !== undefined && Date.now() < known.until) return { ...known.owner, again: true };
    let claim = await this.#inD1(partnership);
    if (claim.kind === "foreign" && claim.provisional) {
      const { user, userId, id } = claim;
      // The other guard is asked once. If a third user takes the id meanwhile, that user has it.
      if (await this.#parts.askToYield(user, { key, userId, id }, about)) claim = await this.#inD1(partnership);
    }
    if (claim.kind !== "foreign") return claim;
    this.#keepForeign(key, claim);
    return { ...claim, again: false };
  }

  #keepForeign(key: string, owner: Foreign): void {
    if (this.#foreign.size >= MAX_FOREIGN) this.#foreign.clear();
    this.#foreign.set(key, { owner, until: Date.now() + FOREIGN_FOR_MS });
  }

  async #inD1(partnership: Claimed): Promise<IdClaim> {
    const { snapshots, db } = this.#parts;
    const userId = snapshots.subject()?.userId ?? "";
    const { claim, policyVersion } = await claimDevice(db(), userId, partnership, Date.now());
    await this.#keepUp(policyVersion);
    return claim;
  }

  async #keepUp(policyVersion: number): Promise<void> {
    const { snapshots, db } = this.#parts;
    if (policyVersion <= snapshots.policy().version) return;
    const policy = await currentPolicy(db());
    if (policy !== undefined) snapshots.keepPolicy(policy);
  }
}
