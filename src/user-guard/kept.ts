// Shows everything that a user's guard keeps, for the person it is about (S-40). Each table has a query here. The query
// leaves out what could open something, and what could be recognised in another place. For a table without a query, it
// shows the number of rows.

import type { KeptRows } from "../guards/kept-rows.ts";
import type { LazyTables } from "../guards/storage.ts";

/** A place is written as the network, a space, and the keyed hash of the client. */
const NETWORK = "substr(place, 1, instr(place || ' ', ' ') - 1) AS network";

const QUERIES: Readonly<Record<string, string>> = {
  pairs:
    "SELECT source AS network, client <> '' AS familiar, failures, nullif(last_failure, 0) AS lastFailureAt, last_success AS lastSuccessAt, json_array_length(repeats) AS rememberedMistakes, expires_at AS expiresAt FROM pairs ORDER BY source",
  strangers: "SELECT level, at FROM strangers",
  relayed_tickets: `SELECT kind, credential_id AS credentialId, device, ${NETWORK}, workstation, ntlm_version AS ntlmVersion, proof, expires_at AS expiresAt FROM relayed_tickets ORDER BY expires_at`,
  used_challenges: "SELECT expires_at AS expiresAt FROM used_challenges",
  code_holds: "SELECT credential AS credentialId, source AS network, at FROM code_holds ORDER BY at",
  code_guesses: "SELECT source AS network, level, at FROM code_guesses",
  used_signatures: "SELECT expires_at AS expiresAt FROM used_signatures",
  devices: "SELECT partnership AS json FROM devices",
  unsaved_devices: "SELECT id FROM unsaved_devices",
  device_keys:
    "SELECT device, hash, network, first_seen_at AS firstSeenAt, last_seen_at AS lastSeenAt, ends_at AS endsAt, state, via, proved_at AS provedAt FROM device_keys ORDER BY device, first_seen_at",
  inquiries:
    "SELECT device, ask_at AS askAt, wanted_at AS wantedAt, tried_at AS triedAt, failures, fault FROM inquiries ORDER BY device",
  applications: "SELECT device, at FROM applications",
  named_places: `SELECT device, ${NETWORK}, at FROM named_places`,
  // `left`: earlier users of this address, without a name.
  snapshots: "SELECT name, value AS json FROM snapshots WHERE name NOT IN ('policy', 'left')",
  dead_passwords: "SELECT id, at FROM dead_passwords",
  invitations: "SELECT id, expires_at AS expiresAt FROM invitations",
  portal_passkeys:
    "SELECT id, name, rp_id AS rpId, device_type AS deviceType, backed_up AS backedUp, transports, counter, created_at AS createdAt, last_used_at AS lastUsedAt FROM portal_passkeys ORDER BY created_at",
  portal_totp: "SELECT since AS sinceAt, last_step AS lastStep FROM portal_totp",
  portal_passphrase: "SELECT since AS sinceAt FROM portal_passphrase",
  portal_recovery_codes: "SELECT since AS sinceAt, used_at AS usedAt FROM portal_recovery_codes ORDER BY used_at",
  portal_sessions:
    "SELECT id, created_at AS createdAt, seen_at AS seenAt, expires_at AS expiresAt, nullif(fresh_at, 0) AS freshAt, how, entering IS NOT NULL AS entering, subject, source AS network, user_agent AS userAgent FROM portal_sessions ORDER BY created_at",
  passive_tokens: "SELECT used, expires_at AS expiresAt FROM passive_tokens ORDER BY expires_at",
  portal_locked: "SELECT at AS toldAt FROM portal_locked",
  audit_outbox: "SELECT event AS json FROM audit_outbox ORDER BY id",
  audit_quota: "SELECT since AS sinceAt, rows FROM audit_quota",
};

/** All rows of a guard's tables, except what their queries leave out. */
export function keptRows(tables: LazyTables): KeptRows {
  if (!tables.exist()) return {};
  const names = tables
    .exec<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY name",
    )
    .toArray();
  return Object.fromEntries(
    names.map(({ name }) => {
      const query = QUERIES[name] ?? `SELECT count(*) AS notShown FROM "${name}"`;
      return [name, tables.exec<Record<string, SqlStorageValue>>(query).toArray().map(readable)];
    }),
  );
}

function readable({ json, ...row }: Readonly<Record<string, SqlStorageValue>>): Record<string, unknown> {
  const read: Record<string, unknown> = { ...row };
  for (const [name, value] of Object.entries(row)) {
    if (/^at$|At$/.test(name) && typeof value === "number") read[name] = new Date(value).toISOString();
    if (name === "familiar") read[name] = value === 1;
  }
  if (typeof json !== "string") return read;
  const value: unknown = JSON.parse(json);
  return typeof value === "object" && value !== null && row.name === undefined ? { ...value } : { ...read, value };
}
