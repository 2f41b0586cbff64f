// The difference of two texts, line by line, made on the server. Colour only repeats what the sign at each line says,
// and a screen reader hears a word for it.

import { structuredPatch } from "diff";
import type { FC } from "hono/jsx";
import type { Locale } from "../../web/locale.ts";
import { words } from "./words.ts";

/** Lines that stay, around those that change. */
const CONTEXT_LINES = 3;
/**
 * The time for two texts with almost nothing in common grows with the square of their lines. Beyond this many edits one
 * replaces the other.
 */
const MAX_EDITS = 2_000;

/** The hunks of a difference. Both texts are of our own administrators, and at most some hundred KB. */
function hunksOf(before: string, after: string) {
  const options = { context: CONTEXT_LINES, maxEditLength: MAX_EDITS };
  const patch = structuredPatch("", "", ending(before), ending(after), "", "", options);
  if (patch !== undefined) return patch.hunks;
  const signed = (text: string, sign: string): string[] =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => `${sign}${line}`);
  return [{ oldStart: 1, newStart: 1, lines: [...signed(before, "-"), ...signed(after, "+")] }];
}

/** Whether the last line ends says nothing about a policy. */
const ending = (text: string): string => (text.endsWith("\n") ? text : `${text}\n`);

export const DiffView: FC<{ readonly locale: Locale; readonly before: string; readonly after: string }> = ({
  locale,
  before,
  after,
}) => {
  const t = words[locale];
  const hunks = hunksOf(before, after);
  if (hunks.length === 0) return <p class="empty">{t.linesSame}</p>;
  return (
    <div class="diff" translate="no">
      {hunks.map(({ newStart, lines }) => (
        <>
          <p class="hunk">{t.skipped(newStart)}</p>
          <ol>
            {lines.map((line) => (
              <Line locale={locale} line={line} />
            ))}
          </ol>
        </>
      ))}
    </div>
  );
};

const Line: FC<{ locale: Locale; line: string }> = ({ locale, line }) => {
  const t = words[locale];
  const [sign, text] = [line.slice(0, 1), line.slice(1)];
  if (sign === " ") return <li>{`  ${text}`}</li>;
  const added = sign === "+";
  return (
    <li class={added ? "good" : "bad"}>
      <span aria-hidden="true">{added ? "+ " : "− "}</span>
      <span class="unseen">{added ? t.added : t.removed} </span>
      {added ? <ins>{text}</ins> : <del>{text}</del>}
    </li>
  );
};
