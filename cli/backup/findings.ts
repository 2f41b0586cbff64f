// What a restore or a comparison found, in words, and the lines by which something is opened.

import { displayable } from "../../src/core/text/printable.ts";
import { textOfFile, writeNew } from "../files.ts";
import type * as A from "../reach/answers.ts";
import { counted } from "../text/answer.ts";

const MOST_BYTES = 4 * 1024 * 1024;
/** Longer than any line that a gateway writes. */
const MOST_CHARS = 1_000;

/** The lines of a file for `--also-open`. What stands behind a `#` is a remark. */
export function linesToOpen(file: string): string[] {
  const text = textOfFile(
    file,
    "--also-open",
    MOST_BYTES,
    "Name a file with lines such as device:d_… or user:alice@contoso.test.",
  );
  return text.split(/\r?\n/).flatMap((line) => line.replace(/\s*#.*$/, "").trim() || []);
}

/** Those of the lines that may be about this part: all that stand for many, and those whose id is in the part. */
export const linesFor = (open: readonly string[], part: string): string[] =>
  open.filter((line) => line.endsWith(":*") || !line.includes(":") || part.includes(line.slice(line.indexOf(":") + 1)));

/** Writes what stayed closed into a new file, as `--also-open` reads it. */
export function keepLines(folder: string, file: string, findings: readonly A.FindingAnswer[]): void {
  const lines = findings.filter(({ did }) => did === "kept").map((each) => `${shown(each.line)}  # ${remark(each)}\n`);
  const head =
    "# Take a line out, and what it names stays closed. Give the file back: restore FILE --over --apply --also-open THIS\n";
  writeNew(folder, file, [head, ...lines].join(""));
}

const remark = ({ user, what }: A.FindingAnswer): string =>
  shown(`${user === null ? "" : `${user.replace(/^sip:/, "")}: `}${what}`.replaceAll(/[\r\n#]/g, " "));
/** A file may come from anywhere, so nothing in it can control the terminal. */
const shown = (text: string): string => displayable(text, MOST_CHARS);

const MOST_SHOWN = 50;
const WORDS = { opened: "Opened", closed: "Closed", kept: "Stays closed, or away", repaired: "Repaired" } as const;

/** All findings by what was done, the first of each kind one by one. */
export function findingsText(findings: readonly A.FindingAnswer[], dry: boolean): string {
  const parts = (["opened", "closed", "repaired", "kept"] as const).flatMap((did) => {
    const these = findings.filter((each) => each.did === did);
    if (these.length === 0) return [];
    const first = these.slice(0, MOST_SHOWN).map((each) => `  ${shown(each.line)}  ${remark(each)}`);
    const more = these.length > MOST_SHOWN ? [`  … and ${these.length - MOST_SHOWN} more (--json has all)`] : [];
    const head = `${WORDS[did]}${dry && did !== "kept" ? " with --apply" : ""}: ${counted(these.length, "thing")}`;
    return [[head, ...first, ...more].join("\n")];
  });
  return parts.length === 0 ? "Nothing differs." : parts.join("\n\n");
}
