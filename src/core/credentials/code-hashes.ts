// The NT hashes with which one app password that asks for a code is compared (S-64), and what each would mean. Pure.

import { hashesWithCode, hashesWithoutCode } from "./code-password.ts";
import { type Codes, stepsAt } from "./code-steps.ts";

/**
 * The code behind a right app password. `held`: it succeeded at this place, and is good there for some minutes. `fresh`:
 * it was never used. `used`: it, or a later one, was. `missing`: none was given.
 */
export type CodeState =
  | { readonly kind: "held" | "fresh" | "used"; readonly step: number }
  | { readonly kind: "missing" };

/** The steps that were good once, as the user's guard knows them. */
export type KnownSteps = {
  /** The step whose code succeeded at this place, and is still good there. */
  readonly held?: number;
  /** Steps whose codes are recognised: the last one at this place, and the last one anywhere. */
  readonly known: readonly number[];
};

/** A hash, and what it means if the client knows it. */
export type CodeHash = { readonly hash: Uint8Array; readonly state: CodeState };

/**
 * Every hash to try. Those that open come first: should two steps have the same code, the better one counts. `codes`:
 * undefined when the person has none; then nothing opens.
 */
export function codeHashes(
  characters: string,
  codes: Omit<Codes, "accept"> | undefined,
  { held, known }: KnownSteps,
  now: number,
): CodeHash[] {
  const withCode = (kind: "held" | "fresh" | "used", steps: readonly number[]): CodeHash[] =>
    steps.flatMap((step) =>
      codes === undefined
        ? []
        : hashesWithCode(characters, codes.codeAt(step)).map((hash) => ({ hash, state: { kind, step } })),
    );
  const lastStep = codes?.lastStep ?? 0;
  const present = stepsAt(now).filter((step) => step !== held);
  const old = known.filter((step) => step !== held && !present.includes(step));
  return [
    ...withCode("held", held === undefined ? [] : [held]),
    ...withCode(
      "fresh",
      present.filter((step) => step > lastStep),
    ),
    ...withCode("used", [...present.filter((step) => step <= lastStep), ...old]),
    ...hashesWithoutCode(characters).map((hash) => ({ hash, state: { kind: "missing" } as const })),
  ];
}

/** The hashes by which an app password that has ended is recognised: with the codes that were good last. */
export const endedCodeHashes = (
  characters: string,
  codes: Omit<Codes, "accept"> | undefined,
  { known }: KnownSteps,
): Uint8Array[] => [
  ...known.flatMap((step) => (codes === undefined ? [] : hashesWithCode(characters, codes.codeAt(step)))),
  ...hashesWithoutCode(characters),
];
