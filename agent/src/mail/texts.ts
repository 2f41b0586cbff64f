// Reads the texts of mail: files in `locales/`, and the organisation's own. They are read and checked when the agent
// starts: a misspelt placeholder is found then, and not by a person who gets the mail.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { isTextName, PLACEHOLDERS, TEXTS, type Text, type TextName, type Texts } from "./words.ts";

const textSchema = v.strictObject({
  subject: v.string(),
  body: v.pipe(v.array(v.union([v.string(), v.array(v.string())])), v.minLength(1)),
});
const fileSchema = v.record(v.string(), textSchema);

/** The agent's own texts. */
const OWN = join(import.meta.dirname, "../../locales");

/** Reads the texts. `own`: the organisation's folder. Faults are sentences with their fix. */
export function readTexts(
  own: string | undefined,
  language: string,
): { readonly texts: Texts } | { readonly faults: readonly string[] } {
  const faults: string[] = [];
  const texts = new Map<string, Partial<Record<TextName, Text>>>();
  for (const folder of own === undefined ? [OWN] : [OWN, own]) {
    let names: string[] = [];
    try {
      names = readdirSync(folder).filter((name) => /^[a-z]{2}\.json$/.test(name));
      if (names.length === 0) faults.push(`mail.templates: ${folder} has no file such as en.json. Put one there.`);
    } catch {
      faults.push(`mail.templates: ${folder} cannot be read. Name a folder that the agent's account can read.`);
    }
    for (const name of names) {
      const file = join(folder, name);
      const read = readFile(file, faults);
      texts.set(name.slice(0, 2), { ...texts.get(name.slice(0, 2)), ...read });
    }
  }
  const usual = texts.get(language);
  const missing = TEXTS.filter((name) => usual?.[name] === undefined);
  if (missing.length > 0) {
    faults.push(
      `mail.language is "${language}", and these texts are missing in it: ${missing.join(", ")}. Put them into ${language}.json of mail.templates.`,
    );
  }
  return faults.length > 0 ? { faults } : { texts };
}

function readFile(file: string, faults: string[]): Partial<Record<TextName, Text>> {
  const found: Partial<Record<TextName, Text>> = {};
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (fault) {
    faults.push(`${file} cannot be read: ${String(fault)}. Correct it there.`);
    return found;
  }
  const read = v.safeParse(fileSchema, json);
  if (!read.success) {
    for (const issue of read.issues) {
      const at = issue.path?.map(({ key }) => String(key)).join(".") ?? "the file";
      faults.push(`${file}: ${at} is not as it must be. Give "subject", a text, and "body", a list of texts.`);
    }
    return found;
  }
  for (const [name, text] of Object.entries(read.output)) {
    if (!isTextName(name)) faults.push(`${file}: there is no text "${name}". There are: ${TEXTS.join(", ")}.`);
    else {
      faults.push(...faultsOf(name, text).map((fault) => `${file}: ${name}: ${fault}`));
      found[name] = text;
    }
  }
  return found;
}

function faultsOf(name: TextName, { subject, body }: Text): string[] {
  const lines = [subject, ...body.flat()];
  const faults = lines.flatMap((line) => {
    const named = [...line.matchAll(/\{([^{}]*)\}/g)].map(([, word = ""]) => word);
    const unknown = named.filter((word) => !isPlaceholder(word));
    const stray = /[{}]/.test(line.replace(/\{[^{}]*\}/g, ""));
    return [
      ...unknown.map((word) => `"{${word}}" is nothing that can be filled in. There are: ${PLACEHOLDERS.join(", ")}.`),
      ...(stray ? [`"${line.slice(0, 60)}" has a brace without its other half.`] : []),
    ];
  });
  if (/\p{Cc}/u.test(subject) || subject.trim() === "") faults.push("the subject must be one line of text.");
  if (/\{link\}/.test(subject)) faults.push("the link is a secret: it belongs into the body, not into the subject.");
  if (name === "invitation" && !body.includes("{link}")) {
    faults.push('the body must have the paragraph "{link}" by itself.');
  }
  return faults;
}

const isPlaceholder = (word: string): boolean => PLACEHOLDERS.some((each) => each === word);
