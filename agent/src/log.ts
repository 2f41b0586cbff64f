// The log: one JSON line for each event, on standard output, for journald. Values are bounded, and JSON escapes line
// breaks, so text from the directory or from a caller cannot start a new line. No field ever has a password, a token,
// an invitation or the text of a mail.

const MAX_FIELD_CHARS = 300;

/** The fields of a line. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes one line. */
export type Log = (event: string, fields?: Fields) => void;

/** Makes a log that passes each line to `write`, without a line break. */
export function logTo(write: (line: string) => void): Log {
  return (event, fields = {}) => {
    const line: Record<string, string | number | boolean> = { at: new Date().toISOString(), event };
    for (const [name, value] of Object.entries(fields)) {
      if (value !== undefined) line[name] = typeof value === "string" ? value.slice(0, MAX_FIELD_CHARS) : value;
    }
    write(JSON.stringify(line));
  };
}
