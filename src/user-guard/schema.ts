// The tables of a user's guard, step by step.

import { OUTBOX_SCHEMA } from "../guards/audit-outbox.ts";
import { QUOTA_SCHEMA } from "../guards/audit-quota.ts";
import type { SchemaStep } from "../guards/storage.ts";
import { CODE_SCHEMA } from "./code-table.ts";
import { KEY_SCHEMA } from "./device-keys.ts";
import { INQUIRY_SCHEMA } from "./inquiries.ts";
import { INVITATION_SCHEMA } from "./open-invitation.ts";
import { DEVICE_SCHEMA } from "./partnership-table.ts";
import { PASSIVE_SCHEMA } from "./passive-tokens.ts";
import { PORTAL_SCHEMA } from "./portal-room.ts";
import { SNAPSHOT_SCHEMA } from "./snapshots.ts";
import { TICKET_PROOF_SCHEMA, TICKET_SCHEMA } from "./ticket-table.ts";
import { CHALLENGE_SCHEMA, SIGNATURE_SCHEMA } from "./used-once.ts";
import { LOCKOUT_SCHEMA } from "./user-lockout.ts";

/** All steps so far. A released step is never changed: docs/design/0012-guard-schema.md. */
export const SCHEMA_STEPS: readonly SchemaStep[] = [
  [
    ...CHALLENGE_SCHEMA,
    ...LOCKOUT_SCHEMA,
    OUTBOX_SCHEMA,
    ...TICKET_SCHEMA,
    ...DEVICE_SCHEMA,
    ...SNAPSHOT_SCHEMA,
    QUOTA_SCHEMA,
  ],
  KEY_SCHEMA,
  TICKET_PROOF_SCHEMA,
  SIGNATURE_SCHEMA,
  INQUIRY_SCHEMA,
  INVITATION_SCHEMA,
  CODE_SCHEMA,
  PORTAL_SCHEMA,
  PASSIVE_SCHEMA,
];
