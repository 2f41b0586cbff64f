// What `postern why` says of a step: sentences by their ids, so that a page can say them in its reader's language.

import { ENGLISH } from "./remarks-english.ts";

/** The sentences of one language. */
export type RemarkTexts = Readonly<Record<keyof typeof ENGLISH, string>>;

/** One sentence, and what stands in its braces. */
export type Remark = {
  readonly id: keyof typeof ENGLISH;
  readonly values?: Readonly<Record<string, string | number>>;
};

/** The remark of that id. */
export const remark = (id: Remark["id"], values?: Remark["values"]): Remark =>
  values === undefined ? { id } : { id, values };

/** Remarks in the words of a language, one sentence after another. */
export const inWords = (said: readonly Remark[], texts: RemarkTexts = ENGLISH): string =>
  said
    .map(({ id, values }) =>
      texts[id].replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values?.[name] ?? whole)),
    )
    .join(" ");
