// The stages of a sign-in as the audit keeps them: for which part the request waited, since when, how long, and what
// that part answered in a word. It is JSON in one column, because nobody searches for it. It is bounded, and holds no
// text of a client: the words are Postern's own, the names of connectors, and numbers.

import { printable } from "../core/text/printable.ts";

/** The parts for which a request waits. `floor` is the wait that gives every refusal the same time (S-22). */
export const STAGES = [
  "network-guard",
  "directory",
  "user-guard",
  "sign-on-line",
  "connector",
  "front-end",
  "floor",
] as const;
export type Stage = (typeof STAGES)[number];

/** One wait: for what, when it began after the start of the request, and how long it took; both in ms. */
export type StageTaken = {
  readonly stage: Stage;
  readonly at: number;
  readonly ms: number;
  /** What the part answered, in a word: `admitted`, `nobody`, `200`. `failed`: it threw. */
  readonly said?: string;
};

/** What the audit keeps of one sign-in beside its event. Times in ms. */
export type KeptTrace = {
  /** When the head of the request came. */
  readonly began: number;
  readonly stages: readonly StageTaken[];
  /** When the ticket ends that the client got. */
  readonly ticketUntil?: number;
};

/** A sign-in has at most eleven: two more of the connector and the Front-End when a token was refused once. */
const MAX_STAGES = 12;
/** The name of a connector, a status and a code. */
const MAX_SAID_CHARS = 60;
/** The longest text that {@link traceText} makes. */
export const MAX_TRACE_CHARS = 2_048;

/** As the column has it. */
export function traceText({ began, stages, ticketUntil }: KeptTrace): string {
  const kept = stages.slice(0, MAX_STAGES).map(({ stage, at, ms, said }) => ({
    ...{ stage, at, ms },
    ...(said !== undefined && { said: printable(said, MAX_SAID_CHARS) }),
  }));
  return JSON.stringify({ began, stages: kept, ...(ticketUntil !== undefined && { ticketUntil }) });
}

/** The latest time that a `Date` can be. */
const MAX_TIME = 8.64e15;
const isTime = (value: unknown): value is number => typeof value === "number" && value >= 0 && value <= MAX_TIME;
const isStage = (value: unknown): value is Stage => STAGES.some((stage) => stage === value);

/** Reads the column. Undefined: it was not written by this version or one like it. What it does not know, it leaves out. */
export function readTrace(text: string): KeptTrace | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { began, stages, ticketUntil } = value as Readonly<Record<string, unknown>>;
  if (!isTime(began) || !Array.isArray(stages)) return undefined;
  const read = stages.flatMap((each: unknown): StageTaken[] => {
    const { stage, at, ms, said } = (each ?? {}) as Readonly<Record<string, unknown>>;
    if (!isStage(stage) || typeof at !== "number" || typeof ms !== "number") return [];
    return [{ stage, at, ms, ...(typeof said === "string" && { said }) }];
  });
  return { began, stages: read, ...(isTime(ticketUntil) && { ticketUntil }) };
}
