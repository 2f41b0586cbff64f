// Texts that strangers choose, made fit to be stored and shown.

/**
 * Characters that could end a line, control a terminal or change the direction of writing, and halves of a surrogate
 * pair.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * At most `bound` characters, each control, format or separator character and each half of a pair replaced by U+FFFD.
 */
export const printable = (text: string, bound: number): string =>
  text.slice(0, bound).replaceAll(UNPRINTABLE, "\u{fffd}");

/** Whether {@link printable} would leave the whole text as it is. */
export const isPrintable = (text: string): boolean => text.search(UNPRINTABLE) === -1;
