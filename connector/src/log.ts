// One JSON line per thing that happened, on standard output, for journald. Values are bounded and JSON escapes line
// breaks, so text from a caller or a program cannot start a new line. No token, JWS or key is ever a field.

const MAX_FIELD_CHARS = 300;

/** What may stand in a line. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where lines go. */
export type Log = (event: string, fields?: Fields) => void;

/** A log that hands each line, without its end, to `write`. */
export function logTo(write: (line: string) => void): Log {
  return (event, fields = {}) => {
    const line: Record<string, string | number | boolean> = { at: new Date().toISOString(), event };
    for (const [name, value] of Object.entries(fields)) {
      if (value !== undefined) line[name] = typeof value === "string" ? value.slice(0, MAX_FIELD_CHARS) : value;
    }
    write(JSON.stringify(line));
  };
}
