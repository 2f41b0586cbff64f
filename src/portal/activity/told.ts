// What happened, as a person wants to be told: events that belong together are one entry. Pure.

import { BY_SELF } from "../../audit/event.ts";
import type { StoredEvent } from "../../store/audit.ts";

/** Where something came from, as an event has it. */
export type ToldPlace = {
  readonly network: string;
  readonly country: string;
  readonly city?: string | undefined;
};

/** What an entry is about. */
export type ToldKind =
  /** Somebody was refused. `own`: from a network where the person has signed in. */
  | { readonly kind: "tried"; readonly own: boolean; readonly portal: boolean }
  | { readonly kind: "signed-in"; readonly credentialId: string | null }
  | { readonly kind: "portal"; readonly how: string }
  /** At the page on which Lync lets people sign in. */
  | { readonly kind: "page"; readonly how: string }
  /** Postern or the Front-End failed; nobody did anything wrong. */
  | { readonly kind: "failed" }
  | { readonly kind: "device-in" | "device-waits" | "device-refused"; readonly reason: string }
  /** `bySelf`: the person did it. */
  | { readonly kind: "changed"; readonly reason: string; readonly bySelf: boolean };

/** One entry. */
export type Told = {
  /** The id of the newest of its events. */
  readonly id: string;
  readonly what: ToldKind;
  /** How often it happened. */
  readonly count: number;
  /** ms */
  readonly first: number;
  readonly last: number;
  readonly from: ToldPlace;
  readonly userAgent: string;
  readonly device: string | null;
  readonly credentialId: string | null;
  readonly label: string | null;
};

/** Whether "this was not me" makes sense of it: somebody got in, or changed something as the person. */
export const canBeDisowned = ({ what }: Told): boolean =>
  what.kind === "signed-in" ||
  what.kind === "portal" ||
  what.kind === "page" ||
  what.kind === "device-in" ||
  what.kind === "device-waits" ||
  (what.kind === "changed" && what.bySelf && !FOLLOWS.has(what.reason));

/** What follows from something that the person did, and can be disowned there. */
const FOLLOWS: ReadonlySet<string> = new Set(["reported-not-me", "certificate-left"]);

/** Events this far apart are told one by one, ms. */
const TOGETHER_MS = 6 * 3_600_000;

/**
 * The entries, the newest first. `events`: the newest first. `own`: the networks in which the person's devices are.
 */
export function toldOf(events: readonly StoredEvent[], own: ReadonlySet<string>): Told[] {
  const entries: Told[] = [];
  const open = new Map<string, number>();
  for (const event of events) {
    const what = whatOf(event, own);
    if (what === undefined) continue;
    const key = JSON.stringify([what, event.source, "reason" in what ? event.device : null]);
    const at = open.get(key);
    const known = at === undefined ? undefined : entries[at];
    if (at !== undefined && known !== undefined && isOneOf(what) && known.first - event.at < TOGETHER_MS) {
      entries[at] = { ...known, count: known.count + countOf(event), first: event.at };
    } else {
      open.set(key, entries.length);
      entries.push(entryOf(event, what));
    }
  }
  return entries;
}

/** Changes are told one by one. */
const isOneOf = ({ kind }: ToldKind): boolean => kind !== "changed";

const countOf = ({ repeats }: StoredEvent): number => Math.max(1, repeats ?? 1);

function whatOf(event: StoredEvent, own: ReadonlySet<string>): ToldKind | undefined {
  const { outcome, channel, reason, source, by } = event;
  const portal = channel === "portal";
  const ofDevice = channel === "device" || channel === "ticket";
  switch (outcome) {
    case "signed-in":
      if (portal) return { kind: "portal", how: event.why ?? "" };
      if (reason === "portal-signed-in") return { kind: "page", how: event.why ?? "" };
      return { kind: "signed-in", credentialId: event.credentialId };
    case "refused":
      // Each client asks for something before it has named itself, and is refused. That is the usual way.
      if (reason === "device-unnamed") return undefined;
      if (ofDevice) return { kind: "device-refused", reason };
      return { kind: "tried", own: own.has(source), portal };
    case "failed":
      return { kind: "failed" };
    case "allowed":
      return ofDevice ? { kind: "device-in", reason } : { kind: "changed", reason, bySelf: by === BY_SELF };
    case "quarantined":
      return ofDevice ? { kind: "device-waits", reason } : { kind: "changed", reason, bySelf: by === BY_SELF };
    case "blocked":
      return ofDevice ? { kind: "device-refused", reason } : { kind: "changed", reason, bySelf: by === BY_SELF };
    case "changed":
      // Who uses an invitation up acts as the person.
      return { kind: "changed", reason, bySelf: by === BY_SELF || reason === "invitation-used" };
    default:
      return undefined;
  }
}

function entryOf(event: StoredEvent, what: ToldKind): Told {
  const { id, at, source, country, city, userAgent, device, credentialId } = event;
  return {
    ...{ id, what, count: countOf(event), first: at, last: at, userAgent, device, credentialId },
    from: { network: source, country: country ?? "", city: city ?? undefined },
    label: labelIn(event.change),
  };
}

type Named = { readonly label?: unknown; readonly name?: unknown };

/** The label of an app password, or the name of a passkey, that a change names. */
function labelIn(change: string | null): string | null {
  if (change === null) return null;
  try {
    const { after, before } = JSON.parse(change) as { readonly after?: Named; readonly before?: Named };
    const label = after?.label ?? after?.name ?? before?.label ?? before?.name;
    return typeof label === "string" ? label : null;
  } catch {
    return null; // a change that was shortened
  }
}
