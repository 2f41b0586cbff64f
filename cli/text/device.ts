// Writes devices for people: the list, one device whole, and the outcome of a command.

import type { DeviceFacts, RequestSource } from "../../src/core/device/types.ts";
import { isPasswordKey } from "../../src/core/policy/identity.ts";
import type { Judgement } from "../../src/core/policy/types.ts";
import type * as A from "../reach/answers.ts";
import { type Columns, facts, table } from "./answer.ts";

/** What people read about a device whose app password stands for it. */
const BY_PASSWORD = "by its app password";

type Named = { readonly facts: DeviceFacts; readonly key: string | null; readonly id: string };

/**
 * Product and version, model, system, as much as is known. If nothing is known, the device's key. It also says when the
 * app password is the device.
 */
export function deviceName({ facts, key, id }: Named): string {
  const { model, os, workstation } = facts;
  const known = [productOf(facts), model, os, workstation].filter((text) => text !== "");
  const name = known.length === 0 ? (key ?? id) : known.join(", ");
  return isPasswordKey(key) ? `${name} (${BY_PASSWORD})` : name;
}

/** Product and version. Empty when the device tells neither. */
const productOf = ({ product, version }: DeviceFacts): string => `${product} ${version}`.trim();

export const DEVICE_COLUMNS: Columns<A.ListedDeviceAnswer> = {
  ...{ DEVICE: "id", NUMBER: "number" },
  STATE: ({ state, decision, key, waitsFor }) => {
    const byName = state === "allowed" && decision === "allow";
    const standing = byName ? "allowed by name" : waitsFor === "owner" ? `${state}, for its user` : state;
    return isPasswordKey(key) ? `${standing}, ${BY_PASSWORD}` : standing;
  },
  PRODUCT: ({ facts }) => productOf(facts),
  PLATFORM: ({ facts: { os, platform } }) => os || platform,
  "MODEL OR NAME": ({ facts: { model, workstation } }) => model || workstation,
  "LAST SEEN": ({ state, key, lastSeenAt }) => (state === "pending" && key === null ? null : lastSeenAt),
};
/** These columns are only in CSV. */
export const MORE_DEVICE_COLUMNS: Columns<A.ListedDeviceAnswer> = {
  "DEVICE ID": "key",
  TYPE: ({ facts: { type } }) => type,
  "USER AGENT": ({ facts: { userAgent } }) => userAgent,
  NETWORK: ({ source: { network } }) => network,
  COUNTRY: ({ source: { country } }) => country,
  "FIRST SEEN": "firstSeenAt",
  AUTHORITY: ({ authority }) => authority?.words.join(" ") ?? null,
};

/** One device: what it is, where it stands, and how a request of it is judged. */
export function deviceText(
  user: string,
  device: A.DeviceAnswer,
  decider: A.WhyAnswer["decider"],
  { action, reason }: Judgement,
): string {
  const { state, decision, waitsFor, decidedAt, facts: told } = device;
  const known = (text: string): string => (text === "unknown" ? "" : text);
  const { os: system, model, workstation: machine, culture, userAgent, type, platform } = told;
  const lines = facts({
    verdict: `${action} (${reason})`,
    state: `${state}${decision === null ? "" : `, ${decision} by name`}`,
    "waits for": waitsFor === "owner" ? "its user, who approves it in the portal" : (waitsFor ?? ""),
    number: `${device.number} (its user sees the same in the portal)`,
    decided: `${decidedAt} by ${decider.name ?? decider.id}: ${device.reason}`,
    ...{ "device id": idText(device), "app password": device.credentialId ?? "revoked" },
    ...{ "first seen": device.firstSeenAt, "last seen": `${device.lastSeenAt}${from(device.source)}` },
    ...{ product: productOf(told), type: known(type), platform: known(platform) },
    ...{ system, model, machine, culture, "user agent": userAgent },
  });
  return `${device.id} of ${user}\n${lines}`;
}

/** What the organisation's authority says of the device, and when it is asked. Empty when there is none to ask. */
export function authorityText({ authority }: A.DeviceAnswer, inquiry: A.InquiryAnswer): string {
  if (!inquiry.configured && authority === null) return "";
  const { triedAt, nextAt, fault, silence } = inquiry;
  const words = authority === null ? "it has not answered yet" : authority.words.join(", ") || "nothing";
  const lines = facts({
    "authority says": authority === null || authority.holds ? words : `${words} (old)`,
    ...(authority === null ? {} : { answered: authority.askedAt, "holds until": authority.until }),
    "last asked": triedAt ?? "never",
    "asked next": inquiry.configured ? (nextAt ?? "when the device comes again") : "never: AUTHORITY_URL is not set",
    ...(fault === null ? {} : { "no answer": `${fault}: docs/authority.md says what that means` }),
    silence: silence === "block" ? "refuses the device until the authority answers" : "changes nothing",
  });
  return `\n\n${lines}`;
}

/** The keys of a device. Empty when it has none. */
export function keysText(keys: readonly A.DeviceKeyAnswer[]): string {
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

/** The beginning of a hash. `--json` has the whole hash. */
const SHOWN_HASH_CHARS = 16;

/** What approving the device does. */
export function afterApproval({
  user,
  device: { id, state, credentialId },
  keysWaiting,
}: A.DeviceChangedAnswer): string {
  if (state === "pending") return "It enrols when it comes.";
  if (credentialId === null) return "Its app password is revoked: it needs another before it is served again.";
  const keys =
    keysWaiting === 0 ? "" : `\n\nA key of it still waits for approval: npx postern device approve-key ${user} ${id}`;
  return `From now on it is let in, whatever the rules say.${keys}`;
}

/** How a forgotten device may come back. */
export function comingBack({
  user,
  device: { state, credentialId, authority },
  revokedPassword,
}: A.DeviceChangedAnswer): string {
  if (revokedPassword !== null) {
    return ` It was blocked, so its app password ${revokedPassword} is revoked and opens nothing any more.${UNBLOCKED}`;
  }
  if (state === "blocked") return ` It was blocked.${UNBLOCKED}`;
  if (credentialId === null) return "";
  const said =
    authority === null
      ? ""
      : ` What the authority said of it (${authority.words.join(", ") || "nothing"}) is forgotten as well: it is asked again when the device comes back.`;
  return `${said} Its app password is live: the next device that comes with it may enrol as its new device. To prevent that:
npx postern password revoke ${user} ${credentialId}`;
}

const UNBLOCKED = " The block is gone with it: with another app password of its user it may enrol like a new device.";

function idText({ key, provisional }: A.DeviceAnswer): string {
  if (isPasswordKey(key))
    return `${key} (the app password is the device: all that use it and match the rule count as this one)`;
  return `${key ?? "none: it is expected"}${provisional ? PROVISIONAL : ""}`;
}

const PROVISIONAL = " (no Front-End has accepted it yet: another user who names it gets it)";

function from({ network, country, asn }: RequestSource): string {
  const where = [country, asn === 0 ? "" : `AS${asn}`].filter((text) => text !== "").join(", ");
  return network === "unknown" ? "" : ` from ${network}${where === "" ? "" : ` (${where})`}`;
}

/**
 * What to run on a Front-End, and what that does; empty when there is nothing to run. Follows what was done. */
export const certificatesText = (command: string | null): string =>
  command === null
    ? ""
    : `

A certificate that a desktop got before still signs in over SIP, past Postern. To end that, run on a Front-End:

    ${command}

It takes no device, only the user: it revokes all certificates of this user, and the user's other desktops have to
sign in with their app passwords again.`;
