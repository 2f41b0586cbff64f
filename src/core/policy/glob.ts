// Patterns in which `*` stands for any number of characters, even none, and `?` for exactly one character. Nothing else
// is special. A match takes at most (length of pattern) × (length of text) steps, and both lengths are bounded. So no
// pattern can make it run long.

/** Longest pattern of a policy, in UTF-16 code units. */
export const MAX_PATTERN_CHARS = 200;
/** A text is compared up to this length. The facts of a device are all shorter. */
const MAX_TEXT_CHARS = 1_000;

/** Whether the pattern matches the whole text. Case does not matter. */
export function globMatches(pattern: string, text: string): boolean {
  const wanted = charactersOf(pattern.slice(0, MAX_PATTERN_CHARS).toLowerCase());
  const given = charactersOf(text.slice(0, MAX_TEXT_CHARS).toLowerCase());
  let [at, place] = [0, 0];
  // `star`: the last star of the pattern so far. `tried`: where in the text the part after that star was tried last. An
  // earlier star never has to be tried again, because the part between the two stars has already matched at the first
  // possible position.
  let [star, tried] = [-1, 0];
  while (place < given.length) {
    const sign = wanted[at];
    if (sign === "*") {
      star = at++;
      tried = place;
    } else if (sign === "?" || (sign !== undefined && sign === given[place])) {
      at++;
      place++;
    } else if (star >= 0) {
      at = star + 1;
      place = ++tried;
    } else {
      return false;
    }
  }
  while (wanted[at] === "*") at++;
  return at === wanted.length;
}

/** Counts a pair of surrogates as one character. A text without surrogates is used as it is. */
const charactersOf = (text: string): ArrayLike<string> => (/[\ud800-\udbff]/.test(text) ? Array.from(text) : text);
