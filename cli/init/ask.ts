// Gets the answers: an option counts before a file of answers, that before what is already configured. What is left is
// asked at the terminal. Where nobody is there to answer, everything that is missing or wrong is said at once.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Option } from "../define.ts";
import { text } from "../define.ts";
import { usage } from "../fault.ts";
import { jsonIn, textOfFile } from "../files.ts";
import { type Answers, isAsked, QUESTIONS, type Question } from "./questions.ts";

const MAX_FILE_BYTES = 64 * 1024;

/** An option for each question. */
export const ANSWER_OPTIONS: Readonly<Record<string, Option<string>>> = Object.fromEntries(
  QUESTIONS.map(({ key, ask }) => [key, text("answer", `${ask.charAt(0).toLowerCase()}${ask.slice(1)}`)]),
);

export const optionOf = (key: string): string =>
  `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Where answers come from. */
export type Sources = {
  /** From options and from a file, which the operator gave now. */
  readonly said: Answers;
  /** From wrangler.toml, and from the last run. */
  readonly before: Answers;
  /** Of another environment. */
  readonly beside: Answers;
};

/** Reads a file of answers. Throws a fault for a name that is no question. */
export function answersFrom(folder: string, file: string): Answers {
  const said = jsonIn(textOfFile(resolve(folder, file), file, MAX_FILE_BYTES, "Give --answers a JSON file."));
  const entries = typeof said === "object" && said !== null && !Array.isArray(said) ? Object.entries(said) : [];
  const unknown = entries.filter(([key]) => !QUESTIONS.some((one) => one.key === key));
  const odd = entries.filter((entry) => typeof entry[1] !== "string" && !unknown.includes(entry));
  if (entries.length === 0 || unknown.length > 0 || odd.length > 0) {
    const named = (some: typeof entries) => some.map(([key]) => JSON.stringify(key)).join(", ");
    const what = [
      ...(entries.length === 0 ? ["has no answers"] : []),
      ...(unknown.length === 0 ? [] : [`has ${named(unknown)}, to which no question belongs`]),
      ...(odd.length === 0 ? [] : [`has an answer that is not one text: ${named(odd)}`]),
    ].join(", and ");
    const names = QUESTIONS.map(({ key }) => key).join(", ");
    throw usage(`${file} ${what}`, `Give one JSON object of texts, {"zone": "contoso.com", …}. Its names: ${names}.`);
  }
  return Object.fromEntries(entries) as Record<string, string>;
}

/** What an earlier run was told, which is more than the file shows. Nothing where there was none. */
export function earlierAnswers(papers: string): Answers {
  try {
    const said = jsonIn(readFileSync(join(papers, "answers.json"), "utf8"));
    const entries = typeof said === "object" && said !== null ? Object.entries(said) : [];
    return Object.fromEntries(entries.filter(([, value]) => typeof value === "string")) as Record<string, string>;
  } catch {
    return {};
  }
}

/** What is said to the operator about an answer, and asks for another. */
type Ask = (text: string) => Promise<string>;

/**
 * All answers. With `all` each question is put again, with its proposal; else only those that have no answer. Without `question`
 * nobody is there: throws a fault that lists every answer that is missing or wrong.
 */
export async function answersOf(
  sources: Sources,
  question: Ask | undefined,
  complain: (text: string) => void,
  all: boolean,
): Promise<Answers> {
  const answers: Record<string, string> = {};
  const missing: string[] = [];
  for (const one of QUESTIONS) {
    if (!isAsked(one, answers)) continue;
    const known =
      all && question !== undefined && sources.said[one.key] === undefined ? undefined : silent(one, answers, sources);
    const answer = known ?? (question && (await asked(one, answers, sources, question, complain)));
    // What follows from an answer that is missing is not missing itself.
    if (answer === "" && one.usual === true && missing.length > 0) continue;
    const fault = answer === undefined ? "" : one.fault(answer, answers);
    if (fault !== undefined) missing.push(`${optionOf(one.key)}: ${one.ask}. ${fault === "" ? one.help : fault}`);
    if (answer !== undefined) answers[one.key] = answer;
  }
  if (missing.length === 0) return answers;
  const count = missing.length === 1 ? "an answer is" : `${missing.length} answers are`;
  throw usage(
    `${count} missing or cannot be used; nothing was written`,
    `${missing.join("\n")}\n\nGive them as options, or in a file with --answers. At a terminal, init asks.`,
    { missing },
  );
}

const proposalFor = ({ key, alike, propose }: Question, answers: Answers, { before, beside }: Sources): string =>
  before[key] ?? (alike === true ? beside[key] : undefined) ?? propose?.(answers) ?? "";

function silent(one: Question, answers: Answers, sources: Sources): string | undefined {
  const { said, before, beside } = sources;
  const known = said[one.key] ?? before[one.key] ?? (one.alike === true ? beside[one.key] : undefined);
  if (known !== undefined) return known.trim();
  return one.usual === true ? one.propose?.(answers) : undefined;
}

async function asked(
  one: Question,
  answers: Answers,
  sources: Sources,
  question: Ask,
  complain: (text: string) => void,
): Promise<string> {
  const proposal = proposalFor(one, answers, sources);
  complain(`\n${one.help}\n`);
  for (;;) {
    const typed = (await question(`${one.ask}${proposal === "" ? "" : ` [${proposal}]`}: `)).trim();
    const answer = typed === "" ? proposal : typed;
    const fault = answer === "" ? "There is no usual answer to this." : one.fault(answer, answers);
    if (fault === undefined) return answer;
    complain(`${fault}\n`);
  }
}
