// What a user's guard is asked for a backup, for a restore, and when D1 and the guard have to be brought together again.

import type { Partnership } from "../core/device/partnership.ts";
import type { Subject } from "../core/policy/subject.ts";
import type { VersionedPolicy } from "./profile.ts";

/** Rows of a guard's tables, by table, as JSON has them. */
export type GuardRows = Readonly<Record<string, readonly Readonly<Record<string, string | number | null>>[]>>;

/** What a backup has of a guard. No ticket, no session, no open invitation. */
export type GuardCopy = {
  /** How many steps of the guard's schema its rows have taken. */
  readonly schema: number;
  /** The SID that the user's first ticket showed. */
  readonly account?: string | undefined;
  readonly rows: GuardRows;
};

/** Which side of a pair is older. `unknown`: the stricter one wins. */
export type OlderSide = "d1" | "guards" | "unknown";

/** What D1 says of a user, beside the user's row. */
export type SaidByD1 = {
  readonly devices: readonly Partnership[];
  /** Ids of the app passwords. */
  readonly live: readonly string[];
  readonly revoked: readonly string[];
  readonly passkeys: readonly string[];
};

export type BackupStep =
  /** Tells D1 everything, and gives a copy. */
  | { readonly kind: "copy"; readonly userId: string }
  /**
   * Merges a copy into this guard, in one transaction, and ends all tickets, sessions and invitations. `wasInD1`: D1
   * had the user before the restore, so what is missing here was removed. `open`: what may be opened (`device:d_…`).
   * `dry`: changes nothing, and says what it would do.
   */
  | {
      readonly kind: "restore";
      readonly subject: Subject;
      readonly copy: GuardCopy;
      readonly wasInD1: boolean;
      /** App passwords that are revoked, now or in the backup. */
      readonly dead: readonly string[];
      readonly open: readonly string[];
      readonly dry: boolean;
    }
  /** Compares this guard with D1. Unless `dry`, it changes itself where D1 is right. */
  | {
      readonly kind: "compare";
      readonly subject: Subject;
      readonly d1: SaidByD1;
      readonly older: OlderSide;
      readonly dry: boolean;
    };

/**
 * One thing that a restore or a comparison found. `line`: what names it, such as `device:d_…`; given back with
 * `--also-open`, it is opened. `did`: `opened`, `closed`, `kept` (it stays closed, or away) or `repaired`.
 */
export type Finding = {
  readonly did: "opened" | "closed" | "kept" | "repaired";
  readonly line: string;
  readonly what: string;
};

/** What came of a step. */
export type BackupAnswer =
  | { readonly kind: "copied"; readonly copy: GuardCopy }
  /**
   * `disabled`, `revision`: as the guard knew the user before. `revision` -1: it did not. `dead`: app passwords that
   * the guard knows to be revoked. `passkeys`: those of the portal, afterwards.
   */
  | {
      readonly kind: "restored";
      readonly findings: readonly Finding[];
      readonly disabled: boolean;
      readonly revision: number;
      readonly dead: readonly string[];
      readonly passkeys: readonly { readonly id: string; readonly rpId: string; readonly createdAt: number }[];
    }
  /** `policy`: the guard's. `gone`: devices that D1 has and the guard has not. The rest as above. */
  | {
      readonly kind: "compared";
      readonly gone: readonly string[];
      readonly findings: readonly Finding[];
      readonly disabled: boolean;
      readonly revision: number;
      readonly dead: readonly string[];
      readonly passkeys: readonly { readonly id: string; readonly rpId: string; readonly createdAt: number }[];
      readonly policy: VersionedPolicy;
    }
  /** A later release made the copy. */
  | { readonly kind: "newer" }
  /** The address belongs to somebody else, or the user has another guard. */
  | { readonly kind: "not-here" };
