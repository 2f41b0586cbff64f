// Texts that strangers choose, made fit to be stored and shown.

/**
 * Characters that could end a line, control a terminal or change the direction of writing, and halves of a surrogate
 * pair.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * The same for people's names: U+200C and U+200D are allowed behind a visible character beyond ASCII. Persian and Hindi
 * are misspelt without them, and emoji fall apart. Behind anything else they only hide.
 */
const UNDISPLAYABLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|(?<![^\p{C}\p{Z}\0-\x7f])[\u200c\u200d]/gu;

const cleaned = (text: string, bound: number, bad: RegExp): string => text.slice(0, bound).replaceAll(bad, "\u{fffd}");

/**
 * At most `bound` characters, each control, format or separator character and each half of a pair replaced by U+FFFD.
 */
export const printable = (text: string, bound: number): string => cleaned(text, bound, UNPRINTABLE);

/** Whether {@link printable} would leave the whole text as it is. */
export const isPrintable = (text: string): boolean => text.search(UNPRINTABLE) === -1;

/** {@link printable} for a name that people read and nobody signs in by: joiners between its letters stay. */
export const displayable = (text: string, bound: number): string => cleaned(text, bound, UNDISPLAYABLE);

/** Whether {@link displayable} would leave the whole text as it is. */
export const isDisplayable = (text: string): boolean => text.search(UNDISPLAYABLE) === -1;
