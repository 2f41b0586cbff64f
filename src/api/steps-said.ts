// The steps of a decision in the words of a language.

import { inWords } from "../core/policy/remarks.ts";
import { ENGLISH } from "../core/policy/remarks-english.ts";
import type { Explanation } from "../core/policy/types.ts";
import type { WhyAnswer } from "./schemas/devices.ts";

export type StepsLanguage = "en" | "de";

/** The same steps, in sentences. Only the English ones are there before others are asked for. */
export async function stepsIn(language: StepsLanguage, steps: readonly Explanation[]): Promise<WhyAnswer["steps"]> {
  const texts = language === "de" ? (await import("../core/policy/remarks-german.ts")).GERMAN : ENGLISH;
  return steps.map(({ step, outcome, said }) => ({ step, outcome, detail: inWords(said, texts) }));
}
