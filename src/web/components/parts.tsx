// Small parts of which pages are made.

import type { Child, FC, PropsWithChildren } from "hono/jsx";
import type { Locale } from "../locale.ts";
import { words } from "../words.ts";

/** What a part needs to know of its reader. */
export type Reader = { readonly locale: Locale; readonly timeZone: string; readonly now: number };

type Tone = "good" | "wait" | "bad" | "quiet";

/** A state in a word. The colour only repeats what the word says. */
export const Badge: FC<PropsWithChildren<{ readonly tone: Tone }>> = ({ tone, children }) => (
  <span class={`badge ${tone}`}>{children}</span>
);

/** What has just happened, or what is wrong. Screen readers say it at once. */
export const Notice: FC<PropsWithChildren<{ readonly tone: Tone; readonly title?: Child }>> = ({
  tone,
  title,
  children,
}) => (
  <div class={`notice ${tone}`} role={tone === "bad" ? "alert" : "status"}>
    {title === undefined ? null : <strong>{title}</strong>}
    {children}
  </div>
);

/** Why the API did not do what was asked. */
export const ProblemNotice: FC<{ readonly problem: { readonly detail: string; readonly fix?: string } }> = ({
  problem,
}) => (
  <Notice tone="bad">
    <p>{problem.detail}</p>
    {problem.fix === undefined ? null : <p>{problem.fix}</p>}
  </Notice>
);

/** Names and values, in two columns where there is room. */
export const Facts: FC<{ readonly facts: readonly (readonly [name: Child, value: Child] | null)[] }> = ({ facts }) => (
  <dl class="facts">
    {facts.map((fact) =>
      fact === null ? null : (
        <div>
          <dt>{fact[0]}</dt>
          <dd>{fact[1]}</dd>
        </div>
      ),
    )}
  </dl>
);

/** A moment, as its reader's clock shows it; the exact one is in its title. `at`: ISO 8601, or null for never. */
export const Time: FC<{ readonly reader: Reader; readonly at: string | null; readonly never?: string }> = ({
  reader,
  at,
  never = "–",
}) => {
  if (at === null) return <>{never}</>;
  const ms = Date.parse(at);
  return (
    <time datetime={at} title={format(reader, ms, { dateStyle: "full", timeStyle: "long" })}>
      {sayWhen(reader, ms)}
    </time>
  );
};

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Such as "5 minutes ago" within a day, and the date before and after that. */
export function sayWhen(reader: Reader, ms: number): string {
  const ago = reader.now - ms;
  const distance = Math.abs(ago);
  if (distance >= DAY_MS) return format(reader, ms, { dateStyle: "medium", timeStyle: "short" });
  if (distance < MINUTE_MS) return words[reader.locale][ago < 0 ? "soon" : "justNow"];
  const relative = distances.get(reader.locale) ?? new Intl.RelativeTimeFormat(reader.locale, { numeric: "auto" });
  distances.set(reader.locale, relative);
  return distance < HOUR_MS
    ? relative.format(-Math.round(ago / MINUTE_MS), "minute")
    : relative.format(-Math.round(ago / HOUR_MS), "hour");
}

/** A moment in the reader's language and time zone. */
export function format({ locale, timeZone }: Reader, ms: number, options: Intl.DateTimeFormatOptions): string {
  const kind = JSON.stringify([locale, timeZone, options]);
  const made = formats.get(kind) ?? new Intl.DateTimeFormat(locale, { ...options, timeZone });
  if (formats.size >= MAX_FORMATS) formats.clear();
  formats.set(kind, made);
  return made.format(ms);
}

// Making one takes longer than using it a hundred times, and a list has a hundred times and numbers.
const distances = new Map<Locale, Intl.RelativeTimeFormat>();
const numbers = new Map<Locale, Intl.NumberFormat>();
const formats = new Map<string, Intl.DateTimeFormat>();
/** Readers of more time zones than this hardly meet in one isolate. */
const MAX_FORMATS = 50;

/** A number in the reader's language. */
export function number({ locale }: Pick<Reader, "locale">, value: number): string {
  const made = numbers.get(locale) ?? new Intl.NumberFormat(locale);
  numbers.set(locale, made);
  return made.format(value);
}

/** A text to be read out or copied, such as an app password. */
export const Copyable: FC<{
  readonly id: string;
  readonly text: string;
  readonly copy: string;
  readonly copied: string;
  /** The address of an app that the button opens, once the text is copied. */
  readonly open?: string;
}> = ({ id, text, copy, copied, open }) => (
  <div class="copyable">
    <output id={id} translate="no">
      {text}
    </output>
    <button
      type="button"
      class={open === undefined ? "secondary" : undefined}
      data-copy={id}
      data-copied={copied}
      data-open={open}
      data-with-script
      hidden
    >
      {copy}
    </button>
  </div>
);
