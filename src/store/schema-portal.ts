// The D1 table of the portal. A person's factors are in the person's guard, which decides about them; D1 only finds the
// person by a passkey. docs/storage.md says who reads and writes each column.

import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "./schema.ts";

/** Whose a passkey is. All rows have the same RP ID: that of the first passkey. */
export const portalPasskeys = sqliteTable(
  "portal_passkeys",
  {
    /** The credential id that the authenticator chose, base64url. */
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** The RP ID for which it was made. It works for no other. */
    rpId: text("rp_id").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [index("portal_passkeys_by_user").on(table.userId)],
);
