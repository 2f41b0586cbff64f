// Values fit for a text of mail.

const MAX_VALUE_CHARS = 120;

/**
 * A value fit for a text. A client names its own device, and somebody who stole an app password could let it be called
 * like a web address, which mail programs make a link of. So a dot in front of a letter gets a space behind it.
 */
export const harmless = (value: string): string =>
  value
    .replace(/[^\p{L}\p{N}\p{M} .,;:'’!?@#&()_+\-–]/gu, " ")
    .replace(/\.(?=\p{L})/gu, ". ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, MAX_VALUE_CHARS);
