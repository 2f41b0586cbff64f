// Lines of CSV (RFC 4180) that a spreadsheet can open. A text that a spreadsheet would take for a formula gets an
// apostrophe before it (OWASP, CSV Injection): user agents and machine names are whatever a stranger sends.

/** One line of CSV, with its CRLF. Null is an empty field. */
export const csvLine = (fields: readonly (string | number | null)[]): string => `${fields.map(csvField).join(",")}\r\n`;

/** Also the full-width forms, which some spreadsheets read as well, and behind white space. */
const FORMULA = /^[\s\p{Cf}\uFEFF]*[=+\-@\t\r\n|%\uFF1D\uFF0B\uFF0D\uFF20]/u;

function csvField(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n;\t']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
