// What a check is and what it may say. A check looks at one thing and judges it. What it says is for an administrator:
// what is wrong, why that matters, and what to do.

import type { Doctor } from "./doctor.ts";

/**
 * One thing that is wrong. `fault`: something does not work, or is open that must be closed. `warning`: somebody should
 * look at it.
 */
export type Finding = {
  readonly severity: "fault" | "warning";
  /** The host or the part that it is about. */
  readonly about: string;
  /** What was seen. */
  readonly what: string;
  readonly why: string;
  /** What to do. */
  readonly fix: string;
};

/** What a check says. */
export type Outcome =
  /** Nothing is wrong. `note`: what was seen, in one line. */
  | { readonly kind: "ok"; readonly note: string }
  | { readonly kind: "findings"; readonly findings: readonly Finding[] }
  /** Nobody could look. */
  | { readonly kind: "unseen"; readonly because: string };

export const ok = (note: string): Outcome => ({ kind: "ok", note });
export const unseen = (because: string): Outcome => ({ kind: "unseen", because });
/** The findings, or `note` where there are none. */
export const judged = (findings: readonly Finding[], note: string): Outcome =>
  findings.length === 0 ? ok(note) : { kind: "findings", findings };

/** The parts of the report, in its order. */
export const GROUPS = ["hosts", "translation", "handshake", "zone", "inside", "exposed"] as const;
export type Group = (typeof GROUPS)[number];

/** One check. */
export type Check = {
  /** Stable, for `--only` and for scripts. */
  readonly id: string;
  readonly group: Group;
  /** What it looks at, in one line. */
  readonly looks: string;
  /** Its request can be counted by the lockout of the gateway. */
  readonly counted?: true;
  /** It looks at what all the others saw, so it comes last. */
  readonly last?: true;
  /** It may take longer than the others, ms. */
  readonly withinMs?: number;
  readonly run: (doctor: Doctor) => Promise<Outcome>;
};
