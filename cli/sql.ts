// SQL with its parameters written into the text, because `wrangler d1 execute` takes no parameters. Every value is either
// proved harmless character by character or written as hexadecimal digits, so that no value can end its own literal, and
// nothing between here and SQLite can mistake a part of it for SQL: wrangler removes "BEGIN TRANSACTION;" and rewrites line
// ends wherever it sees them, in string literals as well.

/** Strings that may stand between quotes: no quote, no white space, no semicolon, nothing outside ASCII. */
const PLAIN = /^[A-Za-z0-9@._:\\/-]*$/;

/** The SQLite literal of one value. Throws for a value that has none: NUL, half a surrogate pair, a fraction, another type. */
export function sqlLiteral(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  if (typeof value !== "string") throw new TypeError(`no SQL literal for a value of type ${typeof value}`);
  if (value.includes("\0")) throw new TypeError("no SQL literal for text with a NUL: SQLite would end the text there");
  if (/\p{Cs}/u.test(value)) throw new TypeError("no SQL literal for text that is not well-formed Unicode");
  return PLAIN.test(value) ? `'${value}'` : `cast(x'${Buffer.from(value, "utf8").toString("hex")}' as text)`;
}

/** Writes the parameters into a statement, one for each `?` that stands outside quotes. Throws when the numbers differ. */
export function withParameters(sql: string, parameters: readonly unknown[]): string {
  let used = 0;
  // A quoted run is matched whole and kept; a doubled quote inside it is two runs side by side, which is the same text.
  const written = sql.replaceAll(/'[^']*'|"[^"]*"|`[^`]*`|\?/g, (match) =>
    match === "?" ? sqlLiteral(parameters[used++]) : match,
  );
  if (used !== parameters.length) throw new TypeError(`${used} places for ${parameters.length} parameters`);
  return written;
}
