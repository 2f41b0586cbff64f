// The admin API's answers about everything that is kept of a person, as they stand in JSON. The operator's command
// reads the same types. Times are ISO 8601 in UTC.

import type { KeptRows } from "../guards/kept-rows.ts";
import type { StoredEvent } from "../store/audit.ts";
import type { ContestAnswer } from "./answers.ts";
import type { DeviceAnswer } from "./device-answers.ts";

/** `GET /v1/users/:name/export`: everything except the events of the audit, which come in pages. */
export type PersonAnswer = {
  readonly exportedAt: string;
  /** The row in D1. */
  readonly user: Readonly<Record<string, unknown>>;
  readonly names: readonly { readonly name: string; readonly kind: string }[];
  readonly appPasswords: readonly {
    readonly id: string;
    readonly label: string;
    readonly createdAt: string;
    readonly revokedAt: string | null;
  }[];
  readonly devices: readonly DeviceAnswer[];
  /** Device ids that both this user and another one have named. */
  readonly contests: readonly ContestAnswer[];
  /** Versions of the policy that name the person. */
  readonly policies: readonly number[];
  /** The user's guard, table by table. */
  readonly guard: KeptRows;
  /** Networks whose guards know that the user has signed in from there. */
  readonly networks: readonly { readonly network: string; readonly signedInAt: readonly string[] }[];
  /** What is not shown, and why. */
  readonly leftOut: Readonly<Record<string, string>>;
};

/** `GET /v1/users/:name/export/audit?after=CURSOR`. */
export type PersonAuditAnswer = {
  readonly events: readonly (Omit<StoredEvent, "at" | "waitUntil"> & {
    readonly at: string;
    readonly waitUntil: string | null;
  })[];
  /** Where the next page begins; null when this was the last. */
  readonly next: string | null;
};

/** `POST /v1/users/:name/erase`. */
export type ErasedAnswer = {
  readonly user: string;
  /** How many events this request deleted, or freed of the user's name. */
  readonly events: number;
  /** Not finished: ask again, with this pseudonym. */
  readonly more: boolean;
  /** The text that stands for the user in the audit. */
  readonly pseudonym: string;
  /** Networks whose guards were told. */
  readonly networks: number;
  /** Networks whose guards were not told. They keep the hash of a name and a client for 30 days at most. */
  readonly networksLeft: number;
  /** Versions of the policy that still name the person. */
  readonly policies: readonly number[];
  /** The command that ends client certificates for SIP, which Postern does not see. */
  readonly revokeCertificates: string;
};

/** `POST /v1/audit/purge`. */
export type AuditPurgedAnswer = {
  readonly before: string;
  readonly deleted: number;
  /** There are more: ask again. */
  readonly more: boolean;
};
