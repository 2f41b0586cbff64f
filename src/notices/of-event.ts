// Which audited event makes which notice for whom. Only what a proved user or an administrator did makes one, and once
// a day that a person is locked out of the portal: nobody can make Postern write much mail by guessing (S-57). Pure.

import { type AuditedEvent, BY_INVITATION } from "../audit/event.ts";
import { deviceNumber } from "../core/device/number.ts";
import type { NoticeAudience, NoticeKind } from "./kinds.ts";
import { goesTo } from "./kinds.ts";
import type { NoticeSettings } from "./settings.ts";

/** A notice that an event makes. */
export type PlannedNotice = {
  /** From the event, or from what it is about. So the same thing makes it once, however often it comes. */
  readonly id: string;
  readonly kind: NoticeKind;
  readonly audience: NoticeAudience;
  /** Whom it is about. */
  readonly userId: string;
  /** ms */
  readonly at: number;
  readonly facts: StoredFacts;
};

/** What a notice keeps of its event. The words for people are looked up when it is sent. */
export type StoredFacts = {
  /** ms */
  readonly at: number;
  /** Id of the partnership. */
  readonly device?: string;
  /** Id of the app password. */
  readonly password?: string;
  /** The network from which it came. Absent: it did not come from a device or from a page of the portal. */
  readonly network?: string;
  /** Of a device that its own user approves: the number to compare. */
  readonly number?: string;
  /** What a person reports, or what a passkey is called. */
  readonly what?: string;
  /** When what it tells of ends, ms. */
  readonly expiresAt?: number;
  /** Of a notice that stands for many: their ids. */
  readonly more?: readonly string[];
  /** Of a test: where it goes. */
  readonly to?: string;
};

const DAY_MS = 86_400_000;
/** Of a device that waits for its own user, and not for the help desk. */
const OWN_APPROVAL = "awaiting-own-approval";

/** The notices of one event. */
export function noticesOfEvent(event: AuditedEvent, settings: NoticeSettings): PlannedNotice[] {
  const kind = kindOf(event);
  const { userId, at, device, reason } = event;
  if (kind === undefined || userId === undefined || !settings.kinds.has(kind)) return [];
  const own = reason === OWN_APPROVAL && device !== undefined;
  const toHelpdesk = settings.helpdesk !== undefined && settings.helpdeskKinds.has(kind) && !own;
  const told = (["person", "helpdesk"] as const).filter((audience) =>
    audience === "person" ? goesTo(kind, audience) : toHelpdesk,
  );
  const facts: StoredFacts = {
    at,
    ...(device !== undefined && { device }),
    ...(event.credentialId !== undefined && { password: event.credentialId }),
    ...((event.channel === "device" || event.channel === "portal") && { network: event.source }),
    ...(own && { number: deviceNumber(device) }),
    ...whatOf(kind, event),
  };
  const about = aboutOf(kind, event);
  return told.map((audience) => ({ id: `${about}/${audience}`, kind, audience, userId, at, facts }));
}

/** What a passkey is called, or what a person reports. */
function whatOf(kind: NoticeKind, { why, change }: AuditedEvent): { readonly what?: string } {
  if (kind === "reported-not-me" || kind === "certificate-left") return why === undefined ? {} : { what: why };
  if (kind !== "passkey-added" && kind !== "passkey-removed") return {};
  const name = nameIn(change);
  return name === undefined ? {} : { what: name };
}

/** The name in what was changed. A long change was cut, and then has none. */
function nameIn(change: string | undefined): string | undefined {
  try {
    const { before, after } = JSON.parse(change ?? "{}") as Readonly<Record<"before" | "after", unknown>>;
    for (const part of [after, before]) {
      if (typeof part !== "object" || part === null) continue;
      const { name }: { name?: unknown } = part;
      if (typeof name === "string") return name;
    }
  } catch {
    // not JSON
  }
  return undefined;
}

/** What a notice is named after. */
function aboutOf(kind: NoticeKind, { id, device, userId, at }: AuditedEvent): string {
  // A device that waits comes again and again, and each time is an event. People are told of the device once.
  if (kind === "device-waiting") return `${kind}/${device ?? ""}`;
  // Strangers cause it. A person is told once a day.
  if (kind === "portal-locked") return `${kind}/${Math.floor(at / DAY_MS)}/${userId ?? ""}`;
  return id;
}

function kindOf({ outcome, reason, channel, device, why }: AuditedEvent): NoticeKind | undefined {
  switch (outcome) {
    case "allowed": // the device enrolled, or somebody approved it
      return channel === "device" ? "device-new" : OF_REASON[reason];
    case "quarantined":
      return device === undefined ? undefined : "device-waiting";
    case "blocked":
      return OF_REASON[reason];
    case "changed":
      return OF_REASON[reason] ?? (why === BY_INVITATION ? undefined : OF_FACTORS[reason]);
    default:
      return undefined;
  }
}

const OF_REASON: Readonly<Record<string, NoticeKind | undefined>> = {
  "device-approved": "device-new",
  "device-approved-by-owner": "device-new",
  "device-blocked": "device-blocked",
  "device-blocked-by-owner": "device-blocked",
  "password-created": "password-created",
  "password-renewed": "password-created",
  "invitation-used": "invitation-used",
  "recovery-code-used": "recovery-code-used",
  "portal-locked": "portal-locked",
  "certificate-left": "certificate-left",
  "reported-not-me": "reported-not-me",
};
/** What a person signs in to the portal with. The same reasons about somebody who administrates name no user. */
const OF_FACTORS: Readonly<Record<string, NoticeKind | undefined>> = {
  "passkey-added": "passkey-added",
  "passkey-removed": "passkey-removed",
  "totp-added": "totp-added",
  "totp-removed": "totp-removed",
  "passphrase-changed": "passphrase-changed",
  "recovery-codes-made": "recovery-codes-made",
};
