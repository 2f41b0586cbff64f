// Which audited event makes which notice for whom. Only what a proved user or an administrator did makes one: nobody
// can make Postern write mail by guessing passwords (S-57). Pure.

import type { AuditedEvent } from "../audit/event.ts";
import type { NoticeAudience, NoticeKind } from "./kinds.ts";
import { NOTICE_KINDS } from "./kinds.ts";
import type { NoticeSettings } from "./settings.ts";

/** A notice that an event makes. */
export type PlannedNotice = {
  /** From the event, or from the device that waits. So the same event makes it once, however often it comes. */
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
  /** The network from which it came. Absent: it did not come from a device. */
  readonly network?: string;
  /** When what it tells of ends, ms. */
  readonly expiresAt?: number;
  /** Of a notice that stands for many: their ids. */
  readonly more?: readonly string[];
  /** Of a test: where it goes. */
  readonly to?: string;
};

/** The notices of one event. */
export function noticesOfEvent(event: AuditedEvent, settings: NoticeSettings): PlannedNotice[] {
  const kind = kindOf(event);
  const { userId } = event;
  if (kind === undefined || userId === undefined || !settings.kinds.has(kind)) return [];
  const audiences: readonly NoticeAudience[] = NOTICE_KINDS[kind];
  const told = audiences.filter((audience) => audience === "person" || settings.helpdesk !== undefined);
  const facts: StoredFacts = {
    at: event.at,
    ...(event.device !== undefined && { device: event.device }),
    ...(event.credentialId !== undefined && { password: event.credentialId }),
    ...(event.channel === "device" && { network: event.source }),
  };
  // A device that waits comes again and again, and each time is an event. People are told of the device once.
  const about = kind === "device-waiting" ? `${kind}/${event.device ?? ""}` : event.id;
  return told.map((audience) => ({ id: `${about}/${audience}`, kind, audience, userId, at: event.at, facts }));
}

function kindOf({ outcome, reason, channel, device }: AuditedEvent): NoticeKind | undefined {
  switch (outcome) {
    case "allowed": // the device enrolled, or an administrator approved it
      return channel === "device" || reason === "device-approved" ? "device-new" : undefined;
    case "quarantined":
      return device === undefined ? undefined : "device-waiting";
    case "blocked":
      return reason === "device-blocked" ? "device-blocked" : undefined;
    case "changed":
      return CHANGES[reason];
    default:
      return undefined;
  }
}

const CHANGES: Readonly<Record<string, NoticeKind | undefined>> = {
  "password-created": "password-created",
  "password-renewed": "password-created",
};
