// A directory and an audit of a large pool, written straight into the file of a local D1. What the
// numbers of docs/costs.md about lists were measured on.

import { DatabaseSync } from "node:sqlite";
import { firstEventId } from "../src/audit/event.ts";
import { policyInToml } from "../src/core/policy/file.ts";

/** How much of each. */
export type Scale = { readonly users: number; readonly devices: number; readonly events: number };

const DAY_MS = 86_400_000;
const DAYS = 180;
const POLICIES = 60;
const RULES = 40;
const FIRST =
  "anna ben carla david eva frank greta hans ines jonas karin lukas maria nils olga paul rita simon tina uwe";
const LAST =
  "becker fischer huber keller lang maier neumann peters richter schmidt schulz wagner weber wolf zimmermann";
const GROUPS = ["sales", "support", "research", "site=berlin", "site=paris", "vip"];
const DEVICES = [
  { type: "phone", platform: "android", product: "AndroidLync", version: "6.25.0", os: "Android 14", model: "SM-G99" },
  { type: "phone", platform: "ios", product: "iPhoneLync", version: "6.30.1", os: "iOS 18", model: "iPhone1" },
  { type: "desktop", platform: "windows", product: "OC", version: "16.0.4266", os: "Windows 11", model: "" },
  { type: "desktop", platform: "mac", product: "MacLync", version: "16.29.57", os: "macOS 15", model: "" },
  { type: "tablet", platform: "ios", product: "iPadLync", version: "6.20.0", os: "iPadOS 18", model: "iPad1" },
];

/** Some of what was written, to ask for. */
export type Sample = {
  readonly user: { readonly id: string; readonly sip: string };
  readonly device: string;
  /** The id of the latest event. */
  readonly event: string;
  readonly actor: string;
  readonly network: string;
};

/** Fills the tables. `now` in ms. */
export function fill(file: string, { users, devices, events }: Scale, now: number): Sample {
  const db = new DatabaseSync(file);
  db.exec(
    "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -400000",
  );
  const digits = pseudoRandom(4_711);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(digits() * items.length)] as T;
  const [first, last] = [FIRST.split(" "), LAST.split(" ")];

  const addUser = db.prepare(
    "INSERT INTO users (id, sip_uri, upn, domain, account, created_at, disabled_at, groups, display_name) VALUES (?, ?, ?, 'CONTOSO', ?, ?, ?, ?, ?)",
  );
  const addName = db.prepare("INSERT INTO names (name, kind, user_id) VALUES (?, ?, ?)");
  const addDevice = db.prepare(
    "INSERT INTO partnerships (id, user_id, device_key, state, decided_by, decided_at, reason, facts, source, first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, 'policy', ?, 'enrolled', ?, ?, ?, ?)",
  );
  const userOf = (n: number) => ({
    id: `u_${padded(n)}`,
    sip: `sip:${first[n % first.length]}.${last[(n * 7) % last.length]}${n}@contoso.test`,
  });
  inOneGo(db, () => {
    for (let n = 0; n < users; n++) {
      const { id, sip } = userOf(n);
      const address = sip.slice(4);
      const [given = "", family = ""] = address.split("@", 1)[0]?.split(".") ?? [];
      const groups = GROUPS.filter((_, at) => n % (at + 2) === 0);
      const disabled = n % 50 === 0 ? now - DAY_MS : null;
      addUser.run(
        id,
        sip,
        address,
        `acc${n}`,
        now - DAYS * DAY_MS,
        disabled,
        JSON.stringify(groups),
        `${given} ${family}`,
      );
      addName.run(address, "sip", id);
      addName.run(`contoso\\acc${n}`, "account", id);
      if (n % 10 === 0) addName.run(`alias${n}@fabrikam.test`, "alias", id);
    }
    for (let n = 0; n < devices; n++) {
      const { version, model, ...facts } = pick(DEVICES);
      const state = n % 100 < 93 ? "allowed" : pick(["pending", "quarantined", "blocked", "expired"]);
      const seen = now - Math.floor(digits() * 120 * DAY_MS);
      const workstation = facts.type === "desktop" ? `PC-${n}` : "";
      const told = {
        ...facts,
        version: `${version}.${n % 40}`,
        model: model && model + (n % 30),
        workstation,
        culture: "en-US",
      };
      const userAgent = `${facts.product}/${version}.${n % 40} (${facts.os} ${model}${n % 30})`;
      const source = { network: networkOf(n), country: "DE", asn: 3320 };
      const key = `endpoint:${padded(n)}-4711-4000-8000-${padded(n)}`;
      addDevice.run(
        `d_${padded(n)}`,
        userOf(n % users).id,
        key,
        state,
        seen,
        JSON.stringify({ ...told, userAgent }),
        JSON.stringify(source),
        seen - 30 * DAY_MS,
        seen,
      );
    }
  });

  addPolicies(db, now);

  // Indexes that are made at the end cost a tenth of the time.
  const indexes = db
    .prepare(
      "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'audit_events' AND sql IS NOT NULL",
    )
    .all()
    .map((row) => ({ name: String(row.name), sql: String(row.sql) }));
  for (const { name } of indexes) db.exec(`DROP INDEX ${name}`);
  const addEvent = db.prepare(
    "INSERT INTO audit_events (id, at, request_id, channel, host, source, user_agent, workstation, outcome, reason, user_id, user, credential_id, device, changed_by, why) VALUES (?, ?, ?, ?, 'web.contoso.test', ?, 'AndroidLync/6.25 (Android 14 SM-G998)', '', ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const begin = now - DAYS * DAY_MS;
  let event = "";
  inOneGo(db, () => {
    for (let n = 0; n < events; n++) {
      const at = begin + Math.floor((n / events) * DAYS * DAY_MS);
      const known = userOf(Math.floor(digits() * users));
      const { outcome, reason, channel, unknown, device, by } = kindOf(digits());
      const source = digits() < 0.3 ? "198.51.100.1" : networkOf(Math.floor(digits() * 20_000));
      event = firstEventId(at) + String(n % 10_000_000_000).padStart(10, "0");
      addEvent.run(
        event,
        at,
        `${n.toString(16).padStart(16, "0")}-FRA`,
        channel,
        source,
        outcome,
        reason,
        unknown ? null : known.id,
        unknown ? null : known.sip,
        unknown ? null : `p_${known.id.slice(2)}`,
        device ? `d_${padded(Math.floor(digits() * devices))}` : null,
        by ? `t_${padded(n % 7)}` : null,
        by ? "ticket 4711" : null,
      );
    }
  });
  for (const { sql } of indexes) db.exec(sql);
  db.exec("PRAGMA journal_mode = WAL");
  db.close();
  return { user: userOf(7), device: `d_${padded(7)}`, event, actor: `t_${padded(3)}`, network: networkOf(77) };
}

/** Versions of a policy with forty rules, which refuses nobody, so that devices are judged as by the default. */
function addPolicies(db: DatabaseSync, now: number): void {
  const add = db.prepare(
    "INSERT INTO policies (version, at, applied_by, why, policy, text) VALUES (?, ?, 't_a', ?, ?, ?)",
  );
  for (let version = 1; version <= POLICIES; version++) {
    const rules = Array.from(
      { length: RULES },
      (_, n) => `[[rules]]
code = "old-${n}"
action = "block"
reason = "Model ${n} has known faults"
when = { model = ["No Such Phone ${n}", "Nor This ${version}"] }
`,
    );
    const text = rules.join("\n");
    const read = policyInToml(text);
    if (!read.ok) throw new Error(JSON.stringify(read.faults));
    add.run(version, now - (POLICIES - version) * DAY_MS, `ticket ${version}`, JSON.stringify(read.policy), text);
  }
}

type Kind = { outcome: string; reason: string; channel: string; unknown?: true; device?: true; by?: true };

function kindOf(chance: number): Kind {
  if (chance < 0.88) return { outcome: "signed-in", reason: chance < 0.4 ? "saml" : "cwt", channel: "ntlm" };
  if (chance < 0.93) return { outcome: "refused", reason: "wrong-proof", channel: "ntlm" };
  if (chance < 0.96) return { outcome: "refused", reason: "unknown-user", channel: "ntlm", unknown: true };
  if (chance < 0.9601) return { outcome: "refused", reason: "challenge-replayed", channel: "ntlm" };
  if (chance < 0.97) return { outcome: "failed", reason: "front-end-unreachable", channel: "ntlm" };
  if (chance < 0.99) return { outcome: "allowed", reason: "enrolled", channel: "device", device: true };
  if (chance < 0.995) return { outcome: "blocked", reason: "rule-old-phones", channel: "device", device: true };
  return { outcome: "changed", reason: "device-approved", channel: "command", device: true, by: true };
}

/** Sixteen characters of base32, as the ids of the product have. */
const padded = (n: number): string =>
  Array.from(n.toString(32).padStart(16, "0"), (digit) => BASE32[Number.parseInt(digit, 32)]).join("");
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
const networkOf = (n: number): string => `203.0.${Math.floor(n / 256) % 256}.${n % 256}`;

function inOneGo(db: DatabaseSync, write: () => void): void {
  db.exec("BEGIN");
  write();
  db.exec("COMMIT");
}

/** The same numbers in each run (xorshift32). */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
