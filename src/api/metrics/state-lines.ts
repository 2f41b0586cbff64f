// The lines of what there is now: users, devices, ages, mail, locks, polls, the version. Ages are written as times, so
// that Prometheus says how old something is when it looks.

import { VERSION } from "../../config/version.ts";
import type { Exposition } from "../../metrics/exposition.ts";
import type { JobRun, Metered } from "../../store/meters.ts";
import { brakeOf } from "../directory/status.ts";
import type { State } from "./state.ts";

const DEVICE_STATES = ["allowed", "quarantined", "blocked", "pending", "expired"] as const;
/** There are two kinds of sources, and a row for each. More would be a fault of ours. */
const MAX_SOURCES = 20;

/** What the lines are made of. `databaseMs`: how long D1 took to tell it. */
type Told = State & { readonly jobs: readonly JobRun[]; readonly databaseMs: number; readonly metered: Metered };

/** Writes all gauges. */
export function stateLines(lines: Exposition, told: Told): void {
  const { gauges, keys, migration, jobs, databaseMs, metered } = told;
  const { mail, sources } = gauges;
  lines.gauge("postern_build_info", "The version of the gateway. Always 1.", [
    { labels: { version: VERSION }, value: 1 },
  ]);
  lines.gauge("postern_open_polls", "Event channels that are open: clients that wait for something to happen.", [
    { value: metered.openPolls },
  ]);
  lines.gauge("postern_isolates", "Isolates of the Worker that wrote their counts in the last five minutes.", [
    { value: metered.isolates },
  ]);
  lines.gauge("postern_users", "Users, by whether they may sign in.", [
    { labels: { state: "enabled" }, value: gauges.usersEnabled },
    { labels: { state: "disabled" }, value: gauges.usersDisabled },
  ]);
  const devices = new Map(gauges.devices.map(({ state, devices: n }) => [state, n]));
  lines.gauge(
    "postern_devices",
    "Devices, by state. Those in quarantine wait for an administrator.",
    DEVICE_STATES.map((state) => ({ labels: { state }, value: devices.get(state) ?? 0 })),
  );
  lines.gauge("postern_app_passwords_ending", "App passwords that run out within 14 days.", [
    { value: gauges.passwordsEnding },
  ]);
  lines.gauge("postern_api_tokens_ending", "Tokens of the API that end within 14 days.", [
    { value: gauges.tokensEnding },
  ]);
  lines.gauge("postern_waits", "Waits after wrong passwords that have not ended, by whose.", [
    { labels: { of: "user" }, value: gauges.usersWaiting },
    { labels: { of: "network" }, value: gauges.networksWaiting },
  ]);
  lines.gauge("postern_mail_waiting", "Mail that waits to be sent.", [{ value: mail.waiting }]);
  lines.gauge("postern_mail_failed", "Mail of the last 24 hours that could not be sent.", [
    { value: mail.failedOfADay },
  ]);
  lines.gauge(
    "postern_mail_oldest_timestamp_seconds",
    "Since when the oldest mail waits that is to be sent. Absent: none waits.",
    stamp(mail.oldestUnsentAt),
  );
  const syncs = sources.slice(0, MAX_SOURCES);
  lines.gauge(
    "postern_directory_report_timestamp_seconds",
    "When a source of people reported last.",
    syncs.map(({ source, reportedAt }) => ({ labels: { source }, value: seconds(reportedAt) })),
  );
  lines.gauge(
    "postern_directory_in_step_timestamp_seconds",
    "When a source of people last said that Postern is in step with it.",
    syncs.flatMap(({ source, inStepAt }) =>
      inStepAt === null ? [] : [{ labels: { source }, value: seconds(inStepAt) }],
    ),
  );
  lines.gauge(
    "postern_directory_brake",
    "1 while a sync has stopped because it would shut too many people out.",
    syncs.map((row) => ({ labels: { source: row.source }, value: brakeOf(row) === null ? 0 : 1 })),
  );
  lines.gauge(
    "postern_connector_answer_timestamp_seconds",
    "When the connector answered last. Absent: never.",
    stamp(metered.connectorAt || null),
  );
  lines.gauge(
    "postern_front_end_answer_timestamp_seconds",
    "When the Front-End answered last. Absent: never.",
    stamp(metered.frontEndAt || null),
  );
  lines.gauge(
    "postern_key_first_seen_timestamp_seconds",
    "When the gateway saw a key of its configuration first.",
    keys.map(({ kind, id, since }) => ({ labels: { kind, id }, value: seconds(since) })),
  );
  lines.gauge(
    "postern_key_end_timestamp_seconds",
    "When the certificate of a key of the token service ends.",
    keys.flatMap(({ kind, id, endsAt }) =>
      endsAt === undefined ? [] : [{ labels: { kind, id }, value: seconds(endsAt) }],
    ),
  );
  // Not `job`: that is Prometheus' own label, and one of that name in a page becomes `exported_job`.
  lines.gauge(
    "postern_job_run_timestamp_seconds",
    "When a scheduled job ran last.",
    jobs.map(({ job, at }) => ({ labels: { task: job }, value: seconds(at) })),
  );
  lines.gauge(
    "postern_job_failed_parts",
    "How many parts of the last run failed.",
    jobs.map(({ job, failed }) => ({ labels: { task: job }, value: failed })),
  );
  lines.gauge(
    "postern_schema_migrations",
    "How many migrations D1 has, and the last one.",
    migration === undefined ? [] : [{ labels: { last: migration.name }, value: migration.count }],
  );
  lines.gauge("postern_scrape_database_seconds", "How long D1 took to answer for this page.", [
    { value: seconds(databaseMs) },
  ]);
}

const seconds = (ms: number): number => ms / 1_000;
const stamp = (at: number | null) => (at === null ? [] : [{ value: seconds(at) }]);
