// Reads the settings of one object of a JSON configuration by name, and collects its faults as sentences.

/** Sentences for the person who wrote the file. */
export type Faults = string[];

/** Reads `value`. Faults call a setting by `prefix` and its name. A wrong setting adds a fault and reads as empty. */
export function reader(value: unknown, prefix: string, faults: Faults) {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const settings: Readonly<Record<string, unknown>> = isObject ? { ...value } : {};
  if (!isObject && value !== undefined) faults.push(`${prefix || "The file"} must be an object, { … }.`);
  const known = new Set<string>();
  const called = (name: string): string => (prefix === "" ? name : `${prefix}.${name}`);
  const take = (name: string): unknown => {
    known.add(name);
    return settings[name];
  };
  const optional = (name: string, shape: RegExp, what: string): string | undefined => {
    const found = take(name);
    if (found === undefined || (typeof found === "string" && shape.test(found))) return found;
    faults.push(`${called(name)} is ${shown(found)}. Give ${what}.`);
    return undefined;
  };
  const list = (name: string): readonly unknown[] => {
    const found = take(name) ?? [];
    if (Array.isArray(found)) return found;
    faults.push(`${called(name)} must be a list, [ … ].`);
    return [];
  };
  const texts = (name: string, shape: RegExp, what: string): string[] =>
    list(name).flatMap((each) => {
      if (typeof each === "string" && shape.test(each)) return [each];
      faults.push(`${called(name)} has the entry ${shown(each)}. Give ${what}.`);
      return [];
    });
  return {
    has: (name: string): boolean => take(name) !== undefined,
    list,
    optional,
    texts,
    object: (name: string) => reader(take(name), called(name), faults),
    text: (name: string, shape: RegExp, what: string): string => {
      if (take(name) === undefined) faults.push(`${called(name)} is missing. Give ${what}.`);
      return optional(name, shape, what) ?? "";
    },
    /** Reads a list of UPNs and puts them into lower case. */
    names: (name: string): string[] =>
      texts(name, /^[^@\s]+@[^@\s]+$/, 'UPNs, e.g. "alice@corp.contoso.com"').map((each) =>
        each.normalize("NFC").toLowerCase(),
      ),
    number: (name: string, otherwise: number, least: number, most: number): number => {
      const found = take(name) ?? otherwise;
      if (typeof found === "number" && Number.isInteger(found) && found >= least && found <= most) return found;
      faults.push(
        `${called(name)} is ${shown(found)}. Give a whole number from ${least} to ${most} (default ${otherwise}).`,
      );
      return otherwise;
    },
    nothingElse: (): void => {
      for (const name of Object.keys(settings)) {
        if (!known.has(name))
          faults.push(`There is no setting ${called(name)}. Compare its spelling with the list in README.md.`);
      }
    },
  };
}

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? "nothing";
