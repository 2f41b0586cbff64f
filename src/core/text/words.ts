// Variables with several values have them as words.

/** The words of a variable, separated by white space or commas. */
export function words(text: string | undefined, lowerCase = true): string[] {
  return (lowerCase ? (text ?? "").toLowerCase() : (text ?? "")).split(/[\s,]+/).filter((word) => word !== "");
}

/** A word `name=value`, the name in lower case. */
export function splitAt(word: string, separator: string): [string, string] {
  const at = word.indexOf(separator);
  return at < 0 ? [word, ""] : [word.slice(0, at).toLowerCase(), word.slice(at + 1)];
}
