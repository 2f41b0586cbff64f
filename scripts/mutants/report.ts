import type { InstrumentResult } from "@stryker-mutator/instrumenter";

/**
 * What became of a mutant. `timeout` counts as noticed: the mutant ran on and on. `uncovered`: no test runs the line.
 */
export type Fate = "killed" | "timeout" | "survived" | "uncovered";

/** A line of the judge's diary. A `begin` with nothing after it shows in which mutant the judge was caught. */
export type DiaryLine =
  /** A judge is started. */
  | { readonly start: true }
  | { readonly begin: string }
  /** A test is tried without a mutant. `unfit`: it fails, so it cannot judge. */
  | { readonly alive: string; readonly unfit?: string }
  | { readonly id: string; readonly fate: Fate; readonly by?: string };

/** A mutant as the instrumenter planned it, with the source text around it. */
export interface Planned {
  readonly id: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** The kind of change, in Stryker's words. */
  readonly mutator: string;
  /** The source line the mutant begins in, without its indentation. */
  readonly text: string;
  /** What is replaced. */
  readonly from: string;
  /** What replaces it. */
  readonly to: string;
}

/** The files of the judge and the process that watches it, in the folder `MUTANTS_OUT`. */
export const PLAN = "plan.json";
export const DIARY = "diary.jsonl";

/** A mutant as the reports show it. `content` is the source file's text. */
export function planned(mutant: InstrumentResult["mutants"][number], file: string, content: string): Planned {
  const lines = content.split("\n");
  const { start, end } = mutant.location;
  const from = lines
    .slice(start.line, end.line + 1)
    .map((line, at, all) => {
      const until = at === all.length - 1 ? end.column : line.length;
      return line.slice(at === 0 ? start.column : 0, until);
    })
    .join("\n");
  return {
    id: mutant.id,
    file,
    line: start.line + 1,
    column: start.column + 1,
    mutator: mutant.mutatorName,
    text: (lines[start.line] ?? "").trim(),
    from,
    to: mutant.replacement,
  };
}

/** A mutant that no test can notice, because the program does the same with it. */
export interface Equivalent {
  readonly file: string;
  /** The source line the mutant begins in, without its indentation. */
  readonly line: string;
  /** What the mutant puts into the line. */
  readonly to: string;
  /** Why nothing changes. */
  readonly why: string;
}

/** Several of one file for one reason. */
export interface Group {
  readonly file: string;
  readonly why: string;
  /** The line, and what the mutant puts into it. */
  readonly mutants: ReadonlyArray<readonly [line: string, to: string]>;
}

/** Each of the groups' mutants, with its reason. */
export const inGroups = (groups: ReadonlyArray<Group>): ReadonlyArray<Equivalent> =>
  groups.flatMap(({ file, why, mutants }) => mutants.map(([line, to]) => ({ file, line, to, why })));
