// What needs a person's attention, the most important first. Pure.

import type { UserLocks } from "../../guards/user-locks.ts";
import { type Mine, type MyDevice, runningOut } from "../devices/mine.ts";

export type Attention =
  /** A device waits for its own user. */
  | { readonly kind: "waits"; readonly device: MyDevice }
  /** An app password runs out. `until`: ms. */
  | { readonly kind: "runs-out"; readonly device: MyDevice; readonly password: string; readonly until: number }
  /** Wrong passwords of the last hour. `places`: how many networks have to wait, the last of them `until` then (ms). */
  | { readonly kind: "tries"; readonly count: number; readonly places: number; readonly until: number | null };

/** Fewer wrong passwords than this are somebody's own mistakes, unless somebody has to wait for them. */
const MANY = 5;

/** All of it. */
export function attentionOf(mine: Mine, { pairs, strangers }: UserLocks, now: number): readonly Attention[] {
  const count = pairs.reduce((sum, { failures }) => sum + failures, 0);
  const waits = pairs.flatMap(({ waitUntil }) => (waitUntil !== null && waitUntil > now ? [waitUntil] : []));
  const until = Math.max(...waits, strangers.fullUntil ?? 0);
  return [
    ...mine.devices.filter(({ state }) => state === "waits").map((device) => ({ kind: "waits", device }) as const),
    ...(count >= MANY || until > now
      ? [{ kind: "tries", count, places: waits.length, until: until > now ? until : null } as const]
      : []),
    ...runningOut(mine, now).map(
      ({ device, password: { id, expiresAt } }) =>
        ({ kind: "runs-out", device, password: id, until: expiresAt }) as const,
    ),
  ];
}
