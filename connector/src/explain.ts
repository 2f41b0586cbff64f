// Finds out why a Kerberos program failed. MIT's programs exit with 1 for every failure, so only the message tells the
// cause. The messages are those of krb5 1.20 under LC_ALL=C, as seen with Samba's KDC and listed in
// lib/krb5/error_tables/krb5_err.et.

import type { Ended } from "./command.ts";
import type { Reason } from "./reasons.ts";
import { type Refusal, refuse } from "./result.ts";

type Pattern = readonly [needle: string, reason: Reason];

/** Messages of every program that asks the KDC. */
const ANY: readonly Pattern[] = [
  ["Cannot contact any KDC", "kdc-unreachable"],
  ["Cannot find KDC", "kdc-unreachable"],
  ["Cannot resolve network address for KDC", "kdc-unreachable"],
  ["Clock skew too great", "clock-skew"],
];

/** Messages of `kinit`, which are about the connector's own account. */
const OWN: readonly Pattern[] = [
  ["Keytab contains no suitable keys", "keytab-unusable"],
  ["Key table file", "keytab-unusable"],
  ["Permission denied", "keytab-unusable"],
  ["Unsupported key table format", "keytab-unusable"],
  ["Preauthentication failed", "keytab-outdated"],
  ["Password has expired", "keytab-outdated"],
  ["not found in Kerberos database", "account-unknown"],
  ["credentials have been revoked", "account-disabled"],
  ["entry in database has expired", "account-disabled"],
  ["KDC policy rejects request", "account-disabled"],
  ["Clock skew", "clock-skew"],
];

/** Messages of `kvno`, about a ticket for a user. Their order matters: for an unknown service, two of them fit. */
const USERS: readonly Pattern[] = [
  ["Server not found in Kerberos database", "service-unknown"],
  ["constrained delegation failed", "delegation-missing"],
  ["KDC can't fulfill requested option", "delegation-missing"],
  ["not found in Kerberos database", "user-unknown"],
  ["multiple entries in Kerberos database", "user-unknown"],
  ["credentials have been revoked", "user-disabled"], // disabled or locked, as Windows tells it
  ["KDC policy rejects request", "user-disabled"], // disabled, as Samba tells it
  ["entry in database has expired", "user-expired"],
  ["Ticket expired", "own-ticket-refused"],
  ["No credentials cache found", "own-ticket-refused"],
  ["Decrypt integrity check failed", "own-ticket-refused"],
  ["Message stream modified", "own-ticket-refused"],
  ["Credential cache is empty", "own-ticket-refused"],
];

/** Says why a run failed. The program's message goes into the log unchanged. It may name users, never keys. */
export function explain(program: "kinit" | "kvno", ended: Ended): Refusal {
  if (ended.kind === "missing") return refuse("command-missing", program);
  if (ended.kind === "killed") return refuse("command-timeout", program);
  const message = ended.stderr.trim();
  const patterns = [...ANY, ...(program === "kinit" ? OWN : USERS)];
  const reason = patterns.find(([needle]) => message.includes(needle))?.[1] ?? "not-understood";
  return refuse(reason, message === "" ? `${program} exited with ${ended.code}` : message);
}
