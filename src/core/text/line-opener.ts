// Which lines of a restore's findings somebody has named to be opened. Pure.

/** Whether a line such as `device:d_…` is named. `device:*` names every line that begins with `device:`. */
export function lineOpener(named: readonly string[]): (line: string) => boolean {
  const all = new Set(named);
  return (line) => all.has(line) || all.has(line.replace(/:.*$/s, ":*"));
}
