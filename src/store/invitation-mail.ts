// The mail that brings an invitation to its person. The link waits sealed for its row, and it is deleted when the mail
// was sent, when it ran out, and when the invitation ends before that (S-57).

import { and, eq, inArray, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { Keyring } from "../core/crypto/keyring.ts";
import { seal } from "../core/crypto/seal.ts";
import type { Database } from "./database.ts";
import { listOf } from "./from-json.ts";
import { newNoticeId } from "./ids.ts";
import { users } from "./schema.ts";
import { notices } from "./schema-directory.ts";

/** An invitation to mail. `link`: with its secret. `expiresAt`: when the invitation ends, ms. */
export type InvitationMail = { readonly userId: string; readonly link: string; readonly expiresAt: number };

/** The part of the configuration that mail needs. */
export type MailConfig = { readonly keyring: Keyring; readonly notices: { readonly kinds: ReadonlySet<string> } };

/**
 * Queues the mail of an invitation, in place of one that waits for the same person. `no-address`: no mail address of
 * the person is known. `off`: NOTICES does not name invitations.
 */
export async function queueInvitation(
  db: Database,
  config: MailConfig,
  { userId, link, expiresAt }: InvitationMail,
  now = Date.now(),
): Promise<"queued" | "no-address" | "off"> {
  if (!config.notices.kinds.has("invitation")) return "off";
  const [person] = await db.select({ mail: users.mail }).from(users).where(eq(users.id, userId));
  if (person === undefined || person.mail === null) return "no-address";
  const id = newNoticeId();
  await db.batch([
    mailWithdrawn(db, userId, now),
    db.insert(notices).values({
      ...{ id, kind: "invitation", userId, audience: "person", facts: JSON.stringify({ at: now, expiresAt }) },
      ...{ secret: sealLink(config.keyring, id, link), createdAt: now, dueAt: now, expiresAt, takes: 0 },
    }),
  ]);
  return "queued";
}

/** Whether a column is one user's id, or one of many. */
export const ofUsers = (column: SQLiteColumn, whose: string | readonly string[]): SQL =>
  typeof whose === "string" ? eq(column, whose) : inArray(column, listOf(whose));

/** Ends the mail that waits for people whose invitation was withdrawn or used (ms). What was sent stays sent. */
export const mailWithdrawn = (db: Database, whose: string | readonly string[], now: number) =>
  db
    .update(notices)
    .set({ endedAt: now, end: "withdrawn", secret: sql`null` })
    .where(and(ofUsers(notices.userId, whose), isNotNull(notices.secret), isNull(notices.endedAt)));

/** Seals a link for the row of its notice: copied into another row, it opens nothing. */
function sealLink(keyring: Keyring, id: string, link: string): string {
  return Buffer.from(seal(keyring, "notice", placeOfLink(id), Buffer.from(link))).toString("base64url");
}

/** What a sealed link is bound to. */
export const placeOfLink = (id: string): string => `notices|secret|${id}`;
