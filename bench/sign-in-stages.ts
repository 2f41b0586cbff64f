// Where the time of a sign-in goes, from the stages that the audit keeps with it (src/audit/stages.ts). A stage is a
// whole number of milliseconds, because the clock of a Worker is.

import { readTrace, STAGES, type Stage } from "../src/audit/stages.ts";
import { type Row, shown } from "./report.ts";

/** One sign-in: what its client waited for both legs, ms, and the line that the gateway logged. */
export type Timed = { readonly ms: number; readonly line: string };

/** Where the time is spent that is the Front-End's and the connector's, and not the gateway's. */
const OTHERS: readonly Stage[] = ["connector", "front-end"];

/** What a client waits, what the gateway adds to the others' part of it, and each stage, p50 and p99. */
export function stageRows(sent: readonly Timed[]): Row[] {
  const traces = sent.map(({ ms, line }) => {
    const { stages } = JSON.parse(line) as { readonly stages: string };
    const taken = readTrace(stages)?.stages ?? [];
    const of = (stage: Stage): number => taken.reduce((sum, each) => sum + (each.stage === stage ? each.ms : 0), 0);
    const others = OTHERS.reduce((sum, stage) => sum + of(stage), 0);
    return { ms, others, of, stages: new Set(taken.map(({ stage }) => stage)) };
  });
  if (traces.length === 0) return [];
  const both = (values: readonly number[]): string => `${at(values, 0.5)} ms, ${at(values, 0.99)} ms`;
  const seen = STAGES.filter((stage) => traces.some(({ stages }) => stages.has(stage)));
  return [
    shown("time of a sign-in, p50 and p99", both(traces.map(({ ms }) => ms))),
    shown("of that the connector's and the Front-End's", both(traces.map(({ others }) => others))),
    shown("what the gateway adds", both(traces.map(({ ms, others }) => ms - others))),
    ...seen.map((stage) => shown(`stage ${stage}`, both(traces.map(({ of }) => of(stage))))),
  ];
}

/** The value below which that share of the values is. */
function at(values: readonly number[], share: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toFixed(1);
}
