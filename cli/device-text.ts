// Devices as people read them: the list, and one device whole.

import type { ContestAnswer, PartnershipAnswer } from "../src/api/answers.ts";
import type { DeviceAnswer, DeviceKeyAnswer } from "../src/api/device-answers.ts";
import type { RequestSource } from "../src/core/device/types.ts";
import { isPasswordKey } from "../src/core/policy/identity.ts";
import type { Judgement } from "../src/core/policy/types.ts";
import { table } from "./command.ts";
import { BY_PASSWORD, productOf } from "./partnerships.ts";

/** The list of all devices, or of those of the user that was named. */
export function listText(all: readonly PartnershipAnswer[], named: string | undefined): string {
  if (all.length === 0) return named === undefined ? "No devices yet." : `${named} has no devices.`;
  const heads = ["DEVICE", "STATE", "PRODUCT", "PLATFORM", "MODEL OR NAME", "LAST SEEN"];
  const rows = all.map(({ user, id, state, decision, facts, lastSeenAt, key }) => {
    const standing = state === "allowed" && decision === "allow" ? "allowed by name" : state;
    const approved = isPasswordKey(key) ? `${standing}, ${BY_PASSWORD}` : standing;
    const { os, platform, model, workstation } = facts;
    const seen = state === "pending" && key === null ? "-" : (lastSeenAt ?? "-");
    const cells = [id, approved, productOf(facts), os || platform, model || workstation, seen];
    return [...(named === undefined ? [user] : []), ...cells.map((text) => text || "-")];
  });
  return table([[...(named === undefined ? ["USER"] : []), ...heads], ...rows]);
}

/** Ids that keep their device out because another user has them; empty without any. */
export function contestsText(contests: readonly ContestAnswer[]): string {
  if (contests.length === 0) return "";
  const rows = contests.map(({ user, key, holder, device, at }) => [user, key, `${device} of ${holder}`, at]);
  return `

Refused, device-of-another-user: these named an id that another user has.

${table([["USER", "DEVICE ID", "WHO HAS IT", "LAST TRIED"], ...rows])}

Where such a device is the user's own: npm run postern -- device forget DEVICE_ID`;
}

/** One device: what it is, where it stands, and how a request of it is judged. */
export function deviceText(user: string, device: DeviceAnswer, { action, reason }: Judgement): string {
  const { facts, state, decision, decidedAt, decidedBy } = device;
  const told = [
    ["  product", productOf(facts)],
    ["  type", facts.type],
    ["  platform", facts.platform],
    ["  system", facts.os],
    ["  model", facts.model],
    ["  machine", facts.workstation],
    ["  culture", facts.culture],
    ["  user agent", facts.userAgent],
  ].filter(([, text]) => text !== "" && text !== "unknown");
  const lines = [
    ["  verdict", `${action} (${reason})`],
    ["  state", `${state}${decision === null ? "" : `, ${decision} by name`}`],
    ["  decided", `${decidedAt} by ${decidedBy}: ${device.reason}`],
    ["  device id", idText(device)],
    ["  app password", device.credentialId ?? "revoked"],
    ["  first seen", device.firstSeenAt],
    ["  last seen", `${device.lastSeenAt}${from(device.source)}`],
    ...told,
  ];
  return `${device.id} of ${user}\n${table(lines)}`;
}

/** The keys of a device; empty without any. */
export function keysText(keys: readonly DeviceKeyAnswer[]): string {
  if (keys.length === 0) return "";
  const rows = keys.map(({ hash, firstSeenAt, lastSeenAt, network, endsAt, state, via, provedAt }) => [
    ...[hash.slice(0, SHOWN_HASH_CHARS), state === "good" ? KEY_TICKETS[via] : state, provedAt ?? "never"],
    ...[firstSeenAt, lastSeenAt, network, endsAt],
  ]);
  return `

Keys of its certificates, the first one first:

${table([["KEY", "STATE", "PROVED", "FIRST SEEN", "LAST SEEN", "LAST FROM", "ENDS"], ...rows])}`;
}

const KEY_TICKETS = { password: "good, by its app password", key: "good, by an earlier key" } as const;

/** The beginning of a hash. `--json` has the whole. */
const SHOWN_HASH_CHARS = 16;

function idText({ key, provisional }: DeviceAnswer): string {
  if (isPasswordKey(key))
    return `${key} (the app password is the device: whatever has it, and is what the rule says, is this one)`;
  return `${key ?? "none: it is expected"}${provisional ? PROVISIONAL : ""}`;
}

const PROVISIONAL = " (no Front-End has accepted it yet: it gives way to another user who names it)";

function from({ network, country, asn }: RequestSource): string {
  const where = [country, asn === 0 ? "" : `AS${asn}`].filter((text) => text !== "").join(", ");
  return network === "unknown" ? "" : ` from ${network}${where === "" ? "" : ` (${where})`}`;
}
