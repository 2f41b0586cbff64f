// The brake: when too many people would be disabled at once, nobody is, until an administrator has looked. Everything
// else goes on. Pure.

import { createHash } from "node:crypto";
import type { SyncSettings } from "../config/directory.ts";
import type { Change } from "./plan.ts";

/** What the brake holds, and what an administrator was shown. */
export type Held = {
  /** Since when, ms. */
  readonly since: number;
  /** Who was shown, as `markOf` their keys. */
  readonly shown: ReadonlySet<string>;
};

/** Fewer than this never stop the sync, whatever the share is. */
const LEAST = 3;

/** Whether so many of `people` may not be disabled without asking. */
export function isTooMany(leaving: number, people: number, { brake }: Pick<SyncSettings, "brake">): boolean {
  if (leaving > brake.people) return true;
  return leaving >= LEAST && leaving * 100 > people * brake.percent;
}

/**
 * Whom a confirmation lets go: everybody who would be disabled, if all of them were shown. If somebody was not, nobody;
 * but where more would leave than can be shown at once, those who were shown.
 */
export function released(leaving: readonly Change[], held: Held): readonly Change[] {
  const shown = leaving.filter(({ row }) => held.shown.has(markOf(row.key)));
  return shown.length === leaving.length || held.shown.size === MOST_MARKS ? shown : [];
}

/** A short mark of a key, so that thousands fit into the cursor. Two keys have one by chance once in 280 billion. */
export const markOf = (key: string): string =>
  createHash("sha256").update(key).digest("base64url").slice(0, MARK_CHARS);
const MARK_CHARS = 8;
/** The gateway keeps a cursor of at most 64 KB. Who does not fit is shown next, when these have been confirmed. */
const MOST_MARKS = 8_000;

/** What an administrator is shown from now on. */
export const holding = (leaving: readonly Change[], since: number): Held => ({
  since,
  shown: new Set(leaving.slice(0, MOST_MARKS).map(({ row }) => markOf(row.key))),
});

/** What is held, as the cursor that Postern keeps for the agent: so a restart, and the command, know it. */
export const cursorOf = (held: Held | undefined): string | null =>
  held === undefined ? null : JSON.stringify({ v: 1, since: held.since, shown: [...held.shown].join("") });

/** Reads the cursor; undefined where nothing is held, or another version wrote it. */
export function heldIn(cursor: string | null): Held | undefined {
  if (cursor === null) return undefined;
  let read: unknown;
  try {
    read = JSON.parse(cursor);
  } catch {
    return undefined;
  }
  if (typeof read !== "object" || read === null || !("v" in read) || read.v !== 1) return undefined;
  const { since, shown } = read as { readonly since?: unknown; readonly shown?: unknown };
  if (typeof since !== "number" || typeof shown !== "string") return undefined;
  return { since, shown: new Set(shown.match(/.{8}/g) ?? []) };
}
