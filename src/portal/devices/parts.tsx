// Small parts about devices that several pages have.

import type { FC } from "hono/jsx";
import type { RequestSource } from "../../core/device/types.ts";
import { path } from "../../core/text/api-address.ts";
import { Badge, format, sayWhen } from "../../web/components/parts.tsx";
import type { PortalView } from "../site.ts";
import { arrivalWords } from "./arrival-words.ts";
import type { MyDevice, OwnState } from "./mine.ts";
import { placeSaid } from "./said.ts";
import { words } from "./words.ts";

/** The page of a device. */
export const devicePath = (id: string): string => path`/devices/${id}`;

/** What is done with an app password. */
export const passwordPath = (id: string): string => path`/devices/passwords/${id}`;

/** Where a person waits for the device of an app password. */
export const waitingPath = (id: string): string => path`/devices/waiting/${id}`;

const TONES: Readonly<Record<OwnState, "good" | "wait" | "bad" | "quiet">> = {
  in: "good",
  waits: "wait",
  "waits-for-help-desk": "wait",
  refused: "bad",
  blocked: "bad",
  "blocked-by-others": "bad",
  expired: "quiet",
  expected: "quiet",
  ended: "quiet",
};

/** Where a device stands. */
export const StateBadge: FC<{ readonly view: PortalView; readonly device: MyDevice }> = ({ view, device }) => (
  <Badge tone={TONES[device.state]}>{words[view.locale].states[device.state]}</Badge>
);

/** From where something came, as the sentence around it needs it. */
export function placeIn(view: PortalView, source: Pick<RequestSource, "network"> & Partial<RequestSource>): string {
  const { sameNetwork, network } = arrivalWords[view.locale];
  const said = { here: sameNetwork, network, unknown: words[view.locale].unknownPlace };
  return placeSaid(source, said, { locale: view.locale, here: view.about.source });
}

/** When a device was used last, and from where. */
export function lastSeen(view: PortalView, { device }: MyDevice): string {
  const t = words[view.locale];
  if (device.key === null && device.state === "pending") return t.neverSeen;
  return `${t.seen}: ${sayWhen(view, device.lastSeenAt)}, ${t.from} ${placeIn(view, device.source)}`;
}

/** A day, such as 3 December 2026. */
export const dayOf = (view: PortalView, ms: number): string => format(view, ms, { dateStyle: "long" });

/** A time of the day, such as 02:13; with the day where it is not of today. */
export function timeOf(view: PortalView, ms: number): string {
  const day = { dateStyle: "short" } as const;
  const time = { timeStyle: "short" } as const;
  return format(view, ms, day) === format(view, view.now, day)
    ? format(view, ms, time)
    : format(view, ms, { ...day, ...time });
}
